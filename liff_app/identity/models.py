"""Residents, their sessions, and the LINE tokens already exchanged."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime


class Resident(Base):
    """Someone who signed in through LINE. Neither name nor picture is kept."""

    __tablename__ = "residents"
    __sealed__ = ("subject_sealed",)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=lambda: uuid.uuid4().hex)
    subject_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    subject_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_on: Mapped[date]


class LoginSession(Base):
    """One signed-in browser. The cookie's value is not stored, only its SHA-256."""

    __tablename__ = "login_sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    resident_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("residents.id", ondelete="CASCADE"), index=True
    )
    values: Mapped[str] = mapped_column(Text, default="{}")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class UsedToken(Base):
    """A LINE ID token that was exchanged: SHA-256, kept until the token expires by itself."""

    __tablename__ = "used_tokens"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
