"""Samples of queries: a question goes all the way to its partner's words, a partner's reply all the way to its asker's view.

Questions and canonical replies stand in ``schemas/canonical/<version>/samples/<query>/``, a partner's replies in
``adapters/<system>/samples/<query>_reply/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.contract.adapter import Adapter
from hub.contract.flow import Flow
from hub.contract.query import FromPartner, Query
from hub.contract.xml import Element, parse
from hub.control_bus.check.fault import Fault
from hub.control_bus.check.samples import canonical_samples, guarded
from hub.control_bus.check.subject import Subject


def query_samples_hold(subject: Subject) -> Iterator[Fault]:
    """Every query has samples of question and reply, and each of them holds on its whole way."""
    for flow, query in subject.queries():
        system = query.source.system if isinstance(query.source, FromPartner) else ""
        adapter = subject.catalogue.adapter.get(system)
        for form in (query.request, query.reply):
            files = canonical_samples(subject, form)
            place = f"schemas/canonical/{form.version}/samples/{form.name}"
            if not files and subject.schemas.exists(form.schema):
                yield Fault(place, "sample.none", f"{form.name} 没有样例。", f"{form.name} has no sample.")
            for file in files:
                steps = _asked(subject, query, adapter, file) if form is query.request else _shown(subject, flow, query, file)
                yield from guarded(f"{place}/{file.name}", steps)
        folder = subject.folders.get(f"adapters.{system}")
        for file in sorted((folder / "samples" / query.reply.name).glob("*.xml")) if folder and adapter else ():
            yield from guarded(
                f"adapters/{system}/samples/{query.reply.name}/{file.name}", _replied(subject, flow, query, adapter, file)
            )


def _asked(subject: Subject, query: Query, adapter: Adapter | None, file: Path) -> Iterator[str]:
    yield f"schemas/{query.request.schema}"
    question = parse(file.read_bytes())
    subject.schemas.validate(query.request.schema, question)
    operation = adapter.query_for(query.name) if adapter else None
    if isinstance(query.source, FromPartner) and adapter and operation:
        view = query.request.view_schema(query.source.view)
        yield f"schemas/{view}"
        cut = subject.schemas.project(view, question, fill={}, basis=frozenset())
        subject.schemas.validate(view, cut)
        yield f"{query.name} → {adapter.name}"
        own = adapter.translator.from_canonical(query.name, cut)
        yield f"schemas/{operation.schema}"
        subject.schemas.validate(operation.schema, own)


def _replied(subject: Subject, flow: Flow, query: Query, adapter: Adapter | None, file: Path) -> Iterator[str]:
    operation = adapter.query_for(query.name) if adapter else None
    if adapter and operation:
        yield f"schemas/{operation.reply_schema}"
        own = parse(file.read_bytes())
        subject.schemas.validate(operation.reply_schema, own)
        yield f"{adapter.name} → {query.reply.name}"
        yield from _seen(subject, flow, query, adapter.translator.to_canonical(query.reply.name, own))


def _shown(subject: Subject, flow: Flow, query: Query, file: Path) -> Iterator[str]:
    yield from _seen(subject, flow, query, parse(file.read_bytes()))


def _seen(subject: Subject, flow: Flow, query: Query, reply: Element) -> Iterator[str]:
    yield f"schemas/{query.reply.schema}"
    subject.schemas.validate(query.reply.schema, reply)
    for asker in query.askers:
        view = query.reply.view_schema(asker.view)
        yield f"schemas/{view}"
        for basis in (frozenset(flow.basis.fields), frozenset[str]()):
            subject.schemas.validate(view, subject.schemas.project(view, reply, fill={}, basis=basis))
