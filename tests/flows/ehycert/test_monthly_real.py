"""The monthly batches end to end: 5,000 women in a real register, a real hub, a real simulator that loses answers and tickets, an engine that is killed."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pytest

from hub.contract.message import show_hub_id
from hub.testkit.ledger import entry_digest, entry_id, read_ledger
from tests.faults.processes import waited
from tests.flows.ehycert.ecert_home import EcertHome, ecert_home

WOMEN, LATE, OTHERS = 5_000, 500, 200
REFUSED = 0.01
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
LAST = date.today().replace(day=1) - timedelta(days=1)
"""The last day of the month before this one: of the second batch. The first batch is that of the month before it."""
FIRST = LAST.replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class Truth:
    """What must come of a woman: id and digest of the one effect, and in which month's batch."""

    id: str
    digest: str
    month: str


def entry(rng: Random, n: int, sex: str, age: int, out: date) -> dict[str, object]:
    """A register entry of somebody from 鼓楼 who lives in another province."""
    born = date(FIRST.year - age, rng.randrange(1, 13), rng.randrange(1, 28))
    body = f"3599{n // 500 + 1:02d}{born:%Y%m%d}{n % 500 * 2 + (sex == '1'):03d}"
    number = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
    time = f"{out.isoformat()}T08:00:00+08:00"
    side = {"side": "1", "managedType": "4", "managedDiv": "350102001000", "recordStatus": "1", "updateTime": time}
    return {
        "personId": f"E{n:09d}", "name": rng.choice("陈林黄张吴") + rng.choice("秀明美丽") + rng.choice("华英海玉"), "certType": "01", "idNo": number,
        "sex": sex, "birthDate": born.isoformat(), "maritalStatus": "10", "hukouType": "22", "hukouDiv": "350102001000",
        "residenceDiv": "440106001000", "managedType": "4", "managedDiv": "350102001000", "childrenCount": "0", "recordStatus": "1",
        "updateTime": time, "flow": {"flowType": "4", "flowReason": "01", "outDate": out.isoformat()}, "role": [side],
    }  # fmt: skip


def truth(person: dict[str, object]) -> Truth:
    """Worked out from the entry alone."""
    flow = person["flow"]
    assert isinstance(flow, dict)
    number, out = str(person["idNo"]), str(flow["outDate"])
    version = out.replace("-", "")
    digest = entry_digest(number, str(person["name"]), str(person["birthDate"]), "350102001000", "10", "0", out, version)
    return Truth(entry_id("ecert.record", number, version), digest, f"{FIRST if out <= FIRST.isoformat() else LAST:%Y%m}")


def population() -> tuple[list[dict[str, object]], list[Truth]]:
    """Everybody in the register, and what must come of the women of 20 to 45; men, girls and women over 50 get nothing."""
    rng, people, due = Random(7), [], []
    for n in range(WOMEN):
        out = FIRST - timedelta(days=rng.randrange(900)) if n >= LATE else LAST - timedelta(days=rng.randrange(20))
        people.append(entry(rng, n, "2", rng.randrange(20, 46), out))
        due.append(truth(people[-1]))
    for n in range(WOMEN, WOMEN + OTHERS):
        sex, age = (("1", 30), ("2", 16), ("2", 52))[n % 3]
        people.append(entry(rng, n, sex, age, FIRST - timedelta(days=5)))
    return people, due


PEOPLE, DUE = population()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EcertHome]:
    """The hub after both months are through; its engine was killed while parts were under way."""
    folder = tmp_path_factory.mktemp("monthly")
    file = folder / "people.jsonl"
    file.write_text("".join(json.dumps(person, ensure_ascii=False) + "\n" for person in PEOPLE), encoding="utf-8")

    def before(home: EcertHome) -> None:
        done = home.hub.run("hub", "register", "load", str(file))
        assert done.returncode == 0, done.stdout + done.stderr
        home.tell(work={"after_ms": 200}, refuse={"share": REFUSED, "code": "9"}, forget=2)
        home.ecert.faults({
            "lose_answer_after_work": {"probability": 0.1}, "500": {"probability": 0.1}, "truncated": {"probability": 0.05}, "busy": {"count": 2},
        })  # fmt: skip

    more = (
        f'[adapters.register]\nurl = "sqlite:///{folder / "register.db"}"\n\n[schedules."ecert.monthly"]\nsince = "{FIRST:%Y%m}"\n'
    )
    with ecert_home(folder, more, before) as started:
        assert waited(lambda: states(started)["accepted"] >= 500, 120), states(started)
        started.hub.kill("engine")
        assert waited(lambda: through(started), 240), states(started)
        yield started


