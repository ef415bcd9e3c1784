"""``pophub message find|show|trace``: by indexed keys only, masked, each look on record. No body is opened here."""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Iterable
from typing import Annotated

import typer

from hub.backends.keyring_files import KeyringFiles
from hub.backends.sql.read import Answer, Question, find, refused, whole
from hub.backends.sql.read_trace import trace
from hub.catalogue import Catalogue
from hub.contract.message import read_hub_id, show_hub_id
from hub.control_bus import message_view as view
from hub.control_bus.check.fault import did_you_mean
from hub.control_bus.labels import MESSAGE_STATES
from hub.control_bus.moments import since as moment
from hub.control_bus.opened import opened, put_on_record
from hub.control_bus.refusals import WRONG, Refused
from hub.control_bus.terminal import AsJson, note, say, say_json, say_table
from hub.discovery import discover
from hub.settings import Settings, load

app = typer.Typer(help="报文 Messages.", no_args_is_help=True, rich_markup_mode=None)
HubId = Annotated[str, typer.Argument(help="枢纽编号，如 10234-7 Hub id.", show_default=False)]
_MOST = 500
_TYPED = "以 - 代替值则从标准输入读取，不留在命令历史中 '-' reads it from stdin"


@app.command("find")
def message_find(
    id_no: Annotated[str | None, typer.Option(help=f"证件号码全号；{_TYPED}.", show_default=False)] = None,
    enquiry_no: Annotated[str | None, typer.Option(help=f"协查号全号；{_TYPED}.", show_default=False)] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="其他检索键 名称=值，可重复 Another search key NAME=VALUE.", show_default=False)
    ] = None,
    channel: Annotated[str | None, typer.Option(help="报文类型 Channel.", show_default=False)] = None,
    state: Annotated[str | None, typer.Option(help=f"状态 State: {' '.join(MESSAGE_STATES)}.", show_default=False)] = None,
    since: Annotated[str, typer.Option(help="自何时起：90m、24h、7d 或日期时间(+08:00) From when on.")] = "24h",
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="最多几件 At most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """按索引键查找报文，不显示内容。 Find messages.

    默认最近 24 小时、50 件；每次查找都留痕。 The last 24 hours and 50 messages unless told; each search is on record.
    """
    settings = load()
    catalogue = discover(settings.folders).catalogue
    values = _values({"idNo": id_no.upper() if id_no else None, "enquiryNo": enquiry_no}, key or [])
    _known("检索键 search key", values, (k.name for c in catalogue.channels.values() for k in c.search_keys))
    _known("报文类型 channel", [channel] if channel else [], catalogue.channels)
    _known("状态 state", [state] if state else [], MESSAGE_STATES)
    with opened(settings) as engine:
        keyring = KeyringFiles(settings.home / "keys", engine) if values else None
        hashes = {name: keyring.indexes(f"search:{name}", value) for name, value in values.items()} if keyring else {}
        question = Question(moment(since, time.time()), limit, hashes, channel, state)
        answer = find(engine, question)
        put_on_record(
            engine,
            "message.find",
            " ".join(sorted({*values, *filter(None, (channel, state))})) or "-",
            f"{len(answer.found)} found",
        )
    _show(answer, as_json=as_json)


def _values(named: dict[str, str | None], pairs: Iterable[str]) -> dict[str, str]:
    """Search key → full value. A value given as ``-`` is a line of stdin, typed without echo on a terminal."""
    given = {name: value for name, value in named.items() if value is not None}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Refused("--key 的写法是 名称=值。", "--key is written NAME=VALUE.")
        given[name] = value
    return {name: _typed(name) if value == "-" else _whole(name, value) for name, value in given.items()}


def _typed(name: str) -> str:
    return _whole(name, getpass.getpass(f"{name}: ", stream=sys.stderr) if sys.stdin.isatty() else sys.stdin.readline())


def _whole(name: str, value: str) -> str:
    if not value.strip():
        raise Refused(f"{name} 没有值。", f"{name} has no value.", "须为全值。 The full value is needed.")
    return value.strip()


def _known(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    all_known = set(known)
    zh, _, en = what.partition(" ")
    for name in names:
        if name not in all_known:
            raise Refused(f"没有{zh} {name}。", f"there is no {en} {name}.", did_you_mean(name, all_known))


def _show(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        say_json({"messages": [view.seen_data(m) for m in answer.found], "more": answer.more, "cut": answer.cut})
    else:
        say_table(view.SEEN_HEADS, [view.seen_row(m) for m in answer.found])
    if answer.more:
        note("还有更多：请缩小条件或加大 --limit。 There are more: narrow it or raise --limit.")
    if answer.cut:
        note("更早的没有查看：请加检索键或缩短 --since。 Older ones were not looked at: give a key or a shorter --since.")


@app.command("show")
def message_show(hub_id: HubId, as_json: AsJson = False) -> None:
    """显示一件报文，不含内容。 Show one message.

    状态、投递、尝试、办件与应答期限；每次查看都留痕。 State, deliveries, attempts, case and due dates; each look is on record.
    """
    settings = load()
    number = _number(hub_id)
    with opened(settings) as engine:
        found = whole(engine, number)
        kept = refused(engine, number) if found is None else None
        put_on_record(engine, "message.show", hub_id, "shown" if found or kept else "not found")
    if found is not None:
        _show_one(view.whole_data(found, _catalogue(settings)), as_json=as_json)
    elif kept is not None:
        _show_one(view.refused_data(kept), as_json=as_json)
    else:
        raise _not_found(hub_id)


def _show_one(data: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        say_json(data)
    else:
        view.show(data)


@app.command("trace")
def message_trace(hub_id: HubId, as_json: AsJson = False) -> None:
    """逐步列出一件报文的经历。 Tell the way of one message.

    按时间每步一行；每次查看都留痕。 In the order of time, one line a step; each look is on record.
    """
    settings = load()
    number = _number(hub_id)
    with opened(settings) as engine:
        steps = trace(engine, number)
        put_on_record(engine, "message.trace", hub_id, f"{len(steps)} steps" if steps else "not found")
    if steps is None:
        raise _not_found(hub_id)
    reasons = view.reasons_of(_catalogue(settings), steps)
    if as_json:
        say_json({"hubId": show_hub_id(number), "steps": [view.step_data(s, reasons) for s in steps]})
    else:
        for step in steps:
            say(view.step_line(step, reasons))


def _number(hub_id: str) -> int:
    number = read_hub_id(hub_id)
    if number is None:
        raise Refused(
            "枢纽编号写法或校验位不对。",
            "this is no hub id, or its check character is wrong.",
            "形如 10234-7。 It looks like 10234-7.",
        )
    return number


def _not_found(hub_id: str) -> Refused:
    return Refused(
        f"没有报文 {hub_id}。",
        f"there is no message {hub_id}.",
        "可用 pophub message find 查找。 Try 'pophub message find'.",
        code=WRONG,
    )


def _catalogue(settings: Settings) -> Catalogue:
    return discover(settings.folders).catalogue
