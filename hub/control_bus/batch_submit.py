"""``pophub batch submit``: a file handed in for a spoke, as that spoke would have sent it; with --dry-run every record is judged, nothing kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer

from hub import assembly
from hub.batches import receive
from hub.batches.check import check
from hub.batches.manifest import Manifest, Sealed, kind_of
from hub.batches.sort_record import Sender, judge
from hub.contract.message import show_hub_id
from hub.contract.xml import MAX_BYTES, Records
from hub.control_bus.check.fault import did_you_mean
from hub.control_bus.opened import opened, put_on_record
from hub.control_bus.refusals import WRONG, Refused
from hub.control_bus.terminal import AsJson, DryRun, note, say, say_json
from hub.pipeline.authorise import authorise_batch
from hub.pipeline.machine import Machine
from hub.settings import Settings, load

MOST_TOLD: Final = 100
"""Refused records that a dry run tells."""


def batch_submit(
    name: Annotated[str, typer.Argument(help="批次种类 Kind of batch.", show_default=False)],
    file: Annotated[
        Path, typer.Argument(help="XML 文件 The document.", exists=True, dir_okay=False, readable=True, show_default=False)
    ],
    spoke: Annotated[str, typer.Option(help="代哪个接入方报送 The spoke it is handed in for.", show_default=False)],
    message_id: Annotated[
        str | None,
        typer.Option(
            help="MessageID；不填则取文件的 SHA-256，同一文件再报即为重复 Without it the file's SHA-256.", show_default=False
        ),
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=0, help="应有的记录数 The number of records it must hold.", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """代接入方报送一个批次文件；中断后重来即续传。 Hand in a batch for a spoke.

    --dry-run 逐条检查而不受理。 With --dry-run every record is judged and nothing is kept.
    """
    settings = load()
    with opened(settings) as engine:
        if not dry_run:
            put_on_record(engine, "batch.submit", name, f"for {spoke}")
    machine = _machine(settings)
    try:
        manifest = _manifest(machine, name, spoke, message_id, count, file)
        if dry_run:
            _try_out(machine, manifest, file, as_json=as_json)
        else:
            _hand_in(machine, manifest, file, as_json=as_json)
    finally:
        machine.store.close()


def _machine(settings: Settings) -> Machine:
    def fatal(_reason: str) -> None:
        raise SystemExit(70)

    return assembly.machine(settings, assembly.find(settings), "cli", fatal)


def _manifest(machine: Machine, name: str, spoke: str, message_id: str | None, count: int | None, file: Path) -> Manifest:
    kinds = machine.catalogue.batches_in
    if name not in kinds:
        raise Refused(f"没有批次种类 {name}。", f"there is no kind of batch {name}.", did_you_mean(name, kinds))
    sender = machine.directory.named(spoke)
    if sender is None:
        names = (s.name for s in machine.directory.all())
        raise Refused(f"没有启用的接入方 {spoke}。", f"there is no spoke {spoke} that is on.", did_you_mean(spoke, names))
    adapter = machine.catalogue.adapter.get(sender.speaks) if sender.speaks else None
    authorise_batch(machine, sender, name, sender.speaks)
    digest = hashlib.sha256()
    for piece in _pieces(file):
        digest.update(piece)
    return Manifest(name, sender, message_id or digest.hexdigest(), digest.digest(), count, adapter)


def _hand_in(machine: Machine, manifest: Manifest, file: Path, *, as_json: bool) -> None:
    row = receive.begin(machine, manifest)
    if row.state == "uploading":
        at = receive.offset(machine, row)
        for piece in _pieces(file, at):
            at = receive.append(machine, row, at, piece)
    row, known = receive.complete(machine, manifest.spoke, row)
    if as_json:
        say_json({"hubId": show_hub_id(row.id), "dryRun": False, "duplicate": known, "records": row.total, "state": row.state})
    else:
        said = "先前已受理 accepted before" if known else "已受理 accepted"
        say(f"{said}: {show_hub_id(row.id)}，{row.total} 条 records")


def _try_out(machine: Machine, manifest: Manifest, file: Path, *, as_json: bool) -> None:
    kind = kind_of(machine, manifest.name, manifest.adapter)
    total = check(machine, kind, _pieces(file), manifest.digest, manifest.count)
    sender = Sender(manifest.spoke, manifest.adapter, Sealed.of(manifest))
    codes, told = Counter[str](), list[dict[str, object]]()
    for number, data in enumerate(Records(_pieces(file), kind.tag), 1):
        row = judge(machine, kind, sender, number, data)
        if row.state == "refused":
            codes[row.code or ""] += 1
            if len(told) < MOST_TOLD:
                told.append({"number": number, "code": row.code, "path": row.path})
    if as_json:
        say_json({"dryRun": True, "records": total, "refused": codes.total(), "codes": dict(codes), "items": told})
    else:
        for item in told:
            say(f"{item['number']} {item['code']} {item['path'] or ''}".rstrip())
        if codes.total() > len(told):
            note(f"只列出前 {MOST_TOLD} 条 the first {MOST_TOLD} are told.")
        say(
            f"共 {total} 条，{codes.total()} 条会被拒；未受理任何内容 {total} records, {codes.total()} would be refused; nothing was kept"
        )
    if codes:
        raise typer.Exit(WRONG)


def _pieces(file: Path, at: int = 0) -> Iterator[bytes]:
    with file.open("rb") as opened_file:
        opened_file.seek(at)
        while piece := opened_file.read(MAX_BYTES):
            yield piece
