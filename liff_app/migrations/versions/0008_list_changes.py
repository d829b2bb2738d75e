"""Lists: what an edition needs to be published again, uploads to look at, positions by hand."""

from __future__ import annotations

import gzip

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

EDITIONS = "shelter_list_imports"
COPIED = ("preset", "priority", "attribution")
NOTHING = gzip.compress(b"", mtime=0)


def upgrade() -> None:
    with op.batch_alter_table(EDITIONS) as editions:
        editions.add_column(sa.Column("kind", sa.String(length=10), nullable=True))
        editions.add_column(sa.Column("of_edition", sa.Integer(), nullable=True))
        editions.add_column(sa.Column("preset", sa.String(length=40), nullable=True))
        editions.add_column(sa.Column("priority", sa.Integer(), nullable=True))
        editions.add_column(sa.Column("attribution", sa.Text(), nullable=True))
        editions.add_column(sa.Column("mapping", sa.Text(), nullable=True))
        editions.add_column(sa.Column("packed_places", sa.LargeBinary(), nullable=True))
    # What editions of before did not keep is taken from their list, which has it as it last was.
    for name in COPIED:
        op.execute(
            f"UPDATE {EDITIONS} SET {name} = (SELECT l.{name} FROM shelter_lists l"  # noqa: S608 - constant names
            f" WHERE l.id = {EDITIONS}.list_id)"
        )
    op.get_bind().execute(
        sa.text(f"UPDATE {EDITIONS} SET kind = 'import', mapping = '', packed_places = :nothing"),  # noqa: S608 - a constant name
        {"nothing": NOTHING},
    )
    with op.batch_alter_table(EDITIONS) as editions:
        editions.alter_column("kind", existing_type=sa.String(length=10), nullable=False)
        editions.alter_column("preset", existing_type=sa.String(length=40), nullable=False)
        editions.alter_column("priority", existing_type=sa.Integer(), nullable=False)
        editions.alter_column("attribution", existing_type=sa.Text(), nullable=False)
        editions.alter_column("mapping", existing_type=sa.Text(), nullable=False)
        editions.alter_column("packed_places", existing_type=sa.LargeBinary(), nullable=False)
    op.create_table(
        "shelter_list_uploads",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("list_id", sa.String(length=80), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=True),
        sa.Column("only_own", sa.Boolean(), nullable=False),
        sa.Column("positions", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=80), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelter_list_uploads")),
    )
    op.create_index(
        "ix_shelter_list_uploads_expires_at", "shelter_list_uploads", ["expires_at"], unique=False
    )
    op.create_table(
        "shelter_hand_positions",
        sa.Column("list_id", sa.String(length=80), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(length=80), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("list_id", "source_id", name=op.f("pk_shelter_hand_positions")),
    )


def downgrade() -> None:
    op.drop_table("shelter_hand_positions")
    op.drop_index("ix_shelter_list_uploads_expires_at", table_name="shelter_list_uploads")
    op.drop_table("shelter_list_uploads")
    with op.batch_alter_table(EDITIONS) as editions:
        for name in (
            "packed_places", "mapping", "attribution", "priority", "preset", "of_edition", "kind",
        ):  # fmt: skip
            editions.drop_column(name)
