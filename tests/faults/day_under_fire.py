"""``python -m tests.faults.day_under_fire KILLS SEED MESSAGES FOLDER KEEP``: a whole demo day while the hub's processes are killed.

Prints the day's account with what was killed (``kills``: role, deliveries under way just before). Nothing of the product is
changed but that a killed hub is started again, as an operator's supervisor does.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from demo import day
from demo.children import Child, Children
from demo.ports import read_ports
from tests.faults.processes import ROLES, _children, waited
from tests.faults.store_view import StoreView

_START = Children.start


def kept(self: Children, name: str, arguments: Sequence[str]) -> Child:
    """Start a child; the hub below a keeper."""
    if name == "hub":
        return _START(self, name, ["-m", "tests.faults.keeper", sys.executable, *arguments])
    return _START(self, name, arguments)


def births() -> dict[str, int]:
    """The hub's processes below this one, by role."""
    keepers = [pid for pid, words in _below(os.getpid()) if "tests.faults.keeper" in words]
    parents = [pid for keeper in keepers for pid, _ in _children(keeper)]
    below = [(pid, said[-1]) for parent in parents for pid, said in _children(parent) if said and said[-1] in ROLES]
    edges = [pid for pid, role in below if role == "edge"]
    workers = [pid for edge in edges for pid, said in _children(edge) if not any("resource_tracker" in word for word in said)]
    return {**{role: pid for pid, role in below}, **dict.fromkeys(("parent",), parents[-1] if parents else 0)} | (
        {"edge worker": workers[-1]} if workers else {}
    )


def _below(pid: int) -> list[tuple[int, list[str]]]:
    direct = list(_children(pid))
    return direct + [pair for child, _ in direct for pair in _children(child)]


def fire(home: Path, kills: int, seed: int, done: list[tuple[str, int]], over: threading.Event) -> None:
    """Kill role after role at random moments once messages come in, and wait for the new process before the next."""
    rng = random.Random(seed)
    if not waited(lambda: (home / "ledgers" / "fjfpis-east.sent.jsonl").exists() and len(births()) == len(ROLES), 300):
        return
    waited(lambda: (home / "ledgers" / "fjfpis-east.sent.jsonl").stat().st_size > 2000 or over.is_set(), 300)
    view = StoreView(home)
    for number in range(kills):
        role, moment = ROLES[number % len(ROLES)], rng.uniform(0.3, 1.2)
        time.sleep(moment)
        if over.is_set() or not waited(lambda: set(ROLES) <= set(births()), 60):
            break
        done.append((role, view.waiting()))
        _killed(role)
    view.close()


def _killed(role: str) -> None:
    """Kill the process of a role and wait until another has its place."""
    pid = births()[role]
    os.kill(pid, signal.SIGKILL)
    waited(lambda: births().get(role, pid) != pid and set(ROLES) <= set(births()), 60)


def main(kills: int, seed: int, messages: int, home: Path, keep: Path) -> int:
    """The day; its exit code."""
    Children.start = kept  # type: ignore[method-assign]
    done: list[tuple[str, int]] = []
    over = threading.Event()
    killer = threading.Thread(target=fire, args=(home, kills, seed, done, over), daemon=True)
    killer.start()
    code = day.run(
        once=True, as_json=True, messages=messages, seed=seed, home=home, keep=keep, ports=read_ports(_ports()), deadline=500
    )
    over.set()
    print(json.dumps({"kills": done}))
    return code


def _ports() -> str:
    return f"edge={24_600 + os.getpid() % 400}"


if __name__ == "__main__":
    kills_, seed_, messages_ = map(int, sys.argv[1:4])
    sys.exit(main(kills_, seed_, messages_, Path(sys.argv[4]), Path(sys.argv[5])))
