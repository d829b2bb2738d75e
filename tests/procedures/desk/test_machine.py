"""Reviewers and an applicant at random: the product and a plain model agree after every step.

`DESK_STEPS=20000` for the long form.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask

from liff_app.db import db, transaction
from liff_app.errors import DomainError
from liff_app.procedures import dossiers, events, revisions, telling
from liff_app.procedures.desk import acts, casework, deciding, lapsing, pointing, returning
from liff_app.procedures.desk.errors import StepRefused
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.vocabulary import EventKind, Status
from tests.procedures.ground import NOON

from .desk import (
    ANSWERS,
    do,
    made_case,
    made_form,
    messages,
    reviewer,
    row,
    somebody,
    town,
    version_of,
)

pytestmark = pytest.mark.usefixtures("app")
STEPS = int(os.environ.get("DESK_STEPS", "300"))
STEPS_EACH = 30
S = Status
DAY = 24 * 60  # minutes
# Written down a second time, from the reference on procedures: what staff may do from where,
# whether a reason is needed ("!"), a second colleague ("2") where the form says so, and a day that
# is over ("d"). Returning is an act of its own.
TABLE = {
    S.RECEIVED: {S.REVIEWING: "", S.ACCEPTED: "2", S.REJECTED: "!2", S.WITHDRAWN: "!2"},
    S.REVIEWING: {S.ACCEPTED: "2", S.REJECTED: "!2", S.WITHDRAWN: "!2"},
    S.RETURNED: {S.REVIEWING: "!", S.WITHDRAWN: "!2", S.LAPSED: "!2d"},
    S.ACCEPTED: {S.COMPLETED: "", S.REVIEWING: "!2"},
    S.REJECTED: {S.REVIEWING: "!2"},
    S.COMPLETED: {S.REVIEWING: "!2"},
    S.WITHDRAWN: {},
    S.LAPSED: {S.REVIEWING: "!2"},
}
OPEN = {S.RECEIVED, S.REVIEWING, S.RETURNED, S.ACCEPTED}
Refused = object()


@dataclass
class Model:
    """One case as the town hall would write it on a card."""

    by_two: bool
    status: Status = S.RECEIVED
    version: int = 1
    revision: int = 1
    proposed: tuple[Status, str] | None = None
    points: list[str] = field(default_factory=list)
    due: int | None = None  # number of the day until which the points may be put right
    today: int = 0
    corrected: int = 0
    told: int = 0

    def move(self, who: str, to: Status, text: str) -> object:
        """A step of staff."""
        if self.proposed or to not in TABLE[self.status]:
            return Refused
        marks = TABLE[self.status][to]
        if "!" in marks and not text:
            return Refused
        if "d" in marks and (self.due is None or self.today <= self.due):
            return Refused
        self.version += 1
        if self.by_two and "2" in marks:
            self.proposed = (to, who)
            return None
        self.told += (self.status, to) != (S.RECEIVED, S.REVIEWING)
        self.status, self.points = to, []
        return None

    def approve(self, who: str) -> object:
        """The second colleague says yes."""
        if self.proposed is None or self.proposed[1] == who:
            return Refused
        self.status, self.proposed, self.points = self.proposed[0], None, []
        self.version, self.told = self.version + 1, self.told + 1
        return None

    def disapprove(self) -> object:
        """Anybody says no."""
        if self.proposed is None:
            return Refused
        self.proposed, self.version = None, self.version + 1
        return None

    def send_back(self, paths: list[str], due: int | None) -> object:
        """Staff point at answers."""
        if self.proposed or self.status not in {S.RECEIVED, S.REVIEWING} or not paths:
            return Refused
        self.status, self.points, self.due = S.RETURNED, sorted(paths), due
        self.version, self.told = self.version + 1, self.told + 1
        return None

    def correct(self) -> object:
        """The applicant sends it again; what was proposed was proposed of something else."""
        if self.status is not S.RETURNED:
            return Refused
        self.proposed = None
        self.status, self.points, self.corrected = S.RECEIVED, [], self.corrected + 1
        self.revision, self.version = self.revision + 1, self.version + 1
        return None

    def say(self, *, told: bool) -> object:
        """A note, or an answer that is told."""
        self.version += 1
        self.told += told
        return None


class Walk:
    """One case, two reviewers whose pages may be stale, and its applicant."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        by_two = seed % 3 > 0
        self.resident = somebody()
        self.staff = [reviewer("佐藤 さくら"), reviewer("鈴木 一")]
        form = made_form(f"form{seed}", two_person=by_two)
        self.ref = made_case(form, resident_id=self.resident)
        self.model = Model(by_two)
        self.seen: Counter[str] = Counter()

    def step(self) -> None:
        """Something at random, done in the product and on the card."""
        likely = [self.moves] * 4
        if self.model.proposed:
            likely = [self.decides, self.refuses, self.moves, self.moves]
        elif self.model.status is S.RETURNED:
            likely = [self.corrects, self.sleeps, *[self.moves] * 4]
        every = [
            self.moves, self.decides, self.refuses, self.returns, self.corrects, self.speaks,
            self.sleeps,
        ]  # fmt: skip
        self.dice.choice([*every, *likely])()
        self.compare()

    def both(self, what: str, real: Callable[[int], Any], plain: Callable[[], object]) -> None:
        """Both take it or both refuse; a stale page is always refused."""
        stale = self.dice.random() < 0.15 and self.model.version > 1
        version = self.model.version - (1 if stale else 0)
        try:
            real(version)
            taken = True
        except DomainError:
            taken = False
        expected = False if stale else plain() is not Refused
        assert taken == expected, (what, self.model, stale)
        self.seen[what] += taken

    def does(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:  # noqa: ANN401 - as `do`
        """The operation, on the day that it is."""
        return do(work, self.ref, *args, minutes=self.model.today * DAY + 60, **more)

    def sleeps(self) -> None:
        """A day goes by."""
        self.model.today += 1
        self.seen["sleep"] += 1

    def moves(self) -> None:
        """A step, possible or not, with or without a reason."""
        likely = [S.ACCEPTED, S.REJECTED, *set(TABLE[self.model.status]) - {S.WITHDRAWN}]
        if self.model.status is S.RETURNED:
            likely = [S.LAPSED, S.LAPSED, S.REVIEWING]
        to = self.dice.choice([*sorted(likely) * 3, *Status])
        who = self.dice.choice(self.staff)
        text = self.dice.choice(["", "理由です。", "理由です。"])
        self.both(
            f"move {to}",
            lambda seen: self.does(casework.move, to, text=text, who=who, version=seen),
            lambda: self.model.move(who.actor, to, text),
        )

    def decides(self) -> None:
        """A decision, or its approval where one waits."""
        who = self.dice.choice(self.staff)
        self.both(
            "approve",
            lambda seen: self.does(deciding.approve, who=who, version=seen),
            lambda: self.model.approve(who.actor),
        )

    def refuses(self) -> None:
        """The proposal is not approved."""
        who = self.dice.choice(self.staff)
        self.both(
            "disapprove",
            lambda seen: self.does(deciding.disapprove, "まだです。", who=who, version=seen),
            self.model.disapprove,
        )

    def returns(self) -> None:
        """Some answers are pointed at, or none."""
        paths = self.dice.sample(["name", "kind", "children/0/child"], self.dice.randrange(4))
        items = [Item(path=one, comment="直してください。") for one in paths]
        who = self.dice.choice(self.staff)
        due = self.dice.choice([None, *[self.model.today] * 2, self.model.today + 1])
        day = None if due is None else NOON.date() + timedelta(days=due)
        self.both(
            "send_back",
            lambda seen: self.does(pointing.send_back, items, due_on=day, who=who, version=seen),
            lambda: self.model.send_back(paths, due),
        )

    def corrects(self) -> None:
        """The applicant answers the return, as their side does."""
        with transaction() as session:
            held = events.hold(session, self.ref)
            key = dossiers.key_of(session, town().keys, held.dossier_id)
            may = returning.open_return(session, held, key) is not None
            if may:
                returning.answer(session, held, now=NOON)
                held.revision += 1
                revisions.add(session, held, ANSWERS, key=key, by="resident", now=NOON)
                events.append(session, held, EventKind.RESUBMITTED, key=key, actor="resident",
                              now=NOON, to=Status.RECEIVED)  # fmt: skip
        assert may == (self.model.correct() is not Refused)
        self.seen["correct"] += may

    def speaks(self) -> None:
        """A note, or an answer."""
        told, who = self.dice.random() < 0.5, self.dice.choice(self.staff)
        work = casework.answer if told else casework.note
        self.both(
            "answer" if told else "note",
            lambda seen: self.does(work, "こんにちは。", who=who, version=seen),
            lambda: self.model.say(told=told),
        )

    def compare(self) -> None:
        """The rows say what the card says."""
        found, model = row(self.ref), self.model
        assert (found.status, found.version, found.revision) == (
            model.status, model.version, model.revision,
        ), model  # fmt: skip
        assert found.is_open == (model.status in OPEN)
        assert (found.closed_at is None) == found.is_open
        proposed = (model.proposed[0].value, model.proposed[1]) if model.proposed else (None, None)
        assert (found.proposed_status, found.proposed_by) == proposed
        key = dossiers.key_of(db.session, town().keys, found.dossier_id)
        items = returning.open_items(db.session, found, key)
        answered = [one.answered_at for one in returning.returns(db.session, found, key)]
        db.session.close()
        assert sum(at is not None for at in answered) == model.corrected
        assert sorted(one.path for one in items) == model.points
        assert len(messages(self.resident)) == model.told
        assert version_of(self.ref) == model.version


def walk(steps: int) -> Counter[str]:
    """So many steps over as many cases as it takes; what was done how often."""
    seen: Counter[str] = Counter()
    for seed in range(max(1, steps // STEPS_EACH)):
        one = Walk(seed)
        for _ in range(STEPS_EACH):
            one.step()
        seen += one.seen
    return seen


def test_the_product_and_the_card_agree_whatever_is_done(app: Flask) -> None:
    seen = walk(STEPS)
    wanted = {"approve", "disapprove", "send_back", "correct", "answer", "note", "move reviewing"}
    wanted |= {"move withdrawn"}
    assert wanted <= {what for what, count in seen.items() if count}


@contextmanager
def planted(where: object, name: str, flaw: Callable[..., Any]) -> Iterator[None]:
    """The product has that flaw inside."""
    was = getattr(where, name)
    setattr(where, name, flaw)
    try:
        yield
    finally:
        setattr(where, name, was)


def seen_by_nobody(work: Callable[..., Any]) -> Callable[..., Any]:
    """`begin` without the look at the version."""

    def begin(session: Any, ref: str, by: Any) -> Any:  # noqa: ANN401 - as it is called
        return work(session, ref, by | {"version": events.hold(session, ref).version})

    return begin


def approved_by_anybody(session: Any, ref: str, **by: Any) -> int:  # noqa: ANN401 - as it is called
    """Approval without a look at who proposed."""
    held = acts.begin(session, ref, by)  # type: ignore[arg-type]  # as it is called
    found = deciding.proposal(held.row, held.key)
    if found is None:
        raise StepRefused
    acts.clear_proposal(held.row)
    acts.write(session, held, EventKind.APPROVED, by, to=found.to)  # type: ignore[arg-type]  # see above
    telling.told(session, held.row, held.form, telling.Told(found.to.value), by["now"])
    return held.row.version


def taken_at_once(session: Any, held: Any, to: Status, text: str, by: Any) -> int:  # noqa: ANN401 - as it is called
    """A decision without a second colleague."""
    return acts.take_step(session, held, EventKind.MOVED, to, by, text=text)


FLAWS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "stale pages are taken": (casework, "begin", seen_by_nobody(acts.begin)),
    "one person decides": (deciding, "approve", approved_by_anybody),
    "nobody need approve": (deciding, "propose", taken_at_once),
    "a return lapses before its day": (lapsing, "require_over", lambda *_args: None),
    "steps in spite of a proposal": (casework, "require_undecided", lambda _held: None),
    "nobody is told": (telling, "told", lambda *_args: True),
    "an answered return stays open": (returning, "answer", lambda *_args, **_more: None),
    "a proposal stays": (deciding, "clear_proposal", lambda _row: None),
}


@pytest.mark.parametrize("name", FLAWS)
def test_every_planted_flaw_is_found(app: Flask, name: str) -> None:
    with planted(*FLAWS[name]), pytest.raises((AssertionError, TypeError)):
        walk(400)
