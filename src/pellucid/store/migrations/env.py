"""Run by Alembic: migrates the database of the connection that ``pellucid.store.schema`` hands over."""

from __future__ import annotations

from alembic import context

from pellucid.store.tables import metadata

# The caller's transaction is around all of it; SQLite's DDL is transactional, though Alembic's default says otherwise.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
