"""What the board shows first, and what a question leaves in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liff_app.shelters.console.attention import (
    BoardPlace,
    Order,
    Question,
    Row,
    Show,
    Urgency,
    answer,
    counts,
    occupied,
    text_of,
    urgency_of,
)
from liff_app.shelters.occupancy.changes import StatusView
from liff_app.shelters.occupancy.vocabulary import Need
from liff_app.shelters.places import Kind
from liff_app.shelters.vocabulary import Level, Opening

NOW = datetime(2025, 11, 22, 5, 0, tzinfo=UTC)


def status(opening: Opening = Opening.OPEN, **said: Any) -> StatusView:  # noqa: ANN401 - any field
    known: dict[str, Any] = {
        "shelter_id": "x", "name": "x", "disaster_id": "d", "opening": opening, "level": None,
        "level_by_hand": False, "people": None, "capacity": None, "needs": (), "note": "",
        "version": 1, "updated_at": NOW, "updated_by": "pass:1", "checked_in": None,
        "stale": False,
    }  # fmt: skip
    return StatusView(**(known | said))


def line(name: str, said: StatusView, kind: Kind = Kind.SITE) -> Row:
    place = BoardPlace(
        id=name, name=name, kana="", address="", kind=kind, capacity=None, lat=35.0, lon=140.0,
        listed=True, search=text_of(name),
    )  # fmt: skip
    return Row(place=place, status=said, author="", urgency=urgency_of(said))


@pytest.mark.parametrize(
    ("said", "urgency"),
    [
        (status(stale=True, level=Level.FULL), Urgency.STALE),
        (status(Opening.PREPARING, stale=True), Urgency.STALE),
        (status(level=Level.FULL, needs=(Need.WATER,)), Urgency.FULL),
        (status(needs=(Need.WATER,), level=Level.CROWDED), Urgency.NEEDS),
        (status(level=Level.CROWDED), Urgency.CROWDED),
        (status(level=Level.SOME), Urgency.OPEN),
        (status(Opening.PREPARING), Urgency.PREPARING),
        (status(Opening.UNKNOWN, version=0, updated_at=None), Urgency.SILENT),
        (status(Opening.UNOPENED, stale=True), Urgency.UNOPENED),
        (status(Opening.CLOSED, stale=True, needs=(Need.WATER,)), Urgency.CLOSED),
        (status(Opening.CLOSED, people=3), Urgency.LEFT),
        (status(Opening.UNKNOWN, people=12), Urgency.SILENT),
        (status(Opening.ALWAYS, version=0), Urgency.UNOPENED),
        (status(Opening.ALWAYS), Urgency.OPEN),
        (status(Opening.ALWAYS, level=Level.FULL), Urgency.FULL),
    ],
)
def test_a_place_is_as_urgent_as_its_worst_trouble(said: StatusView, urgency: Urgency) -> None:
    assert urgency_of(said) is urgency


ROWS = [
    line("a静か", status(Opening.UNKNOWN, version=0, updated_at=None)),
    line("b開設", status(people=20), Kind.SHELTER),
    line("c新しい古さ", status(stale=True, updated_at=NOW - timedelta(hours=4))),
    line("d満員", status(people=300, level=Level.FULL)),
    line("e水", status(people=5, needs=(Need.WATER, Need.POWER))),
    line("f一番古い", status(stale=True, updated_at=NOW - timedelta(hours=9), people=7)),
    line("g閉鎖", status(Opening.CLOSED, stale=True)),
]


def names(question: Question) -> str:
    return "".join(row.place.name[0] for row in answer(ROWS, question))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (Question(), "fcdebag"),
        (Question(order=Order.NAME), "abcdefg"),
        (Question(order=Order.PEOPLE), "dbfeacg"),
        (Question(order=Order.AGE), "fcbdeag"),
        (Question(show=Show.OPEN), "fcdeb"),
        (Question(show=Show.STALE), "fc"),
        (Question(show=Show.FULL), "d"),
        (Question(show=Show.NEEDS), "e"),
        (Question(show=Show.SILENT), "a"),
        (Question(need=Need.POWER), "e"),
        (Question(need=Need.BABY), ""),
        (Question(kind=Kind.SHELTER), "b"),
        (Question(text=text_of(" 一番 古い")), "f"),
        (Question(show=Show.OPEN, text=text_of("古")), "fc"),
    ],
)
def test_a_question_is_answered_in_its_order(question: Question, expected: str) -> None:
    assert names(question) == expected


def test_the_four_numbers_count_what_they_say() -> None:
    told = counts(ROWS)
    assert (told.places, told.open, told.people) == (7, 5, 332)
    assert (told.stale, told.silent, told.full, told.needs) == (2, 1, 1, 1)


def test_people_of_a_closed_place_are_not_counted_but_stand_on_top() -> None:
    closed = line("z閉鎖に人", status(Opening.CLOSED, people=40))
    told = counts([*ROWS, closed])
    assert (told.people, told.left) == (332, 1)
    assert answer([*ROWS, closed], Question())[0] is closed
    assert [row.place.name[0] for row in occupied([*ROWS, closed])] == list("dzbfec")


def test_a_place_counts_as_silent_until_somebody_says_whether_it_is_open() -> None:
    half = line("y人数だけ", status(Opening.UNKNOWN, people=300, level=Level.FULL))
    assert counts([*ROWS, half]).silent == 2
    assert half in answer([*ROWS, half], Question(show=Show.SILENT))
