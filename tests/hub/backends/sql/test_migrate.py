"""Schema versions and safe settings: the database is what this build expects, or it is not opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from hub.backends.sql.engine import Gate, UnsafeStore, open_engine
from hub.backends.sql.migrate import is_current, upgrade
from hub.backends.sql.tables import METADATA


def test_migrations_make_the_tables(tmp_path: Path) -> None:
    """A database brought up by the migrations has exactly the tables that the statements are written for."""
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine)
    upgrade(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


@pytest.mark.parametrize(("pragma", "wanted"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_safe_settings(tmp_path: Path, pragma: str, wanted: object) -> None:
    """Every connection flushes its log at commit and keeps foreign keys."""
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == wanted
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_no_store_in_memory(url: str) -> None:
    """A database that cannot keep what it acknowledges is refused."""
    with pytest.raises(UnsafeStore):
        open_engine(url)


def test_turns_leave_no_open_files(tmp_path: Path) -> None:
    """Taking the writers' turn again and again does not use up file descriptors."""
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        with Gate(engine).turn():
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
    engine.dispose()
