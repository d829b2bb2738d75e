"""Check-in: stays of families, codes about to be shown, totals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTS = ("people", "mobility", "infants", "pregnant", "medical", "other", "pets")


def counts() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS]


def upgrade() -> None:
    op.create_table(
        "checkins",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("shelter_id", sa.String(length=12), nullable=False),
        sa.Column("disaster_id", sa.String(length=12), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("consent", sa.String(length=10), nullable=True),
        sa.Column("in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_by", sa.String(length=80), nullable=False),
        sa.Column("out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("out_by", sa.String(length=80), nullable=True),
        sa.Column("ending", sa.String(length=10), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("live_slot", sa.Integer(), nullable=True),
        *counts(),
        sa.ForeignKeyConstraint(
            ["disaster_id"], ["disasters.id"], name=op.f("fk_checkins_disaster_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_checkins_resident_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["shelter_id"], ["shelters.id"], name=op.f("fk_checkins_shelter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkins")),
        sa.UniqueConstraint(
            "disaster_id",
            "resident_id",
            "live_slot",
            name=op.f("uq_checkins_disaster_id_resident_id_live_slot"),
        ),
        sa.UniqueConstraint(
            "shelter_id",
            "disaster_id",
            "number",
            name=op.f("uq_checkins_shelter_id_disaster_id_number"),
        ),
    )
    op.create_index("ix_checkins_resident_id", "checkins", ["resident_id"])
    op.create_index(
        "ix_checkins_disaster_id_shelter_id_live_slot",
        "checkins",
        ["disaster_id", "shelter_id", "live_slot"],
    )
    op.create_table(
        "checkin_offers",
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("disaster_id", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *counts(),
        sa.ForeignKeyConstraint(
            ["disaster_id"], ["disasters.id"], name=op.f("fk_checkin_offers_disaster_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_checkin_offers_resident_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_checkin_offers")),
        sa.UniqueConstraint("code", name=op.f("uq_checkin_offers_code")),
    )
    op.create_index("ix_checkin_offers_expires_at", "checkin_offers", ["expires_at"])
    op.create_table(
        "checkin_totals",
        sa.Column("shelter_id", sa.String(length=12), nullable=False),
        sa.Column("disaster_id", sa.String(length=12), nullable=False),
        sa.Column("families", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        *counts(),
        sa.ForeignKeyConstraint(
            ["disaster_id"], ["disasters.id"], name=op.f("fk_checkin_totals_disaster_id")
        ),
        sa.ForeignKeyConstraint(
            ["shelter_id"], ["shelters.id"], name=op.f("fk_checkin_totals_shelter_id")
        ),
        sa.PrimaryKeyConstraint("shelter_id", "disaster_id", name=op.f("pk_checkin_totals")),
    )


def downgrade() -> None:
    op.drop_table("checkin_totals")
    op.drop_table("checkin_offers")
    op.drop_table("checkins")
