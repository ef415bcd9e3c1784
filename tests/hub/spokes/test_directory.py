"""Who is calling, and who serves a place: deny by default, longest prefix, dated, successors followed."""

from __future__ import annotations

import base64
import threading
from typing import Any

import pytest
from sqlalchemy import event

from hub.backends.spoke_directory import SpokeDirectoryCached
from hub.backends.sql.registry import SpokeRegistrySql
from hub.contract.errors import ClientError
from hub.ports.spoke_registry import NewSpoke, Place
from tests.flows.enquiry.documents import SIMING_UNIT, YANPING_UNIT, feedback, request
from tests.hub.pipeline.rig import JIANYANG, SIMING, YANPING, Rig

DAY = "2026-03-02"
REQUEST = "enquiry.request"


def _new(name: str, *places: Place, receives: tuple[str, ...] = (REQUEST,)) -> NewSpoke:
    return NewSpoke(name, name, "FJFPIS", (REQUEST,), receives, places)


def _directory(rig: Rig, *spokes: NewSpoke) -> SpokeDirectoryCached:
    registry = SpokeRegistrySql(rig.store.engine, rig.clock)
    for spoke in spokes:
        assert registry.add(spoke)
    return SpokeDirectoryCached(registry, lambda code: (code,), max_age=0)


def _basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def test_longest_prefix(rig: Rig) -> None:
    """The spoke with the narrowest place serves; what lies outside every place is served by nobody."""
    directory = _directory(rig, _new("city", Place("3507")), _new("province", Place("35")), _new("street", Place("350702001")))
    served = [
        directory.serving(REQUEST, code, DAY)
        for code in ("350702001001", "350702002000", "350781001000", "350100000000", "360702001001")
    ]
    assert [s and s.name for s in served] == ["street", YANPING, "city", "province", None]


def test_equal_prefixes_are_chosen_alike(rig: Rig) -> None:
    """Among equals every node chooses the same one, in whatever order they were registered."""
    directory = _directory(rig, _new("b-spoke", Place("3501")), _new("a-spoke", Place("3501")), _new("c-spoke", Place("3501")))
    assert {s.name for _ in range(5) if (s := directory.serving(REQUEST, "350102001000", DAY))} == {"c-spoke"}


def test_places_are_dated(rig: Rig) -> None:
    """A place counts from its first to its last day, both inclusive."""
    directory = _directory(rig, _new("dated", Place("3501", "2026-03-01", "2026-03-31")))
    days = ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
    assert [bool(directory.serving(REQUEST, "350102001000", day)) for day in days] == [False, True, True, False]


def test_channels_are_granted(rig: Rig) -> None:
    """A spoke that does not receive a channel serves no place for it."""
    directory = _directory(rig, _new("deaf", Place("3501"), receives=("enquiry.feedback",)))
    assert directory.serving(REQUEST, "350102001000", DAY) is None


def test_disabled_spoke(rig: Rig) -> None:
    """A disabled spoke is not authenticated, serves nothing and is not listed."""
    directory = _directory(rig)
    rig.write("UPDATE spoke SET enabled = 0 WHERE name = ?", YANPING)
    with pytest.raises(ClientError, match=r"Client\.Unauthenticated"):
        directory.authenticate(_basic(YANPING, rig.secret(YANPING)))
    assert directory.serving(REQUEST, "350702001001", DAY) is None
    assert directory.named(YANPING) is None
    assert [s.name for s in directory.all()] == [JIANYANG, SIMING]


def test_rotated_secret(rig: Rig) -> None:
    """A new secret replaces the old one; nothing but its hash is in the store."""
    directory = _directory(rig)
    secret = SpokeRegistrySql(rig.store.engine, rig.clock).rotate(YANPING)
    assert secret and directory.authenticate(_basic(YANPING, secret)).name == YANPING
    with pytest.raises(ClientError):
        directory.authenticate(_basic(YANPING, rig.secret(YANPING)))
    rig.close()
    stored = (rig.home / "data" / "pophub.db").read_bytes()
    assert secret.encode() not in stored and rig.secret(YANPING).encode() not in stored


def test_known_spoke_is_left_alone(rig: Rig) -> None:
    """Registering a known name changes nothing and gives no secret."""
    registry = SpokeRegistrySql(rig.store.engine, rig.clock)
    before = registry.all()
    assert registry.add(_new(YANPING, Place("99"))) is None
    assert registry.all() == before


