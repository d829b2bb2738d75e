"""What somebody with the database, but without the keys, may do to the log: each must show.

Shared by the tests (100 tamperings) and `python -m bench.audit` (1,000).
"""

from __future__ import annotations

import random
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.orm import Session

from liff_app.audit import chain, service
from liff_app.audit.chain import Event, Head, Noted, Verdict
from liff_app.audit.models import AuditEvent, AuditHead
from liff_app.crypto import KeyRing

START = datetime(2025, 11, 22, 14, 5, tzinfo=UTC)
TRIGGERS = ("audit_events_only_grow", "audit_events_never_change", "audit_events_stay",
            "audit_heads_stay")  # fmt: skip


def ring(*names: str) -> KeyRing:
    """A ring of made-up keys; the same name is the same key."""
    return KeyRing.parse(
        ",".join(
            f"{name}:{urlsafe_b64encode(random.Random(name).randbytes(32)).decode()}"
            for name in names
        )
    )


OLD, BOTH = ring("k1"), ring("k2", "k1")


def write_log(session: Session, count: int, seed: int = 1) -> None:
    """A log as a town writes it: many hands, many things, a new key halfway."""
    dice = random.Random(seed)
    for number in range(count):
        people = dice.randrange(400)
        service.record(
            session,
            actor=dice.choice(("staff:7f3a", "staff:91bc", "pass:5", "key:2", "command:ops",
                               "system")),
            action=dice.choice(("shelter.status_changed", "list.published", "disaster.started",
                                "audit.exported", "staff.signed_in")),
            subject=f"shelter:{dice.randrange(40)}",
            keys=OLD if number < count // 2 else BOTH,
            now=START + timedelta(seconds=37 * number),
            persons=people,
            detail={"people": people, "drill": dice.random() < 0.5, "level": "full"},
        )  # fmt: skip


def lift_triggers(connection: Connection) -> None:
    """The attacker owns the database: what the triggers refuse does not stop them."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for name in TRIGGERS:
        connection.execute(text(f"DROP TRIGGER {name}"))


@dataclass(frozen=True, slots=True)
class Log:
    """The log as it was written: what attackers may copy, and what a flawed verifier trusts."""

    events: tuple[Event, ...]
    head: Head

    @classmethod
    def of(cls, session: Session) -> Log:
        """The log in the database now."""
        end = service.head(session)
        assert end is not None
        return cls(tuple(service.events(session)), end)

    def noted(self) -> Noted:
        """What a careful engineer wrote down."""
        return Noted(self.head.number, self.head.last_seal.hex()[:16])


Tamper = Callable[[Connection, Log, random.Random], None]


def _edit(column: str, changed: Callable[[Event, random.Random], object]) -> Tamper:
    def tamper(connection: Connection, log: Log, dice: random.Random) -> None:
        event = dice.choice(log.events)
        value = changed(event, dice)
        assert value != getattr(event, column)
        _set(connection, event.number, **{column: value})

    return tamper


def _set(connection: Connection, which: int, **values: object) -> None:
    connection.execute(update(AuditEvent).where(AuditEvent.number == which).values(**values))


def _set_head(connection: Connection, **values: object) -> None:
    connection.execute(update(AuditHead).values(**values))


def _head_edit(column: str, changed: Callable[[Log, random.Random], object]) -> Tamper:
    def tamper(connection: Connection, log: Log, dice: random.Random) -> None:
        value = changed(log, dice)
        assert value != getattr(log.head, column)
        _set_head(connection, **{column: value})

    return tamper


def _cut_out(connection: Connection, log: Log, dice: random.Random) -> None:
    first = dice.randrange(log.head.kept_from, log.head.number)
    gone = AuditEvent.number.between(first, first + dice.randrange(9))
    connection.execute(delete(AuditEvent).where(gone))


def _close_gap(connection: Connection, log: Log, dice: random.Random) -> None:
    """An event goes and all later ones move up."""
    gone = dice.randrange(log.head.kept_from, log.head.number)
    connection.execute(delete(AuditEvent).where(AuditEvent.number == gone))
    for number in range(gone + 1, log.head.number + 1):
        _set(connection, number, number=number - 1)
    _set_head(connection, number=log.head.number - 1)


def _cut_tail(connection: Connection, log: Log, dice: random.Random) -> None:
    last = log.head.number - dice.randint(1, len(log.events) - 1)
    connection.execute(delete(AuditEvent).where(AuditEvent.number > last))


def _cut_tail_and_head(connection: Connection, log: Log, dice: random.Random) -> None:
    last = log.head.number - dice.randint(1, len(log.events) - 1)
    connection.execute(delete(AuditEvent).where(AuditEvent.number > last))
    seal = connection.scalar(select(AuditEvent.seal).where(AuditEvent.number == last))
    _set_head(connection, number=last, last_seal=seal)


def _cut_front(connection: Connection, log: Log, dice: random.Random) -> None:
    """As if their time had been over."""
    first = dice.randrange(log.head.kept_from + 1, log.head.number)
    after = connection.scalar(select(AuditEvent.seal).where(AuditEvent.number == first - 1))
    connection.execute(delete(AuditEvent).where(AuditEvent.number < first))
    _set_head(connection, kept_from=first, kept_after=after)


def _lose_head(connection: Connection, log: Log, dice: random.Random) -> None:
    connection.execute(delete(AuditHead))


def _swap(connection: Connection, log: Log, dice: random.Random) -> None:
    one, other = dice.sample(log.events, 2)
    for number, event in ((one.number, other), (other.number, one)):
        _set(connection, number, **_columns(replace(event, number=number)))


def _swap_with_seals_in_place(connection: Connection, log: Log, dice: random.Random) -> None:
    one, other = dice.sample(log.events, 2)
    for mine, said in ((one, other), (other, one)):
        moved = replace(said, number=mine.number, seal=mine.seal)
        _set(connection, mine.number, **_columns(moved))


def _append(connection: Connection, log: Log, dice: random.Random) -> None:
    forged = _forged(log, dice, log.head.number + 1)
    connection.execute(insert(AuditEvent).values(**_columns(forged)))
    if dice.random() < 0.5:
        _set_head(connection, number=forged.number, last_seal=forged.seal)


def _insert(connection: Connection, log: Log, dice: random.Random) -> None:
    """A forged event in the middle, the later ones moved down."""
    place = dice.randrange(log.head.kept_from, log.head.number)
    for number in range(log.head.number, place - 1, -1):
        _set(connection, number, number=number + 1)
    connection.execute(insert(AuditEvent).values(**_columns(_forged(log, dice, place))))
    _set_head(connection, number=log.head.number + 1)


def _insert_before(connection: Connection, log: Log, dice: random.Random) -> None:
    number = log.head.kept_from - dice.randint(1, 5)
    connection.execute(insert(AuditEvent).values(**_columns(_forged(log, dice, number))))


def _forged(log: Log, dice: random.Random, number: int) -> Event:
    """An event made without a key: a drawn seal, another's, or one under a guessed key."""
    like = replace(dice.choice(log.events), number=number)
    return dice.choice((
        replace(like, seal=dice.randbytes(32)),
        like,
        chain.sealed(like, log.head.last_seal, dice.randbytes(32)),
    ))  # fmt: skip


