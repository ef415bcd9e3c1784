"""The vaccination middle table (中间库): rows that are not read yet, and what became of them, written back in one statement a page.

The health side owns the table; names and types of its columns are [assumed]. The columns of vaccine batch and site are never
read. ``read_flag`` 0 is new, 1 is read; ``error_msg`` holds a stable code of ours, never a value.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    MetaData,
    SmallInteger,
    String,
    Table,
    and_,
    case,
    create_engine,
    event,
    make_url,
    or_,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from adapters.health.translator import SPACE, VACCINATED
from adapters.health.values import compact_moment
from hub.contract.adapter import FeedItem, FeedPage, ItemResult
from hub.contract.xml_text import leaf

COLUMNS: Final = {
    "row_id": "RowId", "op_type": "OpType", "record_no": "RecordNo", "org_code": "OrgCode", "org_name": "OrgName", "org_area": "OrgArea",
    "vacc_card_no": "VaccCardNo", "child_name": "ChildName", "child_card_no": "ChildCardNo", "child_birth_date": "ChildBirthDate",
    "child_sex_code": "ChildSexCode", "birth_cert_no": "BirthCertNo", "mother_name": "MotherName", "mother_card_no": "MotherCardNo",
    "father_name": "FatherName", "father_card_no": "FatherCardNo", "vaccine_code": "VaccineCode", "dose_no": "DoseNo",
    "vacc_date": "VaccDate", "unit_name": "UnitName", "update_time": "UpdateTime",
}  # fmt: skip
"""What is read, and the element of vaccination.xsd that it becomes."""
_BEIJING: Final = timezone(timedelta(hours=8))
_UNSEEN: Final = re.compile(r"[^!-~]")


class TableAwayError(OSError):
    """The middle table cannot be read or written now. The text is the kind of trouble, never a value or an address."""


def described(name: str) -> Table:
    """The table under its name."""
    texts = [Column(column, String(200)) for column in COLUMNS if column != "row_id"]
    state = (Column("read_flag", SmallInteger), Column("read_time", String(15)), Column("error_msg", String(80)))
    return Table(name, MetaData(), Column("row_id", BigInteger, primary_key=True), *texts, *state)


class MiddleTable:
    """``url`` is an SQLAlchemy URL; nothing is opened before the first page. Thread-safe."""

    def __init__(self, url: str, name: str, connect_seconds: float, statement_seconds: float) -> None:
        self._table = described(name)
        self._engine = _opened(url, int(connect_seconds), int(statement_seconds))
        self.close = self._engine.dispose

    def page(self, count: int) -> FeedPage:
        """The first rows that are not read, by row_id. Raises `TableAwayError`."""
        wanted = [self._table.c[name] for name in COLUMNS]
        query = select(*wanted).where(self._table.c.read_flag == 0).order_by(self._table.c.row_id).limit(count)
        try:
            with self._engine.connect() as connection:
                rows = [row._asdict() for row in connection.execute(query)]
        except SQLAlchemyError as fault:
            raise TableAwayError(type(fault).__name__) from None
        items = tuple(FeedItem(_serial(row), VACCINATED, _written(row), "utf-8") for row in rows)
        return FeedPage(items, cursor=items[-1].serial if items else "", more=len(items) == count)

    def confirm(self, results: Sequence[ItemResult]) -> None:
        """Mark rows as read, each with its code; a row that was changed meanwhile is left to be read again.

        Raises `TableAwayError`.
        """
        rows, c = {int(result.serial.partition(":")[0]): result for result in results}, self._table.c
        same = [and_(c.row_id == row, _stamped(c.update_time, r.serial.partition(":")[2])) for row, r in rows.items()]
        codes = {row: result.code for row, result in rows.items() if result.code}
        now = compact_moment(datetime.now(_BEIJING).isoformat())
        change = update(self._table).where(c.read_flag == 0, or_(*same))
        try:
            with self._engine.begin() as connection:
                connection.execute(
                    change.values(read_flag=1, read_time=now, error_msg=case(codes, value=c.row_id, else_=None) if codes else None)
                )
        except SQLAlchemyError as fault:
            raise TableAwayError(type(fault).__name__) from None


def _stamped(column: Any, stamp: str) -> Any:
    return column == stamp if stamp else column.is_(None)


def _serial(row: Mapping[str, Any]) -> str:
    """Names a row and its version: a row that is written anew under its old number is another item."""
    return f"{row['row_id']}:{_UNSEEN.sub('', row['update_time'] or '')[:40]}"


def _written(row: Mapping[str, Any]) -> bytes:
    """The row as a document; a column without a value is left out, and missed by the schema where it is required."""
    told = "".join(leaf(name, str(row[column]).strip()) for column, name in COLUMNS.items() if row[column] is not None)
    return f'<VaccinationRow xmlns="{SPACE}">{told}</VaccinationRow>'.encode("utf-8", "replace")


def _opened(url: str, wait: int, seconds: int) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        file = f"{Path(str(address.database)).resolve().as_uri()}?mode=rw"
        return create_engine("sqlite://", creator=lambda: sqlite3.connect(file, uri=True, timeout=wait, check_same_thread=False))
    if address.get_backend_name() == "postgresql":
        limits = {"options": f"-c statement_timeout={seconds * 1000}", "connect_timeout": wait}
        return create_engine(address, pool_pre_ping=True, connect_args=limits, pool_size=2, max_overflow=0)
    engine = create_engine(address, pool_pre_ping=True, connect_args={"tcp_connect_timeout": wait}, pool_size=2, max_overflow=0)
    event.listen(engine, "connect", lambda raw, _record: setattr(raw, "call_timeout", seconds * 1000))
    return engine
