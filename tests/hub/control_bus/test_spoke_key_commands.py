"""pophub spoke key: several live keys, each shown to nobody, each ended alone, every change on record."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from hub.backends.clock_system import SystemClock
from hub.backends.spoke_directory import SpokeDirectoryCached
from hub.backends.sql.engine import open_engine
from hub.backends.sql.registry import SpokeRegistrySql
from hub.backends.sql.tables import AUDIT
from hub.contract.errors import ClientError
from tests.hub.control_bus.conftest import Cli
from tests.hub.control_bus.traffic import ready_home


def whose(home: Path, key: str) -> str | None:
    """The spoke that a bearer key opens, None for nobody."""
    engine = open_engine(f"sqlite:///{home}/data/pophub.db")
    try:
        return (
            SpokeDirectoryCached(SpokeRegistrySql(engine, SystemClock()), lambda code: (code,)).authenticate(f"Bearer {key}").name
        )
    except ClientError:
        return None
    finally:
        engine.dispose()


def test_keys_are_made_listed_and_ended_one_by_one(program: Cli, tmp_path: Path) -> None:
    """Two keys live side by side until one is revoked; files are 0600; no screen shows a key."""
    home = ready_home(tmp_path)
    said = [
        program("spoke", "key", "add", "east", "--note", "批处理", home=home),
        program("spoke", "key", "add", "east", "--json", home=home),
    ]
    files = [home / "keys/spokes/east.key-1", home / "keys/spokes/east.key-2"]
    assert json.loads(said[1].stdout) == {"name": "east", "dryRun": False, "no": 2, "keyPath": str(files[1])}
    first, second = (f.read_text(encoding="ascii") for f in files)
    assert [f.stat().st_mode & 0o777 for f in files] == [0o600, 0o600]
    assert first.startswith("pophub_") and len(first) == 50
    assert [whose(home, key) for key in (first, second, first[:-1], "")] == ["east", "east", None, None]
    said.append(program("spoke", "key", "revoke", "east", "1", home=home))
    assert [whose(home, key) for key in (first, second)] == [None, "east"]
    said += [program("spoke", "key", "list", "east", home=home), program("spoke", "key", "list", "east", "--json", home=home)]
    listed = json.loads(said[-1].stdout)["keys"]
    assert [(k["no"], k["note"], k["live"]) for k in listed] == [(1, "批处理", False), (2, "", True)]
    assert [d.returncode for d in said] == [0] * 5
    assert not [d for d in said for key in (first, second) if key in d.stdout + d.stderr]


def test_what_is_wrong_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    """Unknown spokes, dead numbers and dry runs leave things as they are; what was done is on record."""
    home = ready_home(tmp_path)
    assert "Did you mean east?" in cli("spoke", "key", "add", "easst", home=home).stderr
    assert cli("spoke", "key", "add", "east", "--note", "x" * 101, home=home).returncode == 2
    assert cli("spoke", "key", "add", "east", "--dry-run", home=home).returncode == 0
    assert not list((home / "keys/spokes").glob("*.key-*"))
    cli("spoke", "key", "add", "east", home=home)
    assert cli("spoke", "key", "revoke", "east", "1", "--dry-run", home=home).returncode == 0
    assert [cli("spoke", "key", "revoke", "east", no, home=home).returncode for no in ("7", "1", "1")] == [1, 0, 1]
    engine = open_engine(f"sqlite:///{home}/data/pophub.db")
    with engine.connect() as connection:
        rows = connection.execute(select(AUDIT.c.action, AUDIT.c.object, AUDIT.c.result).order_by(AUDIT.c.segment)).fetchall()
    engine.dispose()
    assert [tuple(r) for r in rows] == [("spoke.key.add", "east", "new key"), ("spoke.key.revoke", "east", "key 1")]
