"""Faults planted in a copy of the real declarations: each says which code must be reported, where, and with what hint."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.catalogue import Catalogue
from hub.contract.adapter import Adapter, Feed
from hub.contract.basis import BasisNeed
from hub.contract.channel import Channel, DuplicateKey, OrderKey, Part, SearchKey
from hub.contract.decision import Decision, Move, Send, ToPlace
from hub.contract.errors import TRANSLATION, FlowError
from hub.contract.flow import Flow, Route, SystemRecipient, UnitRecipient
from hub.contract.message import ChannelName
from hub.contract.query import Asker, Caps, FromPartner
from hub.control_bus.check.subject import Subject
from hub.ports.spoke_registry import Place, Spoke
from hub.settings import BasisSettings, CapSettings, SpokeSettings

REQUEST, FEEDBACK = ChannelName("enquiry.request"), ChannelName("enquiry.feedback")
SCHEMAS = Path(__file__).parents[3] / "schemas"
Plant = Callable[[Subject, Path], Subject]


@dataclass(frozen=True)
class Planted:
    """``plant`` makes the fault; ``place``, ``en`` and ``hint`` are fragments that the report must hold."""

    code: str
    plant: Plant
    place: str
    en: str
    hint: str = ""


def a_spoke(name: str = "east", **changes: Any) -> Spoke:
    """A spoke with every grant and the places of eastern Fujian."""
    channels = frozenset(f"enquiry.{name}" for name in ("request", "feedback", "withdraw", "withdrawn"))
    of: dict[str, Any] = {
        "name": name, "title": "流动人口系统", "system": "FJFPIS", "secret_hash": b"", "enabled": True,
        "sends": channels | {"enquiry.return"},
        "receives": channels, "asks": frozenset({"enquiry.status", "enquiry.case"}), "places": (Place("3501"), Place("3502")),
    }  # fmt: skip
    return Spoke(**{**of, **changes})


def flow_of(subject: Subject) -> Flow:
    return subject.catalogue.flows[0]


def flow(**changes: Any) -> Plant:
    """The flow with other declarations; a callable gets the flow."""

    def plant(subject: Subject, _: Path) -> Subject:
        made = {k: v(flow_of(subject)) if callable(v) and k not in ("decide", "settled", "due") else v for k, v in changes.items()}
        return replace(subject, catalogue=Catalogue(subject.catalogue.adapters, (replace(flow_of(subject), **made),)))

    return plant


def channel(name: str = REQUEST, **changes: Any) -> Plant:
    """A channel with other declarations."""

    def changed(of: Flow) -> tuple[Channel, ...]:
        return tuple(
            replace(c, **{k: v(c) if callable(v) else v for k, v in changes.items()}) if c.name == name else c for c in of.channels
        )

    return flow(channels=changed)


def query(which: str = "enquiry.case", /, **changes: Any) -> Plant:
    """A query with other declarations."""
    return flow(queries=lambda of: tuple(replace(q, **changes) if q.name == which else q for q in of.queries))


def route(name: str, **changes: Any) -> Plant:
    """A route with other declarations."""
    return flow(routes=lambda of: tuple(replace(r, **changes) if r.name == name else r for r in of.routes))


def needs(**changes: Any) -> Plant:
    """The one lookup of the flow with other declarations."""
    return flow(needs=lambda of: (replace(of.needs[0], **changes),))


def case(**changes: Any) -> Plant:
    """The case type with other declarations; a callable gets it."""
    return flow(case=lambda of: replace(of.case, **{k: v(of.case) if callable(v) else v for k, v in changes.items()}))


def adapter(**changes: Any) -> Plant:
    """The adapter of the national platform with other declarations; a callable gets it."""

    def plant(subject: Subject, _: Path) -> Subject:
        (one,) = (a for a in subject.catalogue.adapters if a.name == "padis")
        others = tuple(a for a in subject.catalogue.adapters if a is not one)
        made = replace(one, **{k: v(one) if callable(v) and k != "connect" else v for k, v in changes.items()})
        return replace(subject, catalogue=Catalogue((made, *others), subject.catalogue.flows))

    return plant


def spokes(*given: Spoke) -> Plant:
    """Other spokes."""
    return lambda subject, _: replace(subject, spokes=given)


def settings(**changes: Any) -> Plant:
    """Other settings."""
    return lambda subject, _: replace(subject, settings=subject.settings.model_copy(update=changes))


def schema(name: str, pattern: str, new: str, count: int = 1) -> Plant:
    """A copy of a schema in a folder of its own that goes before, with one place rewritten."""

    def plant(subject: Subject, folder: Path) -> Subject:
        text, changed = re.subn(pattern, new, (SCHEMAS / name).read_text(encoding="utf-8"), count=count, flags=re.DOTALL)
        assert changed, f"{name}: the pattern to rewrite is gone"
        return written(name, text)(subject, folder)

    return plant


def written(name: str, text: str) -> Plant:
    """A file in a schemas folder of its own that goes before."""

    def plant(subject: Subject, folder: Path) -> Subject:
        file = folder / "schemas" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        roots = (folder / "schemas", *subject.roots)
        return replace(subject, roots=roots, schemas=LxmlSchemaRegistry(roots), _fields={})

    return plant


def both(*plants: Plant) -> Plant:
    """One after the other."""

    def plant(subject: Subject, folder: Path) -> Subject:
        for one in plants:
            subject = one(subject, folder)
        return subject

    return plant


def partner_samples(change: Callable[[Path], None]) -> Plant:
    """The adapter's folder copied, its samples changed."""

    def plant(subject: Subject, folder: Path) -> Subject:
        place = folder / "padis"
        shutil.copytree(subject.folders["adapters.padis"] / "samples", place / "samples")
        change(place / "samples")
        return replace(subject, folders={**subject.folders, "adapters.padis": place})

    return plant