def _columns(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in Event.__slots__}


TAMPERINGS: dict[str, Tamper] = {
    "edit_number": _edit("number", lambda _e, dice: 10_000 + dice.randrange(1000)),
    "edit_at": _edit("at", lambda e, dice: e.at + timedelta(microseconds=dice.randint(1, 10**9))),
    "edit_actor": _edit("actor", lambda _e, dice: f"staff:{dice.randbytes(4).hex()}"),
    "edit_action": _edit("action", lambda e, _dice: e.action[:-1]),
    "edit_subject": _edit("subject", lambda e, dice: f"{e.subject}{dice.randrange(10)}"),
    "edit_persons": _edit("persons", lambda e, dice: e.persons + dice.randint(1, 500)),
    "edit_detail": _edit("detail", lambda e, _dice: e.detail.replace("full", "none")),
    "edit_key": _edit("key", lambda e, _dice: "k2" if e.key == "k1" else "k1"),
    "edit_seal": _edit("seal", lambda _e, dice: dice.randbytes(32)),
    "head_number": _head_edit("number", lambda log, dice: log.head.number - dice.randint(1, 50)),
    "head_last_seal": _head_edit("last_seal", lambda log, dice: dice.choice(log.events[:-1]).seal),
    "head_kept_from": _head_edit("kept_from", lambda log, dice: dice.randint(2, log.head.number)),
    "head_kept_after": _head_edit("kept_after", lambda _log, dice: dice.randbytes(32)),
    "head_key": _head_edit("key", lambda _log, _dice: "k1"),
    "head_seal": _head_edit("seal", lambda _log, dice: dice.randbytes(32)),
    "head_lost": _lose_head,
    "cut_out": _cut_out,
    "close_gap": _close_gap,
    "cut_tail": _cut_tail,
    "cut_tail_and_head": _cut_tail_and_head,
    "cut_front": _cut_front,
    "swap": _swap,
    "swap_with_seals_in_place": _swap_with_seals_in_place,
    "append": _append,
    "insert": _insert,
    "insert_before": _insert_before,
}  # fmt: skip

Verifier = Callable[[Session, Log], Verdict]


def product(session: Session, log: Log) -> Verdict:
    """What `audit verify` asks."""
    return service.verify(session, BOTH)


def ring_key(name: str) -> bytes | None:
    """Key of that name, drawn from the ring of both."""
    return BOTH.derive(name, chain.PURPOSE)


def kinds(count: int) -> list[str]:
    """`count` kinds of tampering, each as often as the others."""
    names = list(TAMPERINGS)
    return [names[number % len(names)] for number in range(count)]


def passes(session: Session, verifier: Verifier, kind: str, log: Log, seed: int) -> bool:
    """Whether the tampering goes unseen; the database is as before when this returns."""
    connection = session.connection()
    with connection.begin_nested() as undo:
        lift_triggers(connection)
        TAMPERINGS[kind](connection, log, random.Random(seed))
        unseen = verifier(session, log).broken is None
        session.expire_all()
        undo.rollback()
    return unseen
