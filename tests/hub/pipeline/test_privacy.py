"""Nothing about a person stands in clear in what the hub writes: database, log file of the database, log, printed output."""

from __future__ import annotations

import base64
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from hub.assembly import initialise
from hub.backends.keyring_files import UnsafeKeys
from hub.backends.log_tap import configure_logging
from hub.contract.errors import HubError
from hub.contract.outcome import Delivered, Unknown
from hub.pipeline.order import plan
from hub.ports.keyring import Undecryptable
from hub.ports.records import Sealed
from tests.flows.enquiry.documents import ADDRESS, ELSEWHERE, PHONE, feedback, request
from tests.hub.pipeline.rig import MAILBOX, PADIS, SIMING, YANPING, ManualClock, Rig, Script

NAME, ID_NO, NUMBER = "慕容金丝雀", "359907197702280013", "XC-359908196603310029"
QUESTION = "她在延平的住址是否仍为三号楼"
CANARIES = (NAME, ID_NO, NUMBER, PHONE, ADDRESS, QUESTION, "林志强", "0592-5081234", "1977-02-28", "19770228")


def _forms(text: str) -> Iterator[bytes]:
    """The text as it might stand in a file: UTF-8, GB18030, UTF-16, escaped, and base64 at each of the three offsets."""
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        yield text.encode(encoding)
    yield ascii(text)[1:-1].encode()
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + text.encode())[4 if shift else 0 : -4]
        yield coded
        yield coded.replace(b"+", b"-").replace(b"/", b"_")


def _leaks(data: bytes) -> list[str]:
    return [canary for canary in CANARIES for form in _forms(canary) if form in data]


@pytest.fixture
def real_log(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The log as the processes write it, all steps included."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POPHUB_LOG", "debug")
        configure_logging("test")
        yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def busy_day(real_log: None, rig: Rig) -> Rig:
    """Everything that happens to a message, good and bad, about one person, with her number in the identifiers too."""
    about = {"name": NAME, "id_no": ID_NO, "born": "1977-02-28", "question": QUESTION}
    across = request(NUMBER, stated=ELSEWHERE, **about)
    rig.submit(SIMING, across, f"urn:{ID_NO}", relates_to=f"urn:{NAME}")
    rig.submit(SIMING, across, f"urn:{ID_NO}")
    spoiled = across.replace(b"<origin>1", b"<origin>8")
    for bad, message_id in (
        (spoiled, "x"),
        (across.replace(b"<item>01", b"<item>02"), "y"),
        (spoiled.replace(ID_NO.encode(), NAME.encode()), "z"),
    ):
        with pytest.raises(HubError) as refused:
            rig.submit(SIMING, bad, message_id)
        assert not _leaks(
            repr((refused.value, refused.value.zh, refused.value.en, refused.value.facts, refused.value.path)).encode()
        )
    rig.submit(SIMING, request(f"{NUMBER}-2", **{**about, "id_no": "359907197702280021", "name": f"{NAME}二"}))
    rig.plan()
    rig.attempt(Script([Unknown("cut")]))
    rig.clock.advance(60)
    rig.attempt(Script([ValueError(NAME)], [ValueError(ID_NO), Delivered()]))
    rig.clock.advance(60)
    rig.attempt(Script([Delivered()], [Delivered()]))
    rig.fill_mailboxes()
    rig.store.mailbox(YANPING, 10, 1000).result(5)
    rig.submit("padis", feedback(NUMBER, unit=ELSEWHERE, answer=QUESTION))
    rig.plan()
    rig.fill_mailboxes()
    rig.with_flow(lambda f: replace(f, decide=_say_it))
    rig.submit(SIMING, request("XC9", name=f"{NAME}三", id_no="359907197702280048"))
    rig.plan()
    return rig


def _say_it(*_: object) -> None:
    raise ValueError(f"{NAME} {ID_NO} {ADDRESS}")


def test_nothing_in_clear(capfd: pytest.CaptureFixture[str], busy_day: Rig) -> None:
    """No canary stands in database, write-ahead log or anything else in the home, nor in what was printed or logged."""
    assert len(busy_day.rows("SELECT * FROM invalid_message")) == 2
    busy_day.store.close()
    files = [f for f in busy_day.home.rglob("*") if f.is_file()]
    assert {f.name for f in files} >= {"pophub.db"}
    leaks = {f.name: found for f in files if (found := _leaks(f.read_bytes()))}
    printed = "".join(capfd.readouterr())
    assert leaks == {}
    assert (
        all(said in printed for said in ("rule.failed", "adapter.raised", "step.refused", '"step"'))
        and _leaks(printed.encode()) == []
    )


def test_nothing_in_the_write_ahead_log(busy_day: Rig) -> None:
    """Nor while it runs, in the pages that are not yet in the database file."""
    log = busy_day.home / "data" / "pophub.db-wal"
    assert log.stat().st_size > 100_000
    assert _leaks(log.read_bytes()) == []


