"""Changes add up, contradict where they must, are stored once, and leave their history."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from liff_app.db import db
from liff_app.errors import DomainError, InputInvalid, KeyReused, NotFound
from liff_app.shelters import queries as shelter_queries
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy import service
from liff_app.shelters.occupancy.service import (
    DisasterOver,
    EventKind,
    Need,
    PeopleImprobable,
    VersionConflict,
)
from liff_app.shelters.vocabulary import Level, Opening

from .ground import CAPACITY, KEY, at, begin, end, events, say, status, town


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


def test_what_several_people_add_is_summed_up(gym: str) -> None:
    assert say(gym, people_change=5, by="pass:a").applied == 5
    assert say(gym, people_change=3, by="pass:b", base_version=0).applied == 3
    done = say(gym, people_change=-2, by="pass:a", base_version=0)
    assert (done.applied, done.status.people, done.status.version) == (-2, 6, 3)
    assert [one.people_change for one in events(gym)] == [5, 3, -2]


def test_the_sum_never_falls_below_zero_and_says_by_how_much_it_moved(gym: str) -> None:
    say(gym, people_change=3)
    done = say(gym, people_change=-10)
    assert (done.status.people, done.applied) == (0, -3)
    assert say(gym, people_change=-1).applied == 0
    assert say(gym, people_change=1).status.people == 1


def test_an_old_head_count_cannot_overwrite_what_somebody_else_counted(gym: str) -> None:
    seen = say(gym, people=30, by="pass:a").status.version
    say(gym, people=41, by="pass:b", base_version=seen)
    with pytest.raises(VersionConflict) as refused:
        say(gym, people=31, by="pass:a", base_version=seen)
    assert refused.value.shown_code == "version_conflict"
    assert refused.value.fields == ("people",)
    assert (refused.value.status.people, refused.value.status.version) == (41, 2)
    assert refused.value.members()["fields"] == ["people"]
    assert (status(gym).people, len(events(gym))) == (41, 2)


def test_an_old_head_count_does_not_overwrite_what_somebody_added(gym: str) -> None:
    say(gym, people_change=2, by="pass:b")
    with pytest.raises(VersionConflict):
        say(gym, people=30, by="pass:a", base_version=0)


def test_fields_contradict_one_by_one(gym: str) -> None:
    say(gym, opening=Opening.PREPARING, by="pass:b")
    assert say(gym, people=30, by="pass:a", base_version=0).status.people == 30
    for said in ({"opening": Opening.OPEN}, {"opening": Opening.OPEN, "note": "はい"}):
        with pytest.raises(VersionConflict) as refused:
            say(gym, by="pass:a", base_version=0, **said)
        assert refused.value.fields == ("opening",)
    say(gym, level=Level.FULL, note="満員", by="pass:b")
    with pytest.raises(VersionConflict) as refused:
        say(gym, level_cleared=True, note="", by="pass:a", base_version=2)
    assert refused.value.fields == ("level", "note")


def test_ones_own_changes_and_those_of_ones_own_phone_contradict_nobody(gym: str) -> None:
    say(gym, people=30, by="pass:a", device="phone-one")
    assert say(gym, people=31, by="pass:a", device="phone-one", base_version=0).status.people == 31
    with pytest.raises(VersionConflict):
        say(gym, people=32, by="pass:a", device="phone-two", base_version=0)


def test_who_agrees_with_what_is_there_contradicts_nobody(gym: str) -> None:
    say(gym, opening=Opening.OPEN, people=30, by="pass:b")
    done = say(gym, opening=Opening.OPEN, people=30, by="pass:a", base_version=0)
    assert done.status.version == 2


def test_a_version_that_never_was_is_no_reason_to_overwrite(gym: str) -> None:
    say(gym, people=30, by="pass:b")
    with pytest.raises(VersionConflict):
        say(gym, people=31, by="pass:a", base_version=99)


def test_without_a_base_version_the_last_word_counts(gym: str) -> None:
    say(gym, people=30, by="pass:b")
    assert say(gym, people=31, by="command:x").status.people == 31


def test_needs_are_added_and_taken_off_one_by_one(gym: str) -> None:
    say(gym, needs_added=frozenset({Need.BABY, Need.WATER}), by="pass:a")
    done = say(
        gym, needs_added=frozenset({Need.FOOD}), needs_removed=frozenset({Need.BABY}), by="pass:b",
        base_version=0,
    )  # fmt: skip
    assert done.status.needs == (Need.WATER, Need.FOOD)
    assert events(gym)[-1].needs == (Need.WATER, Need.FOOD)


def test_nothing_new_moves_the_time_alone(gym: str) -> None:
    say(gym, opening=Opening.OPEN, people=12, level=Level.SOME, note="あ", by="pass:b")
    done = say(gym, minutes=60, base_version=0).status
    assert (done.opening, done.people, done.level, done.note) == (
        Opening.OPEN, 12, Level.SOME, "あ",
    )  # fmt: skip
    assert (done.updated_at, done.updated_by) == (at(60), "pass:a")
    assert [one.kind for one in events(gym)] == [EventKind.CHANGE, EventKind.UNCHANGED]


def test_the_same_request_is_stored_once_and_answered_as_the_first_time(gym: str) -> None:
    first = say(gym, people_change=5, request_key=KEY)
    say(gym, people_change=2, by="pass:b", minutes=2)
    again = say(gym, people_change=5, request_key=KEY, age_s=60, base_version=2, minutes=3)
    assert again.repeated
    assert (again.event_id, again.applied, again.status) == (
        first.event_id, first.applied, first.status,
    )  # fmt: skip
    assert (status(gym).people, len(events(gym))) == (7, 2)


def test_a_request_key_belongs_to_its_author_and_its_words(gym: str, hill: str) -> None:
    say(gym, people_change=5, request_key=KEY)
    with pytest.raises(KeyReused):
        say(gym, people_change=6, request_key=KEY)
    with pytest.raises(KeyReused):
        say(hill, people_change=5, request_key=KEY)
    assert not say(gym, people_change=6, request_key=KEY, by="pass:b").repeated
    assert status(gym).people == 11


def test_a_repeat_is_answered_after_the_disaster_ended_too(gym: str) -> None:
    first = say(gym, people_change=5, request_key=KEY)
    end(minutes=5)
    assert say(gym, people_change=5, request_key=KEY, minutes=9).event_id == first.event_id


def test_an_improbable_count_is_asked_about_and_taken_when_confirmed(gym: str) -> None:
    assert say(gym, people=CAPACITY * 3 // 2).status.people == 150
    several: tuple[dict[str, Any], ...] = ({"people": 161}, {"people_change": 11})
    for said in several:
        with pytest.raises(PeopleImprobable) as refused:
            say(gym, **said)
        assert refused.value.shown_code == "people_improbable"
        assert [one.code for one in refused.value.errors] == ["people_improbable"]
        assert refused.value.people == 161
    assert say(gym, people=161, confirmed=True).status.people == 161


def test_past_the_limit_a_few_more_need_no_second_look_and_fewer_never_do(gym: str) -> None:
    say(gym, people=200, confirmed=True)
    assert say(gym, people_change=10).status.people == 210
    with pytest.raises(PeopleImprobable):
        say(gym, people_change=11)
    assert say(gym, people=180).status.people == 180


def test_where_no_capacity_is_known_a_jump_is_asked_about(hill: str) -> None:
    assert say(hill, people=100).status.people == 100
    with pytest.raises(PeopleImprobable):
        say(hill, people=201)
    assert say(hill, people=200).status.people == 200


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"people": -1}, ["people"]),
        ({"people": service.MAX_PEOPLE + 1, "confirmed": True}, ["people"]),
        ({"people": 1, "people_change": 1}, ["people_change"]),
        ({"people_change": service.MAX_PEOPLE + 1}, ["people_change"]),
        ({"people": -1, "note": "長" * 501}, ["people", "note"]),
        ({"device": "短い"}, ["device"]),
        ({"request_key": "short"}, ["Idempotency-Key"]),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    gym: str, said: dict[str, Any], fields: list[str]
) -> None:
    before = shelter_queries.versions(db.session)
    with pytest.raises(InputInvalid) as refused:
        say(gym, **said)
    assert [one.field for one in refused.value.errors] == fields
    assert shelter_queries.versions(db.session) == before


def test_a_sum_has_the_same_limit_as_a_count(gym: str) -> None:
    say(gym, people=service.MAX_PEOPLE, confirmed=True)
    with pytest.raises(InputInvalid) as refused:
        say(gym, people_change=1, confirmed=True)
    assert [one.code for one in refused.value.errors] == ["range"]


def test_a_change_that_waited_is_as_old_as_it_is(gym: str) -> None:
    done = say(gym, opening=Opening.OPEN, minutes=60, age_s=600)
    assert done.status.updated_at == at(50)
    assert [(one.at, one.received_at) for one in events(gym)] == [(at(50), at(60))]


def test_a_change_that_waited_is_not_older_than_the_disaster_or_the_last_word(gym: str) -> None:
    assert say(gym, opening=Opening.OPEN, minutes=60, age_s=9_999).status.updated_at == at(0)
    say(gym, minutes=70)
    assert say(gym, people_change=1, minutes=80, age_s=1200).status.updated_at == at(70)
    assert say(gym, minutes=90, age_s=-5).status.updated_at == at(90)
    assert say(gym, minutes=95, age_s=10**12).status.updated_at == at(90)


def test_a_late_report_makes_a_place_stale_at_once(gym: str) -> None:
    done = say(gym, opening=Opening.OPEN, minutes=400, age_s=4 * 3600)
    assert done.status.stale


def test_who_speaks_of_another_disaster_is_told_that_it_is_over(gym: str) -> None:
    first = shelter_queries.open_disaster(db.session)
    assert first is not None
    end(minutes=5)
    with pytest.raises(DisasterOver) as refused:
        say(gym, people_change=1, disaster_id=first.id)
    assert refused.value.shown_code == "disaster_over"
    with pytest.raises(NotFound):
        say(gym, people_change=1)
    second = begin(minutes=6)
    with pytest.raises(DisasterOver):
        say(gym, people_change=1, disaster_id=first.id, minutes=7)
    assert say(gym, people_change=1, disaster_id=second, minutes=7).status.version == 1


def test_a_place_there_is_not_is_not_changed(gym: str) -> None:
    with pytest.raises(NotFound):
        say("nowhere", people_change=1)


def test_a_refused_change_leaves_nothing(gym: str) -> None:
    say(gym, people=10, by="pass:b")
    before = shelter_queries.versions(db.session), status(gym), events(gym)
    for said in ({"people": 11, "base_version": 0}, {"people": 5000}, {"note": "長" * 501}):
        with pytest.raises(DomainError):
            say(gym, **said)
    assert (shelter_queries.versions(db.session), status(gym), events(gym)) == before


def test_every_change_moves_the_counter_that_all_processes_watch(gym: str) -> None:
    before = shelter_queries.versions(db.session)[1]
    say(gym, people_change=1, request_key=KEY)
    say(gym, people_change=1, request_key=KEY)
    say(gym)
    assert shelter_queries.versions(db.session)[1] == before + 2


def test_what_the_audit_log_keeps_has_no_words_of_people(gym: str) -> None:
    done = say(gym, people_change=4, note="山田さんがいます", opening=Opening.OPEN)
    assert done.detail() == {
        "event": done.event_id, "version": 1, "opening": "open", "people": 4, "applied": 4,
    }  # fmt: skip
