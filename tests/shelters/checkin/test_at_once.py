"""At two doors at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask

from liff_app.db import db, transaction
from liff_app.errors import DomainError
from liff_app.shelters.checkin import queries, service
from liff_app.shelters.checkin.service import Party

from .ground import at, begin, counted, do, enter, inside, live_places, residents, staff, town

ROUNDS = 12


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """All acts start together, each in a thread with a session of its own; gives what each said."""
    said: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                act()
                said.append("done")
            except DomainError as error:
                said.append(error.code)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_one_family_at_two_doors_is_in_one_place_only(app: Flask) -> None:
    (one, two, _), disaster, (who,) = town(), begin(), residents(1)
    for turn in range(ROUNDS):
        acts = [partial(enter, place, who, 3, disaster, minutes=turn) for place in (one, two)]
        said = at_once(app, *acts)
        assert said == ["done", "done"]
        assert live_places(who) == 1
        assert sorted([inside(one, disaster), inside(two, disaster)]) == [0, 3]
        assert sorted([counted(one)[0] or 0, counted(two)[0] or 0]) == [0, 3]


def test_one_code_at_two_doors_is_taken_at_one(app: Flask) -> None:
    (one, two, _), disaster, (who,) = town(), begin(), residents(1)
    for turn in range(ROUNDS):
        with transaction() as session:
            offer = service.offer_code(session, Party(people=3), resident_id=who, now=at(turn))
        code = str(offer.code)
        about: dict[str, Any] = {"sender": staff(disaster), "minutes": turn}
        acts = [
            partial(do, service.accept, code, shelter_id=place, **about) for place in (one, two)
        ]
        said = at_once(app, *acts)
        assert said == ["code_unknown", "done"]
        assert live_places(who) == 1
        assert sorted([counted(one)[0] or 0, counted(two)[0] or 0]) == [0, 3]


def test_many_families_at_one_door_are_all_counted(app: Flask) -> None:
    (shelter,), disaster, people = town(1), begin(), residents(8)
    acts = [
        partial(enter, shelter, who, n, disaster, key=f"key-of-family-{n:06d}")
        for n, who in enumerate(people, start=1)
    ]
    said = at_once(app, *acts)
    assert said == ["done"] * 8
    assert counted(shelter) == (36, 36)
    numbers = sorted(one.number for one in queries.families(db.session, shelter, disaster))
    assert numbers == list(range(1, 9))
