"""Random families, corrections by hand and slips: the product and a plain model agree each time.

`CHECKIN_STEPS=10000` for the long form, `CHECKIN_SEED` for another walk.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from liff_app.db import db, transaction
from liff_app.errors import DomainError
from liff_app.shelters.checkin import queries, service
from liff_app.shelters.checkin.service import Party, Receipt
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Outcome

from .ground import STAFF, at, begin, counted, do, resident, residents, say, staff, town
from .model import Model, Place, Refused, Step

pytestmark = pytest.mark.usefixtures("app")
STEPS = int(os.environ.get("CHECKIN_STEPS", "400"))
SEED = int(os.environ.get("CHECKIN_SEED", "7"))


class Walk:
    """Random steps, each made in the product and in the model."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.places = town()
        self.people = residents(6)
        self.disaster = begin()
        self.model = Model({one: Place() for one in self.places})
        self.said: list[tuple[str, int, Step]] = []
        self.keys = 0
        self.seen: Counter[str] = Counter()
        self.minutes = 1.0

    def key(self) -> str:
        self.keys += 1
        return f"key-of-the-walk-{self.keys:06d}"

    def steps(self, count: int) -> None:
        """So many things happen."""
        for _ in range(count):
            self.step()

    def step(self) -> None:
        """One thing happens, at times twice over the network."""
        self.minutes += 0.1
        ways = [
            self._enter, self._enter, self._show, self._walk_in, self._walk_in, self._amend,
            self._amend_own, self._leave, self._leave, self._leave_own, self._slip, self._back,
            self._align, self._set, self._add, self._undo, self._undo,
        ]  # fmt: skip
        self.dice.choice(ways)()
        self._compare()

    def _both(self, name: str, product: Callable[[], Any], model: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - what the product gives
        """Make it in both, up to three times with the same key; both may refuse."""
        times = self.dice.choice((1, 1, 1, 2, 3))
        try:
            done = product()
            for _ in range(times - 1):
                assert product() is not None
            code = None
        except DomainError as error:
            done, code = None, error.code
        try:
            model(done)
            expected = None
        except Refused as refused:
            expected = str(refused)
        assert code == expected, (name, code, expected)
        self.seen[f"{name}: {code or 'done'}"] += 1
        return done

    def _party(self) -> Party:
        people = self.dice.randint(1, 9)
        return Party(
            people=people, infants=self.dice.randint(0, people), pets=self.dice.choice((0, 1))
        )

    def _stay(self) -> str | None:
        return self.dice.choice(list(self.model.families)) if self.model.families else None

    def _come(
        self, name: str, product: Callable[[], Receipt], place: str, party: Party, who: str | None
    ) -> None:
        self._both(
            name, product,
            lambda done: self.model.come(done.stay.id, place, party.people, who),
        )  # fmt: skip

    def _enter(self) -> None:
        place, who, party, key = *self._who(), self._party(), self.key()
        sender = resident(self.disaster, who, key)
        self._come(
            "enter",
            lambda: self._do(service.enter, place, party, sender=sender),
            place, party, who,
        )  # fmt: skip

    def _show(self) -> None:
        place, who, party, key = *self._who(), self._party(), self.key()
        with transaction() as session:
            offer = service.offer_code(session, party, resident_id=who, now=at(self.minutes))
        about = {"shelter_id": place, "sender": staff(self.disaster, key)}
        self._come(
            "accept", lambda: self._do(service.accept, offer.code, **about), place, party, who
        )

    def _who(self) -> tuple[str, str]:
        return self.dice.choice(self.places), self.dice.choice(self.people)

    def _walk_in(self) -> None:
        place, party, key = self.dice.choice(self.places), self._party(), self.key()
        about = {"shelter_id": place, "sender": staff(self.disaster, key)}
        self._come("walk in", lambda: self._do(service.walk_in, party, **about), place, party, None)

    def _do(self, operation: Any, *args: Any, **about: Any) -> Any:  # noqa: ANN401 - any operation
        return do(operation, *args, minutes=self.minutes, **about)

    def _at_door(
        self,
        name: str,
        operation: Any,  # noqa: ANN401 - any operation, and what it takes
        model: Callable[[str], None],
        *args: Any,  # noqa: ANN401 - same
        **about: Any,  # noqa: ANN401 - same
    ) -> None:
        stay = self._stay()
        if stay is None:
            return
        about |= {
            "shelter_id": self.model.families[stay].place,
            "sender": staff(self.disaster, self.key()),
        }
        self._both(
            name, lambda: self._do(operation, stay, *args, **about), lambda _done: model(stay)
        )

    def _amend(self) -> None:
        party = self._party()
        self._at_door(
            "amend", service.amend, lambda stay: self.model.amend(stay, party.people), party
        )

    def _leave(self) -> None:
        self._at_door("leave", service.leave, lambda stay: self.model.go(stay, "left"))

    def _slip(self) -> None:
        self._at_door(
            "slip", service.leave, lambda stay: self.model.go(stay, "mistaken"), mistaken=True
        )

    def _back(self) -> None:
        self._at_door("back", service.call_back, self.model.back)

    def _own(self, name: str, operation: Any, model: Callable[[str], None], *args: Any) -> None:  # noqa: ANN401 - any operation
        who = self.dice.choice(self.people)
        sender = resident(self.disaster, who, self.key())

        def expect(_done: object) -> None:
            if who not in self.model.where:
                raise Refused("stay_over")
            model(self.model.where[who])

        self._both(name, lambda: self._do(operation, *args, sender=sender), expect)

    def _amend_own(self) -> None:
        party = self._party()
        self._own(
            "amend own", service.amend_own,
            lambda stay: self.model.amend(stay, party.people), party,
        )  # fmt: skip

    def _leave_own(self) -> None:
        self._own("leave own", service.leave_own, lambda stay: self.model.go(stay, "left"))

    def _align(self) -> None:
        place = self.dice.choice(self.places)
        self._do(service.align, place, sender=staff(self.disaster))
        inside = sum(self.model.inside(place).values())
        self.model.hand_set(place, inside)
        self.model.places[place].checked_in = inside
        self.seen["align: done"] += 1

    def _set(self) -> None:
        place, people = self.dice.choice(self.places), self.dice.randint(0, 60)
        done = say(place, people=people, minutes=self.minutes, confirmed=True)
        self._remember(place, done, self.model.hand_set(place, people))

    def _add(self) -> None:
        place, more = self.dice.choice(self.places), self.dice.choice((-9, -3, -1, 1, 2, 10))
        done = say(place, people_change=more, minutes=self.minutes, confirmed=True)
        self._remember(place, done, self.model.hand_add(place, more))

    def _remember(self, place: str, done: Outcome, step: Step) -> None:
        assert done.applied == (step.after or 0) - (step.before or 0)
        self.said.append((place, done.event_id, step))
        self.seen["by hand: done"] += 1

    def _undo(self) -> None:
        if not self.said:
            return
        place, event_id, step = self.dice.choice(self.said[-4:])
        self._both(
            "undo",
            lambda: self._do(occupancy.undo, place, event_id, by=STAFF),
            lambda _done: self.model.undo(place, step),
        )

    def _compare(self) -> None:
        for name, place in self.model.places.items():
            assert counted(name) == (place.people, place.checked_in), name
            assert (place.people or 0) >= 0
            found = queries.families(db.session, name, self.disaster)
            lasting = {one.id: one.party.people for one in found if one.ending is None}
            assert lasting == self.model.inside(name)
            db.session.rollback()
        at_places = [one.who for one in self.model.families.values() if one.who and not one.ending]
        assert len(at_places) == len(set(at_places))


def test_the_product_and_a_plain_model_agree_after_every_step() -> None:
    walk = Walk(SEED)
    walk.steps(STEPS)
    figures = service.figures(db.session, walk.disaster)
    for place in walk.places:
        assert figures[place].inside.people == sum(walk.model.inside(place).values())
    print(f"seed {SEED}, {STEPS} steps: {dict(sorted(walk.seen.items()))}")  # noqa: T201 - the figures
    assert len(walk.seen) > 12
    assert {"back: done", "back: moved_on", "undo: done", "undo: version_conflict"} <= set(
        walk.seen
    )


def test_a_planted_flaw_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: a check-out that forgets the head count."""
    monkeypatch.setattr(service.leave.__globals__["stays"], "_count", lambda *_: None)
    walk = Walk(SEED)
    with pytest.raises((AssertionError, AttributeError)):
        walk.steps(50)
