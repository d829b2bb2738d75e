"""What staff and residents read of a place's state, and the history it leaves."""

from __future__ import annotations

import pytest
from flask import Flask

from liff_app.db import db
from liff_app.shelters import queries as shelter_queries
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy import service
from liff_app.shelters.occupancy.service import EventKind, Need
from liff_app.shelters.vocabulary import Level, Opening

from .ground import CAPACITY, at, begin, end, events, say, status, town


@pytest.fixture
def gym(app: Flask) -> str:
    """A place with room for 100, in a disaster."""
    first = town()[0]
    begin()
    return first


@pytest.fixture
def hill(gym: str) -> str:
    """A place nobody opens, of unknown capacity."""
    return shelters.find_by_name(db.session, "北の丘").id


def test_residents_see_the_change_and_not_the_needs(gym: str) -> None:
    say(gym, opening=Opening.OPEN, people=12, needs_added=frozenset({Need.MEDICAL}))
    moment = shelters.board().now(db.session, at(2))
    assert moment.live[gym].people == 12
    assert b"medical" not in moment.status.body + moment.snapshot.body


def test_what_is_shown_is_what_the_place_is(gym: str, hill: str) -> None:
    shown = say(gym, opening=Opening.OPEN, people=85).status
    assert (shown.level, shown.level_by_hand, shown.capacity) == (Level.CROWDED, False, CAPACITY)
    shown = say(gym, level=Level.EMPTY).status
    assert (shown.level, shown.level_by_hand) == (Level.EMPTY, True)
    assert say(gym, level_cleared=True).status.level is Level.CROWDED
    assert say(hill, opening=Opening.OPEN).status.opening is Opening.ALWAYS
    assert status(gym, minutes=181).stale
    assert not status(hill, minutes=181).stale
    assert say(hill, opening=Opening.CLOSED).status.opening is Opening.CLOSED
    assert status(hill, minutes=181).stale


def test_all_places_are_given_with_and_without_a_report(gym: str, hill: str) -> None:
    say(gym, opening=Opening.OPEN, people=12)
    found = service.all_current(db.session, now=at(2), policy=shelters.policy())
    assert [one.name for one in found] == sorted(one.name for one in found)
    by_id = {one.shelter_id: one for one in found}
    assert by_id[gym] == status(gym, minutes=2)
    assert by_id[hill] == status(hill, minutes=2)
    assert (by_id[hill].version, by_id[hill].opening) == (0, Opening.ALWAYS)
    assert len(found) == 3


def test_in_normal_times_nothing_is_reported(gym: str, hill: str) -> None:
    say(gym, opening=Opening.OPEN, people=12)
    end(minutes=5)
    calm = status(gym, minutes=6)
    assert (calm.disaster_id, calm.opening, calm.version, calm.people) == (
        None, Opening.UNOPENED, 0, None,
    )  # fmt: skip
    assert status(hill, minutes=6).opening is Opening.ALWAYS
    assert [one.people for one in events(gym)] == [12]


def test_the_history_is_of_one_disaster(gym: str, hill: str) -> None:
    first = shelter_queries.open_disaster(db.session)
    assert first is not None
    say(gym, people=12)
    end(minutes=5)
    begin(minutes=6)
    assert events(gym) == []
    say(gym, people=3, minutes=7)
    say(hill, people=4, minutes=8)
    assert [one.people for one in events(gym)] == [3]
    old = service.history(db.session, gym, disaster_id=first.id)
    assert [(one.people, one.version, one.by) for one in old] == [(12, 1, "pass:a")]
    assert len(service.history(db.session, gym, limit=0)) == 0


def test_the_check_in_tells_how_many_it_counts(gym: str) -> None:
    done = say(gym, people_change=4, kind=EventKind.CHECKIN, checked_in=4)
    assert done.status.checked_in == 4
    say(gym, people_change=1)
    assert (status(gym).checked_in, status(gym).people) == (4, 5)
    assert [one.kind for one in events(gym)] == [EventKind.CHECKIN, EventKind.CHANGE]