def test_first_callers_are_not_refused(rig: Rig) -> None:
    """Callers that arrive while the registry is read for the first time wait for it instead of being called strangers."""
    reading, go = threading.Event(), threading.Event()

    def slow(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM spoke" in statement and not reading.is_set():
            reading.set()
            assert go.wait(10)

    event.listen(rig.store.engine, "before_cursor_execute", slow)
    directory = SpokeDirectoryCached(SpokeRegistrySql(rig.store.engine, rig.clock), lambda code: (code,))
    got: list[object] = []

    def call() -> None:
        try:
            got.append(directory.authenticate(_basic(YANPING, rig.secret(YANPING))).name)
        except ClientError as fault:
            got.append(fault.code)

    threads = [threading.Thread(target=call) for _ in range(4)]
    threads[0].start()
    assert reading.wait(10)
    for thread in threads[1:]:
        thread.start()
    threads[1].join(0.2)
    go.set()
    for thread in threads:
        thread.join(10)
    event.remove(rig.store.engine, "before_cursor_execute", slow)
    assert got == [YANPING] * 4


def _code(rig: Rig, sender: str, document: bytes, **more: Any) -> str | None:
    try:
        rig.submit(sender, document, **more)
    except ClientError as fault:
        return fault.code
    return None


def test_sends_for_its_own_places_only(rig: Rig) -> None:
    """A unit in the body or in the header outside the sender's places is refused and kept as evidence; inside is accepted."""
    outside = "Client.NotYourPlace"
    assert _code(rig, SIMING, request("XC1", applicant=YANPING_UNIT)) == outside
    assert _code(rig, SIMING, request("XC2"), from_div="350702001000") == outside
    assert _code(rig, SIMING, feedback("XC1", unit=YANPING_UNIT)) == outside
    assert _code(rig, SIMING, request("XC3"), from_div="350203002000") is None
    assert _code(rig, SIMING, request("XC4", applicant=SIMING_UNIT)) is None
    assert rig.rows("SELECT count(*) FROM invalid_message WHERE code = ?", outside) == [(3,)]


def test_retired_unit_is_still_its_heirs(rig: Rig) -> None:
    """A unit of a retired county lies in the place that took it over."""
    assert _code(rig, JIANYANG, request("XC1", applicant="350784001000")) is None
    assert _code(rig, YANPING, request("XC2", applicant="350784001000")) == "Client.NotYourPlace"


def test_channel_that_was_not_granted(rig: Rig) -> None:
    """A channel that a spoke may not send is refused before its body is looked at, and nothing is kept."""
    rig.write("DELETE FROM spoke_grant WHERE direction = 'send' AND channel = 'enquiry.request'")
    assert _code(rig, SIMING, request("XC1").replace(b"<origin>1", b"<origin>nonsense")) == "Client.Forbidden"
    assert rig.rows("SELECT count(*) FROM invalid_message") == [(0,)]


@pytest.mark.parametrize("number", ["350203199003070017", "359a01", ""])
def test_only_made_up_people_in_the_demonstration(rig: Rig, number: str) -> None:
    """In the demonstration profile a number that could be somebody's is refused."""
    document = request("XC1", id_no="359901199003070017").replace(b"359901199003070017", number.encode())
    assert _code(rig, SIMING, document) in ("Client.SyntheticOnly", "Client.Schema.Pattern", "Client.Schema.Length")
    assert rig.rows("SELECT count(*) FROM message") == [(0,)]


def test_bearer_keys(rig: Rig) -> None:
    """Each live key opens its spoke, side by side with the others and the secret; a revoked one opens nothing, a disabled spoke neither."""
    registry = SpokeRegistrySql(rig.store.engine, rig.clock)
    directory = SpokeDirectoryCached(registry, lambda code: (code,), max_age=0)
    (_, one), (_, two), (_, other) = (registry.add_key(name, "") or (0, "") for name in (SIMING, SIMING, YANPING))
    assert [
        directory.authenticate(f"{scheme} {key}").name for scheme, key in (("Bearer", one), ("bearer", two), ("BEARER ", other))
    ] == [SIMING, SIMING, YANPING]
    assert registry.revoke_key(SIMING, 1)
    rig.write("UPDATE spoke SET enabled = 0 WHERE name = ?", YANPING)
    for header in (
        f"Bearer {one}",
        f"Bearer {other}",
        "Bearer",
        "Bearer ",
        "Bearer x",
        f"Basic {two}",
        _basic(SIMING, two),
        f"Bearer {rig.secret(SIMING)}",
    ):
        with pytest.raises(ClientError) as fault:
            directory.authenticate(header)
        assert fault.value.code == "Client.Unauthenticated"
    assert directory.authenticate(f"Bearer {two}").name == SIMING
    assert not [row for row in rig.rows("SELECT hash FROM spoke_key") if row[0] in (one.encode(), two.encode())]
