"""The message store on SQLAlchemy Core: SQLite by default; PostgreSQL and Oracle by URL, the same statements."""
