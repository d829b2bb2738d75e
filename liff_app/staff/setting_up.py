"""Links that let a colleague set their own password and phone, once, within three days.

What was typed so far is kept with the link and moves to the account when the phone's first code
fits: an account never has a password without a phone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.staff import codes, service, sessions
from liff_app.staff.models import Account, RecoveryCode, SetupLink
from liff_app.staff.sessions import digest_of
from liff_app.staff.signing_in import totp_context

__all__ = ["LIFE", "LinkOver", "Setup", "finish", "keep_password", "link_context", "make_link",
           "new_recovery_codes", "open_link", "purge"]  # fmt: skip

LIFE = timedelta(hours=72)


class LinkOver(NotFound):
    """The link was used, replaced, or is older than three days."""

    code = "link_over"
    title = "このリンクはもう使えません。職員管理の担当者に、新しいリンクをたのんでください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How far the colleague with a link has come; the secret is there once a password is."""

    account_id: str
    login: str
    name: str
    secret: str | None = field(repr=False)


def make_link(session: Session, account_id: str, *, now: datetime) -> str:
    """A new link's token, kept nowhere. Old password, phone, codes, links and sessions end."""
    row = service.account(session, account_id, lock=True)
    if row.disabled_at is not None:
        raise NotFound("disabled")
    service.forget_proofs(session, row)
    token = secrets.token_urlsafe(24)
    session.add(
        SetupLink(digest=digest_of(token), account_id=row.id, created_at=now, expires_at=now + LIFE)
    )
    return token


def open_link(session: Session, token: str, *, keys: KeyRing, now: datetime) -> Setup:
    """Whose link it is and how far they came. Raises LinkOver."""
    link, account = _found(session, token, now, lock=False)
    return Setup(
        account_id=account.id, login=account.login, name=account.name, secret=_secret(link, keys)
    )


def keep_password(session: Session, token: str, kept: str, *, keys: KeyRing, now: datetime) -> None:
    """The password, as `Passwords.kept` gave it, waits with the link, and a secret is drawn."""
    link, _ = _found(session, token, now, lock=True)
    link.password_hash = kept
    if link.totp_sealed is None:
        link.totp_sealed = keys.seal(codes.new_secret(), link_context(link))


def finish(
    session: Session, token: str, code: str, *, keys: KeyRing, now: datetime
) -> tuple[str, list[str]]:
    """The account can sign in, the link is gone; gives the account's id and its recovery codes.

    Raises LinkOver, and InputInvalid where the code does not fit the phone.
    """
    link, account = _found(session, token, now, lock=True)
    secret = _secret(link, keys)
    if secret is None or link.password_hash is None:
        raise LinkOver("no password yet")
    step = codes.step_of(secret, code, now=now, after=None)
    if step is None:
        raise InputInvalid(
            [FieldError("code", "wrong", "数字が合いません。いま出ている6桁を入れてください。")]
        )
    account.password_hash = link.password_hash
    account.totp_sealed = keys.seal(secret, totp_context(account.id))
    account.totp_step = step
    sessions.end_all(session, account.id)
    session.delete(link)
    return account.id, new_recovery_codes(session, account.id)


def new_recovery_codes(session: Session, account_id: str) -> list[str]:
    """Ten new codes, to be shown now and never again; the old ones end."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    drawn = codes.new_recovery_codes()
    session.add_all(
        RecoveryCode(digest=codes.recovery_digest(code), account_id=account_id) for code in drawn
    )
    return drawn


def _found(session: Session, token: str, now: datetime, *, lock: bool) -> tuple[SetupLink, Account]:
    link = session.get(SetupLink, digest_of(token), with_for_update=True if lock else None)
    if link is None or link.expires_at <= now:
        raise LinkOver("unknown or over")
    account = session.get_one(Account, link.account_id, with_for_update=True if lock else None)
    if account.disabled_at is not None:
        raise LinkOver("disabled")
    return link, account


def _secret(link: SetupLink, keys: KeyRing) -> str | None:
    return keys.open(link.totp_sealed, link_context(link)) if link.totp_sealed is not None else None


def link_context(link: SetupLink) -> str:
    """For what a link's secret is sealed."""
    return f"staff_links.totp_sealed:{link.digest.hex()}"


def purge(session: Session, *, now: datetime) -> int:
    """Links that nobody used in time are gone; gives how many."""
    result = session.execute(delete(SetupLink).where(SetupLink.expires_at <= now))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
