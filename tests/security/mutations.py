"""Requests made wrong on purpose: a valid request, one to four seeded mutations of its tree, text, bytes or HTTP.

``mutated(seed, n)`` is the same for ever: a failing request is made again from its two numbers.
"""

from __future__ import annotations

import copy
import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from tests.security.edge_door import ACTION, XSI, message_id
from tests.soap_door import ENV, MEDIA, envelope

CANARY_NAME, CANARY_PHONE = "金丝雀", "13059901198"
_ENQUIRY = "urn:pophub:enquiry.request:1.0"
_TEXTS = (
    "", " ", "\t", "\u3000", "\u00a0", "0", "-1", "１２", "٣٤", "NaN", "1e400", "true", "2026-02-30", "9999-12-31T24:00:00+14:01", "x" * 300, "长" * 70_000,
    "'; DROP TABLE message;--", "${jndi:ldap://x}", "{0.__class__}", "%n%s", "=cmd|' /C calc'!A0", "<b>&amp;</b>", "]]>", "&#0;", "\u202e\u200b", "\U0001fffe",
    "𠮷㛃", "\ue000", "e\u0301", "../../etc/passwd", "http://169.254.169.254/", "a\r\nSet-Cookie: b", "\u2028", "null", "[]", "\ufeff",
)  # fmt: skip
_NAMESPACES = (
    "",
    "urn:other",
    _ENQUIRY,
    "urn:pophub:enquiry.feedback:1.0",
    ENV["1.1"],
    ENV["1.2"],
    XSI,
    "http://www.w3.org/2001/XInclude",
)
_MARKUP = (
    "<!DOCTYPE x>", '<!DOCTYPE x [<!ENTITY a "b">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">', "&a;", "<!-- -- -->", "<!--", "<![CDATA[", "]]>", "<?xml version='1.0'?>",
    "<?p?>", "</x>", "<x>", "<x", "&", "&#xD800;", "\x00", "\x01", "\ufffe", "\ufeff", "<x xmlns:a='u' a:b='1' a:b='2'/>", "<a:b/>", "<!ENTITY a 'b'>",
)  # fmt: skip
_CHARSETS = (
    "utf-8",
    "UTF-8",
    "gb18030",
    "GBK",
    "gb2312",
    "utf-16",
    "utf-16le",
    "utf-7",
    "utf-32",
    "us-ascii",
    "iso-8859-1",
    "nope",
    "",
    '"utf-8"',
    "utf-8; charset=gbk",
)
_TYPES = (
    "text/xml",
    "application/soap+xml",
    "text/plain",
    "application/json",
    "application/xop+xml",
    "multipart/related; boundary=b",
    "",
    "text/xml;;",
    "*/*",
)
_CODECS = (
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "gb18030",
    "gbk",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "latin-1",
    "cp037",
)
_TARGETS = (
    "/soap/enquiry",
    "/soap/",
    "/soap/enquiry/",
    "/soap/../soap/enquiry",
    "/soap/%65nquiry",
    "/soap/enquiry?x=1",
    "/contracts",
    "/",
    "*",
    "http://x/soap/enquiry",
)
_METHODS = ("POST", "GET", "PUT", "TRACE", "HEAD", "DELETE", "OPTIONS", "post", "P" * 300)


@dataclass
class Request:
    """One request on its way to the wire. ``text`` once there is no tree any more, ``data`` once there is no text any more."""

    n: int
    version: str
    tree: etree._Element
    text: str = ""
    data: bytes = b""
    method: str = "POST"
    target: str = "/soap/enquiry"
    headers: list[tuple[str, str]] = field(default_factory=list)
    coding: str = "utf-8"
    declaration: str = ""
    length: int | None = None
    chunked: bool = False
    framed: bool = True
    done: list[str] = field(default_factory=list)

    def raw(self) -> bytes:
        """The bytes on the wire."""
        body = self.data
        if self.chunked:
            body = (
                b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in (body[i : i + 700] for i in range(0, len(body), 700)))
                + b"0\r\n\r\n"
            )
        framing = (
            "Transfer-Encoding: chunked" if self.chunked else f"Content-Length: {len(body) if self.length is None else self.length}"
        )
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{self.method} {self.target} HTTP/1.1\r\nHost: hub\r\n{framing}\r\n{fields}\r\n".encode("utf-8", "replace") + body


