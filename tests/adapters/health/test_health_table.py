"""The vaccination middle table: what is read, in which order, and what is written back, on every database we can have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, insert, select, update
from sqlalchemy.dialects import oracle
from sqlalchemy.engine import make_url

from adapters.health.table import COLUMNS, MiddleTable, TableAwayError, described
from hub.contract.adapter import FeedItem, ItemResult
from hub.contract.errors import ClientError
from hub.contract.xml import parse
from tests.adapters.health.health_system import REGISTRY

TABLE = described("vaccination")


def row(number: int, **more: object) -> dict[str, object]:
    """A good row, with what is said of it."""
    return {
        "row_id": number, "op_type": "I", "record_no": f"JZ{number}", "org_code": "426600028", "org_name": "示例社区", "org_area": "350203001",
        "vacc_card_no": f"YM{number}", "child_name": "林一", "child_birth_date": "20240305", "child_sex_code": "1", "vaccine_code": "0201",
        "dose_no": "1", "vacc_date": "20240406", "unit_name": "示例社区", "update_time": "20240406T090000", "read_flag": 0, **more,
    }  # fmt: skip


class Shelf:
    """The table and a reader of it. ``statements`` are those that the reader wrote with."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url)
        TABLE.metadata.create_all(self.engine)
        self.reader = MiddleTable(url, "vaccination", 3, 5)
        self.statements: list[str] = []
        event.listen(
            self.reader._engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: self.statements.append(statement)
        )

    def put(self, *rows: dict[str, object]) -> None:
        with self.engine.begin() as connection:
            for one in rows:
                connection.execute(insert(TABLE), one)

    def change(self, number: int, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(update(TABLE).where(TABLE.c.row_id == number).values(**values))

    def states(self) -> list[tuple[int, str | None, bool]]:
        """(read_flag, error_msg, whether a moment is written) of every row."""
        with self.engine.connect() as connection:
            found = connection.execute(select(TABLE.c.read_flag, TABLE.c.error_msg, TABLE.c.read_time).order_by(TABLE.c.row_id))
            return [(r.read_flag, r.error_msg, bool(r.read_time)) for r in found]


@pytest.fixture
def shelf(table_url: str) -> Iterator[Shelf]:
    """The table on one of the databases."""
    made = Shelf(table_url)
    yield made
    made.reader.close()
    made.engine.dispose()


def _good(items: tuple[FeedItem, ...]) -> list[ItemResult]:
    return [ItemResult(item.serial, accepted=True) for item in items]


def test_rows_come_in_order_and_end_read_once(shelf: Shelf) -> None:
    """Rows come by row_id, as many as are asked for; confirmed ones are read, with their moment, in one statement."""
    shelf.put(*(row(n) for n in (12, 3, 7)))
    page = shelf.reader.page(2)
    assert [item.serial.partition(":")[0] for item in page.items] == ["3", "7"] and page.more
    shelf.statements.clear()
    shelf.reader.confirm(_good(page.items))
    assert len(shelf.statements) == 1 and shelf.statements[0].startswith("UPDATE")
    assert shelf.states() == [(1, None, True), (1, None, True), (0, None, False)]
    rest = shelf.reader.page(2)
    assert [item.serial.partition(":")[0] for item in rest.items] == ["12"] and not rest.more


def test_what_is_refused_gets_its_code(shelf: Shelf) -> None:
    """The code of a row that was refused stands in its error_msg, and nothing else does."""
    shelf.put(row(1), row(2), row(3))
    good, bad, other = shelf.reader.page(10).items
    shelf.reader.confirm(
        [*_good((good, other)), ItemResult(bad.serial, accepted=False, code="Client.Schema.Pattern", path="VaccDate")]
    )
    assert shelf.states() == [(1, None, True), (1, "Client.Schema.Pattern", True), (1, None, True)]


def test_confirming_again_changes_nothing(shelf: Shelf) -> None:
    """After a crash a page is confirmed again: a row that is read keeps what was written first."""
    shelf.put(row(1))
    items = shelf.reader.page(10).items
    shelf.reader.confirm([ItemResult(items[0].serial, accepted=False, code="Client.Schema")])
    shelf.reader.confirm(_good(items))
    assert shelf.states() == [(1, "Client.Schema", True)]


def test_a_row_that_changed_meanwhile_is_read_again(shelf: Shelf) -> None:
    """A row rewritten between reading and confirming is not passed over: its new version is another item."""
    shelf.put(row(1), row(2))
    items = shelf.reader.page(10).items
    shelf.change(1, child_name="林二", update_time="20240406T100000")
    shelf.reader.confirm(_good(items))
    (again,) = shelf.reader.page(10).items
    assert again.serial == "1:20240406T100000" != items[0].serial and "林二".encode() in again.data


def test_columns_become_elements(shelf: Shelf) -> None:
    """A row is a valid document; columns of vaccine batch and site are never asked for; what is missing is missed by the schema."""
    shelf.put(row(1), row(2, vacc_date=None), row(3, child_name="林<&>"))
    shelf.statements.clear()
    good, missing, odd = shelf.reader.page(10).items
    assert "batch_no" not in shelf.statements[0] and "site" not in shelf.statements[0]
    REGISTRY.validate("health/1.0/vaccination.xsd", parse(good.data, good.charset))
    with pytest.raises(ClientError, match=r"Client\.Schema\.Missing"):
        REGISTRY.validate("health/1.0/vaccination.xsd", parse(missing.data))
    assert parse(odd.data).findtext("{*}ChildName") == "林<&>"


def test_a_control_character_refuses_its_row_alone(shelf: Shelf) -> None:
    """What XML cannot hold makes an item that is refused, not a page that never comes."""
    shelf.put(row(1, child_name="林\x01"), row(2))
    bad, good = shelf.reader.page(10).items
    with pytest.raises(ClientError):
        parse(bad.data)
    parse(good.data)


def test_no_table_no_database(table_url: str) -> None:
    """A table that is not there is away: OSError, and its text says no address and no value."""
    reader = MiddleTable(table_url, "another", 3, 5)
    for call in (lambda: reader.page(1), lambda: reader.confirm([ItemResult("1", accepted=True)])):
        with pytest.raises(TableAwayError, match=r"^[A-Za-z]+$"):
            call()
    reader.close()


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """SQLite would make an empty database; a wrong path must be seen instead."""
    with pytest.raises(TableAwayError):
        MiddleTable(f"sqlite:///{tmp_path}/none.db", "vaccination", 1, 1).page(1)
    assert not list(tmp_path.iterdir())


def test_oracle_takes_the_same_statements() -> None:
    """For Oracle the page is bounded by FETCH FIRST and the write-back is one statement; no real Oracle was asked."""
    assert make_url("oracle+oracledb://u:p@h/?service_name=s").get_backend_name() == "oracle"
    wanted = [TABLE.c[name] for name in COLUMNS]
    query = select(*wanted).where(TABLE.c.read_flag == 0).order_by(TABLE.c.row_id).limit(5)
    assert "FETCH FIRST" in str(query.compile(dialect=oracle.dialect()))
