"""Somebody guesses passwords, under a clock of our own, against the real operations.

The twin with the planted flaw counts a try after it was checked: it must be caught, or the zero of
the other means nothing.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import Flask

from liff_app.db import db, transaction
from liff_app.errors import DomainError
from liff_app.limits import LocalCounter
from liff_app.staff import signing_in
from liff_app.staff.lanes import Lane
from liff_app.staff.passwords import Passwords
from liff_app.staff.signing_in import Attempt

from .people import PASSWORD, Person

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OWNER_AT = timedelta(minutes=5, seconds=23.7)  # in the middle of a minute whose tries are gone
OWNER_EVERY = timedelta(seconds=61.3)  # as the page says: wait a minute
A_SECOND = 5.0
OWNER_ADDRESS = "198.51.100.7"


@dataclass
class Outcome:
    """What an attack came to."""

    guesses: int = 0
    successes: int = 0
    checked: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[str] = field(default_factory=Counter)
    owner_after_s: float | None = None

    @property
    def most_a_minute(self) -> int:
        """The most tries checked for one name in any sixty seconds."""
        return max((_most(times) for times in self.checked.values()), default=0)


def _most(times: list[datetime]) -> int:
    most, first = 0, 0
    for last, moment in enumerate(times):
        while times[first] <= moment - MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most


class Watched(Passwords):
    """Writes down for whom a password is checked, and when."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(cheap=True)
        self.outcome, self.now, self.name = outcome, START, ""

    def fits(self, kept: str | None, password: str, *, stranger: bool = False) -> bool:
        self.outcome.checked[self.name].append(self.now)
        return super().fits(kept, password, stranger=stranger)


class Town:
    """The sign-in of one town under our clock."""

    def __init__(self, app: Flask, *, flawed: bool = False) -> None:
        self.app, self.flawed, self.now = app, flawed, START
        self.keys = app.config["SETTINGS"].keys
        self.outcome = Outcome()
        self.passwords = Watched(self.outcome)
        self.counts = LocalCounter(self._seconds)

    def _seconds(self) -> float:
        return self.now.timestamp()

    def enter(self, attempt: Attempt) -> bool:
        """Whether the attempt opens the console now."""
        self.passwords.now, self.passwords.name = self.now, attempt.name
        with self.app.app_context():
            try:
                self._enter(attempt)
            except DomainError as error:
                self.outcome.answers[error.shown_code] += 1
                return False
        return True

    def _enter(self, attempt: Attempt) -> None:
        lane = Lane.CROWD if self.flawed else self._count(attempt)
        proof = signing_in.prove(
            db.session, attempt, lane, passwords=self.passwords, keys=self.keys, now=self.now
        )
        if self.flawed:
            self._count(attempt)
        with transaction() as session:
            signing_in.open_console(
                session, proof, known=attempt.known, browser="Chrome", now=self.now
            )

    def _count(self, attempt: Attempt) -> Lane:
        signing_in.knock(db.session, attempt, counts=self.counts, keys=self.keys, now=self.now)
        with transaction() as session:
            return signing_in.count(session, attempt, keys=self.keys, now=self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The one whose name is attacked, and what they have at hand."""

    person: Person
    known: str | None = None
    by_recovery: bool = False

    def attempt(self, now: datetime) -> Attempt:
        """What they type: everything right."""
        return Attempt(
            login=self.person.login,
            password=PASSWORD,
            code=self.person.recovery[0] if self.by_recovery else self.person.code(now),
            address=OWNER_ADDRESS,
            known=self.known,
        )


def attack(
    town: Town,
    names: list[str],
    guesses: int,
    *,
    networks: int,
    seed: int,
    owner: Owner | None,
    a_second: float = A_SECOND,
) -> Outcome:
    """So many guesses, five a second, at the names in turn; meanwhile the owner wants in."""
    drawn = random.Random(seed)
    due = START + OWNER_AT if owner else None
    for number, address in enumerate(_addresses(networks, guesses, drawn)):
        at = START + timedelta(seconds=number / a_second)
        if owner is not None and due is not None and at >= due:
            due = _owner_tries(town, owner, due)
        town.now = at
        guess = Attempt(
            login=names[number % len(names)],
            password=f"guess number {number}",
            code=f"{drawn.randrange(10**6):06d}",
            address=address,
            known=None,
        )
        town.outcome.guesses += 1
        town.outcome.successes += town.enter(guess)
    return town.outcome


def _owner_tries(town: Town, owner: Owner, due: datetime) -> datetime | None:
    """When the owner tries next; None once they are in."""
    town.now = due
    if not town.enter(owner.attempt(due)):
        return due + OWNER_EVERY
    town.outcome.owner_after_s = (due - START - OWNER_AT).total_seconds()
    return None


def _addresses(networks: int, guesses: int, drawn: random.Random) -> Iterator[str]:
    """Addresses of that many networks, none of them the owner's."""
    for _ in range(guesses):
        number = drawn.randrange(networks)
        yield f"10.{number // 256}.{number % 256}.{drawn.randrange(1, 255)}"
