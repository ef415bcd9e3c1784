"""The declarations: what `pophub check` says in one line, and which contract each channel stands on."""

from __future__ import annotations

from collections.abc import Iterator

from hub.backends.schema_files import SchemaFault
from hub.control_bus.check.gather import gather
from hub.control_bus.check.run import prove
from hub.control_bus.check.subject import Subject
from hub.control_bus.diagnosis.finding import Finding
from hub.settings import Settings


def declarations(settings: Settings) -> Iterator[Finding]:
    """Faults in number, then the digest of every channel's schema: equal digests on two machines mean equal contracts."""
    subject, notes = gather(settings)
    report = prove(subject, notes)
    if report.faults:
        number = len(report.faults)
        yield Finding("fail", "check", f"{number} 个问题。", f"{number} faults.", "详情请运行 pophub check。 See 'pophub check'.")
    else:
        yield Finding("ok", "check", "全部声明通过检查。", "everything declared is proved.")
    yield from _digests(subject)


def _digests(subject: Subject) -> Iterator[Finding]:
    for _, channel in subject.channels():
        what = f"{channel.name}/{channel.version}"
        try:
            digest = subject.schemas.digest(channel.schema)[:16]
        except SchemaFault:
            yield Finding(
                "fail", what, "XSD 不可用。", "the schema cannot be used.", "详情请运行 pophub check。 See 'pophub check'."
            )
        else:
            yield Finding("ok", what, f"XSD 摘要 {digest}", f"schema digest {digest}")
