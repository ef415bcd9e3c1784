"""Queries: who answers is there and can be asked, every path exists, and nobody is shown unmasked who is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.backends.schema_fields import FieldInfo
from hub.backends.schema_mask import MASKS
from hub.contract.channel import Channel
from hub.contract.flow import Flow
from hub.contract.query import LONGEST, FromCases, FromPartner, Query
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.packages import CHANNEL_NAME
from hub.control_bus.check.schemas import missing, wrong_root
from hub.control_bus.check.subject import Subject
from hub.control_bus.check.views import compared


def _place(flow: Flow, query: Query) -> str:
    return f"routes/{flow.name} · query {query.name}"


def _fault(flow: Flow, query: Query, code: str, zh: str, en: str, hint: str = "") -> Fault:
    return Fault(_place(flow, query), code, zh, en, hint)


def queries_have_schemas(subject: Subject) -> Iterator[Fault]:
    """Question and reply have a schema, each asker's view and the partner's view are subsets of them."""
    for flow, query in subject.queries():
        place = _place(flow, query)
        if not CHANNEL_NAME.fullmatch(query.name):
            yield _fault(
                flow, query, "query.name", f"查询名 {query.name} 应为 <族>.<查询>，小写。", f"query {query.name} must be called <family>.<query>, lower case.",
            )  # fmt: skip
        wanted = [(query.request, query.request.schema), (query.reply, query.reply.schema)]
        wanted += [(query.reply, query.reply.view_schema(a.view)) for a in query.askers]
        if isinstance(query.source, FromPartner):
            wanted.append((query.request, query.request.view_schema(query.source.view)))
        for form, schema in dict.fromkeys(wanted):
            yield from _schema(subject, place, form, schema)


def _schema(subject: Subject, place: str, form: Channel, schema: str) -> Iterator[Fault]:
    if not subject.schemas.exists(schema):
        yield missing(subject, place, schema)
        return
    yield from wrong_root(subject, place, schema, form.namespace, form.root)
    if schema != form.schema:
        yield from compared(subject, form, schema)


def queries_can_be_answered(subject: Subject) -> Iterator[Fault]:
    """A partner is there, has the operation and a way to be asked; cases have a key and an owner. Limits are limits."""
    for flow, query in subject.queries():
        if isinstance(query.source, FromPartner):
            yield from _partner(subject, flow, query, query.source.system)
        elif flow.case is None or flow.case.owner is None:
            yield _fault(flow, query, "query.case", "流程没有写明所有者的办件。", "the flow has no case whose owner is declared.")
        caps = query.caps
        if not 0 < query.budget <= LONGEST or min(caps.rows, caps.user_day, caps.spoke_day, caps.subject_day) < 1:
            yield _fault(
                flow,
                query,
                "query.limit",
                f"时限应在 0 与 {LONGEST} 秒之间，上限须为正数。",
                f"the budget must lie between 0 and {LONGEST} s, and caps be positive.",
            )
        for spoke in subject.spokes:
            if query.name in spoke.asks and query.view_for(spoke.system) is None:
                yield _fault(
                    flow, query, "query.asker", f"接入方 {spoke.name} 获得授权，但 {spoke.system} 不是其查询方。",
                    f"is granted to spoke {spoke.name}, but {spoke.system} is none of its askers.",
                )  # fmt: skip


def _partner(subject: Subject, flow: Flow, query: Query, name: str) -> Iterator[Fault]:
    adapter = subject.catalogue.adapter.get(name)
    if adapter is None:
        hint = did_you_mean(name, subject.catalogue.adapter)
        yield _fault(flow, query, "query.adapter", f"没有适配器 {name}。", f"there is no adapter {name}.", hint)
    elif adapter.query_for(query.name) is None:
        hint = did_you_mean(query.name, (o.query for o in adapter.queries))
        yield _fault(
            flow,
            query,
            "query.operation",
            f"适配器 {name} 不回答 {query.name}。",
            f"adapter {name} does not answer {query.name}.",
            hint,
        )


def query_operations_are_whole(subject: Subject) -> Iterator[Fault]:
    """An operation answers a query that exists, its schemas are there, and the adapter can be asked."""
    for adapter in subject.catalogue.adapters:
        place = f"adapters/{adapter.name}"
        if adapter.queries and adapter.ask is None:
            yield Fault(place, "query.connection", "声明了查询操作，却没有 ask。", "declares queries but no way to ask (ask).")
        for operation in adapter.queries:
            here = f"{place} · query operation {operation.name}"
            if operation.query not in subject.catalogue.queries:
                hint = did_you_mean(operation.query, subject.catalogue.queries)
                yield Fault(here, "query.unknown", f"没有查询 {operation.query}。", f"there is no query {operation.query}.", hint)
            for schema in dict.fromkeys((operation.schema, operation.reply_schema)):
                if not subject.schemas.exists(schema):
                    yield missing(subject, here, schema)


def query_paths_exist(subject: Subject) -> Iterator[Fault]:
    """Every path of a declaration is in its schema; what may stand in a URL identifies nobody."""
    for flow, query in subject.queries():
        asked = subject.fields(query.request.schema)
        if asked is None:
            continue
        for path in _paths(query):
            if not path.startswith("@") and (path not in asked or not asked[path].leaf):
                hint = did_you_mean(path, asked)
                yield _fault(
                    flow, query, "query.path", f"{path} 不是问题 XSD 的叶子。", f"{path} is no leaf of the question's schema.", hint
                )
        yield from _open(flow, query, asked)


def _open(flow: Flow, query: Query, asked: Mapping[str, FieldInfo]) -> Iterator[Fault]:
    for path in query.open:
        if path in asked and (asked[path].privacy != "free" or "/" in path):
            yield _fault(flow, query, "query.open", f"{path} 不得出现在地址中。", f"{path} may not stand in a URL.")
    if set(query.open) <= set(asked) and list(query.open) != [p for p in asked if p in query.open]:
        yield _fault(flow, query, "query.open", "open 的顺序应与 XSD 相同。", "open must be in the order of the schema.")


def replies_have_rows(subject: Subject) -> Iterator[Fault]:
    """A reply has rows and says whether there are more; one about people has a purpose, a person to count and a user."""
    for flow, query in subject.queries():
        reply = subject.fields(query.reply.schema)
        if reply is None:
            continue
        if query.row not in reply or not reply[query.row].repeated or "more" not in reply:
            yield _fault(
                flow,
                query,
                "query.row",
                f"答复应有 more 与可重复的 {query.row}。",
                f"the reply must have more and a repeated {query.row}.",
            )
        personal = any(field.privacy != "free" for field in reply.values() if field.leaf)
        if personal and not (query.purpose and query.subject and query.needs_user):
            yield _fault(
                flow, query, "query.purpose", "答复含个人信息：须声明 purpose、subject 与 needs_user。",
                "its reply is about people: it must declare purpose, subject and needs_user.",
            )  # fmt: skip


def _paths(query: Query) -> Iterator[str]:
    source = query.source
    yield from (part.path for part in query.subject)
    yield from query.open
    if query.purpose:
        yield query.purpose
    if isinstance(source, FromCases):
        yield from (part.path for part in source.key)
        yield from (source.since, source.until, source.state)


def replies_are_masked(subject: Subject) -> Iterator[Fault]:
    """In a view of a reply every identifying leaf has a mask that exists; a basis it needs is one of the flow."""
    for flow, query in subject.queries():
        for schema in dict.fromkeys(query.reply.view_schema(a.view) for a in query.askers):
            fields = subject.fields(schema) if subject.schemas.exists(schema) else None
            yield from _masks(schema, fields or {})
            for basis in sorted({f.basis for f in (fields or {}).values() if f.basis} - set(flow.basis.fields)):
                hint = did_you_mean(basis, flow.basis.fields)
                yield _fault(
                    flow,
                    query,
                    "basis.unknown",
                    f"法定依据 {basis} 未列入流程的 basis.fields。",
                    f"legal basis {basis} is not among the flow's basis.fields.",
                    hint,
                )


def _masks(schema: str, fields: Mapping[str, FieldInfo]) -> Iterator[Fault]:
    for path, field in fields.items():
        if field.mask is not None and field.mask not in MASKS:
            yield Fault(
                schema,
                "query.mask",
                f"{path} 的遮盖方式 {field.mask} 不存在。",
                f"{path} has mask {field.mask}.",
                did_you_mean(field.mask, MASKS),
            )
        elif field.leaf and field.privacy == "identifying" and field.mask is None:
            yield Fault(
                schema,
                "query.mask",
                f"查询答复的 {path} 须遮盖。",
                f"{path} of a reply's view must be masked.",
                f"p:privacy mask: {' | '.join(MASKS)}",
            )
