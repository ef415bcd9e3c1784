"""The manifest: names, operations, feeds and settings say something that can be true."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from hub.contract.operation import OperationClass
from hub.testkit.conformance.bench import Bench
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.verdict import Failed, demand

_SYSTEM = re.compile(r"[A-Z][A-Z0-9]{1,19}")


def checks() -> Iterator[Check]:
    """The checks of this theme."""
    for check in (names, operations, feeds, settings, refuses_unknown_setting):
        yield Check(f"manifest-{check.__name__.replace('_', '-')}", check)


def names(bench: Bench) -> None:
    """Name, system code, title, encoding, translator version and limits are stated, and the name is the folder's."""
    adapter = bench.subject.adapter
    demand(adapter.name == bench.subject.folder.name, f"the name {adapter.name} is not that of the folder")
    demand(_SYSTEM.fullmatch(adapter.system), f"the system code {adapter.system!r} is not capital letters and digits")
    for what, text in (("title", adapter.title), ("limits", adapter.limits), ("translator.version", adapter.translator.version)):
        demand(text.strip(), f"{what} is empty")
    try:
        codecs.lookup(adapter.encoding)
    except LookupError:
        raise Failed(f"the encoding {adapter.encoding} is not known") from None
    calls = adapter.operations or adapter.feeds or adapter.queries or adapter.services
    if calls:
        demand((adapter.simulator or "").startswith(f"adapters.{adapter.name}."), "the simulator is not a module of the adapter")
    demand(calls or adapter.lookups or adapter.extracts, "the adapter does nothing")


def operations(bench: Bench) -> None:
    """Each operation carries a channel that a route brings to it, has a schema that loads, and limits above zero."""
    subject = bench.subject
    routed = {way.operation.name for way in subject.outbound}
    for one in subject.adapter.operations:
        demand(one.name in routed, f"no route brings {one.channel} to operation {one.name}")
        subject.schemas.check(one.schema)
        demand(isinstance(one.kind, OperationClass), f"operation {one.name} has no class A, B or C")
        demand(min(one.timeout, one.max_in_flight, one.max_age, one.max_bytes) > 0, f"operation {one.name} has a limit of zero")
        demand(one.ask_after >= 0, f"operation {one.name} may be asked before it is called")
    channels = [one.channel for one in subject.adapter.operations]
    demand(len(channels) == len(set(channels)), "two operations carry one channel")


def feeds(bench: Bench) -> None:
    """Each feed brings channels that a flow expects from this system, each with a schema that loads."""
    subject = bench.subject
    for feed in subject.adapter.feeds:
        demand(
            feed.channels and feed.interval > 0 and feed.page > 0, f"feed {feed.name} brings nothing, or has no interval or page"
        )
        for channel, schema in feed.channels.items():
            flow = subject.catalogue.flow_of.get(channel)
            sources = (flow.sources or {}).get(channel, ()) if flow else ()
            demand(subject.adapter.name in sources, f"feed {feed.name} brings {channel}, which no flow expects from this system")
            subject.schemas.check(schema)


def settings(bench: Bench) -> None:
    """The defaults are text, name an address, and are enough to connect: connecting needs nobody there."""
    given = bench.subject.adapter.settings or {}
    demand(all(isinstance(value, str) for value in given.values()), "a default is not text")
    demand(any("://" in value for value in given.values()), "no setting holds the system's address")
    bench.away()


def refuses_unknown_setting(bench: Bench) -> None:
    """A setting that the adapter does not know is refused with ValueError, so that a misspelt one is not ignored."""
    try:
        bench.connect(1024, no_such_setting="1")
    except ValueError:
        return
    raise Failed("a setting named no_such_setting was taken")
