"""Places in words."""

from __future__ import annotations

import pytest
from flask import Flask

from liff_app import config, create_app
from liff_app.shelters import words
from liff_app.shelters.finder import Finder, Found, Live, Place, Policy
from liff_app.shelters.places import Kind
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening, Role
from liff_app.shelters.words import distance_words, hazard_word, view
from tests.shelters.published import NOW
from tests.shelters.random_towns import disaster


@pytest.fixture(scope="module")
def bare_app() -> Flask:
    """An app whose database is never asked."""
    return create_app(config.read({"MACHIMADO_ENV": "test", "DATABASE_URL": "sqlite://"}))


def found(live: Live | None = None, **about: object) -> Found:
    known: dict[str, object] = {"roles": frozenset({Role.SITE}), "fits": {Hazard.FLOOD: Fits.YES}}
    place = Place(id="p1", name="学校", lat=35.6, lon=140.3, **(known | about))  # type: ignore[arg-type]  # a test names fields it knows
    finder = Finder(
        [place],
        {"p1": live} if live else {},
        disaster(Hazard.FLOOD) if live else None,
        Policy(),
        NOW,
    )
    return finder.found(place, 350, Hazard.FLOOD)


@pytest.mark.parametrize(
    ("metres", "text"),
    [
        (0, "直線 約10 m"),
        (4, "直線 約10 m"),
        (14, "直線 約10 m"),
        (355, "直線 約360 m"),
        (994, "直線 約990 m"),
        (995, "直線 約1.0 km"),
        (1_049, "直線 約1.0 km"),
        (1_051, "直線 約1.1 km"),
        (12_345, "直線 約12.3 km"),
    ],
)
def test_a_distance_is_straight_rounded_and_never_nothing(metres: int, text: str) -> None:
    assert distance_words(metres) == text


def test_every_value_has_its_word_and_no_two_share_one() -> None:
    for enum, table in (
        (Kind, words.KIND_WORDS),
        (Opening, words.OPENING_WORDS),
        (Level, words.LEVEL_WORDS),
    ):
        assert set(table) == set(enum)
        assert len({word() for word in table.values()}) == len(list(enum))
    assert list(words.HAZARD_WORDS) == list(Hazard)
    assert len({hazard_word(hazard) for hazard in Hazard}) == len(Hazard)
    assert {fits(hazard_word(Hazard.FLOOD)) for fits in words.FITS_WORDS.values()} == {
        "洪水のとき避難できる",
        "洪水のときは条件つき",
        "洪水のときは使えない",
        "洪水の指定なし",
    }


def test_in_normal_times_nothing_is_said_of_a_state() -> None:
    shown = view(found(), Hazard.FLOOD)
    assert (shown.opening_label, shown.level_label, shown.people, shown.note) == ("", "", None, "")
    assert (shown.fits, shown.fits_label) == ("yes", "洪水のとき避難できる")
    assert shown.walk_text == "歩いて 8〜18分"


def test_in_a_disaster_opening_crowding_and_note_are_said() -> None:
    live = Live(opening=Opening.OPEN, people=80, note="毛布が足りません", updated_at=NOW)
    shown = view(found(live, capacity=100, remarks="2階へ"), Hazard.FLOOD)
    assert (shown.opening_label, shown.level_label) == ("開いています", "混んでいます")
    assert (shown.people, shown.capacity, shown.usable) == (80, 100, True)
    assert (shown.note, shown.remarks, shown.updated_at) == ("毛布が足りません", "2階へ", NOW)


def test_route_links_lead_to_the_place_and_carry_no_origin() -> None:
    shown = view(found(), None)
    assert "destination=35.6,140.3&travelmode=walking" in shown.google_url
    assert "daddr=35.6,140.3&dirflg=w" in shown.apple_url
    assert shown.fits_label == ""
