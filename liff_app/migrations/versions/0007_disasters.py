"""Disasters: the area, check-in, their history, and what LINE was told of the menus."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A disaster of before has no area, no check-in, and the history its own row tells."""
    op.add_column(
        "disasters", sa.Column("area", sa.String(length=200), nullable=False, server_default="")
    )
    op.add_column(
        "disasters",
        sa.Column("checkin", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "disaster_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("disaster_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["disaster_id"], ["disasters.id"], name=op.f("fk_disaster_events_disaster_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disaster_events")),
    )
    op.create_index(
        "ix_disaster_events_disaster_id", "disaster_events", ["disaster_id"], unique=False
    )
    op.execute(
        "INSERT INTO disaster_events (disaster_id, kind, changes, at, by)"
        " SELECT id, 'started', '{}', started_at, started_by FROM disasters ORDER BY started_at"
    )
    op.execute(
        "INSERT INTO disaster_events (disaster_id, kind, changes, at, by)"
        " SELECT id, 'stopped', '{}', ended_at, ended_by FROM disasters"
        " WHERE ended_at IS NOT NULL ORDER BY ended_at"
    )
    op.create_table(
        "menu_states",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("shown", sa.String(length=10), nullable=True),
        sa.Column("unlinked", sa.String(length=10), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_menu_states")),
    )


def downgrade() -> None:
    op.drop_table("menu_states")
    op.drop_index("ix_disaster_events_disaster_id", table_name="disaster_events")
    op.drop_table("disaster_events")
    op.drop_column("disasters", "checkin")
    op.drop_column("disasters", "area")
