"""How events hold together: each is sealed with the seal before it. Pure: bytes in, bytes out.

A seal is an HMAC-SHA256 under a key that the database does not hold, over the event's own canonical
content and the seal of the event before. The head is sealed too, so a tail cannot be cut off and
the head set back without the key (ADR 0015).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

NOTHING = bytes(32)  # stands before the first event
PURPOSE = "audit chain"  # of the key drawn from the ring: no other seal is made with it
Detail = Mapping[str, str | int | bool | None]
KeyOf = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is stored."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    persons: int
    detail: str
    key: str
    seal: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last event's number and seal; first event kept, and the seal of the one before it."""

    number: int
    last_seal: bytes
    kept_from: int
    kept_after: bytes
    key: str
    seal: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """The first place that is not as it was written: a number, and a stable code for what it is."""

    number: int
    code: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A number and the beginning of its seal in hex, written down where nobody here can change."""

    number: int
    seal: str

    def __str__(self) -> str:
        return f"{self.number}:{self.seal}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many events hold, the first broken place (None: all hold), and what to note down now.

    `disposed` are notes of events that went when their time was over: nothing to compare.
    """

    counted: int
    broken: Break | None
    head: Noted | None = None
    disposed: tuple[Noted, ...] = ()


def canonical(detail: Detail) -> str:
    """The detail as text: the same pairs give the same text."""
    return json.dumps(dict(detail), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content(event: Event) -> bytes:
    """All that an event says, in one unambiguous form."""
    moment = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = (event.number, moment, event.actor, event.action, event.subject, event.persons,
            event.detail, event.key)  # fmt: skip
    return json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()


def sealed(event: Event, previous: bytes, key: bytes) -> Event:
    """The event with the seal that ties it to the one before."""
    return replace(event, seal=_digest(key, b"event", previous, content(event)))


def sealed_head(head: Head, key: bytes) -> Head:
    """The head with its own seal."""
    said = json.dumps([head.number, head.last_seal.hex(), head.kept_from, head.kept_after.hex(),
                       head.key])  # fmt: skip
    return replace(head, seal=_digest(key, b"head", b"", said.encode()))


def _digest(key: bytes, kind: bytes, previous: bytes, said: bytes) -> bytes:
    return hmac.digest(key, kind + b"\0" + previous + b"\0" + said, hashlib.sha256)


def verify(
    events: Iterable[Event], head: Head | None, key_of: KeyOf, noted: Iterable[Noted] = ()
) -> Verdict:
    """Whether the events, in the order of their numbers, are what was written, all of it.

    `noted` finds what no seal can: the whole database put back to an older copy of itself.
    """
    notes = sorted(noted, key=lambda note: note.number)
    if head is None:
        return _without_head(next(iter(events), None), notes)
    flaw = _flaw_of_head(head, key_of)
    if flaw:
        return Verdict(0, Break(head.number, flaw))
    counted, previous = 0, head.kept_after
    for number, event in enumerate(events, head.kept_from):
        flaw = _flaw(event, number, previous, key_of) or _differs(event, notes)
        if flaw:
            return Verdict(counted, Break(number, flaw))
        counted, previous = counted + 1, event.seal
    end = _flaw_of_end(head, head.kept_from + counted - 1, previous, notes)
    disposed = tuple(note for note in notes if note.number < head.kept_from)
    return Verdict(counted, end, Noted(head.number, head.last_seal.hex()), disposed)


def _without_head(first: Event | None, notes: list[Noted]) -> Verdict:
    if first is not None:
        return Verdict(0, Break(first.number, "head_missing"))
    return Verdict(0, Break(notes[0].number, "noted_missing") if notes else None)


def _differs(event: Event, notes: list[Noted]) -> str | None:
    shown = event.seal.hex()
    same = all(shown.startswith(note.seal) for note in notes if note.number == event.number)
    return None if same else "noted_differs"


def _flaw_of_end(head: Head, last: int, last_seal: bytes, notes: list[Noted]) -> Break | None:
    if last < head.number:
        return Break(last + 1, "missing")
    if last > head.number or last_seal != head.last_seal:
        return Break(last, "surplus")
    if notes and notes[-1].number > last:
        return Break(notes[-1].number, "noted_missing")
    return None


def _flaw_of_head(head: Head, key_of: KeyOf) -> str | None:
    key = key_of(head.key)
    if key is None:
        return "key_missing"
    return None if hmac.compare_digest(sealed_head(head, key).seal, head.seal) else "head_changed"


def _flaw(event: Event, number: int, previous: bytes, key_of: KeyOf) -> str | None:
    if event.number != number:
        return "missing" if event.number > number else "surplus"
    key = key_of(event.key)
    if key is None:
        return "key_missing"
    return None if hmac.compare_digest(sealed(event, previous, key).seal, event.seal) else "changed"
