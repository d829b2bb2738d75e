"""Random steps of several authors, each made in the product and in the model."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from liff_app.db import db, transaction
from liff_app.errors import DomainError
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy import service
from liff_app.shelters.occupancy.service import Change, EventView, Outcome
from liff_app.shelters.vocabulary import Level, Opening
from tests.shelters.published import NOW

from .ground import CAPACITY, NAMES, begin, end, town
from .model import Event, Model, Refused, all_needs

AUTHORS = ("pass:a", "pass:b", "staff:c")
DEVICES = (None, "phone-one", "phone-two")


class Disagreement(AssertionError):
    """The product and the model differ."""


class Walk:
    """Random steps of several authors, each made in the product and in the model."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.ids = town()
        self.names = dict(zip(self.ids, NAMES, strict=True))
        self.model = Model(dict(zip(self.ids, (CAPACITY, 40, None), strict=True)))
        self.now = NOW
        self.sent: list[tuple[str, Change, str]] = []
        self.undos: list[tuple[str, Event, str, str]] = []
        self.past: list[str] = []
        self.seen: Counter[str] = Counter()
        self._begin()

    def step(self) -> None:
        """One thing happens; raises Disagreement where the two see it differently."""
        self.now += timedelta(seconds=self.dice.choice((0, 1, 30, 200)))
        draw = self.dice.random()
        if draw < (0.004 if self.model.disaster else 0.2):
            self._turn_over()
        elif draw < 0.12:
            self._undo()
        elif draw < 0.20 and self.sent:
            self._again()
        else:
            self._change(self.dice.choice(self.ids), self._said(), self.dice.choice(AUTHORS))

    def _minutes(self) -> float:
        return (self.now - NOW).total_seconds() / 60

    def _begin(self) -> None:
        disaster = begin(minutes=int(self._minutes()) + 1)
        self.now = NOW + timedelta(minutes=int(self._minutes()) + 1)
        self.model.begin(disaster, self.now)
        self.past.append(disaster)

    def _turn_over(self) -> None:
        if self.model.disaster is None:
            self._begin()
        else:
            end(minutes=int(self._minutes()) + 1)
            self.now += timedelta(minutes=1)
            self.model.end()
            self.seen["disaster ended"] += 1

    def _said(self) -> Change:
        dice = self.dice
        said: dict[str, Any] = {}
        kinds = dice.sample(("add", "add", "people", "opening", "level", "note", "needs"), 7)
        for kind in kinds[: dice.choice((0, 1, 1, 1, 2, 3))]:
            said |= self._words(kind)
        if "people" in said:
            said.pop("people_change", None)
        version = self._version()
        return Change(
            **said,
            base_version=dice.choice(
                (None, version, version, max(0, version - 1), max(0, version - 6), version + 1)
            ),
            request_key=f"{dice.getrandbits(96):024x}" if dice.random() < 0.7 else None,
            age_s=dice.choice((0, 0, 0, 5, 600, 86_400)),
            confirmed=dice.random() < 0.3,
            device=dice.choice(DEVICES),
        )

    def _words(self, kind: str) -> dict[str, Any]:
        """What is said of one thing."""
        dice = self.dice
        added = all_needs(dice.getrandbits(8) & dice.getrandbits(8))
        cleared = dice.random() < 0.4
        words: dict[str, dict[str, Any]] = {
            "add": {"people_change": dice.choice((1, 1, -1, 5, -7, 30, -60))},
            "people": {"people": dice.choice((0, 3, 30, 31, 60, 61, 70, 150, 151, 160, 300))},
            "opening": {"opening": dice.choice(tuple(Opening))},
            "level": {"level_cleared": True} if cleared else {"level": dice.choice(tuple(Level))},
            "note": {"note": dice.choice(("", "毛布が足りません", "玄関は北側です"))},
            "needs": {
                "needs_added": added,
                "needs_removed": all_needs(dice.getrandbits(8)) - added,
            },
        }
        return words[kind]

    def _version(self) -> int:
        if self.model.disaster is None:
            return 0
        return len(self.model.place(self.ids[0]).events)

    def _change(self, place: str, said: Change, by: str) -> None:
        if self.model.disaster is not None and said.base_version is not None:
            # Drawn for the first place; every place has a version of its own.
            length = len(self.model.place(place).events)
            said = replace(said, base_version=max(0, said.base_version + length - self._version()))
        disaster = self.dice.choice((None, *[self.past[-1]] * 9, self.past[0]))
        self._both(
            place,
            lambda session: service.change(
                session, place, said, by=by, now=self.now, policy=shelters.policy(),
                disaster_id=disaster,
            ),
            lambda new_id: self.model.change(place, said, by, self.now, disaster, new_id),
        )  # fmt: skip
        if said.request_key is not None:
            self.sent.append((place, said, by))

    def _again(self) -> None:
        """A request is sent again: the same, later and elsewhere, or with other words."""
        dice = self.dice
        place, said, by = dice.choice(self.sent[-30:])
        if dice.random() < 0.2:
            said = replace(said, note="別のことば")
        if dice.random() < 0.1:
            place = dice.choice(self.ids)
        if dice.random() < 0.1:
            by = dice.choice(AUTHORS)
        said = replace(said, age_s=dice.choice((0, 900)), device=dice.choice(DEVICES))
        self._change(place, said, by)

    def _undo(self) -> None:
        dice = self.dice
        place = dice.choice(self.ids)
        disaster = self.past[-1] if dice.random() < 0.9 else dice.choice(self.past)
        known = self.model.places[place, disaster].events[-12:]
        if not known:
            return
        standing = [one for one in known if one.kind == "change" and not one.undone]
        # Half of the time the last that stands, so that whole rows are taken back.
        target = standing[-1] if standing and dice.random() < 0.5 else dice.choice(known)
        by = dice.choice(AUTHORS)
        by = target.by if dice.random() < 0.7 else by
        if dice.random() < 0.05:
            place = dice.choice(self.ids)
        key = f"{dice.getrandbits(96):024x}" if dice.random() < 0.6 else None
        if self.undos and dice.random() < 0.2:
            place, target, by, key = dice.choice(self.undos[-10:])
        elif key is not None:
            self.undos.append((place, target, by, key))
        anyones = dice.random() < 0.2
        self._both(
            place,
            lambda session: service.undo(
                session, place, target.id, by=by, now=self.now, policy=shelters.policy(),
                request_key=key, anyones=anyones,
            ),
            lambda new_id: self.model.undo(
                place, target, by, self.now, key=key, anyones=anyones, new_id=new_id
            ),
        )  # fmt: skip

    def _both(
        self,
        place: str,
        ours: Callable[[Any], Outcome],
        theirs: Callable[[int], tuple[Event, bool]],
    ) -> None:
        done: Outcome | None = None
        try:
            with transaction() as session:
                done = ours(session)
            code = "repeated" if done.repeated else "done"
        except DomainError as error:
            code = error.shown_code
        try:
            event, repeated = theirs(done.event_id if done else 0)
            expected = "repeated" if repeated else "done"
        except Refused as refused:
            event, expected = None, str(refused)
        self.seen[code] += 1
        agree(code, expected, "the answer")
        if done is not None and event is not None:
            agree((done.event_id, done.applied), (event.id, event.applied), "what it came to")
            agree(done.status.people, event.after["people"], "the head count answered")
            agree(done.status.updated_at, event.at, "the time answered")
        self._compare(place)

    def _compare(self, place: str) -> None:
        """How the place stands, and its whole history, in both."""
        disaster = self.past[-1]
        known = self.model.places[place, disaster].events
        found = service.history(db.session, place, disaster_id=disaster, limit=None)[::-1]
        agree(len(found), len(known), "the length of the history")
        for number, (view, event) in enumerate(zip(found, known, strict=True), start=1):
            agree(told(view), expected_of(event, number), f"event {number}")
            agree((view.people or 0) >= 0, True, "a head count of 0 or more")
        if self.model.disaster is not None:
            status = service.current(db.session, place, now=self.now, policy=shelters.policy())
            state = self.model.place(place).state
            shown = (status.people, status.note, frozenset(status.needs), status.version)
            agree(shown, (state["people"], state["note"], state["needs"], len(known)), "the state")
            agree(status.level_by_hand, state["level"] is not None, "who chose the level")
            agree(status.updated_at, known[-1].at if known else None, "the time shown")
        db.session.rollback()


def agree(ours: object, theirs: object, what: str) -> None:
    if ours != theirs:
        raise Disagreement(f"{what}: product {ours!r}, model {theirs!r}")


def told(view: EventView) -> tuple[object, ...]:
    """An event of the product, all of it."""
    return (
        view.id, view.version, view.kind.value, view.opening.value,
        view.level.value if view.level else None, view.people, view.people_change,
        frozenset(view.needs), view.note, view.at, view.received_at, view.by, view.device,
        view.undone, view.undoes,
    )  # fmt: skip


def expected_of(event: Event, number: int) -> tuple[object, ...]:
    """An event of the model in the same order."""
    after = event.after
    at: datetime = event.at
    return (
        event.id, number, event.kind, after["opening"], after["level"], after["people"],
        event.amount, after["needs"], after["note"], at, event.received_at, event.by,
        event.device, event.undone, event.undoes,
    )  # fmt: skip
