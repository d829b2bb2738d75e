"""Sent twice, stored once: the first answer is kept in the transaction that earned it.

A network that drops the answer makes a phone send again; both open-source systems looked at filed
such a report twice. The key is written by the server into the form, or sent as `Idempotency-Key`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from sqlalchemy import Integer, LargeBinary, String, Text, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from liff_app.db import Base, UtcDateTime
from liff_app.errors import FieldError, InputInvalid, KeyReused

KEPT = timedelta(days=30)  # a draft lives 72 h on a phone, what waits to be sent until it is
SAME_BODY = timedelta(minutes=10)  # without a key, an equal body counts as sent again
NAMELESS = "anonymous:"  # owners of answers to what nobody is to be known to have sent
NAMELESS_KEPT = timedelta(days=2)  # a repeat on the next day still finds its answer
_KEY = re.compile(r"[0-9A-Za-z_-]{16,80}")


class KeptAnswer(Base):
    """The first answer to one key of one owner."""

    __tablename__ = "kept_answers"

    owner: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body, and whether they are the repeat of an earlier answer."""

    status: int
    body: str
    repeated: bool = False


_IS_NAMELESS = KeptAnswer.owner.startswith(NAMELESS)


def fingerprint(*parts: bytes) -> bytes:
    """Digest of a request's content: the same parts, the same 32 bytes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def checked(key: str) -> str:
    """The key, if it is one. Raises InputInvalid."""
    if not _KEY.fullmatch(key):
        raise InputInvalid(
            [FieldError("Idempotency-Key", "format", "英数字16〜80字の受付番号が必要です。")]
        )
    return key


def key_for(
    session: Session, given: str | None, *, owner: str, content: bytes, now: datetime
) -> str:
    """The key that came with a request, else one made from its content.

    Without a key the same content counts as the same sending for `SAME_BODY`: a program that knows
    no keys may still lose an answer. Raises InputInvalid for a key that is none.
    """
    if given is not None:
        return checked(given)
    stem = f"body-{content.hex()[:40]}"
    window = int(now.timestamp() // SAME_BODY.total_seconds())
    before = session.get(KeptAnswer, (owner, f"{stem}-{window - 1}"))
    if before is not None and now - before.created_at < SAME_BODY:
        return before.key
    return f"{stem}-{window}"


def once(
    session: Session,
    *,
    owner: str,
    key: str,
    content: bytes,
    now: datetime,
    earn: Callable[[], Answer],
) -> Answer:
    """The answer `earn` gives, stored; for a repeat the stored one, and `earn` is not called.

    Raises KeyReused when the key came with other content. Two at once: the row of the first is
    inserted before `earn` runs, so the second waits for it, or fails its insert and reads it.
    """
    kept = session.get(KeptAnswer, (owner, key))
    if kept is None:
        try:
            with session.begin_nested():
                kept = KeptAnswer(
                    owner=owner, key=key, fingerprint=content, status=0, body="", created_at=now
                )
                session.add(kept)
        except IntegrityError:
            session.expire_all()
            kept = session.get_one(KeptAnswer, (owner, key))
        else:
            answer = earn()
            kept.status, kept.body = answer.status, answer.body
            return answer
    if kept.fingerprint != content:
        raise KeyReused(key)
    return Answer(kept.status, kept.body, repeated=True)


def mix(session: Session) -> int:
    """Rows of `NAMELESS` owners lie in the order of the owners, not in that of their coming."""
    rows = session.execute(select(KeptAnswer.__table__).where(_IS_NAMELESS)).mappings().all()
    told = sorted((dict(row) for row in rows), key=itemgetter("owner"))
    session.execute(delete(KeptAnswer).where(_IS_NAMELESS))
    if told:
        session.execute(insert(KeptAnswer), told)
    return len(told)


def purge(session: Session, *, now: datetime) -> int:
    """Answers older than `KEPT`, or `NAMELESS_KEPT`, are gone; gives how many."""
    soon = _IS_NAMELESS & (KeptAnswer.created_at <= now - NAMELESS_KEPT)
    gone = delete(KeptAnswer).where((KeptAnswer.created_at <= now - KEPT) | soon)
    result = session.execute(gone)
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
