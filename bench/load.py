"""Requests built before the run: distinct enquiries about made-up people, each for a place in another province.

The message is schemas/canonical/1.0/samples/enquiry.request/bench.xml (27 filled elements) in a SOAP 1.1 envelope, 2 kB
in all. MessageID, enquiryNo, name and number differ in every request, birth dates are spread over 55 years: a repeated
request would measure how duplicates are found, not how messages are taken.
"""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

from demo.province.numbers import CitizenNumbers

SAMPLE: Final = Path(__file__).parents[1] / "schemas/canonical/1.0/samples/enquiry.request/bench.xml"
ACTION: Final = "urn:pophub:enquiry:SubmitEnquiryRequest"
NUMBER_FORM: Final = "XC20261120{:08d}"
_SURNAMES: Final = "陈林黄张吴李郑王刘苏蔡杨许曾郭谢洪邱叶周施赖徐柯颜江何罗庄沈余潘朱魏邓方游石戴范"
_GIVEN: Final = "志明建国伟文彬俊杰强宗翰海峰晓东永福添财浩然宇轩庆家辉淑芬丽华美玲秀英雅婷巧云静燕凤珠思颖子涵诗琪碧莲敏月"
_FIRST_BIRTH: Final = date(1950, 1, 1)
_BIRTH_DAYS: Final = 20_089
"""Days from 1950-01-01 up to the end of 2004; a prime, so that any step visits every day."""
_ELSEWHERE: Final = {"statedToDiv": "360102001001", "hukouDiv": "360102001001", "mobile": "13900000000",
                     "hukouAddr": "江西省南昌市东湖区公园街道中山路一百二十八号三号楼二单元一零一室"}  # fmt: skip
_MORE: Final = "联系不上本人时可向其亲属或所在村居委会了解情况，并在反馈中说明。"
_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
    '<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing">@@MessageID@@</a:MessageID></s:Header>'
    "<s:Body>@@document@@</s:Body></s:Envelope>"
)
_VARIED: Final = ("MessageID", "enquiryNo", "name", "idNo", "sex", "birthDate")


@dataclass(frozen=True, slots=True)
class Load:
    """``bodies`` holds each request as 4 bytes of length (big-endian) and its bytes; ``index`` the 8-byte offset of each."""

    bodies: Path
    index: Path
    count: int
    smallest: int
    largest: int


def requests(count: int, seed: int = 1) -> Iterator[bytes]:
    """``count`` different request envelopes in UTF-8; the same for the same seed.

    Raises ValueError for more than there are different names (about 97,000).
    """
    most = len(_SURNAMES) * len(_GIVEN) ** 2
    if count > most:
        raise ValueError(f"at most {most} different requests can be made")
    parts = re.split("@@([A-Za-z]+)@@", _template())
    texts, names = parts[0::2], parts[1::2]
    assert sorted(names) == sorted(_VARIED)
    rng = Random(seed)
    numbers = CitizenNumbers(rng)
    for no in range(count):
        values = _person(no, numbers)
        values["MessageID"] = f"urn:uuid:{uuid.UUID(int=rng.getrandbits(128), version=4)}"
        yield "".join([texts[0], *(values[n] + t for n, t in zip(names, texts[1:], strict=True))]).encode()


def write(folder: Path, count: int, seed: int = 1) -> Load:
    """Write the load files into the folder."""
    bodies, index = folder / "load.bodies", folder / "load.index"
    sizes: set[int] = set()
    place = 0
    with bodies.open("wb") as body_file, index.open("wb") as index_file:
        for body in requests(count, seed):
            index_file.write(struct.pack(">Q", place))
            body_file.write(struct.pack(">I", len(body)) + body)
            place += 4 + len(body)
            sizes.add(len(body))
    return Load(bodies, index, count, min(sizes), max(sizes))


def _person(no: int, numbers: CitizenNumbers) -> dict[str, str]:
    born = _FIRST_BIRTH + timedelta(days=no * 7919 % _BIRTH_DAYS)
    sex = "1" if no % 2 else "2"
    rest, last = divmod(no, len(_GIVEN))
    surname, first = divmod(rest, len(_GIVEN))
    return {
        "enquiryNo": NUMBER_FORM.format(no), "name": _SURNAMES[surname] + _GIVEN[first] + _GIVEN[last],
        "idNo": numbers.next(born, sex), "sex": sex, "birthDate": born.isoformat(),
    }  # fmt: skip


def _template() -> str:
    document = SAMPLE.read_text(encoding="utf-8").partition("?>")[2].strip()
    for name, value in _ELSEWHERE.items():
        document = _with(document, name, value)
    document = document.replace("延平区梅山街道", "东湖区公园街道").replace("</question>", _MORE + "</question>")
    for name in _VARIED[1:]:
        document = _with(document, name, f"@@{name}@@")
    return _ENVELOPE.replace("@@document@@", document)


def _with(document: str, name: str, value: str) -> str:
    changed, found = re.subn(f"(<{name}>)[^<]*(</{name}>)", rf"\g<1>{value}\g<2>", document)
    if found != 1:
        raise ValueError(f"{SAMPLE.name}: expected one {name}, found {found}")
    return changed
