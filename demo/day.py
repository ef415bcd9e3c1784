"""The demo day: real traffic of all families, of spokes and misbehaving partners, through a hub of its own, then the account."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from demo.account import account
from demo.children import DemoFailedError
from demo.display import Display
from demo.families import FAMILIES
from demo.families.enquiry.director import AFAR
from demo.families.family import Director
from demo.home import DemoHome
from demo.partners import SIMULATORS
from demo.ports import Ports
from demo.spokes.asking import UNTRUE, counted
from demo.spokes.soap import path
from demo.spokes.wire import NoAnswerError
from demo.stage import Stage, stage
from demo.states import States, known_ids, write_states
from demo.under_way import UnderWay
from demo.watch import Watch
from hub.testkit.evidence import read_ledgers

_STATES_SECONDS: Final = 60.0
_STILL_SECONDS: Final = 8.0
"""Longer than the hub's figures are old."""
_STEADY_PER_SECOND: Final = 1.5


def run(
    *,
    once: bool,
    as_json: bool,
    messages: int = 5000,
    seed: int = 1,
    home: Path | None = None,
    keep: Path | None = None,
    ports: Ports | None = None,
    deadline: float = 600.0,
) -> int:
    """Run the demo; returns the exit code.

    ``once``: a day of ``messages`` enquiries (answers come on top), at most ``deadline`` seconds, then the account: a JSON
    object as the last line of stdout with ``as_json``, else in words; 0 for a good day, 1 for any other, 130 when
    interrupted. Otherwise gentle traffic until SIGINT or SIGTERM, 0. ``home`` is kept when given, else it is a temporary
    folder; ``keep`` receives the ledgers and states. Call from the main thread.
    """
    with _interruptible() as stop, _home(home, ports or Ports()) as place, Display() as display:
        try:
            if once:
                result = _once(place, display, stop, messages, seed, deadline)
            else:
                _steady(place, display, stop, seed)
                return 0
        except DemoFailedError as fault:
            display.say(str(fault))
            return 130 if stop.is_set() else 1
        finally:
            _keep(place, keep)
    print(json.dumps(result, ensure_ascii=False) if as_json else _in_words(result))
    return 0 if result["ok"] else 1


