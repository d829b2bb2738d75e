"""Occupancy: needs, changes that add up, sent once, and taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EVENTS = "shelter_status_events"
VERSIONS = "ix_shelter_status_events_shelter_id_disaster_id_version"
KEYS = "ix_shelter_status_events_by_request_key"


def upgrade() -> None:
    with op.batch_alter_table("shelter_statuses") as statuses:
        statuses.add_column(
            sa.Column("needs", sa.String(length=80), nullable=False, server_default="")
        )
        statuses.add_column(sa.Column("checked_in", sa.Integer(), nullable=True))
    with op.batch_alter_table("shelter_statuses") as statuses:
        statuses.alter_column("needs", server_default=None)
    with op.batch_alter_table(EVENTS) as events:
        events.add_column(
            sa.Column("kind", sa.String(length=12), nullable=False, server_default="change")
        )
        events.add_column(sa.Column("people_change", sa.Integer(), nullable=True))
        events.add_column(
            sa.Column("needs", sa.String(length=80), nullable=False, server_default="")
        )
        events.add_column(sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))
        events.add_column(sa.Column("device", sa.String(length=40), nullable=True))
        events.add_column(sa.Column("request_key", sa.String(length=80), nullable=True))
        events.add_column(sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=True))
        events.add_column(sa.Column("undoes", sa.Integer(), nullable=True))
        events.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.execute(f"UPDATE {EVENTS} SET received_at = at")  # noqa: S608 - a constant name
    with op.batch_alter_table(EVENTS) as events:
        events.alter_column("kind", server_default=None)
        events.alter_column("needs", server_default=None)
        events.alter_column("reason", server_default=None)
        events.alter_column("received_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        events.create_unique_constraint(op.f("uq_shelter_status_events_undoes"), ["undoes"])
    op.create_index(VERSIONS, EVENTS, ["shelter_id", "disaster_id", "version"], unique=True)
    op.create_index(KEYS, EVENTS, ["by", "request_key"], unique=True)


def downgrade() -> None:
    op.drop_index(KEYS, table_name=EVENTS)
    op.drop_index(VERSIONS, table_name=EVENTS)
    with op.batch_alter_table(EVENTS) as events:
        events.drop_constraint(op.f("uq_shelter_status_events_undoes"), type_="unique")
        for name in (
            "reason", "undoes", "fingerprint", "request_key", "device", "received_at", "needs",
            "people_change", "kind",
        ):  # fmt: skip
            events.drop_column(name)
    with op.batch_alter_table("shelter_statuses") as statuses:
        statuses.drop_column("checked_in")
        statuses.drop_column("needs")
