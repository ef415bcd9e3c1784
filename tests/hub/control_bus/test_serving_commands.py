"""pophub serve, simulate, demo: what they refuse before anything runs."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest

from tests.hub.control_bus.conftest import Cli
from tests.hub.control_bus.traffic import TOML, Traffic, ready_home


def test_production_does_not_start_with_a_fault(program: Cli, tmp_path: Path) -> None:
    """Without a declared basis the production profile refuses to serve and says why."""
    home = ready_home(tmp_path, TOML.replace('"legacy"', '"production"'))
    done = program("serve", home=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "[basis.missing]" in done.stderr
    assert not (home / "run/serve.lock").exists()


def test_a_second_hub_on_one_home_is_refused(program: Cli, tmp_path: Path) -> None:
    """While another process holds the home, serve ends with a sentence and exit code 1."""
    home = ready_home(tmp_path)
    with (home / "run/serve.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = program("serve", home=home)
    assert done.returncode == 1
    assert "another hub serves" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_simulator_is_found_by_the_name_of_its_adapter(cli: Cli, traffic: Traffic, tmp_path: Path) -> None:
    """A dry run names address and ledger and starts nothing; an unknown name gets a hint."""
    done = cli("simulate", "padis", "--port", "8109", "--ledger", str(tmp_path / "l"), "--dry-run", "--json", home=traffic.home)
    assert json.loads(done.stdout) == {"system": "padis", "url": "http://127.0.0.1:8109", "ledger": str(tmp_path / "l")}
    assert not (tmp_path / "l").exists()
    wrong = cli("simulate", "pads", "--port", "8109", home=traffic.home)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "Did you mean padis?" in wrong.stderr


@pytest.mark.parametrize(
    "ports", ["1,2,3,x", "1,2,3,4,", "1,2,-3,4", "edge=1,edge=2", "1,edge=2", "nobody=7", "70000", ",".join("1" * 40)]
)
def test_the_demo_wants_ports(cli: Cli, traffic: Traffic, ports: str) -> None:
    """Anything but port numbers, in order or each by a known name, once, is refused before anything starts."""
    done = cli("demo", "--ports", ports, home=traffic.home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--ports" in done.stderr
