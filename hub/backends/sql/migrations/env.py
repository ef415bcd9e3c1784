"""Alembic's entry point: uses the connection it is given; ``--sql`` output needs only the URL's dialect."""

from __future__ import annotations

from alembic import context

from hub.backends.sql.tables import METADATA

_connection = context.config.attributes.get("connection")
if _connection is None:
    context.configure(
        url=context.config.get_main_option("sqlalchemy.url"), target_metadata=METADATA, literal_binds=True, render_as_batch=True
    )
else:
    context.configure(connection=_connection, target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
