"""Procedures: forms and their versions, drafts, submissions, files, and what staff keep beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - twenty tables and their indexes, read as one
    # A key of before names no procedure, and so reads none.
    with op.batch_alter_table("staff_api_keys") as keys:
        keys.add_column(sa.Column("procedures", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("staff_api_keys") as keys:
        keys.alter_column("procedures", server_default=None)
    op.create_table(
        "postal_codes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("prefecture", sa.String(length=10), nullable=False),
        sa.Column("city", sa.String(length=60), nullable=False),
        sa.Column("town", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postal_codes")),
    )
    op.create_index("ix_postal_codes_code", "postal_codes", ["code"], unique=False)
    op.create_table(
        "procedure_dossiers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_dossiers")),
    )
    op.create_table(
        "procedure_numbers",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_procedure_numbers")),
    )
    op.create_table(
        "procedure_files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dossier_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("store_key", sa.String(length=80), nullable=False),
        sa.Column("thumb_key", sa.String(length=80), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["procedure_dossiers.id"], name=op.f("fk_procedure_files_dossier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_files")),
    )
    op.create_index(
        op.f("ix_procedure_files_created_at"), "procedure_files", ["created_at"], unique=False
    )
    op.create_index(
        "ix_procedure_files_dossier_id", "procedure_files", ["dossier_id"], unique=False
    )
    op.create_table(
        "procedures",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("department_id", sa.String(length=12), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["staff_departments.id"],
            name=op.f("fk_procedures_department_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedures")),
        sa.UniqueConstraint("slug", name=op.f("uq_procedures_slug")),
    )
    op.create_table(
        "procedure_hooks",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("procedure_id", sa.String(length=12), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"],
            ["procedures.id"],
            name=op.f("fk_procedure_hooks_procedure_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_hooks")),
    )
    op.create_index(
        op.f("ix_procedure_hooks_procedure_id"), "procedure_hooks", ["procedure_id"], unique=False
    )
    op.create_table(
        "procedure_participations",
        sa.Column("procedure_id", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"],
            ["procedures.id"],
            name=op.f("fk_procedure_participations_procedure_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("procedure_id", "digest", name=op.f("pk_procedure_participations")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "procedure_survey_counts",
        sa.Column("procedure_id", sa.String(length=12), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("results_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"],
            ["procedures.id"],
            name=op.f("fk_procedure_survey_counts_procedure_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "procedure_id", "audience", name=op.f("pk_procedure_survey_counts")
        ),
    )
    op.create_table(
        "procedure_remembered",
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("prefill", sa.String(length=40), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("procedure_id", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"],
            ["procedures.id"],
            name=op.f("fk_procedure_remembered_procedure_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_procedure_remembered_resident_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resident_id", "prefill", name=op.f("pk_procedure_remembered")),
    )
    op.create_table(
        "procedure_templates",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("procedure_id", sa.String(length=12), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("for_status", sa.String(length=10), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"],
            ["procedures.id"],
            name=op.f("fk_procedure_templates_procedure_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_templates")),
    )
    op.create_table(
        "procedure_versions",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("procedure_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("workbook", sa.LargeBinary(), nullable=False),
        sa.Column("samples", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("open_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["procedure_id"],
            ["procedures.id"],
            name=op.f("fk_procedure_versions_procedure_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_versions")),
    )
    op.create_index(
        "uq_procedure_versions_procedure_id",
        "procedure_versions",
        ["procedure_id", "number"],
        unique=True,
    )
    op.create_table(
        "procedure_benches",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("procedure_id", sa.String(length=12), nullable=True),
        sa.Column("version_id", sa.String(length=12), nullable=True),
        sa.Column("seen", sa.LargeBinary(length=32), nullable=True),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.String(length=12), nullable=True),
        sa.Column("workbook", sa.LargeBinary(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["staff_departments.id"],
            name=op.f("fk_procedure_benches_department_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"],
            ["procedures.id"],
            name=op.f("fk_procedure_benches_procedure_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["procedure_versions.id"],
            name=op.f("fk_procedure_benches_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_procedure_benches")),
    )
    op.create_index(
        op.f("ix_procedure_benches_procedure_id"),
        "procedure_benches",
        ["procedure_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_procedure_benches_updated_at"), "procedure_benches", ["updated_at"], unique=False
    )
    op.create_table(
        "procedure_hook_calls",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("hook_id", sa.String(length=12), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["hook_id"],
            ["procedure_hooks.id"],
            name=op.f("fk_procedure_hook_calls_hook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_hook_calls")),
    )
    op.create_index("ix_procedure_hook_calls_hook_id", "procedure_hook_calls", ["hook_id"])
    op.create_index(
        "ix_procedure_hook_calls_state",
        "procedure_hook_calls",
        ["state", "not_before"],
        unique=False,
    )
    op.create_table(
        "procedure_page_counts",
        sa.Column("version_id", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["procedure_versions.id"],
            name=op.f("fk_procedure_page_counts_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "day", "what", "name", name=op.f("pk_procedure_page_counts")
        ),
    )
    op.create_table(
        "procedure_submissions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("dossier_id", sa.String(length=32), nullable=False),
        sa.Column("procedure_id", sa.String(length=12), nullable=False),
        sa.Column("version_id", sa.String(length=12), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.String(length=12), nullable=True),
        sa.Column("assignee_id", sa.String(length=12), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("fee_yen", sa.Integer(), nullable=True),
        sa.Column("proposed_status", sa.String(length=10), nullable=True),
        sa.Column("proposed_by", sa.String(length=80), nullable=True),
        sa.Column("proposed_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("consent_sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["staff_accounts.id"],
            name=op.f("fk_procedure_submissions_assignee_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["staff_departments.id"],
            name=op.f("fk_procedure_submissions_department_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["procedure_dossiers.id"],
            name=op.f("fk_procedure_submissions_dossier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_procedure_submissions_procedure_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_procedure_submissions_resident_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["procedure_versions.id"],
            name=op.f("fk_procedure_submissions_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_submissions")),
        sa.UniqueConstraint("number", name=op.f("uq_procedure_submissions_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_procedure_submissions_ref")),
    )
    op.create_index(
        "ix_procedure_submissions_closed_at", "procedure_submissions", ["closed_at"], unique=False
    )
    op.create_index(
        "ix_procedure_submissions_dossier_id", "procedure_submissions", ["dossier_id"], unique=False
    )
    op.create_index("ix_procedure_submissions_version_id", "procedure_submissions", ["version_id"])
    op.create_index(
        "ix_procedure_submissions_open",
        "procedure_submissions",
        ["procedure_id", "due_on", "id"],
        unique=False,
        sqlite_where=sa.text("is_open AND NOT is_test"),
        postgresql_where=sa.text("is_open AND NOT is_test"),
    )
    op.create_index(
        "ix_procedure_submissions_proposed",
        "procedure_submissions",
        ["id"],
        unique=False,
        sqlite_where=sa.text("proposed_status IS NOT NULL"),
        postgresql_where=sa.text("proposed_status IS NOT NULL"),
    )
    op.create_index(
        "ix_procedure_submissions_procedure_id_id",
        "procedure_submissions",
        ["procedure_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_procedure_submissions_resident_id",
        "procedure_submissions",
        ["resident_id", "id"],
        unique=False,
    )
    op.create_table(
        "procedure_drafts",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("dossier_id", sa.String(length=32), nullable=False),
        sa.Column("procedure_id", sa.String(length=12), nullable=False),
        sa.Column("version_id", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("account_id", sa.String(length=12), nullable=True),
        sa.Column(
            "submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("request_key", sa.String(length=40), nullable=False),
        sa.Column("consent_sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_procedure_drafts_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["procedure_dossiers.id"], name=op.f("fk_procedure_drafts_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_procedure_drafts_procedure_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_procedure_drafts_resident_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["procedure_submissions.id"],
            name=op.f("fk_procedure_drafts_submission_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["procedure_versions.id"], name=op.f("fk_procedure_drafts_version_id")
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_procedure_drafts")),
    )
    op.create_index(
        "ix_procedure_drafts_resident_id",
        "procedure_drafts",
        ["resident_id", "procedure_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_procedure_drafts_submission_id"),
        "procedure_drafts",
        ["submission_id"],
        unique=False,
    )
    op.create_index("ix_procedure_drafts_dossier_id", "procedure_drafts", ["dossier_id"])
    op.create_index(
        "ix_procedure_drafts_updated_at", "procedure_drafts", ["updated_at"], unique=False
    )
    op.create_table(
        "procedure_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_status", sa.String(length=10), nullable=True),
        sa.Column("to_status", sa.String(length=10), nullable=True),
        sa.Column("public_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["procedure_submissions.id"],
            name=op.f("fk_procedure_events_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_events")),
    )
    op.create_index(
        "uq_procedure_events_submission_id",
        "procedure_events",
        ["submission_id", "number"],
        unique=True,
    )
    op.create_table(
        "procedure_marks",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["procedure_submissions.id"],
            name=op.f("fk_procedure_marks_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", "submission_id", name=op.f("pk_procedure_marks")),
    )
    op.create_index(
        op.f("ix_procedure_marks_submission_id"), "procedure_marks", ["submission_id"], unique=False
    )
    op.create_table(
        "procedure_reads",
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column(
            "submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_procedure_reads_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["procedure_submissions.id"],
            name=op.f("fk_procedure_reads_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "submission_id", name=op.f("pk_procedure_reads")),
    )
    op.create_index(
        op.f("ix_procedure_reads_submission_id"), "procedure_reads", ["submission_id"], unique=False
    )
    op.create_table(
        "procedure_returns",
        sa.Column(
            "submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("items_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["procedure_submissions.id"],
            name=op.f("fk_procedure_returns_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "revision", name=op.f("pk_procedure_returns")),
    )
    op.create_table(
        "procedure_revisions",
        sa.Column(
            "submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["procedure_submissions.id"],
            name=op.f("fk_procedure_revisions_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "number", name=op.f("pk_procedure_revisions")),
    )


def downgrade() -> None:  # noqa: PLR0915 - same
    op.drop_table("procedure_revisions")
    op.drop_table("procedure_returns")
    op.drop_index(op.f("ix_procedure_reads_submission_id"), table_name="procedure_reads")
    op.drop_table("procedure_reads")
    op.drop_index(op.f("ix_procedure_marks_submission_id"), table_name="procedure_marks")
    op.drop_table("procedure_marks")
    op.drop_index("uq_procedure_events_submission_id", table_name="procedure_events")
    op.drop_table("procedure_events")
    op.drop_index("ix_procedure_drafts_updated_at", table_name="procedure_drafts")
    op.drop_index("ix_procedure_drafts_dossier_id", table_name="procedure_drafts")
    op.drop_index(op.f("ix_procedure_drafts_submission_id"), table_name="procedure_drafts")
    op.drop_index("ix_procedure_drafts_resident_id", table_name="procedure_drafts")
    op.drop_table("procedure_drafts")
    op.drop_index("ix_procedure_submissions_resident_id", table_name="procedure_submissions")
    op.drop_index("ix_procedure_submissions_version_id", table_name="procedure_submissions")
    op.drop_index("ix_procedure_submissions_procedure_id_id", table_name="procedure_submissions")
    op.drop_index(
        "ix_procedure_submissions_proposed",
        table_name="procedure_submissions",
        sqlite_where=sa.text("proposed_status IS NOT NULL"),
        postgresql_where=sa.text("proposed_status IS NOT NULL"),
    )
    op.drop_index(
        "ix_procedure_submissions_open",
        table_name="procedure_submissions",
        sqlite_where=sa.text("is_open AND NOT is_test"),
        postgresql_where=sa.text("is_open AND NOT is_test"),
    )
    op.drop_index("ix_procedure_submissions_dossier_id", table_name="procedure_submissions")
    op.drop_index("ix_procedure_submissions_closed_at", table_name="procedure_submissions")
    op.drop_table("procedure_submissions")
    op.drop_table("procedure_page_counts")
    op.drop_index("ix_procedure_hook_calls_state", table_name="procedure_hook_calls")
    op.drop_index("ix_procedure_hook_calls_hook_id", table_name="procedure_hook_calls")
    op.drop_table("procedure_hook_calls")
    op.drop_index(op.f("ix_procedure_benches_updated_at"), table_name="procedure_benches")
    op.drop_index(op.f("ix_procedure_benches_procedure_id"), table_name="procedure_benches")
    op.drop_table("procedure_benches")
    op.drop_index("uq_procedure_versions_procedure_id", table_name="procedure_versions")
    op.drop_table("procedure_versions")
    op.drop_table("procedure_templates")
    op.drop_table("procedure_remembered")
    op.drop_table("procedure_survey_counts")
    op.drop_table("procedure_participations")
    op.drop_index(op.f("ix_procedure_hooks_procedure_id"), table_name="procedure_hooks")
    op.drop_table("procedure_hooks")
    op.drop_table("procedures")
    op.drop_index("ix_procedure_files_dossier_id", table_name="procedure_files")
    op.drop_index(op.f("ix_procedure_files_created_at"), table_name="procedure_files")
    op.drop_table("procedure_files")
    op.drop_table("procedure_numbers")
    op.drop_table("procedure_dossiers")
    op.drop_index("ix_postal_codes_code", table_name="postal_codes")
    op.drop_table("postal_codes")
    with op.batch_alter_table("staff_api_keys") as keys:
        keys.drop_column("procedures")