def test_the_scan_sees(tmp_path: Path) -> None:
    """The scan finds each canary in a database that keeps it in clear, as text and as base64."""
    for n, canary in enumerate(CANARIES):
        for shift in range(4):
            with sqlite3.connect(tmp_path / f"{n}-{shift}.db") as connection:
                connection.execute("CREATE TABLE t (a)")
                value = f"<a>{canary}</a>" if shift == 3 else base64.b64encode(f"{'x' * shift}{canary} and more".encode()).decode()
                connection.execute("INSERT INTO t VALUES (?)", (value,))
            connection.close()
            assert canary in _leaks((tmp_path / f"{n}-{shift}.db").read_bytes())


@pytest.mark.parametrize(
    ("table", "column"), [("message_body", "canonical"), ("message_body", "received"), ("delivery_body", "body")]
)
def test_swapped_bodies(rig: Rig, table: str, column: str) -> None:
    """Two ciphertexts that changed places cannot be opened: each is bound to its row."""
    rig.submit(SIMING, request("XC1", stated=ELSEWHERE))
    rig.submit(SIMING, request("XC2", stated=ELSEWHERE))
    rig.plan()
    key = "delivery_id" if table == "delivery_body" else "message_id"
    (one, mine), (two, other) = rig.rows(f"SELECT {key}, {column} FROM {table} ORDER BY 1")
    key_id = rig.rows("SELECT min(id) FROM keyring")[0][0]
    for row, data, fits in ((one, mine, True), (one, other, False), (two, mine, False)):
        place, sealed = f"{table}|{column}|{row}", Sealed(key_id, data)
        if fits:
            assert rig.machine.keyring.open(place, sealed).startswith(b"<")
        else:
            with pytest.raises(Undecryptable):
                rig.machine.keyring.open(place, sealed)


def test_received_and_canonical_do_not_change_places(rig: Rig) -> None:
    """Nor can one column's ciphertext stand in another column of the same row."""
    rig.submit(SIMING, request("XC1"))
    ((row, received, key_id),) = rig.rows("SELECT message_id, received, received_key FROM message_body")
    with pytest.raises(Undecryptable):
        rig.machine.keyring.open(f"message_body|canonical|{row}", Sealed(key_id, received))


def test_swapped_delivery_is_never_sent(rig: Rig) -> None:
    """A delivery whose bytes were exchanged for another's is not sent to anybody."""
    rig.submit(SIMING, request("XC1", stated=ELSEWHERE))
    rig.submit(SIMING, request("XC2", stated=ELSEWHERE))
    rig.plan()
    (one, mine), (two, other) = rig.rows("SELECT delivery_id, body FROM delivery_body ORDER BY 1")
    rig.write("UPDATE delivery_body SET body = ? WHERE delivery_id = ?", other, one)
    rig.write("UPDATE delivery_body SET body = ? WHERE delivery_id = ?", mine, two)
    partner = Script()
    with pytest.raises(Undecryptable):
        rig.attempt(partner, PADIS)
    assert partner.called == []
    assert plan(rig.machine, []) == [] and rig.claim(MAILBOX) == []


def test_equal_content_has_unequal_ciphertext(rig: Rig) -> None:
    """Sealing the same bytes twice gives different bytes, and lengths alone tell nothing new."""
    keyring = rig.machine.keyring
    assert keyring.seal("case", "a|b|1", b"same").data != keyring.seal("case", "a|b|1", b"same").data


@pytest.mark.parametrize("name", ["kek", "index-1", "receipt"])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_readable_key_is_refused(home: Path, clock: ManualClock, name: str, mode: int) -> None:
    """A key file that others may read is not used: the hub does not start, and the message names the file."""
    (home / "keys" / name).chmod(mode)
    with pytest.raises(UnsafeKeys, match=name):
        Rig(home, clock)


@pytest.mark.parametrize("name", ["index-1", "receipt"])
def test_missing_key_is_said(home: Path, clock: ManualClock, name: str) -> None:
    """A missing key is named with what to do; none is made up behind the operator's back."""
    (home / "keys" / name).unlink()
    with pytest.raises(UnsafeKeys, match=f"{name} is missing"):
        Rig(home, clock)
    assert not (home / "keys" / name).exists()


def test_other_keys_open_nothing(rig: Rig, tmp_path: Path, clock: ManualClock) -> None:
    """The database without its keys is unreadable: bodies under another key-encryption key cannot be opened."""
    rig.submit(SIMING, request("XC1"))
    rig.close()
    other = tmp_path / "other"
    shutil.copytree(rig.home / "data", other / "data")
    initialise(replace_home(rig, other))
    thief = Rig(other, clock)
    (row,) = thief.unplanned()
    with pytest.raises(Undecryptable):
        thief.machine.keyring.open(f"message_body|canonical|{row.id}", row.canonical)
    thief.close()


def replace_home(rig: Rig, home: Path) -> object:
    """The settings of a machine for another home."""
    return rig.settings.model_copy(update={"home": home})


def test_what_init_makes_is_private(home: Path) -> None:
    """Keys, secrets and the folders that hold them are the owner's alone."""
    private = [home, home / "keys", home / "data", home / "run", *(home / "keys").rglob("*")]
    assert [p.name for p in private if p.stat().st_mode & 0o077] == []
