"""The simulated vaccination middle table: rows are sent in the ledger before they stand in it, and end when they are read."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from adapters.health.simulator.envelope import BEIJING, stamp
from adapters.health.simulator.facts import VACCINATION, Facts, Source, expected
from adapters.health.simulator.population import Entry, kept
from hub.testkit.ledger import Ledger, entry_digest, entry_id, entry_lane

ORG: Final = "426600028"
_TEXTS: Final = (
    "op_type", "record_no", "org_code", "org_name", "org_area", "vacc_card_no", "child_name", "child_card_no", "child_birth_date",
    "child_sex_code", "birth_cert_no", "mother_name", "mother_card_no", "father_name", "father_card_no", "vaccine_code", "dose_no",
    "vacc_date", "unit_name", "batch_no", "site", "update_time", "read_time", "error_msg",
)  # fmt: skip
_MADE: Final = f"CREATE TABLE IF NOT EXISTS vaccination (row_id INTEGER PRIMARY KEY, {' TEXT, '.join(_TEXTS)} TEXT, read_flag INTEGER DEFAULT 0)"

Row = Mapping[str, str | None]


class Made(NamedTuple):
    """A row to be written: its columns, its names in the ledger, ``valid`` or ``invalid:…``, what shall come of it."""

    row: Row
    kind: str
    expects: list[dict[str, object]]


class Rows:
    """The table and its ledger lines. Thread-safe; ``look`` writes down what was read since it was last asked."""

    def __init__(self, path: Path, ledger: Ledger, earlier: Sequence[Mapping[str, Any]]) -> None:
        self._path, self._ledger, self._lock = path, ledger, threading.Lock()
        with self._open() as database:
            database.execute(_MADE)
        ended = {line["row"] for line in earlier if line["t"] in ("acked", "fault") and "row" in line}
        self._ended, self._count = ended, len(self._stand(0)) + len(self._stand(1))

    @property
    def address(self) -> str:
        """The table as an SQLAlchemy URL."""
        return f"sqlite:///{self._path}"

    def write(self, made: Sequence[Made]) -> list[str]:
        """Write rows down, in the ledger first; returns their ids."""
        with self._lock:
            facts = [_facts(one.row) for one in made]
            for one, known in zip(made, facts, strict=True):
                line = {"t": "sent", **known._asdict(), "route": "row-to-hub", "kind": one.kind}
                self._ledger.add(line | {"expects": one.expects})
            self._ledger.sync()
            with self._open() as database:
                for one in made:
                    self._count += 1
                    row = {"row_id": self._count, **one.row}
                    marks = ", ".join("?" * len(row))
                    database.execute(f"INSERT INTO vaccination ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 - our own names
            return [known.id for known in facts]

    def look(self) -> None:
        """Rows that were read end: ``acked``, or ``fault`` with the code written back."""
        with self._lock:
            for row in self._stand(1):
                if row["row_id"] not in self._ended:
                    self._ended.add(row["row_id"])
                    taken = {"t": "acked", "hub": None, "duplicate": False}
                    end = {"t": "fault", "code": row["error_msg"]} if row["error_msg"] else taken
                    self._ledger.add({**end, "id": _facts(row).id, "row": row["row_id"]})
        self._ledger.sync()

    def state(self) -> dict[str, int]:
        """How many rows there are, and how many were read."""
        with self._lock:
            return {"rows": self._count, "read": len(self._stand(1))}

    def _stand(self, flag: int) -> list[dict[str, Any]]:
        with self._open() as database:
            return [dict(row) for row in database.execute("SELECT * FROM vaccination WHERE read_flag = ? ORDER BY row_id", (flag,))]

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=10)
        database.row_factory = sqlite3.Row
        return database


def _facts(row: Mapping[str, Any]) -> Facts:
    key = (row.get("org_code") or "", row.get("record_no") or "", row.get("vacc_card_no") or "")
    version = row.get("update_time") or ""
    digest = entry_digest(*key, version, row.get("child_name") or "", row.get("vacc_date") or "")
    return Facts(entry_id(VACCINATION, *key, version), digest, entry_lane(*key))


def vaccinations(entries: Sequence[Entry], rng: Random, run: str, place: str, bad: float) -> Iterator[Made]:
    """Vaccinations of the children of a register file, of strangers when there are none; ``bad`` is how many cannot be taken."""
    children = [e for e in entries if e.get("birthDate", "") >= "2015" and e.get("idNo") and kept(e)]
    rng.shuffle(children)
    for number in range(1, 1_000_000):
        record, child = f"JZ{run}{number:05d}", children.pop() if children else None
        row, expects = _of(child, rng, record, place) if child else (_stranger(rng, record, place), None)
        if rng.random() < bad:
            yield Made({**row, "vacc_date": "2026-13-01"}, "invalid:date", [])
        else:
            day = str(row["vacc_date"])
            source = Source(ORG, record)
            unknown = expected(source, "9", "Z", place[:9].ljust(12, "0"), f"{day[:4]}-{day[4:6]}-{day[6:]}")
            yield Made(row, "valid", unknown if expects is None else expects)


def _of(child: Entry, rng: Random, record: str, place: str) -> tuple[Row, list[dict[str, object]]]:
    where: Any = kept(child)
    wrong = rng.random() < 0.2
    sex = {"1": "2", "2": "1"}[child["sex"]] if wrong else child["sex"]
    outcome = ("R" if where.side == "1" else "F") + ("1" if wrong else "2")
    row = _row(record, place, child["name"], child["birthDate"].replace("-", ""), sex) | {"child_card_no": child["idNo"]}
    day = f"{datetime.now(BEIJING):%Y-%m-%d}"
    return row, expected(Source(ORG, record), where.side, outcome, where.unit, day, where.copy)


def _stranger(rng: Random, record: str, place: str) -> Row:
    return _row(record, place, "林小宝", f"2026{rng.randint(1, 9):02}{rng.randint(1, 28):02}", rng.choice("12"))


def _row(record: str, place: str, name: str, born: str, sex: str) -> dict[str, str | None]:
    now = datetime.now(BEIJING)
    return {
        "op_type": "I", "record_no": record, "org_code": ORG, "org_name": "示例社区卫生服务中心", "org_area": place[:9], "vacc_card_no": f"YM{record[2:]}",
        "child_name": name, "child_birth_date": born, "child_sex_code": sex, "vaccine_code": "0201", "dose_no": "1",
        "vacc_date": f"{now:%Y%m%d}", "unit_name": "示例社区卫生服务中心", "batch_no": "P2026", "site": "左上臂", "update_time": stamp(now),
    }  # fmt: skip
