"""Keys of other systems: made, shown once, found again, revoked.

A key is `mmk_<id>_<secret>`: the front tells what it is and whose, so that one found in a file can
be revoked; the secret is 32 random bytes, so a plain SHA-256 of it is enough to keep.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import Conflict, FieldError, InputInvalid, NotFound
from liff_app.staff.key_models import ApiKey
from liff_app.staff.models import new_id
from liff_app.staff.vocabulary import KeyScope

__all__ = [
    "KeyDraft",
    "KeyView",
    "find",
    "is_worth_noting",
    "issue",
    "listed",
    "looks_like_key",
    "names",
    "revoke",
    "used",
]

PREFIX = "mmk_"
KEY = re.compile(r"mmk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
LONGEST_NAME = 80
USED_EVERY = timedelta(hours=1)  # a finer time would make every request a write
NOBODYS = bytes(32)  # what an unknown id is compared with, so that it takes as long


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDraft:
    """A key to be: for which system, what it may do, and its last day in Japan (None: no end).

    `procedures`: ids of those whose submissions it may read.
    """

    name: str
    scopes: frozenset[KeyScope]
    last_day: date | None = None
    procedures: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """A key, without its secret. `state` is `live`, `expired` or `revoked`."""

    id: str
    name: str
    scopes: tuple[KeyScope, ...]
    procedures: tuple[str, ...]
    state: str
    created_at: datetime
    last_day: date | None
    used_at: datetime | None

    @property
    def actor(self) -> str:
        """How the log and every author field name the system."""
        return f"key:{self.id}"


def issue(
    session: Session,
    draft: KeyDraft,
    *,
    by: str,
    now: datetime,
    readable: Collection[str] = (),
) -> tuple[KeyView, str]:
    """The new key, and its text, which is kept nowhere. Raises InputInvalid, every field at once.

    A name is refused while a live key has it: a page sent twice does not make a second key.
    `readable`: ids of the procedures that whoever makes it may let it read.
    """
    name = " ".join(draft.name.split())
    errors = _errors(session, name, draft, now) + _faults_of_reach(draft, readable)
    if errors:
        raise InputInvalid(errors)
    key_id, secret = new_id(), secrets.token_urlsafe(32)
    row = ApiKey(
        id=key_id,
        name=name,
        digest=_digest(secret),
        scopes=" ".join(sorted(draft.scopes)),
        procedures=" ".join(sorted(draft.procedures)),
        created_at=now,
        created_by=by,
        expires_at=_end_of(draft.last_day) if draft.last_day else None,
    )
    session.add(row)
    return _view(row, now), f"{PREFIX}{key_id}_{secret}"


def _errors(session: Session, name: str, draft: KeyDraft, now: datetime) -> list[FieldError]:
    errors = []
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        errors.append(FieldError("name", "length", "何のシステムか、80字までで書いてください。"))
    elif any(key.name == name and key.state == "live" for key in listed(session, now=now)):
        errors.append(FieldError("name", "taken", "同じ名前の使える鍵があります。"))
    if not draft.scopes:
        errors.append(FieldError("scopes", "missing", "できることを1つ以上選んでください。"))
    if draft.last_day is not None and _end_of(draft.last_day) <= now:
        errors.append(FieldError("last_day", "past", "期限は今日より後にしてください。"))
    return errors


def _faults_of_reach(draft: KeyDraft, readable: Collection[str]) -> list[FieldError]:
    """Whoever may not read a procedure's submissions lets no key read them."""
    reads = KeyScope.SUBMISSIONS_READ in draft.scopes
    if reads and not draft.procedures:
        message = "申請を読んでよい手続きを、1つ以上選んでください。"
        return [FieldError("procedures", "missing", message)]
    if draft.procedures and not reads:
        message = "手続きを選ぶときは、「申請と、その答えを読む」も選んでください。"
        return [FieldError("procedures", "scope", message)]
    if not draft.procedures <= set(readable):
        message = "あなたが申請を見られる手続きだけを選べます。"
        return [FieldError("procedures", "unknown", message)]
    return []


def _end_of(day: date) -> datetime:
    """The first moment in Japan after that day."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), JST)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _view(row: ApiKey, now: datetime) -> KeyView:
    last_day = None
    if row.expires_at is not None:
        last_day = (row.expires_at - timedelta(days=1)).astimezone(JST).date()
    return KeyView(
        id=row.id,
        name=row.name,
        scopes=tuple(KeyScope(one) for one in row.scopes.split()),
        procedures=tuple(row.procedures.split()),
        state=_state(row, now),
        created_at=row.created_at,
        last_day=last_day,
        used_at=row.used_at,
    )


def _state(row: ApiKey, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= now else "live"


def revoke(session: Session, key_id: str, *, now: datetime) -> KeyView:
    """The key opens nothing any more. Raises NotFound, or Conflict where it was revoked before."""
    row = session.get(ApiKey, key_id, with_for_update=True)
    if row is None:
        raise NotFound("no such key", title="その鍵はありません。")
    if row.revoked_at is not None:
        raise Conflict("revoked before", title="この鍵は、もう止めてあります。")
    row.revoked_at = now
    return _view(row, now)


def listed(session: Session, *, now: datetime) -> list[KeyView]:
    """Every key there ever was, those that still open something first, then the newest."""
    rows = session.scalars(select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id))
    views = [_view(row, now) for row in rows]
    return sorted(views, key=lambda view: view.state != "live")


def names(session: Session) -> Mapping[str, str]:
    """The name of every key there ever was, by its id."""
    rows = session.execute(select(ApiKey.id, ApiKey.name))
    return {one: name for one, name in rows}  # noqa: C416 - a Row is no pair for dict()


def looks_like_key(text: str) -> bool:
    """Whether the text was meant as a key, good or bad."""
    return text.startswith(PREFIX)


def find(session: Session, text: str, *, now: datetime) -> KeyView | None:
    """The live key of that text; None for an unknown, wrong, expired or revoked one alike."""
    match = KEY.fullmatch(text)
    row = session.get(ApiKey, match[1]) if match else None
    kept = row.digest if row else NOBODYS
    fits = hmac.compare_digest(kept, _digest(match[2] if match else ""))
    if row is None or not fits:
        return None
    view = _view(row, now)
    return view if view.state == "live" else None


def used(session: Session, key_id: str, *, now: datetime) -> None:
    """The key was used in this hour; nothing finer is kept."""
    row = session.get(ApiKey, key_id)
    if row is not None:
        row.used_at = now.replace(minute=0, second=0, microsecond=0)


def is_worth_noting(view: KeyView, now: datetime) -> bool:
    """Whether this use falls into another hour than the last one noted."""
    return view.used_at is None or now - view.used_at >= USED_EVERY
