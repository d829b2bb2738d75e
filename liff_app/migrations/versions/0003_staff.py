"""Staff: departments, accounts with their grants, sign-in and its limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_api_keys",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_api_keys")),
    )
    op.create_table(
        "staff_departments",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_departments")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_departments_name")),
    )
    op.create_table(
        "staff_doors",
        sa.Column("subject", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tries", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_staff_doors")),
    )
    op.create_index("ix_staff_doors_tried_at", "staff_doors", ["tried_at"], unique=False)
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("department_id", sa.String(length=12), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["staff_departments.id"],
            name=op.f("fk_staff_accounts_department_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_accounts_login")),
    )
    op.create_index(
        "ix_staff_accounts_department_id", "staff_accounts", ["department_id"], unique=False
    )
    op.create_table(
        "staff_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=12), nullable=True),
        sa.Column("shelter_id", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_staff_grants_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["staff_departments.id"],
            name=op.f("fk_staff_grants_department_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_grants")),
    )
    op.create_index("ix_staff_grants_account_id", "staff_grants", ["account_id"], unique=False)
    op.create_index(
        "ix_staff_grants_department_id", "staff_grants", ["department_id"], unique=False
    )
    op.create_table(
        "staff_known_browsers",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_staff_known_browsers_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", "account_id", name=op.f("pk_staff_known_browsers")),
    )
    op.create_index(
        "ix_staff_known_browsers_expires_at", "staff_known_browsers", ["expires_at"], unique=False
    )
    op.create_table(
        "staff_links",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_staff_links_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_links")),
        sa.UniqueConstraint("id", name=op.f("uq_staff_links_id")),
    )
    op.create_index("ix_staff_links_account_id", "staff_links", ["account_id"], unique=False)
    op.create_index("ix_staff_links_expires_at", "staff_links", ["expires_at"], unique=False)
    op.create_table(
        "staff_recovery_codes",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_staff_recovery_codes_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_recovery_codes")),
    )
    op.create_index(
        "ix_staff_recovery_codes_account_id", "staff_recovery_codes", ["account_id"], unique=False
    )
    op.create_table(
        "staff_sessions",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("browser", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_staff_sessions_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("id", name=op.f("uq_staff_sessions_id")),
    )
    op.create_index("ix_staff_sessions_account_id", "staff_sessions", ["account_id"], unique=False)
    op.create_index("ix_staff_sessions_expires_at", "staff_sessions", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_staff_sessions_expires_at", table_name="staff_sessions")
    op.drop_index("ix_staff_sessions_account_id", table_name="staff_sessions")
    op.drop_table("staff_sessions")
    op.drop_index("ix_staff_recovery_codes_account_id", table_name="staff_recovery_codes")
    op.drop_table("staff_recovery_codes")
    op.drop_index("ix_staff_links_expires_at", table_name="staff_links")
    op.drop_index("ix_staff_links_account_id", table_name="staff_links")
    op.drop_table("staff_links")
    op.drop_index("ix_staff_known_browsers_expires_at", table_name="staff_known_browsers")
    op.drop_table("staff_known_browsers")
    op.drop_index("ix_staff_grants_department_id", table_name="staff_grants")
    op.drop_index("ix_staff_grants_account_id", table_name="staff_grants")
    op.drop_table("staff_grants")
    op.drop_index("ix_staff_accounts_department_id", table_name="staff_accounts")
    op.drop_table("staff_accounts")
    op.drop_index("ix_staff_doors_tried_at", table_name="staff_doors")
    op.drop_table("staff_doors")
    op.drop_table("staff_departments")
    op.drop_table("staff_api_keys")