def values(n: int) -> tuple[str, str]:
    """Identity number and name of the n-th request: nobody's, and no other request's."""
    return f"3599{n % 90 + 10:02d}1980{n // 90 % 12 + 1:02d}{n // 1080 % 28 + 1:02d}{n // 30240:03d}7", f"{CANARY_NAME}{n}"


def document(n: int) -> str:
    """A valid enquiry with something in most places."""
    id_no, name = values(n)
    return (
        f'<enquiryRequest xmlns="{_ENQUIRY}"><enquiryNo>MU{n}</enquiryNo><enquiryType>1</enquiryType><origin>1</origin><urgency>2</urgency>'
        f"<keySubject>1</keySubject><keySubject>2</keySubject><subject><name>{name}</name><certType>01</certType><idNo>{id_no}</idNo><sex>1</sex>"
        f"<birthDate>1988-08-07</birthDate><hukouDiv>350702001001</hukouDiv><hukouAddr>{name}路一百二十八号</hukouAddr><mobile>{CANARY_PHONE}</mobile></subject>"
        f"<flow><flowType>3</flowType><flowReason>01</flowReason><inDate>2026-10-08</inDate></flow><statedToDiv>350702001001</statedToDiv><item>01</item><item>12</item>"
        f"<question>{name}请核实。</question><applicantDiv>350203001000</applicantDiv><applicantUser>350203001L001</applicantUser>"
        f"<contactName>{name}</contactName><contactPhone>{CANARY_PHONE}</contactPhone><submitTime>2026-03-02T09:00:00+08:00</submitTime></enquiryRequest>"
    )


def good(n: int, authorization: str, version: str = "1.1") -> Request:
    """The n-th valid request."""
    entries = (
        message_id(f"urn:{values(n)[0]}:{n}")
        + '<h:Header xmlns:h="urn:pophub:header:1.0"><h:fromDiv>350203001000</h:fromDiv></h:Header>'
    )
    made = Request(n, version, etree.fromstring(envelope(document(n), entries, version)))
    made.headers = [("Content-Type", f"{MEDIA[version]}; charset=utf-8"), ("Authorization", authorization), ("Connection", "close")]
    if version == "1.1":
        made.headers.append(("SOAPAction", f'"{ACTION}"'))
    return made


def finish(made: Request) -> Request:
    """Tree to text to bytes, as far as no mutation did that."""
    if not made.text:
        made.text = made.declaration + etree.tostring(made.tree, encoding="unicode")
    if not made.data:
        made.data = made.text.encode(
            made.coding,
            "xmlcharrefreplace"
            if made.coding in ("gbk", "latin-1", "cp037")
            else "surrogatepass"
            if "16" in made.coding
            else "replace",
        )
    return made


# -- the mutations ---------------------------------------------------------------------------------------------------
def _node(made: Request, rng: random.Random) -> etree._Element:
    return rng.choice(list(made.tree.iter(etree.Element)))


def _drop(made: Request, rng: random.Random) -> None:
    node = _node(made, rng)
    if (parent := node.getparent()) is not None:
        parent.remove(node)


def _duplicate(made: Request, rng: random.Random) -> None:
    node = _node(made, rng)
    if node.getparent() is not None:
        for _ in range(rng.choice((1, 1, 2, 50))):
            node.addnext(copy.deepcopy(node))


def _swap(made: Request, rng: random.Random) -> None:
    one, other = _node(made, rng), _node(made, rng)
    one.tag, other.tag, one.text, other.text = other.tag, one.tag, other.text, one.text


def _move(made: Request, rng: random.Random) -> None:
    node, place = _node(made, rng), _node(made, rng)
    if node.getparent() is not None and node not in place.iterancestors() and node is not place:
        place.insert(rng.randrange(len(place) + 1), node)


def _nest(made: Request, rng: random.Random) -> None:
    node = _node(made, rng)
    for _ in range(rng.choice((1, 3, 300))):
        node = etree.SubElement(node, rng.choice((str(node.tag), "x")))


