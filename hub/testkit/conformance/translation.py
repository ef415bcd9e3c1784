"""The translator: every sample goes all the way, nothing is changed on the way, and it is a pure function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from lxml import etree

from hub.contract.channel import Channel
from hub.contract.errors import ClientError
from hub.contract.xml import Element, canonical_form, encode, parse, serialise
from hub.testkit.conformance.bench import Bench
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.subject import Outbound, Subject, read
from hub.testkit.conformance.verdict import Failed, demand

RARE: Final = "阿依古丽·买买提 㛃䶮𠮷𬱖 é ㈱ \u2022 \u3000 \U0002a6d6 \u9fb4 \ufe10 \U0010fffd &<>\"' ]]>"
"""Dots of minority names, characters of the extensions, those whose GB18030 bytes changed, one beyond any font, markup."""
_THREADS, _ROUNDS = 4, 12


def checks(subject: Subject) -> Iterator[Check]:
    """The checks of this theme."""
    for channel in subject.inbound:
        yield Check(f"samples-in-{channel}", partial(samples_in, channel=channel))
    for way in subject.outbound:
        yield Check(f"samples-out-{way.route.name}", partial(samples_out, way=way))
    yield Check("translator-pure", pure)
    yield Check("translator-threads", threads)
    yield Check("encoding", encoding)


def samples_in(bench: Bench, channel: str) -> str:
    """Each own sample satisfies its schema, translates to a valid canonical document, and fits the views of the channel's routes."""
    subject = bench.subject
    files, flow = subject.samples(channel), subject.catalogue.flow_of[channel]
    demand(files, f"samples/{channel} is empty")
    for file in files:
        own = read(file)
        subject.schemas.validate(subject.inbound[channel], own)
        canonical = subject.adapter.translator.to_canonical(subject.catalogue.channels[channel].name, own)
        subject.schemas.validate(subject.catalogue.channels[channel].schema, canonical)
        for route in (route for route in flow.routes if route.channel == channel):
            subject.cut(subject.catalogue.channels[channel], route, canonical)
    return f"{len(files)} samples"


def samples_out(bench: Bench, way: Outbound) -> str:
    """Each canonical sample, cut to the system's view, translates to a document that satisfies the operation's schema.

    One that cannot be expressed (Flow.Translation) is counted, not hidden; not all may be.
    """
    files = bench.subject.canonical_samples(way.channel)
    demand(files, f"{way.channel.name} has no canonical sample")
    expressed = sum(1 for _ in bench.subject.expressible(way))
    demand(expressed, f"no sample of {way.channel.name} can be expressed")
    return f"{expressed} samples, {len(files) - expressed} cannot be expressed"


def pure(bench: Bench) -> None:
    """The same input gives the same bytes, and the input is left as it was."""
    for name, translate, given in _translations(bench.subject):
        before = canonical_form(given)
        first, second = serialise(translate(given)), serialise(translate(given))
        demand(first == second, f"{name} gives two results for one input")
        demand(canonical_form(given) == before, f"{name} changes its input")


def threads(bench: Bench) -> None:
    """Four threads that translate everything at once get what one gets."""
    work = [(name, translate, serialise(given)) for name, translate, given in _translations(bench.subject)]
    alone = [serialise(translate(parse(given))) for _, translate, given in work]

    def all_of_it(_: int) -> list[bytes]:
        return [serialise(translate(parse(given))) for _ in range(_ROUNDS) for _, translate, given in work]

    with ThreadPoolExecutor(_THREADS) as pool:
        for result in pool.map(all_of_it, range(_THREADS)):
            demand(result == alone * _ROUNDS, "a result depends on what other threads translate")


def encoding(bench: Bench) -> None:
    """Documents with minority names, rare characters and markup signs survive the declared encoding unchanged."""
    coding = bench.subject.adapter.encoding
    element = etree.Element("t")
    element.text = RARE
    try:
        demand(parse(encode(element, coding)).text == RARE, f"{coding} does not bring every character back")
    except (ClientError, LookupError):
        raise Failed(f"the hub does not read {coding}") from None
    for way in bench.subject.outbound:
        for file, seen in bench.subject.expressible(way):
            own = bench.subject.own(way, seen)
            again = parse(encode(own, coding))
            demand(canonical_form(again) == canonical_form(own), f"{file.name} is another document after {coding}")


def _translations(subject: Subject) -> list[tuple[str, Callable[[Element], Element], Element]]:
    """Every translation of every sample: its name, the function, a document."""
    translator = subject.adapter.translator
    found: list[tuple[str, Callable[[Element], Element], Element]] = []
    for name in subject.inbound:
        channel: Channel = subject.catalogue.channels[name]
        found += [
            (_named(file, "in"), partial(translator.to_canonical, channel.name), read(file)) for file in subject.samples(name)
        ]
    for way in subject.outbound:
        for file, seen in subject.expressible(way):
            found.append((_named(file, "out"), partial(translator.from_canonical, way.channel.name), seen))
    return found


def _named(file: Path, direction: str) -> str:
    return f"the translation {direction} of {file.parent.name}/{file.name}"
