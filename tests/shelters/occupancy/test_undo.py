"""A change is taken back by its author: what it did, no more, and not over somebody's head."""

from __future__ import annotations

import pytest
from flask import Flask

from liff_app.db import db
from liff_app.errors import InputInvalid, KeyReused, NotFound
from liff_app.shelters import queries as shelter_queries
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy.service import (
    DisasterOver,
    EventKind,
    Need,
    NotUndoable,
    VersionConflict,
)
from liff_app.shelters.vocabulary import Level, Opening

from .ground import KEY, at, begin, end, events, say, status, take_back, town


@pytest.fixture
def gym(app: Flask) -> str:
    """A place in a disaster."""
    first = town()[0]
    begin()
    return first


def test_what_was_added_is_taken_off_whatever_others_added_since(gym: str) -> None:
    mine = say(gym, people_change=5)
    say(gym, people_change=3, by="pass:b")
    done = take_back(gym, mine)
    assert (done.status.people, done.applied) == (3, -5)
    last = events(gym)[-1]
    assert (last.kind, last.undoes, last.people_change) == (EventKind.UNDO, mine.event_id, -5)
    assert [one.undone for one in events(gym)] == [True, False, False]


def test_only_what_took_effect_is_taken_back(gym: str) -> None:
    say(gym, people=3, by="pass:b")
    mine = say(gym, people_change=-10)
    assert take_back(gym, mine).status.people == 3


def test_taking_back_never_leads_below_zero(gym: str) -> None:
    mine = say(gym, people_change=5)
    say(gym, people_change=-4, by="pass:b")
    done = take_back(gym, mine)
    assert (done.status.people, done.applied) == (0, -1)


def test_what_was_set_goes_back_to_what_it_was(gym: str) -> None:
    say(gym, opening=Opening.PREPARING, people=10, level=Level.SOME, note="前", by="pass:b")
    mine = say(gym, opening=Opening.OPEN, people=90, level_cleared=True, note="後")
    back = take_back(gym, mine).status
    assert (back.opening, back.people, back.level, back.level_by_hand, back.note) == (
        Opening.PREPARING, 10, Level.SOME, True, "前",
    )  # fmt: skip


def test_a_first_word_taken_back_leaves_the_unknown(gym: str) -> None:
    mine = say(gym, opening=Opening.OPEN, people=90)
    back = take_back(gym, mine, minutes=9).status
    assert (back.opening, back.people, back.version) == (Opening.UNKNOWN, None, 2)
    assert back.updated_at == at(9)


@pytest.mark.parametrize("theirs", [{"people": 50}, {"people_change": 1}])
def test_a_count_that_somebody_moved_since_is_not_taken_back(
    gym: str, theirs: dict[str, int]
) -> None:
    mine = say(gym, people=40)
    say(gym, by="pass:b", **theirs)
    with pytest.raises(VersionConflict) as refused:
        take_back(gym, mine)
    assert refused.value.fields == ("people",)
    assert refused.value.status.version == 2


def test_what_was_added_before_somebody_counted_is_in_their_count(gym: str) -> None:
    mine = say(gym, people_change=5)
    say(gym, people=20, by="pass:b")
    with pytest.raises(VersionConflict):
        take_back(gym, mine)


def test_other_fields_than_ones_own_stay_as_others_set_them(gym: str) -> None:
    mine = say(gym, people=40)
    say(gym, opening=Opening.OPEN, note="開けました", by="pass:b")
    back = take_back(gym, mine).status
    assert (back.people, back.opening, back.note) == (None, Opening.OPEN, "開けました")


def test_needs_are_taken_back_one_by_one(gym: str) -> None:
    say(gym, needs_added=frozenset({Need.WATER, Need.FOOD}), by="pass:b")
    mine = say(
        gym, needs_added=frozenset({Need.WATER, Need.BABY}), needs_removed=frozenset({Need.FOOD})
    )
    say(gym, needs_added=frozenset({Need.POWER}), by="pass:b")
    assert take_back(gym, mine).status.needs == (Need.WATER, Need.FOOD, Need.POWER)


def test_changes_can_be_taken_back_one_after_the_other(gym: str) -> None:
    first = say(gym, opening=Opening.PREPARING)
    second = say(gym, opening=Opening.OPEN)
    with pytest.raises(VersionConflict):
        take_back(gym, first)
    assert take_back(gym, second).status.opening is Opening.PREPARING
    assert take_back(gym, first).status.opening is Opening.UNKNOWN


def test_a_second_undo_changes_nothing_and_gives_the_first(gym: str) -> None:
    mine = say(gym, people_change=5)
    first = take_back(gym, mine)
    again = take_back(gym, mine)
    assert (again.repeated, again.event_id, again.applied) == (True, first.event_id, -5)
    assert len(events(gym)) == 2


def test_an_undo_sent_twice_is_stored_once(gym: str) -> None:
    mine, other = say(gym, people_change=5), say(gym, people_change=2)
    take_back(gym, mine, request_key=KEY)
    assert take_back(gym, mine, request_key=KEY).repeated
    with pytest.raises(KeyReused):
        take_back(gym, other, request_key=KEY)
    assert status(gym).people == 2


def test_somebody_elses_change_looks_like_none_unless_one_may(gym: str) -> None:
    mine = say(gym, people_change=5)
    with pytest.raises(NotFound):
        take_back(gym, mine, by="pass:b")
    done = take_back(gym, mine, by="staff:hq", anyones=True, reason=" 二重に数えた ")
    assert (done.status.people, done.status.updated_by) == (0, "staff:hq")
    assert events(gym)[-1].reason == "二重に数えた"
    with pytest.raises(InputInvalid):
        take_back(gym, mine, by="staff:hq", anyones=True, reason="長" * 201)


def test_an_event_of_another_place_looks_like_none(gym: str) -> None:
    other = shelters.find_by_name(db.session, "川端小学校").id
    mine = say(other, people_change=5)
    for event_id in (mine.event_id, 10**6):
        with pytest.raises(NotFound):
            take_back(gym, event_id)


def test_what_did_nothing_cannot_be_taken_back(gym: str) -> None:
    say(gym, opening=Opening.OPEN)
    for done in (say(gym), say(gym, opening=Opening.OPEN)):
        with pytest.raises(NotUndoable):
            take_back(gym, done)


def test_an_undo_and_what_the_check_in_counted_are_not_taken_back_here(gym: str) -> None:
    undone = take_back(gym, say(gym, people_change=5))
    counted = say(gym, people_change=4, kind=EventKind.CHECKIN)
    for done in (undone, counted):
        with pytest.raises(NotUndoable):
            take_back(gym, done)


def test_a_change_in_a_disaster_that_is_over_stays(gym: str) -> None:
    mine = say(gym, people_change=5)
    end(minutes=5)
    with pytest.raises(DisasterOver):
        take_back(gym, mine, minutes=6)
    begin(minutes=7)
    with pytest.raises(DisasterOver):
        take_back(gym, mine, minutes=8)


def test_a_refused_undo_leaves_nothing(gym: str) -> None:
    mine = say(gym, people=40)
    say(gym, people=50, by="pass:b")
    before = shelter_queries.versions(db.session), events(gym)
    with pytest.raises(VersionConflict):
        take_back(gym, mine)
    assert (shelter_queries.versions(db.session), events(gym)) == before


def test_an_undo_that_waited_is_as_old_as_it_is(gym: str) -> None:
    mine = say(gym, people_change=5, minutes=10)
    assert take_back(gym, mine, minutes=60, age_s=1200).status.updated_at == at(40)
