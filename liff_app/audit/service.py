"""What can be done with the log: write an event, read it, verify it, let old events go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from liff_app.audit import chain
from liff_app.audit.chain import Detail, Event, Head, KeyOf, Noted, Verdict
from liff_app.audit.models import AuditEvent, AuditHead, AuditKey
from liff_app.crypto import KeyRing, SealBroken

__all__ = [
    "KEPT",
    "events",
    "head",
    "holds_end",
    "key_finder",
    "noted_lately",
    "purge",
    "record",
    "reseal",
    "seal_of",
    "verify",
]

KEPT = timedelta(days=5 * 366)  # five years, as long as a claim over a disclosure can be made
ONE = 1  # id of the only head
_HELD = "audit_end_held_by"  # in a session: its transaction that has locked the head
ACTOR = re.compile(r"(?:staff|pass|key|command):[^\x00-\x1f\x7f]{1,72}|system")
ACTION = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
SUBJECT = re.compile(r"[a-z_]+(?::[^\x00-\x1f\x7f]+)?")
LONGEST_ACTION, LONGEST_SUBJECT = 60, 120
LONGEST_WORD = 2000  # a list of codes; a longer one is cut rather than its change refused
PAGE = 1000  # events held in memory while they are verified


def record(  # noqa: PLR0913 - what an event says
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    keys: KeyRing,
    now: datetime,
    persons: int = 0,
    detail: Detail | None = None,
) -> None:
    """One more event stands at the end of the chain, if the transaction succeeds.

    The head stays locked until then: call this last. `persons` says how many people's data were
    seen or changed; `detail` holds codes and numbers, never names, notes or other personal data.
    Raises ValueError for what is no actor, action, subject or detail.
    """
    _check(actor, action, subject, persons, detail or {})
    before = _locked_head(session, keys)
    key = _present_key(keys)
    event = chain.sealed(
        Event(before.number + 1, now, actor, action, subject, persons,
              chain.canonical(_cut(detail or {})), keys.current, b""),
        before.last_seal,
        key,
    )  # fmt: skip
    after = Head(event.number, event.seal, before.kept_from, before.kept_after, keys.current, b"")
    session.execute(insert(AuditEvent).values(**asdict(event)))
    _write_head(session, chain.sealed_head(after, key))


def _check(actor: str, action: str, subject: str, persons: int, detail: Detail) -> None:
    """Raises ValueError: a caller's slip, found by its test and not by a reader years later."""
    if not ACTOR.fullmatch(actor):
        raise ValueError("no such kind of actor, or too long")
    if not ACTION.fullmatch(action) or len(action) > LONGEST_ACTION:
        raise ValueError(f"an action is a dotted verb: {action}")
    if not SUBJECT.fullmatch(subject) or len(subject) > LONGEST_SUBJECT:
        raise ValueError("a subject is `kind:id`")
    if persons < 0:
        raise ValueError("persons below zero")
    for name, value in detail.items():
        if not isinstance(value, str | int | None):
            raise TypeError(f"detail {name}: codes and numbers only")


def _cut(detail: Detail) -> Detail:
    return {
        name: value[: LONGEST_WORD - 1] + "…"
        if isinstance(value, str) and len(value) > LONGEST_WORD
        else value
        for name, value in detail.items()
    }


def _present_key(keys: KeyRing) -> bytes:
    key = keys.derive(keys.current, chain.PURPOSE)
    if key is None:  # the ring's first key is always in the ring
        raise LookupError("the key ring is empty")
    return key


def _locked_head(session: Session, keys: KeyRing) -> Head:
    """The head, nobody else's to change until the transaction ends; made for the first event."""
    session.flush()  # what the event tells of is written before anybody waits for the lock
    wanted = select(*_HEAD_COLUMNS).where(AuditHead.id == ONE).with_for_update()
    row = session.execute(wanted).one_or_none()
    if row is None:
        first = Head(0, chain.NOTHING, 1, chain.NOTHING, keys.current, b"")
        try:
            with session.begin_nested():
                session.execute(
                    insert(AuditHead).values(
                        id=ONE, **asdict(chain.sealed_head(first, _present_key(keys)))
                    )
                )
        except IntegrityError:  # another first event was faster; its head is waited for below
            pass
        row = session.execute(wanted).one()
    session.info[_HELD] = session.get_transaction()
    return Head(*row)


def holds_end(session: Session) -> bool:
    """Whether this transaction has written an event: it must wait for no other lock any more."""
    held = session.info.get(_HELD)
    return held is not None and held is session.get_transaction()


def _write_head(session: Session, head: Head) -> None:
    session.execute(update(AuditHead).where(AuditHead.id == ONE).values(**asdict(head)))


_HEAD_COLUMNS = (
    AuditHead.number,
    AuditHead.last_seal,
    AuditHead.kept_from,
    AuditHead.kept_after,
    AuditHead.key,
    AuditHead.seal,
)
_EVENT_COLUMNS = (
    AuditEvent.number,
    AuditEvent.at,
    AuditEvent.actor,
    AuditEvent.action,
    AuditEvent.subject,
    AuditEvent.persons,
    AuditEvent.detail,
    AuditEvent.key,
    AuditEvent.seal,
)