def _rename_shelf(samples: Path) -> None:
    (samples / REQUEST).rename(samples / "enquiry.requst")


def _spoil_sample(samples: Path) -> None:
    (samples / REQUEST / "full.xml").write_text("<xcqq/>", encoding="utf-8")


def translator(**methods: Any) -> Plant:
    """The adapter with a translator that does something else."""
    return adapter(translator=lambda one: SimpleNamespace(
        **{"version": "0", "to_canonical": one.translator.to_canonical, "from_canonical": one.translator.from_canonical, **methods}
    ))  # fmt: skip


def raises(error: Exception) -> Callable[..., Any]:
    def call(*_: Any) -> Any:
        raise error

    return call


def key(*parts: Part) -> Plant:
    """One duplicate key of these parts on the request."""
    return channel(duplicate_keys=(DuplicateKey("made", parts),))


def decides(decision: Decision) -> Plant:
    """A rule that always says this."""
    return flow(decide=lambda *_: decision)


def add_flow(name: str, *channels_: str, recipient: Any = None, view: str = "x", source: str | None = None) -> Plant:
    """A further flow with these channels, the last of which is routed."""

    def plant(subject: Subject, _: Path) -> Subject:
        made = tuple(Channel(name=ChannelName(c), title=c, policy="same", duplicate_keys=()) for c in channels_)
        routes = (Route(f"{name}-out", made[-1].name, recipient or UnitRecipient(), view, "planted"),)
        new = replace(
            flow_of(subject), name=name, channels=made, routes=routes, queries=(), case=None, answers=None,
            sources={made[0].name: (source,)} if source else None,
        )  # fmt: skip
        return replace(subject, catalogue=Catalogue(subject.catalogue.adapters, (*subject.catalogue.flows, new)))

    return plant


def view_like(view: str, mark: str) -> Plant:
    """A view of the feedback for another recipient: the asking unit's, with one mark rewritten."""
    text = (SCHEMAS / "views/asking_unit/enquiry.feedback-1.0.xsd").read_text(encoding="utf-8")
    person = (SCHEMAS / "views/asking_unit/person.xsd").read_text(encoding="utf-8")
    assert mark in text
    return both(written(f"views/{view}/enquiry.feedback-1.0.xsd", text), written(f"views/{view}/person.xsd", person))


