"""Schema versions by Alembic, from the first one. ``upgrade`` brings a database to this build's version."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from hub.backends.sql.engine import Gate


def config(url: str = "") -> Config:
    """Alembic's configuration: our script folder, no ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


def upgrade(engine: Engine) -> None:
    """Run what is missing; two processes starting at once take turns."""
    with Gate(engine).turn():
        if is_current(engine):
            return
        with engine.connect() as connection, connection.begin():
            made = config()
            made.attributes["connection"] = connection
            command.upgrade(made, "head")


def is_current(engine: Engine) -> bool:
    """Whether the database stands at this build's version."""
    with engine.connect() as connection:
        return (
            MigrationContext.configure(connection).get_current_revision()
            == ScriptDirectory.from_config(config()).get_current_head()
        )
