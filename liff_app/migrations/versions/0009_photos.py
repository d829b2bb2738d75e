"""Photos: what is kept of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("large_key", sa.String(length=80), nullable=False),
        sa.Column("thumb_key", sa.String(length=80), nullable=False),
        sa.Column("public_large_key", sa.String(length=80), nullable=True),
        sa.Column("public_thumb_key", sa.String(length=80), nullable=True),
        sa.Column("public_version", sa.Integer(), nullable=False),
        sa.Column("mask_boxes", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
    )
    op.create_index("ix_photos_owner_sha256", "photos", ["owner", "sha256"], unique=False)
    op.create_index(
        "ix_photos_claimed_by_created_at", "photos", ["claimed_by", "created_at"], unique=False
    )
    op.create_index("ix_photos_deleted_at", "photos", ["deleted_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_photos_deleted_at", table_name="photos")
    op.drop_index("ix_photos_claimed_by_created_at", table_name="photos")
    op.drop_index("ix_photos_owner_sha256", table_name="photos")
    op.drop_table("photos")
