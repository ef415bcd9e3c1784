"""A hub as it is run, for clients that know nothing but its address: its settings, its one spoke, what it says over REST."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from tests.faults.fault_home import SPOKE, make_home
from tests.faults.processes import HubProcesses

_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class RunningHub:
    """Where the hub is, who calls it, and what it did."""

    url: str
    name: str
    secret: str
    database: Path

    def state(self, enquiry_no: str) -> str:
        """The state of an enquiry as the REST query tells it, nothing before the hub has looked at it."""
        answer = self._rest("POST", "/api/v1/queries/enquiry.status", {"enquiryNo": enquiry_no})
        return "".join(str(enquiry["state"]) for enquiry in answer["enquiry"])

    def await_state(self, enquiry_no: str, state: str, seconds: float = 30.0) -> bool:
        """Whether an enquiry comes to a state in time. Looks are counted, so it does not look all the time."""
        deadline = time.monotonic() + seconds
        while self.state(enquiry_no) != state:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.25)
        return True

    def receipt(self, hub_id: str) -> str:
        """The receipt of a message, as REST gives it to its sender."""
        return str(self._rest("GET", f"/api/v1/messages/{hub_id}")["receipt"])

    def stored(self) -> int:
        """How many messages of the caller the hub has stored."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
            return int(connection.execute("SELECT count(*) FROM message WHERE from_system = 'FJFPIS'").fetchone()[0])

    def _rest(self, method: str, path: str, document: Any = None) -> dict[str, Any]:
        with requests.Session() as session:
            session.trust_env, session.auth = False, (self.name, self.secret)
            answer = session.request(method, self.url + path, json=document, headers={"Accept": "application/json"}, timeout=30)
            assert answer.status_code == 200, answer.text
            return dict(answer.json())


@contextlib.contextmanager
def running(folder: Path) -> Iterator[RunningHub]:
    """Initialise and serve a hub on free ports, beside the simulated national platform, while the block runs."""
    home = make_home(folder)
    settings = folder / "pophub.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'asks = ["enquiry.status"]\n', encoding="utf-8")
    hub = HubProcesses(folder, home.admin, _ROOT)
    try:
        assert hub.run("hub", "init").returncode == 0
        hub.start()
        yield RunningHub(f"http://127.0.0.1:{home.edge}", SPOKE, home.secret, folder / "data" / "pophub.db")
    finally:
        hub.stop()
        home.padis.stop()
