"""Browsers in which colleagues signed in: recognised again, and named by their family only."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from liff_app.staff.models import KnownBrowser
from liff_app.staff.sessions import digest_of

REMEMBERED = timedelta(days=180)
# In this order: most browsers also call themselves by the names of others.
FAMILIES = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"),
            ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
           ("CrOS", "Chromebook"), ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip
OTHER = "ほかのブラウザー"


def family(user_agent: str) -> str:
    """Kind of the browser, 「Chrome（Windows）」: no version, nothing that finds a person."""
    name = next((label for mark, label in FAMILIES if mark in user_agent), OTHER)
    system = next((label for mark, label in SYSTEMS if mark in user_agent), None)
    return f"{name}（{system}）" if system else name


def is_known(session: Session, token: str | None, account_id: str, *, now: datetime) -> bool:
    """Whether the cookie is of a browser in which the account signed in before."""
    if not token:
        return False
    found = session.get(KnownBrowser, (digest_of(token), account_id))
    return found is not None and found.expires_at > now


def remember(session: Session, token: str | None, account_id: str, *, now: datetime) -> str:
    """The browser is known for half a year from now; gives its cookie, the old one if it was ours.

    One cookie may know several colleagues: a counter's PC has many.
    """
    ours = token and session.scalar(
        select(KnownBrowser.account_id).where(KnownBrowser.digest == digest_of(token)).limit(1)
    )
    kept = token if token and ours else secrets.token_urlsafe(32)
    session.merge(
        KnownBrowser(digest=digest_of(kept), account_id=account_id, expires_at=now + REMEMBERED)
    )
    return kept


def purge(session: Session, *, now: datetime) -> int:
    """Browsers that stayed away for half a year are forgotten; gives how many."""
    result = session.execute(delete(KnownBrowser).where(KnownBrowser.expires_at <= now))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
