"""Shelter passes: the sheets with a QR code that open a shelter's page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shelter_passes",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("shelter_id", sa.String(length=12), nullable=False),
        sa.Column("disaster_id", sa.String(length=12), nullable=False),
        sa.Column("token_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=80), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_slot", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["disaster_id"], ["disasters.id"], name=op.f("fk_shelter_passes_disaster_id")
        ),
        sa.ForeignKeyConstraint(
            ["shelter_id"], ["shelters.id"], name=op.f("fk_shelter_passes_shelter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelter_passes")),
        sa.UniqueConstraint(
            "shelter_id",
            "disaster_id",
            "live_slot",
            name=op.f("uq_shelter_passes_shelter_id_disaster_id_live_slot"),
        ),
        sa.UniqueConstraint("token_index", name=op.f("uq_shelter_passes_token_index")),
    )
    op.create_index("ix_shelter_passes_disaster_id", "shelter_passes", ["disaster_id"])


def downgrade() -> None:
    op.drop_table("shelter_passes")