def _once(home: DemoHome, display: Display, stop: threading.Event, messages: int, seed: int, deadline: float) -> dict[str, Any]:
    began = time.monotonic()
    with stage(home, seed=seed, each=-(-(messages - messages // AFAR) // 2), per_second=None, interrupted=stop.is_set) as on:
        display.say("　".join([f"枢纽 {home.hub_url}", *_simulators(home), f"账本 {on.ledgers}"]))
        started = time.monotonic()
        directors = _let_go(on, messages, seed)
        limits = _until_quiet(on, display, directors, messages, began + deadline)
        quiet = time.monotonic()
        ledgers = read_ledgers(path for files in on.ledger_files.values() for path in files)
        owners = {name: [str(p.resolve()) for p in files] for name, files in on.ledger_files.items() if name in on.authorizations}
        asked = known_ids(owners, ledgers, on.partners)
        address = ("127.0.0.1", home.ports.edge)
        states = States(address, on.authorizations).final(asked, quiet + _STATES_SECONDS, lambda: not stop.is_set())
        partners = {name: partner.state() for name, partner in on.partners.items()}
    write_states(on.ledgers / "states.jsonl", states.values())
    ledgers = read_ledgers(path for files in on.ledger_files.values() for path in files)
    result = account(ledgers, states, _receipt_key(home), partners, limits)
    seconds = {"to_start": started - began, "until_quiet": quiet - started, "in_all": time.monotonic() - began}
    queries = counted(on.ledgers)
    untrue = sum(ends.get(word, 0) for ends in queries.values() for word in UNTRUE)
    if untrue:
        result["problems"], result["ok"] = [*result["problems"], f"queries: {untrue} without the answer that is true"], False
    return {**result, "queries": queries, "seconds": {name: round(value, 1) for name, value in seconds.items()}}


def _let_go(on: Stage, messages: int, seed: int) -> list[Director]:
    directors = [family.director(on.partners, messages) for family in FAMILIES.values()]
    for director in directors:
        director.begin(seed)
    for partner in on.partners.values():
        partner.misbehave(seed)
    for spoke in on.spokes.values():
        spoke.begin()
    return directors


def _until_quiet(on: Stage, display: Display, directors: list[Director], messages: int, deadline: float) -> list[str]:
    """Let the partners do their part and wait until nothing is on its way. Returns what ran out, if anything did."""
    watch = Watch(path for files in on.ledger_files.values() for path in files)
    calm, still = 0, _Stillness(UnderWay(on.home.ports.admin))
    while calm < 2 and not on.interrupted():
        on.wait(0.5)
        watch.look()
        display.show(watch.routes())
        for director in directors:
            director.go_on(watch.sent / messages)
        still.look(watch.pending)
        calm = calm + 1 if _quiet(on, watch, still, directors) else 0
        if time.monotonic() > deadline:
            return [f"deadline: {watch.waiting} waiting, {watch.undecided} undecided"]
    display.show(watch.routes(), now=True)
    if on.interrupted():
        raise DemoFailedError("演示日已中断，不出账。 Interrupted: a day cut short has no account.")
    return []


class _Stillness:
    """How long the same documents have been waiting while the hub had nothing under way. What it filtered waits for ever; its public
    state tells in the end.
    """

    def __init__(self, hub: UnderWay) -> None:
        self._hub, self._seen, self._since = hub, frozenset[str](), time.monotonic()

    def look(self, pending: frozenset[str]) -> None:
        if pending != self._seen or (pending and self._busy()):
            self._seen, self._since = pending, time.monotonic()

    def _busy(self) -> bool:
        try:
            return self._hub.count() > 0
        except (NoAnswerError, ValueError):
            return True

    def lasts(self) -> bool:
        return not self._seen or time.monotonic() - self._since > _STILL_SECONDS


def _quiet(on: Stage, watch: Watch, still: _Stillness, directors: list[Director]) -> bool:
    try:
        return on.idle() and still.lasts() and not watch.undecided and all(director.done() for director in directors)
    except NoAnswerError:
        return False


def _steady(home: DemoHome, display: Display, stop: threading.Event, seed: int) -> None:
    with stage(home, seed=seed, each=None, per_second=_STEADY_PER_SECOND, interrupted=stop.is_set) as on:
        display.say(f"枢纽已启动 {home.hub_url}（Ctrl-C 停止）")
        directors = _let_go(on, 0, seed)
        watch, turn = Watch(path for files in on.ledger_files.values() for path in files), 0
        untold = dict(FAMILIES)
        while not stop.is_set():
            for director in directors:
                director.steady(turn)
            on.wait(0.5)
            turn += 1
            watch.look()
            display.show(watch.routes())
            for name in [name for name in untold if watch.answered(name)]:
                display.say(untold.pop(name).first)
                if not untold:
                    display.say(_urls(home))
        display.say("正在停止……")


def _simulators(home: DemoHome) -> list[str]:
    return [f"{s.title}模拟器 http://127.0.0.1:{home.ports.by_name[name]}" for name, s in SIMULATORS.items()]


def _urls(home: DemoHome) -> str:
    lines = (
        *(f"  接口 SOAP   {home.hub_url}{path(f'{name}.')}?wsdl" for name in FAMILIES),
        f"  契约        {home.hub_url}/contracts/",
        f"  就绪        http://127.0.0.1:{home.ports.admin}/readyz",
        f"  指标        http://127.0.0.1:{home.ports.admin}/metrics",
        *(f"  {simulator}/_control" for simulator in _simulators(home)),
    )
    return "\n".join(lines)


def _in_words(result: dict[str, Any]) -> str:
    lines = [
        f"{route}: " + ", ".join(f"{name} {count}" for name, count in counts.items()) for route, counts in result["routes"].items()
    ]
    tried = ", ".join(f"{name} {value}" for name, value in result["tried"].items())
    return "\n".join([*lines, f"messages {result['messages']}; {tried}", *result["problems"], "ok" if result["ok"] else "NOT ok"])


def _receipt_key(home: DemoHome) -> bytes | None:
    """The public key of receipts, from the demo's own home."""
    key = load_pem_private_key((home.folder / "keys" / "receipt").read_bytes(), password=None)
    return key.public_key().public_bytes_raw() if isinstance(key, Ed25519PrivateKey) else None


@contextlib.contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """SIGINT and SIGTERM ask for the end; what they did before is put back."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _home(given: Path | None, ports: Ports) -> Iterator[DemoHome]:
    if given is not None:
        yield DemoHome(given.resolve(), ports)
        return
    with tempfile.TemporaryDirectory(prefix="pophub-demo-", ignore_cleanup_errors=True) as folder:
        yield DemoHome(Path(folder), ports)


def _keep(home: DemoHome, folder: Path | None) -> None:
    """Copy ledgers and states; logs too, since whoever keeps ledgers wants to look closer.

    What simulators keep beside their ledgers stays behind: those are whole documents and people, and ledgers hold none.
    """
    for part in ("ledgers", "logs"):
        if folder is not None and (home.folder / part).is_dir():
            skipped = shutil.ignore_patterns("*.jsonl.*")
            shutil.copytree(home.folder / part, folder / part, ignore=skipped, dirs_exist_ok=True)


if __name__ == "__main__":
    sys.exit(run(once=True, as_json=True))
