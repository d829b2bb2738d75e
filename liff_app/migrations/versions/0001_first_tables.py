"""The first tables: town, sign-in, shelters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disasters",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("hazards", sa.String(length=120), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=80), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("open_slot", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disasters")),
        sa.UniqueConstraint("open_slot", name=op.f("uq_disasters_open_slot")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "kept_answers",
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name=op.f("pk_kept_answers")),
    )
    op.create_index("ix_kept_answers_created_at", "kept_answers", ["created_at"], unique=False)

    op.create_table(
        "residents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("subject_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residents")),
        sa.UniqueConstraint("subject_index", name=op.f("uq_residents_subject_index")),
    )
    op.create_table(
        "shelter_lists",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelter_lists")),
    )
    op.create_table(
        "shelter_versions",
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shelter_versions")),
    )
    op.create_table(
        "shelters",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("facility_key", sa.String(length=11), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=True),
        sa.Column("municipality_name", sa.String(length=80), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("position_source", sa.String(length=10), nullable=False),
        sa.Column("roles", sa.String(length=40), nullable=False),
        sa.Column("fits", sa.String(length=8), nullable=False),
        sa.Column("capacity_raw", sa.Text(), nullable=False),
        sa.Column("capacity_indoor", sa.Integer(), nullable=True),
        sa.Column("capacity_outdoor", sa.Integer(), nullable=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("floors", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("towns", sa.Text(), nullable=False),
        sa.Column("elevation_m", sa.Double(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("always_open", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelters")),
    )
    op.create_index("ix_shelters_facility_key", "shelters", ["facility_key"], unique=False)
    op.create_index(
        "ix_shelters_municipality_code_name",
        "shelters",
        ["municipality_code", "name"],
        unique=False,
    )

    op.create_table(
        "towns",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kana", sa.String(length=120), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_towns")),
    )
    op.create_index(
        "ix_towns_municipality_code_name", "towns", ["municipality_code", "name"], unique=False
    )

    op.create_table(
        "used_tokens",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_used_tokens")),
    )
    op.create_index("ix_used_tokens_expires_at", "used_tokens", ["expires_at"], unique=False)

    op.create_table(
        "login_sessions",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_login_sessions_resident_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_login_sessions")),
    )
    op.create_index("ix_login_sessions_expires_at", "login_sessions", ["expires_at"], unique=False)
    op.create_index(
        "ix_login_sessions_resident_id", "login_sessions", ["resident_id"], unique=False
    )

    op.create_table(
        "shelter_list_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("total_rows", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("reported", sa.Integer(), nullable=False),
        sa.Column("blank", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.Column("packed_rows", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["shelter_lists.id"], name=op.f("fk_shelter_list_imports_list_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelter_list_imports")),
    )
    op.create_index(
        "ix_shelter_list_imports_list_id", "shelter_list_imports", ["list_id"], unique=False
    )

    op.create_table(
        "shelter_sources",
        sa.Column("list_id", sa.String(length=80), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("shelter_id", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["shelter_lists.id"], name=op.f("fk_shelter_sources_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["shelter_id"], ["shelters.id"], name=op.f("fk_shelter_sources_shelter_id")
        ),
        sa.PrimaryKeyConstraint("list_id", "source_id", name=op.f("pk_shelter_sources")),
    )
    op.create_index(
        "ix_shelter_sources_shelter_id", "shelter_sources", ["shelter_id"], unique=False
    )

    op.create_table(
        "shelter_status_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shelter_id", sa.String(length=12), nullable=False),
        sa.Column("disaster_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opening", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["disaster_id"], ["disasters.id"], name=op.f("fk_shelter_status_events_disaster_id")
        ),
        sa.ForeignKeyConstraint(
            ["shelter_id"], ["shelters.id"], name=op.f("fk_shelter_status_events_shelter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelter_status_events")),
    )
    op.create_index(
        "ix_shelter_status_events_disaster_id",
        "shelter_status_events",
        ["disaster_id"],
        unique=False,
    )
    op.create_index(
        "ix_shelter_status_events_shelter_id_id",
        "shelter_status_events",
        ["shelter_id", "id"],
        unique=False,
    )

    op.create_table(
        "shelter_statuses",
        sa.Column("shelter_id", sa.String(length=12), nullable=False),
        sa.Column("disaster_id", sa.String(length=12), nullable=False),
        sa.Column("opening", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["disaster_id"], ["disasters.id"], name=op.f("fk_shelter_statuses_disaster_id")
        ),
        sa.ForeignKeyConstraint(
            ["shelter_id"], ["shelters.id"], name=op.f("fk_shelter_statuses_shelter_id")
        ),
        sa.PrimaryKeyConstraint("shelter_id", "disaster_id", name=op.f("pk_shelter_statuses")),
    )


def downgrade() -> None:
    op.drop_table("shelter_statuses")
    op.drop_index("ix_shelter_status_events_shelter_id_id", table_name="shelter_status_events")
    op.drop_index("ix_shelter_status_events_disaster_id", table_name="shelter_status_events")

    op.drop_table("shelter_status_events")
    op.drop_index("ix_shelter_sources_shelter_id", table_name="shelter_sources")

    op.drop_table("shelter_sources")
    op.drop_index("ix_shelter_list_imports_list_id", table_name="shelter_list_imports")

    op.drop_table("shelter_list_imports")
    op.drop_index("ix_login_sessions_resident_id", table_name="login_sessions")
    op.drop_index("ix_login_sessions_expires_at", table_name="login_sessions")

    op.drop_table("login_sessions")
    op.drop_index("ix_used_tokens_expires_at", table_name="used_tokens")

    op.drop_table("used_tokens")
    op.drop_index("ix_towns_municipality_code_name", table_name="towns")

    op.drop_table("towns")
    op.drop_index("ix_shelters_municipality_code_name", table_name="shelters")
    op.drop_index("ix_shelters_facility_key", table_name="shelters")

    op.drop_table("shelters")
    op.drop_table("shelter_versions")
    op.drop_table("shelter_lists")
    op.drop_table("residents")
    op.drop_index("ix_kept_answers_created_at", table_name="kept_answers")

    op.drop_table("kept_answers")
    op.drop_table("heartbeats")
    op.drop_table("disasters")