def _rename(made: Request, rng: random.Random) -> None:
    node = _node(made, rng)
    name = etree.QName(node).localname
    space = rng.choice(_NAMESPACES)
    changed = rng.choice(
        (name, name.upper(), name + "x", "x" * rng.choice((1, 5000)), "Body", "Header", "Envelope", "enquiryRequest", "名")
    )
    node.tag = f"{{{space}}}{changed}" if space else changed


def _attribute(made: Request, rng: random.Random) -> None:
    node = _node(made, rng)
    for _ in range(rng.choice((1, 1, 1, 200))):
        name = rng.choice(
            ("type", "nil", "schemaLocation", "id", "href", "mustUnderstand", "actor", "role", "a" + str(rng.random())[2:])
        )
        space = rng.choice((*_NAMESPACES, "http://www.w3.org/XML/1998/namespace"))
        node.set(f"{{{space}}}{name}" if space else name, rng.choice(("1", "true", "", CANARY_NAME, "x:y", "http://127.0.0.1:9/")))


def _value(made: Request, rng: random.Random) -> None:
    node, text = _node(made, rng), rng.choice(_TEXTS)
    try:
        node.text = text if rng.random() < 0.7 else (node.text or "") + text
    except ValueError:
        node.text = "x"


def _tail(made: Request, rng: random.Random) -> None:
    node = _node(made, rng)
    if node.getparent() is not None:
        node.tail = rng.choice(("x", " ", "\n", CANARY_NAME))


def _aside(made: Request, rng: random.Random) -> None:
    node = _node(made, rng)
    text, node.text = node.text or "", ""
    at = rng.randrange(len(text) + 1)
    kind = rng.choice((etree.Comment("x"), etree.ProcessingInstruction("x", "y")))
    node.text, kind.tail = text[:at], text[at:]
    node.insert(0, kind)


def _markup(made: Request, rng: random.Random) -> None:
    text = made.text or made.declaration + etree.tostring(made.tree, encoding="unicode")
    at = rng.choice((0, len(text), rng.randrange(len(text) + 1), text.find(">") + 1))
    made.text = text[:at] + rng.choice(_MARKUP) + text[at:]


def _cut_text(made: Request, rng: random.Random) -> None:
    text = made.text or etree.tostring(made.tree, encoding="unicode")
    one, other = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
    made.text = rng.choice((text[:one], text[one:], text[:one] + text[other:], text[:other] + text[one:])) or " "


def _character(made: Request, rng: random.Random) -> None:
    text = made.text or etree.tostring(made.tree, encoding="unicode")
    at = rng.randrange(len(text))
    made.text = text[:at] + rng.choice(string.printable + "，\u00a0\ue000𠮷\ud800\uffff") + text[at + 1 :]