def head(session: Session) -> Head | None:
    """Where the chain ends now; None before the first event."""
    row = session.execute(select(*_HEAD_COLUMNS).where(AuditHead.id == ONE)).one_or_none()
    return Head(*row) if row else None


def seal_of(session: Session, number: int) -> bytes | None:
    """Seal of the event of that number; None if there is none."""
    return session.scalar(select(AuditEvent.seal).where(AuditEvent.number == number))


def noted_lately(
    session: Session, *, actor: str, action: str, since: datetime, subject: str | None = None
) -> bool:
    """Whether the log has that of this actor after `since`, about `subject` where one is given."""
    wanted = (
        select(AuditEvent.number)
        .where(AuditEvent.actor == actor, AuditEvent.action == action, AuditEvent.at > since)
        .order_by(AuditEvent.number.desc())
        .limit(1)
    )
    if subject is not None:
        # Few events are about one thing, many are by one person: SQLite is led to that index.
        wanted = (
            select(AuditEvent.number)
            .where(
                AuditEvent.subject == subject,
                func.coalesce(AuditEvent.actor, "") == actor,
                func.coalesce(AuditEvent.action, "") == action,
                AuditEvent.at > since,
            )
            .limit(1)
        )
    return session.scalar(wanted) is not None


def verify(session: Session, keys: KeyRing, *, noted: Sequence[Noted] = ()) -> Verdict:
    """Whether the log is what was written, all of it. For a session that has read nothing yet.

    It sees one state of the database however long it takes, so writers need not stop.
    """
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return chain.verify(events(session), head(session), key_finder(session, keys), noted)


def events(session: Session) -> Iterator[Event]:
    """Every event kept, in the order of the chain, read as they are asked for."""
    # By pages: a cursor left half read in PostgreSQL outlives its connection.
    page = select(*_EVENT_COLUMNS).order_by(AuditEvent.number).limit(PAGE)
    found = session.execute(page).all()
    while found:
        yield from (Event(*row) for row in found)
        found = session.execute(page.where(AuditEvent.number > found[-1].number)).all()


def key_finder(session: Session, keys: KeyRing) -> KeyOf:
    """Finds the key that seals under a name: in the ring, or kept when it left the ring."""
    found: dict[str, bytes | None] = {}

    def key_of(name: str) -> bytes | None:
        if name not in found:
            found[name] = keys.derive(name, chain.PURPOSE) or _kept_key(session, keys, name)
        return found[name]

    return key_of


def _kept_key(session: Session, keys: KeyRing, name: str) -> bytes | None:
    row = session.scalar(select(AuditKey.sealed).where(AuditKey.name == name))
    if row is None:
        return None
    try:
        return bytes.fromhex(keys.open(row, _context(name)))
    except SealBroken:
        return None


def _context(name: str) -> str:
    return f"audit_keys.sealed:{name}"


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Every key that sealed an event is kept under the ring's first key; gives how many were not.

    The events stay as they are: an old key may leave the ring and they still verify.
    """
    used = session.scalars(select(AuditEvent.key).distinct()).all()
    kept = {row.name: row for row in session.scalars(select(AuditKey))}
    count = 0
    for name in sorted({*used, *kept} - {keys.current}):
        row = kept.get(name)
        if row is not None and keys.is_current(row.sealed):
            continue
        count += 1
        if not dry_run:
            session.merge(AuditKey(name=name, sealed=_resealed(keys, name, row)))
    return count


def _resealed(keys: KeyRing, name: str, row: AuditKey | None) -> bytes:
    """Raises SealBroken for a key that is nowhere any more."""
    key = keys.derive(name, chain.PURPOSE)
    if key is None and row is not None:
        key = bytes.fromhex(keys.open(row.sealed, _context(name)))
    if key is None:
        raise SealBroken(f"the key {name} sealed audit events and is gone")
    return keys.seal(key.hex(), _context(name))


def purge(session: Session, *, keys: KeyRing, now: datetime) -> int:
    """Events older than `KEPT` are gone from the front of the chain; gives how many.

    The head says from where the chain is kept, so what is left still verifies, and the database
    lets only events before that go.
    """
    if head(session) is None:
        return 0
    before = _locked_head(session, keys)
    young = session.scalar(select(func.min(AuditEvent.number)).where(AuditEvent.at > now - KEPT))
    first = before.number if young is None else young  # the last event always stays
    if first <= before.kept_from:
        return 0
    kept_after = seal_of(session, first - 1)
    if kept_after is None:
        return 0  # a gap: `audit verify` tells of it, and nothing more must go
    after = Head(before.number, before.last_seal, first, kept_after, keys.current, b"")
    _write_head(session, chain.sealed_head(after, _present_key(keys)))
    result = session.execute(delete(AuditEvent).where(AuditEvent.number < first))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
