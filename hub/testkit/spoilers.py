"""How each fault of a simulator is done to one call: what happens to the work, and what reaches the caller."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hub.testkit.faults import Fault
from hub.testkit.wire import Answer, Wire

_PAGE: Final = "<!DOCTYPE html><html><head><title>登录</title></head><body><form>请先登录<br></form></body></html>".encode()
_GARBAGE: Final = b"\x00\xff\xfe<<<\x1f not a document " * 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """One call as the simulated system understood it. ``work`` applies it and answers; ``reject`` refuses with a code and applies nothing."""

    operation: str
    work: Callable[[], Answer]
    reject: Callable[[str], Answer]


def answer(wire: Wire, arrival: Arrival, fault: Fault | None) -> None:
    """Serve one call, spoiled by the fault if there is one."""
    if fault is None:
        wire.send(arrival.work().raw())
    elif fault.way in _IDLE:
        _IDLE[fault.way](wire, arrival, fault)
    elif fault.way == "slow":
        time.sleep(min(fault.ms(200), 60))
        wire.send(arrival.work().raw())
    else:
        _WORKED[fault.way](wire, arrival.work(), fault)


def _hang(wire: Wire, _arrival: Arrival, _fault: Fault) -> None:
    wire.wait()
    wire.close()


def _reject(wire: Wire, arrival: Arrival, fault: Fault) -> None:
    wire.send(arrival.reject(str(fault.settings.get("code", ""))).raw())


def _error(wire: Wire, _arrival: Arrival, _fault: Fault) -> None:
    wire.send(Answer(_PAGE, 500, "text/html; charset=utf-8").raw())


def _busy(wire: Wire, _arrival: Arrival, fault: Fault) -> None:
    wire.send(Answer(b"", 503, headers={"Retry-After": str(fault.settings.get("seconds", 1))}).raw())


def _redirect(wire: Wire, _arrival: Arrival, fault: Fault) -> None:
    wire.send(Answer(b"", 302, headers={"Location": str(fault.settings.get("location", "http://127.0.0.1:9/"))}).raw())


def _reset(wire: Wire, _arrival: Arrival, _fault: Fault) -> None:
    wire.reset()


def _twice(wire: Wire, worked: Answer, _fault: Fault) -> None:
    wire.send(worked.raw() * 2)


def _garbage(wire: Wire, _worked: Answer, _fault: Fault) -> None:
    wire.send(Answer(_GARBAGE).raw())


def _html(wire: Wire, _worked: Answer, _fault: Fault) -> None:
    wire.send(Answer(_PAGE, content_type="text/html; charset=utf-8").raw())


def _empty(wire: Wire, worked: Answer, _fault: Fault) -> None:
    wire.send(Answer(b"", content_type=worked.content_type).raw())


def _truncated(wire: Wire, worked: Answer, _fault: Fault) -> None:
    raw = worked.raw()
    wire.send(raw[: len(raw) - len(worked.body) // 2 - 1])
    wire.close()


def _wrong_encoding(wire: Wire, worked: Answer, _fault: Fault) -> None:
    """What it says stays, the bytes change: between UTF-8 and GB18030 the comment alone is enough to be no text of the other."""
    charset = worked.content_type.partition("charset=")[2] or "utf-8"
    other = "utf-8" if charset.lower() == "gb18030" else "gb18030"
    text = worked.body.decode(charset).replace("</", "<!--国家平台局--></", 1)
    wire.send(Answer(text.encode(other), worked.status, worked.content_type).raw())


def _trickle(wire: Wire, worked: Answer, fault: Fault) -> None:
    for byte in worked.raw():
        if not wire.wait(fault.ms(500)):
            break
        wire.send(bytes((byte,)))
    wire.close()


def _lose(wire: Wire, _worked: Answer, _fault: Fault) -> None:
    wire.close()


def _late(wire: Wire, worked: Answer, fault: Fault) -> None:
    if wire.wait(fault.ms(12_000)):
        wire.send(worked.raw())


_IDLE: Final = {
    "hang": _hang, "reject": _reject, "500": _error, "busy": _busy, "redirect": _redirect, "reset_before_work": _reset,
}  # fmt: skip
_WORKED: Final = {
    "answer_twice": _twice, "garbage": _garbage, "html": _html, "empty": _empty, "truncated": _truncated,
    "wrong_encoding": _wrong_encoding, "trickle": _trickle, "lose_answer_after_work": _lose, "late": _late,
}  # fmt: skip
