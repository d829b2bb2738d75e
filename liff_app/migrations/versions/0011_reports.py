"""Damage reports, their events, followers and photos, and what the staff keep beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - ten tables and their indexes, read as one
    op.create_table(
        "neighbour_towns",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("municipality_name", sa.String(length=80), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_neighbour_towns")),
    )
    op.create_table(
        "report_assets",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("search_key", sa.String(length=40), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_assets")),
    )
    op.create_index("ix_report_assets_search_key", "report_assets", ["search_key"], unique=False)
    op.create_table(
        "report_categories",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_report_categories")),
    )
    op.create_table(
        "report_templates",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("for_status", sa.String(length=10), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_templates")),
    )
    op.create_table(
        "report_views",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_report_views_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_views")),
    )
    op.create_index(
        op.f("ix_report_views_account_id"), "report_views", ["account_id"], unique=False
    )
    op.create_table(
        "reports",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("accuracy_m", sa.Integer(), nullable=True),
        sa.Column("place_way", sa.String(length=10), nullable=False),
        sa.Column("place_text", sa.String(length=200), nullable=False),
        sa.Column("town_code", sa.String(length=20), nullable=True),
        sa.Column("town_name", sa.String(length=80), nullable=False),
        sa.Column("asset_number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("lead_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("department_id", sa.String(length=12), nullable=True),
        sa.Column("assignee_id", sa.String(length=12), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("handed_to", sa.String(length=120), nullable=False),
        sa.Column("text_public", sa.Boolean(), nullable=False),
        sa.Column("place_checked", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["staff_accounts.id"],
            name=op.f("fk_reports_assignee_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["staff_departments.id"],
            name=op.f("fk_reports_department_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["reports.id"], name=op.f("fk_reports_lead_id")),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_reports_resident_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("ref", name=op.f("uq_reports_ref")),
    )
    op.create_index(
        "ix_reports_assignee_id_is_open", "reports", ["assignee_id", "is_open"], unique=False
    )
    op.create_index("ix_reports_created_at", "reports", ["created_at"], unique=False)
    op.create_index(
        "ix_reports_department_id_is_open_due_on",
        "reports",
        ["department_id", "is_open", "due_on"],
        unique=False,
    )
    op.create_index(
        "ix_reports_kept",
        "reports",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("emptied_at IS NULL"),
        postgresql_where=sa.text("emptied_at IS NULL"),
    )
    op.create_index(
        "ix_reports_lead_id",
        "reports",
        ["lead_id"],
        unique=False,
        sqlite_where=sa.text("lead_id IS NOT NULL"),
        postgresql_where=sa.text("lead_id IS NOT NULL"),
    )
    op.create_index(
        "ix_reports_open_due_on",
        "reports",
        ["due_on", "id"],
        unique=False,
        sqlite_where=sa.text("is_open AND lead_id IS NULL"),
        postgresql_where=sa.text("is_open AND lead_id IS NULL"),
    )
    op.create_index(
        "ix_reports_open_id",
        "reports",
        ["id"],
        unique=False,
        sqlite_where=sa.text("is_open AND lead_id IS NULL"),
        postgresql_where=sa.text("is_open AND lead_id IS NULL"),
    )
    op.create_index(
        "ix_reports_open_near",
        "reports",
        ["category", "cell"],
        unique=False,
        sqlite_where=sa.text("is_open AND lead_id IS NULL"),
        postgresql_where=sa.text("is_open AND lead_id IS NULL"),
    )
    op.create_index(
        "ix_reports_open_place",
        "reports",
        ["lat", "lon", "category", "status", "priority", "id"],
        unique=False,
        sqlite_where=sa.text("is_open AND lead_id IS NULL"),
        postgresql_where=sa.text("is_open AND lead_id IS NULL"),
    )
    op.create_index(
        "ix_reports_open_priority",
        "reports",
        ["priority", "id"],
        unique=False,
        sqlite_where=sa.text("is_open AND lead_id IS NULL"),
        postgresql_where=sa.text("is_open AND lead_id IS NULL"),
    )
    op.create_index("ix_reports_resident_id_id", "reports", ["resident_id", "id"], unique=False)
    op.create_index("ix_reports_updated_at", "reports", ["updated_at"], unique=False)
    op.create_table(
        "report_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_status", sa.String(length=10), nullable=True),
        sa.Column("to_status", sa.String(length=10), nullable=True),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("private_text", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_report_events_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_events")),
    )
    op.create_index(
        "uq_report_events_report_id", "report_events", ["report_id", "number"], unique=True
    )
    op.create_table(
        "report_followers",
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("is_reporter", sa.Boolean(), nullable=False),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fix_answer", sa.String(length=10), nullable=True),
        sa.Column("fix_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_report_followers_report_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_report_followers_resident_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "resident_id", name=op.f("pk_report_followers")),
    )
    op.create_index(
        op.f("ix_report_followers_resident_id"), "report_followers", ["resident_id"], unique=False
    )
    op.create_table(
        "report_photos",
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("photo_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_report_photos_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "photo_id", name=op.f("pk_report_photos")),
    )
    op.create_table(
        "report_reads",
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_report_reads_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_report_reads_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "report_id", name=op.f("pk_report_reads")),
    )
    op.create_index(op.f("ix_report_reads_report_id"), "report_reads", ["report_id"], unique=False)


def downgrade() -> None:
    op.drop_table("report_reads")
    op.drop_table("report_photos")
    op.drop_table("report_followers")
    op.drop_table("report_events")
    op.drop_table("reports")
    op.drop_table("report_views")
    op.drop_table("report_templates")
    op.drop_table("report_categories")
    op.drop_table("report_assets")
    op.drop_table("neighbour_towns")
