"""pophub spoke: registered only when provable, secrets in files alone, every change on record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.backends.sql.engine import open_engine
from hub.backends.sql.registry import secret_hash
from hub.backends.sql.tables import AUDIT, SPOKE
from tests.hub.control_bus.conftest import Cli
from tests.hub.control_bus.traffic import ready_home

GOOD = ("--title", "流动人口系统（福州）", "--system", "FJFPIS", "--sends", "enquiry.request", "--sends", "enquiry.feedback",
        "--receives", "enquiry.request", "--receives", "enquiry.feedback", "--place", "3501")  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home after init."""
    return ready_home(tmp_path)


def hash_of(home: Path, name: str) -> bytes:
    """What the store keeps of a spoke's secret."""
    engine = open_engine(f"sqlite:///{home}/data/pophub.db")
    with engine.connect() as connection:
        found = connection.execute(select(SPOKE.c.secret_hash).where(SPOKE.c.name == name)).scalar_one()
    engine.dispose()
    return bytes(found)


def test_a_spoke_is_added_listed_and_rotated(program: Cli, home: Path) -> None:
    """Add registers and keeps the secret in a file of its own; rotate replaces it; the screen never shows it."""
    said = [program("spoke", "add", "centre", *GOOD, home=home)]
    file = home / "keys/spokes/centre"
    first = file.read_text(encoding="ascii")
    assert hash_of(home, "centre") == secret_hash(first)
    assert file.stat().st_mode & 0o777 == 0o600
    said.append(program("spoke", "rotate", "centre", home=home))
    second = file.read_text(encoding="ascii")
    assert hash_of(home, "centre") == secret_hash(second) != secret_hash(first)
    said.append(program("spoke", "show-secret-path", "centre", home=home))
    assert said[-1].stdout.strip() == str(file)
    said.append(program("spoke", "list", "--json", home=home))
    listed = {s["name"]: s for s in json.loads(said[-1].stdout)["spokes"]}
    assert (listed["centre"]["places"], listed["centre"]["system"]) == (["3501"], "FJFPIS")
    assert listed["police"]["speaks"] == "police"
    assert (
        "police"
        in next(line for line in program("spoke", "list", home=home).stdout.splitlines() if "POLICE" in line).split("POLICE")[1]
    )
    assert [d.returncode for d in said] == [0] * 4
    assert not [d for d in said for secret in (first, second) if secret in d.stdout + d.stderr]
    assert not [d for d in said if hash_of(home, "centre").hex() in d.stdout]


def test_changes_are_on_record(cli: Cli, home: Path) -> None:
    """Adding and rotating write an audit record each; a dry run writes none and changes nothing."""
    cli("spoke", "add", "centre", *GOOD, "--dry-run", home=home)
    before = hash_of(home, "east")
    cli("spoke", "rotate", "east", "--dry-run", home=home)
    assert hash_of(home, "east") == before
    cli("spoke", "add", "centre", *GOOD, home=home)
    cli("spoke", "rotate", "east", home=home)
    engine = open_engine(f"sqlite:///{home}/data/pophub.db")
    with engine.connect() as connection:
        rows = connection.execute(select(AUDIT.c.action, AUDIT.c.object).order_by(AUDIT.c.segment)).fetchall()
    engine.dispose()
    assert [tuple(r) for r in rows] == [("spoke.add", "centre"), ("spoke.rotate", "east")]


@pytest.mark.parametrize(
    ("name", "changes", "code", "said"),
    [
        ("centre", ("--sends", "enquiry.requst"), 1, "Did you mean enquiry.request?"),
        ("centre", ("--place", "3588"), 1, "3588"),
        ("centre", ("--place", "3502"), 1, "both receive"),
        ("centre", ("--system", "PADIS"), 1, "external system"),
        ("centre", ("--push-url", "http://10.1.2.3/soap"), 1, "10.1.2.3"),
        ("east", (), 1, "already"),
        ("East Coast", (), 2, "name"),
    ],
)
def test_a_spoke_that_would_break_the_check_is_refused(
    cli: Cli, home: Path, name: str, changes: tuple[str, ...], code: int, said: str
) -> None:
    """Nothing is registered that pophub check would call a fault."""
    done = cli("spoke", "add", name, *GOOD, *changes, home=home)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert not (home / "keys/spokes/centre").exists()


def test_an_unknown_spoke_gets_a_hint(cli: Cli, home: Path) -> None:
    """Rotating a misspelt name changes nothing and asks what was meant."""
    done = cli("spoke", "rotate", "easst", home=home)
    assert done.returncode == 1
    assert "Did you mean east?" in done.stderr


def test_a_store_that_differs_from_the_settings_is_noted(cli: Cli, home: Path) -> None:
    """Known spokes are never overwritten; check says that the store wins."""
    file = home / "pophub.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('["3507"]', '["3509"]'), encoding="utf-8")
    cli("init", home=home)
    done = cli("check", "--json", home=home)
    assert any("spoke west" in n["en"] for n in json.loads(done.stdout)["notes"])
    listed = json.loads(cli("spoke", "list", "--json", home=home).stdout)["spokes"]
    assert {s["name"]: s["places"] for s in listed}["west"] == ["3507"]
