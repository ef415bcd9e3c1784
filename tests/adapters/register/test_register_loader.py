"""``pophub register load``: everything or nothing, repeatable, and silent about what it refuses."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from adapters.register.loader import load
from adapters.register.loader.entries import read
from adapters.register.people import MANAGED
from adapters.register.reader import Register
from demo.province import generate
from tests.adapters.register.test_register_reader import PEOPLE, ZHANG, entry, written
from tests.hub.control_bus.conftest import Cli, cli, program

__all__ = ["cli", "program"]
SECRET = "9876543210"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose register is a file in it."""
    (tmp_path / "pophub.toml").write_text(f'profile = "legacy"\n[adapters.register]\nurl = "sqlite:///{tmp_path}/register.db"\n')
    return tmp_path


def told(done: Any) -> dict[str, Any]:
    return json.loads(done.stdout.splitlines()[-1])


def test_loading_is_repeatable_and_updates(cli: Cli, home: Path) -> None:
    """The same file again changes nothing; a changed person is replaced with all sides; a dry run only counts."""
    file = written(home, *PEOPLE)
    words = ("register", "load", str(file), "--json")
    assert told(cli(*words, "--dry-run", home=home))["added"] == 4 and not (home / "register.db").exists()
    assert told(cli(*words, home=home)) == {
        "ok": True, "dryRun": False, "lines": 4, "added": 4, "changed": 0, "same": 0, "bad": [],
    }  # fmt: skip
    assert told(cli(*words, home=home))["same"] == 4
    written(home, PEOPLE[1], entry("D1", "张三", ZHANG, managedDiv="350304001000"))
    assert told(cli(*words, "--dry-run", home=home))["changed"] == 1
    assert told(cli(*words, home=home))["changed"] == 1
    register = Register({"url": f"sqlite:///{home}/register.db"})
    assert [f["managedDiv"] for f in register.look_up(MANAGED, [("张三", ZHANG)])[("张三", ZHANG)]] == ["350304001000"]
    register.close()
    assert stat.S_IMODE((home / "register.db").stat().st_mode) == 0o600


BAD: dict[str, tuple[object, str, str]] = {
    "not json": ('{"personId": "9876543210"', "not-json", ""),
    "a list": ([SECRET], "not-an-object", ""),
    "no name": ({k: v for k, v in entry("D9", SECRET, ZHANG).items() if k != "name"}, "missing", "name"),
    "neither number nor reason": ({k: v for k, v in entry("D9", "某", ZHANG).items() if k != "idNo"}, "missing", "idNo"),
    "an element unknown": (entry("D9", "某", ZHANG, **{SECRET: "1"}), "unknown", ""),
    "unknown below": (entry("D9", "某", ZHANG, spouse={SECRET: "1"}), "unknown", "spouse"),
    "division too short": (entry("D9", "某", ZHANG, hukouDiv=SECRET), "form", "hukouDiv"),
    "a day that is none": (entry("D9", "某", ZHANG, marriageDate="2025-13-01"), "form", "marriageDate"),
    "time without zone": (entry("D9", "某", ZHANG, updateTime="2025-02-28T18:00:00"), "form", "updateTime"),
    "full-width digits": (entry("D9", "某", ZHANG, managedDiv="３50102001000"), "form", "managedDiv"),
    "not a list": (entry("D9", "某", ZHANG, child={"sex": "1"}), "form", "child"),
    "a side twice": (entry("D9", "某", ZHANG, role=[{"side": "1", "managedType": "1", "managedDiv": "350102001000", "recordStatus": "1",
                     "updateTime": "2025-02-28T18:00:00+08:00"}] * 2), "form", "role/side"),
    "half a side": (entry("D9", "某", ZHANG, role=[{"side": "1"}]), "missing", "role/managedType"),
    "a side that is text": (entry("D9", "某", ZHANG, role=[SECRET]), "form", "role"),
    "a name that is a list": (entry("D9", "某", ZHANG, mobile=[SECRET]), "form", "mobile"),
    "the same person again": (PEOPLE[0], "twice", "personId"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_one_bad_line_loads_nothing(cli: Cli, home: Path, name: str) -> None:
    """A bad line is told by number, reason and place in the schema; no value is said, and nothing is loaded."""
    line, reason, path = BAD[name]
    file = written(home, *PEOPLE[:2])
    with file.open("a", encoding="utf-8") as more:
        more.write((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n")
    done = cli("register", "load", str(file), "--json", home=home)
    assert done.returncode == 1 and told(done)["bad"] == [{"line": 3, "reason": reason, "path": path or None}]
    shown = cli("register", "load", str(file), home=home)
    assert SECRET not in done.stdout + done.stderr + shown.stdout + shown.stderr and reason in shown.stdout
    assert not (home / "register.db").exists()


def test_a_failure_half_way_leaves_what_was_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written is all or nothing: when the second chunk fails, the first is not there either."""
    from adapters.register import loader

    url = {"url": f"sqlite:///{home}/register.db"}
    assert load(url, written(home, PEOPLE[0]), False).added == 1
    monkeypatch.setattr(loader, "CHUNK", 1)
    real = loader._replace

    def failing(connection: Any, fresh: Any, old: Any, entries: Any) -> None:
        if fresh[0]["person_id"] == "D3":
            raise OSError("disk full")
        real(connection, fresh, old, entries)

    monkeypatch.setattr(loader, "_replace", failing)
    with pytest.raises(OSError, match="disk full"):
        load(url, written(home, *PEOPLE), False)
    with sqlite3.connect(home / "register.db") as connection:
        assert connection.execute("SELECT person_id FROM register_person").fetchall() == [("D1",)]
    connection.close()


def test_no_file_and_no_settings(cli: Cli, home: Path) -> None:
    """A file that is not there and a setting that cannot be used end with a sentence and exit code 2."""
    assert cli("register", "load", "/nowhere/people.jsonl", home=home).returncode == 2
    (home / "pophub.toml").write_text('profile = "legacy"\n[adapters.register]\nurl = "mysql://secret@x/y"\n')
    done = cli("register", "load", str(written(home, PEOPLE[0])), home=home)
    assert done.returncode == 2 and "url" in done.stderr and "secret" not in done.stderr


def test_the_command_is_found_by_folder(program: Cli, home: Path) -> None:
    """The hub knows no adapter by name: the command is there because the manifest offers a loader; others have none."""
    assert "register" in program("--help", home=home).stdout
    shown = program("register", "load", "--help", home=home)
    assert shown.returncode == 0 and "--dry-run" in shown.stdout and "--json" in shown.stdout
    assert program("padis", "load", "x", home=home).returncode == 2


def test_the_demo_population_is_a_register_file() -> None:
    """Every person of the demo reads as an entry; families, movers over both borders and children are there."""
    people = [person.to_json() for person in generate(3000, seed=1)]
    assert [found for n, line in enumerate(people, 1) if not isinstance(found := read(n, line.encode()), dict)] == []
