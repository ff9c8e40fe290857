"""Where keys come from and were last used, sessions that were ended, and what people prefer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Two more columns of the credentials, two more tables."""
    op.add_column("credentials", sa.Column("last_used_from", sa.Text(), nullable=False, server_default=""))
    op.add_column("credentials", sa.Column("source", sa.String(length=32), nullable=False, server_default="request"))
    op.create_table(
        "ended_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_sessions")),
    )
    op.create_index(op.f("ix_ended_sessions_expires"), "ended_sessions", ["expires"])
    op.create_table(
        "preferences",
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("values", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_preferences_user_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user", name=op.f("pk_preferences")),
    )
