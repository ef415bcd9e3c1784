"""Extracts: what the manifest says is what comes, page by page and each record once, and a system that is away says so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hub.contract.extract import Extract, ExtractSource
from hub.contract.lookup import Fact
from hub.testkit.conformance.bench import Bench, hurried
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.lookups import load, moved_to, sample
from hub.testkit.conformance.subject import Subject
from hub.testkit.conformance.verdict import Failed, demand


def checks(subject: Subject) -> Iterator[Check]:
    """The checks of this theme."""
    for extract in subject.adapter.extracts:
        yield Check(f"extract-{extract.name}-away", partial(away, extract=extract))
        if subject.adapter.loader:
            yield Check(f"extract-{extract.name}-pages", partial(pages, extract=extract))


def away(bench: Bench, extract: Extract) -> None:
    """A system that is away raises OSError: the batch is made later, never a smaller one."""
    settings = bench.subject.adapter.settings or {}
    with TemporaryDirectory(prefix="conformance-") as folder:
        source = bench.connect(1, **moved_to(settings, Path(folder) / "not-there"), **hurried(settings))
        try:
            _source(source).extract(extract, _given(bench, extract), "", 1)
        except OSError:
            return
    raise Failed("a system that is not there gave a page")


def pages(bench: Bench, extract: Extract) -> str:
    """Pages of one and of a thousand give the same records in one order, never more than asked, with no field undeclared."""
    with TemporaryDirectory(prefix="conformance-") as folder:
        settings = moved_to(bench.subject.adapter.settings or {}, Path(folder) / "data")
        load(bench.subject.adapter, settings, sample(bench.subject))
        source, given = _source(bench.connect(1, **settings)), _given(bench, extract)
        whole, single = (_drawn(source, extract, given, limit) for limit in (1000, 1))
    demand(whole, "the sample holds nothing that is drawn")
    demand(whole == single, "the size of a page changes what is drawn")
    fields = {field for record in whole for field in record}
    demand(fields <= set(extract.gives), f"undeclared: {', '.join(sorted(fields - set(extract.gives)))}")
    return f"{len(whole)} records"


def _drawn(source: ExtractSource, extract: Extract, given: Mapping[str, str], limit: int) -> list[Fact]:
    records: list[Fact] = []
    after, seen = "", set[str]()
    while after not in seen:
        seen.add(after)
        page = source.extract(extract, given, after, limit)
        demand(len(page.records) <= limit, "a page holds more than was asked for")
        records += page.records
        after = page.after
        if not after:
            return records
    raise Failed("a page comes again")


def _given(bench: Bench, extract: Extract) -> Mapping[str, str]:
    file = bench.subject.folder / "samples" / f"{extract.name}.json"
    demand(file.is_file(), f"samples/{file.name} does not say what the extract is given")
    given: Mapping[str, str] = json.loads(file.read_text(encoding="utf-8"))
    demand(set(given) == set(extract.given), f"samples/{file.name} gives other parameters than declared")
    return given


def _source(partner: object) -> ExtractSource:
    if not isinstance(partner, ExtractSource):
        raise Failed("connect returns nothing that can be drawn from")
    return partner
