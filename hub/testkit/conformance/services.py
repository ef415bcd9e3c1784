"""Services: what the system calls at the hub. Its samples are pushes that can be told apart, translated and answered."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import partial

from hub.contract.service import Answered, Push
from hub.contract.xml import canonical_form
from hub.testkit.conformance.bench import Bench
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.subject import Subject, read
from hub.testkit.conformance.verdict import demand

_MOST_OF_AN_ID = 128
_AT = datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=8)))


def checks(subject: Subject) -> Iterator[Check]:
    """The checks of this theme."""
    for service in subject.adapter.services:
        for name, operation in service.operations.items():
            if isinstance(operation, Push) and not operation.batch:
                yield Check(f"{service.name}-{name}-taken", partial(taken, push=operation))
                yield Check(f"{service.name}-{name}-answered", partial(answered, push=operation))


def taken(bench: Bench, push: Push) -> str:
    """Each own sample satisfies its schema, states a key of its own, and translates to a valid canonical document."""
    subject, files = bench.subject, bench.subject.samples(push.channel)
    demand(files, f"samples/{push.channel} is empty")
    keys = set()
    for file in files:
        own = read(file)
        subject.schemas.validate(push.schema, own)
        key = push.message_id(own) or ""
        demand(0 < len(key) <= _MOST_OF_AN_ID and key.isprintable() and " " not in key, f"{file.name} states no key")
        keys.add(key)
        before = canonical_form(own)
        canonical = subject.adapter.translator.to_canonical(push.channel, own)
        subject.schemas.validate(subject.catalogue.channels[push.channel].schema, canonical)
        demand(canonical_form(own) == before, f"{file.name} was changed by its translation")
    demand(len(keys) == len(files), "two samples state one key")
    return f"{len(files)} samples"


def answered(bench: Bench, push: Push) -> None:
    """The answer to each sample satisfies its schema, for a new document and for one that was here before, and only then differs."""
    subject = bench.subject
    for file in subject.samples(push.channel):
        own, said = read(file), []
        for duplicate in (False, True):
            reply = push.answer(copy.deepcopy(own), Answered("10234-7", _AT, duplicate, "eyJh.eyJi.c2ln"))
            subject.schemas.validate(push.reply_schema, reply)
            said.append(canonical_form(reply))
        demand(said[0] != said[1], f"{file.name}: the answer does not tell a repeated push from a new one")