def basis(**changes: Any) -> Plant:
    """The production profile with a declared basis that differs from a good one."""

    def plant(subject: Subject, folder: Path) -> Subject:
        of = {
            "legal_document_no": "闽卫〔2026〕1号", "purpose": "协查", "approving_body": "省卫健委", "retention_days": 365,
            "review_date": subject.today + timedelta(days=100), "valid_from": subject.today - timedelta(days=1), **changes,
        }  # fmt: skip
        return settings(profile="production", basis={"enquiry": BasisSettings(**of)})(subject, folder)

    return plant


def feed_of(channel_: str, schema_: str = "padis/1.0/xc01.xsd") -> Callable[[Adapter], tuple[Feed, ...]]:
    return lambda one: (*one.feeds, Feed("other", {ChannelName(channel_): schema_}))


LONG_AGO = date(2020, 1, 1)
VIEW = "views/asking_unit/enquiry.feedback-1.0.xsd"
ASKED = "views/asked_unit/enquiry.request-1.0.xsd"
CANONICAL = "canonical/1.0/enquiry.request.xsd"
REPLY_VIEW = "views/asking_unit/enquiry.case_reply-1.0.xsd"
PERSON = "canonical/1.0/person.xsd"

PLANTS = (
    Planted("package.unusable", lambda s, _: replace(s, unloadable=("routes.broken: exports no FLOW",)), "routes.broken", "exports no FLOW"),
    Planted("name.twice", flow(routes=lambda f: (*f.routes, f.routes[0])), "routes/enquiry", "route request-to-padis exists 2 times"),
    Planted("name.twice", adapter(operations=lambda a: (*a.operations, replace(a.operations[0], name="again"))), "adapters/padis", "enquiry.request exists 2"),
    Planted("channel.name", add_flow("made", "Made"), "routes/made", "channel Made must be called"),
    Planted("schema.missing", channel(version="1.1"), "channel enquiry.request", "canonical/1.1/enquiry.request.xsd does not exist", "canonical/1.0/enquiry.request.xsd"),
    Planted("schema.missing", route("request-to-unit", view="asked_units"), "route request-to-unit", "views/asked_units/", "views/asked_unit/enquiry.request-1.0.xsd"),
    Planted("schema.missing", adapter(operations=lambda a: (replace(a.operations[0], schema="padis/1.0/xc1.xsd"), a.operations[1])), "submit_request", "padis/1.0/xc1.xsd", "padis/1.0/xc01.xsd"),
    Planted("schema.digit", schema("codes/codes-1.0.xsd", r'(<xs:pattern value=")[^"]*', r"\1\\d{12}"), "", r"pattern uses \d"),
    Planted("schema.unusable", schema(ASKED, r'type="c:Div12"', 'type="c:Dvi12"'), ASKED, "cannot be used"),
    Planted("schema.namespace", schema(ASKED, r"urn:pophub:enquiry\.request:1\.0", "urn:pophub:enquiry.request:2.0", 0), ASKED, "must be urn:pophub:enquiry.request:1.0"),
    Planted("schema.root", schema(ASKED, r'<xs:element name="enquiryRequest"', '<xs:element name="enquiryReqest"'), ASKED, "must declare enquiryRequest alone", "enquiryReqest"),
    Planted("view.added", schema(ASKED, r'name="urgency"', 'name="urgencyLevel"'), ASKED, "urgencyLevel of the view is not in channel", "urgency"),
    Planted("view.type", schema(ASKED, r'name="statedToDiv" type="c:Div12"', 'name="statedToDiv" type="c:Text20"'), ASKED, "statedToDiv of the view has another type"),
    Planted("view.privacy", schema(ASKED, r'(name="contactName".*?class=")identifying', r"\1free"), ASKED, "contactName of the view has privacy class free"),
    Planted("view.basis", schema(VIEW, r'(name="contraceptionBlock".*?) basis="contraception"', r"\1"), VIEW, "contraceptionBlock of the view lacks the legal basis contraception"),
    Planted("view.filled", schema(ASKED, r'(name="resolvedToDiv".*?) filledBy="hub"', r"\1"), ASKED, "differs from the channel in filledBy"),
    Planted("view.narrower", schema(ASKED, r'(name="flow" type="t:FlowInfo") minOccurs="0"', r"\1"), ASKED, "flow of the view demands more"),
    Planted("route.channel", route("request-to-unit", channel="enquiry.requests"), "route request-to-unit", "channel enquiry.requests is not in this flow", "enquiry.request?"),
    Planted("route.adapter", route("request-to-padis", to=SystemRecipient("padys")), "route request-to-padis", "no adapter padys", "padis?"),
    Planted("route.operation", adapter(operations=lambda a: a.operations[1:]), "route request-to-padis", "no operation for enquiry.request"),
    Planted("route.recipient", spokes(a_spoke(receives=frozenset())), "route request-to-unit", "no spoke may receive enquiry.request"),
    Planted("operation.channel", adapter(operations=lambda a: (*a.operations, replace(a.operations[0], name="x", channel="enquiry.requet"))), "operation x", "no channel enquiry.requet", "enquiry.request?"),
    Planted("channel.producer", both(spokes(a_spoke(sends=frozenset())), adapter(feeds=())), "channel enquiry.request", "no spoke may send it and no feed"),
    Planted("channel.consumer", flow(routes=lambda f: tuple(r for r in f.routes if r.channel != FEEDBACK)), "channel enquiry.feedback", "no route takes it anywhere"),
    Planted("answer.channel", flow(answers={REQUEST: ChannelName("enquiry.feedbck")}), "answers", "enquiry.feedbck is not in this flow", "enquiry.feedback?"),
    Planted("answer.source", flow(sources={REQUEST: ("padis",)}), "route request-to-padis", "padis gets enquiry.request but is not a source of enquiry.feedback"),
    Planted("answer.grant", spokes(a_spoke(sends=frozenset({REQUEST}))), "spoke east", "receives enquiry.request but may not send enquiry.feedback"),
    Planted("answer.route", flow(routes=lambda f: tuple(r for r in f.routes if r.name != "feedback-to-unit")), "channel enquiry.feedback", "back to the asking unit"),
    Planted("answer.route", flow(routes=lambda f: tuple(r for r in f.routes if r.name != "feedback-to-padis")), "channel enquiry.feedback", "back to padis"),
    Planted("source.channel", flow(sources=lambda f: {**f.sources, "enquiry.remind": ("padis",)}), "sources", "enquiry.remind is not in this flow"),
    Planted("source.adapter", flow(sources={REQUEST: ("pads",), FEEDBACK: ("padis",)}), "sources", "no adapter pads", "padis?"),
    Planted("source.feed", adapter(feeds=()), "sources", "no feed of adapter padis brings enquiry.request"),
    Planted("feed.channel", adapter(feeds=feed_of("enquiry.answer")), "feed other", "no channel enquiry.answer"),
    Planted("feed.unasked", flow(sources={FEEDBACK: ("padis",)}), "feed download", "does not name padis as a source of enquiry.request"),
    Planted("schema.missing", adapter(feeds=feed_of(REQUEST, "padis/1.0/xc99.xsd")), "feed other", "padis/1.0/xc99.xsd", "padis/1.0/xc"),
    Planted("key.path", key(Part("subject/idNumber")), "duplicate key made", "subject/idNumber is not in the schema", "subject/idNo"),
    Planted("key.path", key(Part("subject")), "duplicate key made", "subject holds elements"),
    Planted("key.header", key(Part("@fromSytem")), "duplicate key made", "@fromSytem is no header field", "@fromSystem?"),
    Planted("key.sensitive", channel(order=OrderKey("x", (Part("question"),))), "order key", "question is sensitive"),
    Planted("key.filled", channel(place=Part("resolvedToDiv")), "place", "resolvedToDiv is filled by the hub"),
    Planted("key.repeated", key(Part("item")), "duplicate key made", "item may be repeated"),
    Planted("key.first", key(Part("enquiryNo", -1)), "duplicate key made", "first of enquiryNo must be positive"),
    Planted("key.open", channel(search_keys=(SearchKey("idNo", "subject/idNo", identifying=False),)), "search key idNo", "subject/idNo is personal"),
    Planted("key.path", channel(search_keys=(SearchKey("idNo", "subject/idno"),)), "search key idNo", "subject/idno is not", "subject/idNo?"),
    Planted("key.path", case(keys=lambda c: {**c.keys, FEEDBACK: (Part("enquiryNumber"),)}), "case key", "enquiryNumber is not in the schema", "enquiryNo?"),
    Planted("filled.unmarked", channel(hub_filled=lambda c: (*c.hub_filled, "urgency")), "channel enquiry.request", "urgency is not marked filledBy=hub"),
    Planted("filled.path", channel(hub_filled=lambda c: (*c.hub_filled, "duAt")), "channel enquiry.request", "duAt of hub_filled is not in the schema", "dueAt?"),
    Planted("filled.undeclared", channel(hub_filled=lambda c: c.hub_filled[1:]), "channel enquiry.request", "originSystem is marked filledBy=hub but not"),
    Planted("case.key", case(keys=lambda c: {REQUEST: c.keys[REQUEST]}), "case", "channel enquiry.feedback has no key"),
    Planted("case.channel", case(opens=frozenset({"enquiry.requst"})), "case", "enquiry.requst is not in this flow", "enquiry.request?"),
    Planted("case.opens", case(opens=frozenset()), "case", "no channel opens the case"),
    Planted("case.state", case(initial="01"), "case", "state 01 is not declared"),
    Planted("case.closed", case(closed=frozenset()), "case", "no state closes"),
    Planted("case.closed", case(moves=lambda c: c.moves | {("6", "1")}), "case", "state 6 is final but has a move"),
    Planted("case.unreachable", case(states=lambda c: {**c.states, "9": "悬空"}), "case", "state 9 cannot be reached"),
    Planted("sample.refused", partner_samples(_spoil_sample), "samples/enquiry.request/full.xml", "schemas/padis/1.0/xc01.xsd"),
    Planted("sample.channel", partner_samples(_rename_shelf), "samples/enquiry.requst", "no channel enquiry.requst", "enquiry.request?"),
    Planted("sample.refused", schema("canonical/1.0/samples/enquiry.request/minority-name.xml", "<sex>1</sex>", ""), "minority-name.xml", "something required is missing, expected sex"),
    Planted("sample.translator", translator(from_canonical=raises(KeyError("sex"))), "route request-to-padis", "the translator raised KeyError"),
    Planted("sample.translator", translator(to_canonical=raises(ValueError("a value"))), "adapters/padis/samples", "the translator raised ValueError"),
    Planted("sample.inexpressible", translator(from_canonical=raises(FlowError(TRANSLATION))), "route request-to-padis", "not one sample can be translated"),
    Planted("sample.refused", translator(from_canonical=lambda _, view: view), "route feedback-to-padis", "schemas/padis/1.0/xc02.xsd"),
    Planted("rule.raised", flow(decide=raises(KeyError("applicantDiv"))), "channel enquiry.request", "the rule raised KeyError on a sample"),
    Planted("rule.route", decides(Decision(sends=(Send("request-to-units", ToPlace("350100000000"), "x"),))), "channel enquiry.request", "chose route request-to-units", "request-to-unit?"),
    Planted("rule.move", decides(Decision(moves=(Move("6", "x"),))), "channel enquiry.feedback", "moves from 7 to 6, which is not declared"),
    Planted("query.name", query(name=ChannelName("Case")), "query Case", "query Case must be called"),
    Planted("name.twice", query(name=REQUEST), "routes", "exists 2 times"),
    Planted("name.twice", adapter(queries=lambda a: a.queries * 2), "adapters/padis", "query operation enquiry.case exists 2"),
    Planted("schema.missing", query(askers=(Asker("asking_units"),)), "query enquiry.case", "views/asking_units/", "views/asking_unit/enquiry.case_reply-1.0.xsd"),
    Planted("schema.missing", query(source=FromPartner("padis", "padi")), "query enquiry.case", "views/padi/", "views/padis/enquiry.case-1.0.xsd"),
    Planted("view.added", schema(REPLY_VIEW, 'name="hukouDiv"', 'name="hukouAddr"'), REPLY_VIEW, "person/hukouAddr of the view is not in channel enquiry.case_reply"),
    Planted("query.adapter", query(source=FromPartner("padys", "padis")), "query enquiry.case", "no adapter padys", "padis?"),
    Planted("query.operation", adapter(queries=()), "query enquiry.case", "adapter padis does not answer enquiry.case"),
    Planted("query.case", flow(case=None), "query enquiry.status", "no case whose owner is declared"),
    Planted("query.case", case(owner=None), "query enquiry.status", "no case whose owner is declared"),
    Planted("query.limit", query(budget=2.5), "query enquiry.case", "the budget must lie between"),
    Planted("query.limit", query(caps=Caps(rows=0)), "query enquiry.case", "caps be positive"),
    Planted("query.asker", spokes(a_spoke(system="FJPIS")), "query enquiry.case", "is granted to spoke east, but FJPIS is none of its askers"),
    Planted("query.connection", adapter(ask=None), "adapters/padis", "no way to ask"),
    Planted("query.unknown", adapter(queries=lambda a: (replace(a.queries[0], query=ChannelName("enquiry.cases")),)), "query operation case", "no query enquiry.cases", "enquiry.case?"),
    Planted("schema.missing", adapter(queries=lambda a: (replace(a.queries[0], reply_schema="padis/1.0/cx2.xsd"),)), "query operation case", "padis/1.0/cx2.xsd", "padis/1.0/cx02.xsd"),
    Planted("query.path", query(purpose="purpos"), "query enquiry.case", "purpos is no leaf", "purpose?"),
    Planted("query.path", query(subject=(Part("idno"),)), "query enquiry.case", "idno is no leaf", "idNo?"),
    Planted("query.open", query(open=("idNo",)), "query enquiry.case", "idNo may not stand in a URL"),
    Planted("query.open", query("enquiry.status", open=("toDate", "fromDate")), "query enquiry.status", "in the order of the schema"),
    Planted("query.row", query(row="people"), "query enquiry.case", "must have more and a repeated people"),
    Planted("query.purpose", query(purpose=None), "query enquiry.case", "must declare purpose, subject and needs_user"),
    Planted("query.purpose", query(needs_user=False), "query enquiry.case", "must declare purpose, subject and needs_user"),
    Planted("query.mask", schema(REPLY_VIEW, ' mask="name"', ""), REPLY_VIEW, "person/name of a reply's view must be masked", "idNo | phone | year"),
    Planted("query.mask", schema(REPLY_VIEW, 'mask="name"', 'mask="nam"'), REPLY_VIEW, "person/name has mask nam", "name?"),
    Planted("basis.unknown", schema(REPLY_VIEW, r'(name="maritalStatus".*?class="sensitive")', r'\1 basis="marriage"'), "query enquiry.case", "legal basis marriage"),
    Planted("sample.none", both(written("canonical/1.1/enquiry.status.xsd", (SCHEMAS / "canonical/1.0/enquiry.status.xsd").read_text(encoding="utf-8").replace("status:1.0", "status:1.1")), query("enquiry.status", version="1.1")), "canonical/1.1/samples/enquiry.status", "enquiry.status has no sample"),
    Planted("sample.refused", schema("canonical/1.0/samples/enquiry.case/full.xml", "<purpose>2</purpose>", ""), "enquiry.case/full.xml", "something required is missing, expected purpose"),
    Planted("sample.refused", partner_samples(lambda p: (p / "enquiry.case_reply" / "nobody.xml").write_text("<GAJG/>", encoding="utf-8")), "enquiry.case_reply/nobody.xml", "padis/1.0/cx02.xsd"),
    Planted("spoke.query", spokes(a_spoke(asks=frozenset({"enquiry.cas", "enquiry.case"}))), "spoke east", "there is no query enquiry.cas", "enquiry.case?"),
    Planted("settings.caps", settings(caps={"enquiry.cas": CapSettings()}), "caps.enquiry.cas", "there is no query enquiry.cas", "enquiry.case?"),
    Planted("privacy.missing", schema(PERSON, r'(name="mobile".*?)<xs:appinfo>.*?</xs:appinfo>', r"\1"), PERSON, "element mobile has no privacy class"),
    Planted("privacy.class", schema(PERSON, r'(name="mobile".*?class=")identifying', r"\1identifyng"), PERSON, "mobile has privacy class identifyng", "identifying?"),
    Planted("basis.unknown", flow(basis=BasisNeed(fields=("contraception",))), "channel enquiry.request", "legal basis pregnancy"),
    Planted("spoke.channel", spokes(a_spoke(sends=frozenset({REQUEST, "enquiry.feedbak"}))), "spoke east", "there is no channel enquiry.feedbak", "enquiry.feedback?"),
    Planted("spoke.unreached", flow(routes=lambda f: tuple(r for r in f.routes if r.name != "request-to-unit")), "spoke east", "no route takes enquiry.request to units"),
    Planted("spoke.system", spokes(a_spoke(system="PADIS")), "spoke east", "PADIS belongs to the external system padis"),
    Planted("name.twice", settings(spokes=[SpokeSettings(name="east", title="x", system="FJFPIS")] * 2), "spokes", "spoke east exists 2 times"),
    Planted("spoke.place", spokes(a_spoke(places=(Place("3588"),))), "spoke east", "division 3588 is not in force"),
    Planted("spoke.place", spokes(a_spoke(places=(Place("35012"),))), "spoke east", "place 35012 is no division code"),
    Planted("spoke.place", spokes(a_spoke(places=(Place("350122004"), Place("350125")))), "spoke east", "division 350122004 is not in force"),
    Planted("spoke.place", spokes(a_spoke(places=())), "spoke east", "has no place"),
    Planted("spoke.tie", spokes(a_spoke(), a_spoke("west", places=(Place("3502"),))), "spoke east", "and west both receive enquiry.feedback for place 3502"),
    Planted("need.lookup", needs(lookup="people.mananged"), "need managed", "no adapter answers lookup people.mananged", "people.managed?"),
    Planted("need.lookup", both(lambda s, _: replace(s, catalogue=Catalogue((*s.catalogue.adapters, replace(s.catalogue.adapter["register"], name="twin", system="TWIN")), s.catalogue.flows))), "need managed", "answered by several"),
    Planted("need.channel", needs(channel=ChannelName("enquiry.requet")), "need managed", "channel enquiry.requet is not in this flow", "enquiry.request?"),
    Planted("need.part", needs(parts=(Part("subject/name"), Part("subject/idNoo"))), "need managed", "subject/idNoo is no leaf", "idNo?"),
    Planted("need.part", needs(parts=(Part("subject/name"),)), "need managed", "is asked by name, idNo"),
    Planted("need.twice", flow(needs=lambda f: (*f.needs, replace(f.needs[0], lookup="people.managed"))), "need managed", "used twice"),
    Planted("settings.adapter", settings(adapters={"pads": {}}), "adapters.pads", "there is no adapter pads", "padis?"),
    Planted("settings.key", settings(adapters={"padis": {"ulr": "http://127.0.0.1:8101/"}}), "adapters.padis", "there is no setting ulr", "url?"),
    Planted("settings.basis", basis(fields=["contraceptoin"]), "basis.enquiry", "no field group contraceptoin", "contraception?"),
    Planted("settings.basis", settings(basis={"enquery": BasisSettings(legal_document_no="1", purpose="p", approving_body="b", retention_days=1, review_date=LONG_AGO, valid_from=LONG_AGO)}), "basis.enquery", "there is no flow enquery", "enquiry?"),
    Planted("basis.missing", settings(profile="production"), "basis.enquiry", "flow enquiry has no declared legal basis", "[basis.enquiry]"),
    Planted("basis.lapsed", basis(review_date=LONG_AGO), "basis.enquiry", "does not cover today"),
    Planted("basis.review", basis(review_date=date(2099, 1, 1)), "basis.enquiry", "more than 12 months ahead"),
    Planted("legacy.address", settings(adapters={"padis": {"url": "http://10.20.30.40/services"}}), "adapters.padis.url", "not to 10.20.30.40"),
    Planted("legacy.address", spokes(a_spoke(push_url="https://spoke.example.cn/soap")), "spoke east", "not to spoke.example.cn"),
)  # fmt: skip
