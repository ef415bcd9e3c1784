"""A middle table for each database in which one may stand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


@pytest.fixture
def postgres() -> Iterator[str]:
    """A database of our own on the PostgreSQL server of this machine."""
    name = f"health_{uuid4().hex[:12]}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except SQLAlchemyError:
        if os.environ.get("POPHUB_REQUIRE_SERVICES"):
            raise
        pytest.skip("needs PostgreSQL with trust on 127.0.0.1:5432")
    try:
        yield SERVER.removesuffix("test") + name
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def table_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each database that runs here, empty."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres"))
    (tmp_path / "vaccinations.db").touch()
    return f"sqlite:///{tmp_path}/vaccinations.db"