def rows(home: EcertHome, query: str) -> list[tuple[object, ...]]:
    """Rows of the hub's store."""
    store = sqlite3.connect(f"file:{home.folder / 'data' / 'pophub.db'}?mode=ro", uri=True, timeout=10)
    try:
        return store.execute(query).fetchall()
    finally:
        store.close()


def through(home: EcertHome) -> bool:
    """Whether both months were run and every record has its result."""
    runs = rows(home, "SELECT period FROM schedule_run WHERE done = 1")
    return len({period for (period,) in runs}) == 2 and not states(home)["waiting"]


def states(home: EcertHome) -> Counter[str]:
    """How many records of sent batches are in which state."""
    return Counter(str(state) for (state,) in rows(home, "SELECT state FROM record_sent"))


def test_every_woman_once_in_her_month(home: EcertHome) -> None:
    """Each record due has one effect with the content worked out, or one refusal; nobody else has any. Lost answers change nothing; the two parts whose
    tickets were forgotten were taken once more.
    """
    lines = list(read_ledger(home.ecert.ledger))
    effects = [line for line in lines if line["t"] == "effect"]
    refused = {line["of"] for line in lines if line["t"] == "refused"}
    assert len({line["id"] for line in effects}) == len(effects)
    assert {line["id"] for line in effects} | refused == {t.id for t in DUE}
    assert {line["id"] for line in effects} & refused == set()
    digests = {t.id: t.digest for t in DUE}
    assert all(line["digest"] == digests[line["id"]] for line in effects)
    months = dict(rows(home, "SELECT message_id, period FROM batch_sent"))
    assert sorted(str(m) for m in months.values()) == sorted({t.month for t in DUE})
    parts = len(rows(home, "SELECT id FROM delivery"))
    assert sum(line["t"] == "taken" for line in lines) == parts + 2


def test_the_refused_are_named_and_nobody_else(home: EcertHome) -> None:
    """The hub's rows say of each record what the database's ledger says: as many accepted as effects, each refusal by batch and number, with its
    code. Who was refused in the first month is sent again in the second, if the refusal was known by then (E2).
    """
    lines = list(read_ledger(home.ecert.ledger))
    refused = {line["of"] for line in lines if line["t"] == "refused"}
    assert 10 < len(refused) < 150
    assert states(home)["accepted"] == WOMEN - len(refused)
    keyed = {line["key"] for line in lines if line["t"] == "refused"}
    shown = {
        f"{show_hub_id(int(str(batch)))}/{number}"
        for batch, number in rows(home, "SELECT batch_id, number FROM record_sent WHERE state = 'rejected'")
    }
    assert shown == keyed
    assert {code for (code,) in rows(home, "SELECT code FROM record_sent WHERE state = 'rejected'")} == {"9"}


def test_each_certificate_is_a_case(home: EcertHome) -> None:
    """One case a woman: 有效 or 上传被拒, none waits."""
    cases = Counter(str(state) for (state,) in rows(home, "SELECT state FROM case_file WHERE type = 'certificate'"))
    refused = {line["of"] for line in read_ledger(home.ecert.ledger) if line["t"] == "refused"}
    assert cases == {"1": WOMEN - len(refused), "6": len(refused)}


def test_no_value_is_in_a_log(home: EcertHome) -> None:
    """Neither numbers nor names of anybody stand in what the hub wrote down beside its store."""
    said = "".join(file.read_text(errors="replace") for file in home.folder.rglob("*.log"))
    assert said
    assert not [p["idNo"] for p in PEOPLE if str(p["idNo"]) in said]