def _big(made: Request, rng: random.Random) -> None:
    text = made.text or etree.tostring(made.tree, encoding="unicode")
    at = text.find(">", rng.randrange(len(text))) + 1
    piece = rng.choice(("x", "<x/>", "<!---->", " ", "<x a='1'/>", "<x>", "&#x4e00;"))
    made.text = text[:at] + piece * (rng.choice((2_000, 30_000, 2_200_000)) // len(piece)) + text[at:]


def _declared(made: Request, rng: random.Random) -> None:
    made.declaration = (
        f'<?xml version="{rng.choice(("1.0", "1.0", "1.0", "1.1", "2.0"))}" encoding="{rng.choice(_CHARSETS[:12])}"?>'
    )


def _coding(made: Request, rng: random.Random) -> None:
    made.coding = rng.choice(_CODECS)
    if rng.random() < 0.5:
        made.declaration = f'<?xml version="1.0" encoding="{made.coding.removesuffix("-sig")}"?>'
    if rng.random() < 0.6:
        _set(
            made,
            "Content-Type",
            f"{MEDIA[made.version]}; charset={made.coding.removesuffix('-sig')}" if rng.random() < 0.7 else MEDIA[made.version],
        )


def _bytes(made: Request, rng: random.Random) -> None:
    data = bytearray(finish(made).data or b" ")
    for _ in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(len(data))
        data[at : at + rng.choice((0, 1, 1, 4))] = rng.randbytes(rng.choice((0, 1, 1, 2)))
    made.data = bytes(data) or b" "


def _set(made: Request, name: str, value: str | None) -> None:
    made.headers = [pair for pair in made.headers if pair[0] != name] + ([] if value is None else [(name, value)])


def _content_type(made: Request, rng: random.Random) -> None:
    _set(made, "Content-Type", rng.choice((None, f"{rng.choice(_TYPES)}; charset={rng.choice(_CHARSETS)}", rng.choice(_TYPES))))


def _action(made: Request, rng: random.Random) -> None:
    _set(
        made,
        "SOAPAction",
        rng.choice((None, "", '""', ACTION, f'"{ACTION}x"', '"urn:pophub:enquiry:SubmitEnquiryFeedback"', CANARY_NAME)),
    )


def _credentials(made: Request, rng: random.Random) -> None:
    _set(
        made,
        "Authorization",
        rng.choice((None, "Basic", "Basic x", "Basic " + "QQ" * 5000, "Bearer x", "Basic Og==", "Digest a=b")),
    )


def _field(made: Request, rng: random.Random) -> None:
    name = rng.choice(
        (
            "Content-Encoding",
            "X-" + "a" * rng.choice((1, 9000)),
            "Expect",
            "Cookie",
            "X-Forwarded-For",
            "Upgrade",
            "Content-Type",
            "SOAPAction",
            "TE",
            "Range",
        )
    )
    made.headers.append(
        (name, rng.choice(("gzip", "100-continue", "x" * rng.choice((1, 9000)), CANARY_NAME, "bytes=0-1", "h2c", "")))
    )


def _framing(made: Request, rng: random.Random) -> None:
    made.framed = False
    finish(made)
    match rng.randrange(4):
        case 0:
            made.length = max(0, len(made.data) + rng.choice((-300, -1, 1, 100)))
        case 1:
            made.headers.append(("Content-Length", rng.choice(("0", "5", "-1", "abc", "99999999999999999999"))))
        case 2:
            made.headers.append(("Transfer-Encoding", rng.choice(("chunked", "gzip", "identity", "x"))))
        case _:
            made.headers.append((rng.choice(("A B", "A\x00", "A", " X")), rng.choice(("a\r\n b", "a\x00", "a\rb"))))


def _chunked(made: Request, rng: random.Random) -> None:
    made.chunked = True


def _line(made: Request, rng: random.Random) -> None:
    made.target, made.method = (rng.choice(_TARGETS), made.method) if rng.random() < 0.7 else (made.target, rng.choice(_METHODS))
    made.framed = False


def _mime(made: Request, rng: random.Random) -> None:
    body = finish(made).data
    cid = rng.choice(("r", "s", ""))
    made.data = (
        b"--b\r\nContent-ID: <%b>\r\nContent-Type: application/xop+xml\r\n\r\n" % cid.encode()
        + body
        + rng.choice((b"\r\n--b--", b"\r\n--b\r\n", b""))
    )
    _set(
        made,
        "Content-Type",
        rng.choice(('multipart/related; type="text/xml"; boundary=b; start="<r>"', "multipart/related; boundary=c", "text/xml")),
    )


Mutation = Callable[[Request, random.Random], None]
OF_TREE: tuple[Mutation, ...] = (
    _drop,
    _duplicate,
    _swap,
    _move,
    _nest,
    _rename,
    _attribute,
    _value,
    _value,
    _value,
    _tail,
    _aside,
    _declared,
    _coding,
)
OF_TEXT: tuple[Mutation, ...] = (_markup, _cut_text, _character, _character, _big)
OF_BYTES: tuple[Mutation, ...] = (_bytes, _mime)
OF_HTTP: tuple[Mutation, ...] = (_content_type, _action, _credentials, _field, _framing, _chunked, _chunked, _line)


def mutated(seed: int, n: int, authorization: str) -> Request:
    """The n-th request of a seed, with one to four mutations, those of the tree first."""
    rng = random.Random(f"{seed}:{n}")
    made = good(n, authorization, rng.choice(("1.1", "1.1", "1.2")))
    stages = sorted(rng.choices(range(4), weights=(6, 3, 1, 3), k=rng.choice((1, 1, 2, 2, 3, 4))))
    for stage in stages:
        mutation = rng.choice((OF_TREE, OF_TEXT, OF_BYTES, OF_HTTP)[stage])
        made.done.append(mutation.__name__.strip("_"))
        mutation(made, rng)
    return finish(made)
