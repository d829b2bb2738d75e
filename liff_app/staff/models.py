"""Colleagues: accounts, grants, what proves who they are, and the browsers they signed in with."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liff_app.db import Base, UtcDateTime


def new_id() -> str:
    """A name for a row that nobody can guess and that says nothing: 12 hexadecimal digits."""
    return secrets.token_hex(6)


class Department(Base):
    """A part of the town hall, to which a grant may be narrowed."""

    __tablename__ = "staff_departments"

    id: Mapped[str] = mapped_column(String(12), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class Account(Base):
    """A colleague. Without a password nobody signs in as them: their link was not used yet."""

    __tablename__ = "staff_accounts"
    __sealed__ = ("totp_sealed",)

    id: Mapped[str] = mapped_column(String(12), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    department_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey("staff_departments.id", ondelete="SET NULL"), index=True
    )
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    grants: Mapped[list[GrantRow]] = relationship(
        cascade="all, delete-orphan", order_by="GrantRow.id", lazy="selectin"
    )


class GrantRow(Base):
    """A role of an account, everywhere or for one department or one shelter."""

    __tablename__ = "staff_grants"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[str] = mapped_column(
        String(12), ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(String(20))
    department_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey("staff_departments.id", ondelete="CASCADE"), index=True
    )
    shelter_id: Mapped[str | None] = mapped_column(String(12))  # shelters stand above this feature


class StaffSession(Base):
    """One browser in which a colleague is signed in. Of the cookie only its SHA-256 is kept."""

    __tablename__ = "staff_sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(12), unique=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        String(12), ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True
    )
    browser: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SetupLink(Base):
    """A link that lets a colleague set password and code once. Holds both until they are proven."""

    __tablename__ = "staff_links"
    __sealed__ = ("totp_sealed",)

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(12), unique=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        String(12), ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True
    )
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RecoveryCode(Base):
    """A code that stands in for the phone, once: SHA-256 of 80 random bits."""

    __tablename__ = "staff_recovery_codes"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(
        String(12), ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True
    )


class KnownBrowser(Base):
    """A browser in which the account signed in before: strangers cannot use up its tries."""

    __tablename__ = "staff_known_browsers"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(
        String(12), ForeignKey("staff_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignInDoor(Base):
    """The latest tries at one login name, or from one network, whether there is such a name or not.

    Names and networks stand here as keyed digests; `tries` is JSON.
    """

    __tablename__ = "staff_doors"

    subject: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tries: Mapped[str] = mapped_column(Text)
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
