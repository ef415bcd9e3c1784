"""Lookups: what the manifest says is what comes, everything is answered at once, and a system that is away says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hub.contract.adapter import Adapter
from hub.contract.lookup import FactSource, Loaded, Lookup
from hub.testkit.conformance.bench import Bench, hurried
from hub.testkit.conformance.calls import MARGIN
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.subject import Subject
from hub.testkit.conformance.verdict import Failed, demand

_PERSONAL = frozenset(
    {"name", "idNo", "mobile", "phone", "hukouAddr", "residenceAddr", "personId", "birthDate", "spouseName", "spouseIdNo", "motherId",
     "childId", "birthCertNo"}
)  # fmt: skip
_MANY = 1200
"""More questions at once than any database takes in one list."""


def checks(subject: Subject) -> Iterator[Check]:
    """The checks of this theme."""
    for lookup in subject.adapter.lookups:
        yield Check(f"lookup-{lookup.name}-declared", partial(declared, lookup=lookup))
        yield Check(f"lookup-{lookup.name}-away", partial(away, lookup=lookup))
        if subject.adapter.loader:
            yield Check(f"lookup-{lookup.name}-many", partial(many, lookup=lookup))
    if subject.adapter.loader:
        yield Check("loader-repeats", loads_again)
        yield Check("loader-dry", changes_nothing)


def declared(bench: Bench, lookup: Lookup) -> None:
    """A lookup has a title, says what it is asked by and gives; a person's data that it gives is declared, with its reason in the README."""
    demand(lookup.title and lookup.asks and lookup.gives, "title, asks or gives is empty")
    unsaid = _PERSONAL & set(lookup.gives) - set(lookup.personal)
    demand(not unsaid, f"gives {', '.join(sorted(unsaid))}")
    demand(set(lookup.personal) <= set(lookup.gives), "personal names what it does not give")
    said = (bench.subject.folder / "README.md").read_text(encoding="utf-8") if lookup.personal else ""
    unknown = [field for field in lookup.personal if field not in said]
    demand(not unknown, f"README.md gives no reason for {', '.join(unknown)}")
    demand(isinstance(bench.away(), FactSource), "connect returns nothing that can be asked")


def away(bench: Bench, lookup: Lookup) -> None:
    """A system that is away raises OSError in time: messages wait, nothing is guessed."""
    settings = bench.subject.adapter.settings or {}
    with TemporaryDirectory(prefix="conformance-") as folder:
        source = bench.connect(1, **moved_to(settings, Path(folder) / "not-there"), **hurried(settings))
        began = time.monotonic()
        try:
            _source(source).look_up(lookup, [_question(lookup, 1)])
        except OSError:
            demand(time.monotonic() - began < 1 + MARGIN, "it took too long to say so")
            return
    raise Failed("a system that is not there answered")


def many(bench: Bench, lookup: Lookup) -> str:
    """However many questions come at once, all are answered; an unknown one has no facts, and no fact has a field undeclared."""
    with TemporaryDirectory(prefix="conformance-") as folder:
        settings = moved_to(bench.subject.adapter.settings or {}, Path(folder) / "data")
        load(bench.subject.adapter, settings, sample(bench.subject))
        found = _source(bench.connect(1, **settings)).look_up(lookup, [_question(lookup, n) for n in range(_MANY)])
    demand(not [q for q, facts in found.items() if facts], "somebody nobody knows was found")
    fields = {field for facts in found.values() for fact in facts for field in fact}
    demand(fields <= set(lookup.gives), f"undeclared: {', '.join(sorted(fields - set(lookup.gives)))}")
    return f"{_MANY} questions"


def loads_again(bench: Bench) -> str:
    """The sample file loads, and loading it again changes nothing."""
    with TemporaryDirectory(prefix="conformance-") as folder:
        settings = moved_to(bench.subject.adapter.settings or {}, Path(folder) / "data")
        first = load(bench.subject.adapter, settings, sample(bench.subject))
        again = load(bench.subject.adapter, settings, sample(bench.subject))
    demand(first.added > 0 and not first.bad, "the sample does not load")
    demand((again.added, again.changed, again.same) == (0, 0, first.added), "loading again changed something")
    return f"{first.added} records"


def changes_nothing(bench: Bench) -> None:
    """A dry run counts what a load would do and does nothing of it."""
    with TemporaryDirectory(prefix="conformance-") as folder:
        settings = moved_to(bench.subject.adapter.settings or {}, Path(folder) / "data")
        tried = load(bench.subject.adapter, settings, sample(bench.subject), dry_run=True)
        demand(not list(Path(folder).iterdir()), "the dry run wrote something")
        done = load(bench.subject.adapter, settings, sample(bench.subject))
    demand(tried.added == done.added, "the dry run counted something else")


def load(adapter: Adapter, settings: dict[str, str], file: Path, *, dry_run: bool = False) -> Loaded:
    """Load a file with the adapter's own loader."""
    demand(adapter.loader, "there is no loader")
    assert adapter.loader is not None
    return adapter.loader.load(settings, file, dry_run)


def moved_to(settings: object, file: Path) -> dict[str, str]:
    """The settings that name a file, turned to this one."""
    given = dict(settings) if isinstance(settings, dict) else {}
    return {name: f"{value.partition('://')[0]}:///{file}" for name, value in given.items() if ":///" in value}


def sample(subject: Subject) -> Path:
    """The file of the folder that its loader takes."""
    files = sorted((subject.folder / "samples").glob("*.jsonl"))
    demand(files, "samples/ holds no *.jsonl that the loader takes")
    return files[0]


def _source(partner: object) -> FactSource:
    if not isinstance(partner, FactSource):
        raise Failed("connect returns nothing that can be asked")
    return partner


def _question(lookup: Lookup, n: int) -> tuple[str, ...]:
    return tuple(f"nobody{n}" for _ in lookup.asks)
