"""pophub init, check, doctor, routes, contracts: what they say, what they change, how they end."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import pytest

from tests.hub.control_bus.conftest import Cli
from tests.hub.control_bus.traffic import TOML, Traffic

LEGACY = {"POPHUB_PROFILE": "legacy"}


def test_the_real_tree_is_proved(program: Cli, traffic: Traffic) -> None:
    """Everything declared in this repository holds, with three spokes and two systems that call plugged in."""
    done = program("check", "--json", home=traffic.home)
    report = json.loads(done.stdout)
    assert report["faults"] == []
    assert (done.returncode, report["ok"]) == (0, True)
    assert report["counted"]["spokes"] == 5
    assert report["counted"]["samples"] >= 14


def test_check_reports_every_fault_of_a_folder_at_once(program: Cli, tmp_path: Path) -> None:
    """Broken packages, a missing schema and a bad grant are all reported by one run, each with a place."""
    for name, text in (("adapters/broken", "1 / 0"), ("routes/empty", ""), ("adapters/late", "import nowhere_at_all")):
        folder = tmp_path / "extra" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(text, encoding="utf-8")
    xsd = tmp_path / "extra/schemas/made/a.xsd"
    xsd.parent.mkdir(parents=True)
    xsd.write_text('<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="a" type="b"/></schema>', encoding="utf-8")
    (tmp_path / "pophub.toml").write_text(TOML.replace('"enquiry.feedback",', '"enquiry.feedbock",', 1), encoding="utf-8")
    done = program("check", "--json", home=tmp_path, POPHUB_PATH=str(tmp_path / "extra"))
    found = {(f["code"], f["place"]) for f in json.loads(done.stdout)["faults"]}
    assert found >= {
        ("package.unusable", "adapters.broken"), ("package.unusable", "adapters.late"), ("package.unusable", "routes.empty"),
        ("schema.unusable", "made/a.xsd"), ("spoke.channel", "spoke east (pophub.toml)"),
    }  # fmt: skip
    assert done.returncode == 1
    text = program("check", home=tmp_path, POPHUB_PATH=str(tmp_path / "extra"))
    assert "ZeroDivisionError" in text.stdout
    assert "Did you mean enquiry.feedback?" in text.stdout
    assert "Traceback" not in text.stdout + text.stderr


def test_production_needs_a_basis(cli: Cli, tmp_path: Path) -> None:
    """Without settings the profile is production, and a flow without a declared basis is a fault."""
    done = cli("check", "--json", home=tmp_path)
    assert "basis.missing" in {f["code"] for f in json.loads(done.stdout)["faults"]}
    assert done.returncode == 1


def test_check_makes_nothing(cli: Cli, tmp_path: Path) -> None:
    """Looking leaves no trace: no folder, no database."""
    cli("check", home=tmp_path, **LEGACY)
    cli("doctor", home=tmp_path, **LEGACY)
    cli("routes", home=tmp_path, **LEGACY)
    assert list(tmp_path.iterdir()) == []


def test_init_is_repeatable_and_shows_no_secret(cli: Cli, tmp_path: Path) -> None:
    """--dry-run makes nothing; init makes keys, store and secrets once; a second run makes nothing more."""
    (tmp_path / "pophub.toml").write_text(TOML, encoding="utf-8")
    dry = json.loads(cli("init", "--dry-run", "--json", home=tmp_path).stdout)
    assert "store" in dry["missing"]
    assert [p.name for p in tmp_path.iterdir()] == ["pophub.toml"]
    first = cli("init", home=tmp_path)
    secret = (tmp_path / "keys/spokes/east").read_text(encoding="ascii")
    assert first.returncode == 0
    assert secret not in first.stdout + first.stderr
    assert str(tmp_path / "keys/spokes/east") in first.stdout
    again = json.loads(cli("init", "--json", home=tmp_path).stdout)
    assert (again["missing"], again["secrets"]) == ([], {})
    assert (tmp_path / "keys/spokes/east").read_text(encoding="ascii") == secret


def test_doctor_is_well_after_init(cli: Cli, traffic: Traffic) -> None:
    """After init every finding is ok or a warning, the digests of the contracts among them."""
    with_ports = {"POPHUB_EDGE_PORT": str(_free()), "POPHUB_ADMIN_PORT": str(_free())}
    done = cli("doctor", "--json", home=traffic.home, **with_ports)
    findings = json.loads(done.stdout)["findings"]
    assert [f for f in findings if f["level"] == "fail"] == []
    assert done.returncode == 0
    whats = {f["what"] for f in findings}
    assert whats >= {"settings", "keys", "store", "migration", "disk", "clock", "calendar", "check", "enquiry.request/1.0"}
    assert "journal_mode=wal, synchronous=2, foreign_keys=1" in next(f["zh"] for f in findings if f["what"] == "store")


def test_doctor_names_keys_that_others_may_read(cli: Cli, traffic: Traffic, tmp_path: Path) -> None:
    """A key with mode 0640 and a missing key are failures with what to do."""
    home = tmp_path / "copy"
    shutil.copytree(traffic.home, home)
    (home / "keys/kek").chmod(0o640)
    (home / "keys/receipt").unlink()
    done = cli("doctor", "--json", home=home)
    keys = [f for f in json.loads(done.stdout)["findings"] if f["what"] == "keys"]
    assert {f["level"] for f in keys} == {"fail"}
    assert any("chmod 0600" in f["advice"] for f in keys)
    assert any("receipt" in f["zh"] for f in keys)
    assert done.returncode == 1


def test_doctor_tells_a_port_that_is_taken(cli: Cli, traffic: Traffic) -> None:
    """A port where something other than the hub listens is a failure."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = cli("doctor", "--json", home=traffic.home, POPHUB_EDGE_PORT=str(port), POPHUB_ADMIN_PORT=str(_free()))
    (found,) = [f for f in json.loads(done.stdout)["findings"] if f["what"] == f"port {port}"]
    assert (found["level"], done.returncode) == ("fail", 1)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_routes_are_listed_with_recipient_class_and_basis(cli: Cli, traffic: Traffic) -> None:
    """One row an edge, from the declarations."""
    rows = json.loads(cli("routes", "--json", home=traffic.home).stdout)["routes"]
    named = {r["route"]: (r["flow"], r["channel"], r["recipient"], r["view"], r["class"]) for r in rows}
    assert named["request-to-padis"] == ("enquiry", "enquiry.request", "system padis", "padis", "B")
    assert named["feedback-to-unit"] == ("enquiry", "enquiry.feedback", "unit", "asking_unit", "A")
    assert {r["basis"] for r in rows} == {"演示/历史口径 legacy"}
    table = cli("routes", home=traffic.home).stdout
    assert all(len(line.rstrip()) < 200 for line in table.splitlines())
    assert "跨省协查请求经国家平台送出" in table


def test_contracts_are_listed_with_their_address(cli: Cli, traffic: Traffic) -> None:
    """Every file under /contracts/ with the configured address, never one of a request."""
    done = cli("contracts", "list", "--json", home=traffic.home, POPHUB_PUBLIC_URL="https://hub.example.cn")
    files = {c["name"]: c["url"] for c in json.loads(done.stdout)["contracts"]}
    assert files["canonical/1.0/enquiry.request.xsd"] == "https://hub.example.cn/contracts/canonical/1.0/enquiry.request.xsd"
    assert "services/enquiry-1.0.wsdl" in files


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("profile = ", "pophub.toml"),
        ('profile = "prod"', "profile"),
        ('edge_prot = 1\nprofile = "legacy"', "edge_prot"),
        ('host = "0.0.0.0"', "TLS"),
        ('[[spokes]]\nname = "East"\ntitle = "x"\nsystem = "x"', "spokes.0.name"),
    ],
)
def test_wrong_settings_are_named(cli: Cli, tmp_path: Path, toml: str, said: str) -> None:
    """Settings that cannot be read end with exit code 2 and the key that is wrong, never with a stack trace."""
    (tmp_path / "pophub.toml").write_text(toml, encoding="utf-8")
    for words in (("check",), ("init", "--dry-run"), ("message", "find")):
        done = cli(*words, home=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert cli("doctor", home=tmp_path).returncode == 1


@pytest.mark.parametrize("words", [("message", "find"), ("message", "show", "10001-8"), ("spoke", "list"), ("serve",)])
def test_a_hub_that_was_never_set_up_says_so(cli: Cli, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Without a database the answer is: run pophub init."""
    done = cli(*words, home=tmp_path, **LEGACY)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pophub init" in done.stderr or "校验位" in done.stderr
    assert "Traceback" not in done.stderr


def test_unsafe_keys_are_a_sentence(program: Cli, traffic: Traffic, tmp_path: Path) -> None:
    """Keys that others may read are refused before anything is looked up."""
    home = tmp_path / "copy"
    shutil.copytree(traffic.home, home)
    (home / "keys/index-1").chmod(0o640)
    done = program("message", "find", "--enquiry-no", "x", home=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "index-1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_database_is_a_sentence(program: Cli, tmp_path: Path) -> None:
    """A file that is no database ends with a sentence and exit code 2."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/pophub.db").write_bytes(os.urandom(8192))
    for words in (("message", "find"), ("spoke", "list")):
        done = program(*words, home=tmp_path, **LEGACY)
        assert (done.returncode, done.stdout) == (2, "")
        assert "pophub doctor" in done.stderr
        assert "Traceback" not in done.stderr
