"""What was typed becomes what is filed, whatever it was."""

from __future__ import annotations

import math

import pytest
from flask import Flask

from liff_app.reports import forms
from liff_app.reports.forms import Typed
from liff_app.reports.vocabulary import PlaceWay, Source
from tests.conftest import on_sqlite

KEY = "k" * 32


def read(app: Flask, **sent: str | list[str]) -> Typed:
    """The form of a request with these fields."""
    with app.test_request_context("/liff/reports/new", method="POST", data=sent):
        return forms.read()


def test_the_fields_of_the_page_become_a_draft() -> None:
    typed = Typed(
        request_key=KEY, category="road", lat="35.6", lon="140.2", accuracy_m="24.6",
        place_way="position", place_text="橋", asset_number="1", description="穴",
        answers={"kind": "hole"},
    )  # fmt: skip
    draft = forms.to_draft(typed)
    assert (draft.category, draft.lat, draft.lon, draft.accuracy_m) == ("road", 35.6, 140.2, 25)
    assert (draft.place_way, draft.source) == (PlaceWay.POSITION, Source.LIFF)
    assert (draft.place_text, draft.asset_number, draft.description) == ("橋", "1", "穴")
    assert draft.answers == {"kind": "hole"}


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "-inf", "1e999", "35,6", "\N{DIGIT ONE}x"])
def test_what_is_no_number_is_no_place(text: str) -> None:
    draft = forms.to_draft(Typed(request_key=KEY, lat=text, lon="140"))
    assert math.isnan(draft.lat)
    assert not Typed(request_key=KEY, lat=text, lon="140").has_place
    assert forms.to_draft(Typed(request_key=KEY, accuracy_m=text)).accuracy_m is None


@pytest.mark.parametrize("text", ["", "nowhere", "POSITION"])
def test_an_unknown_way_counts_as_a_pin(text: str) -> None:
    assert forms.to_draft(Typed(request_key=KEY, place_way=text)).place_way is PlaceWay.PIN


@on_sqlite
def test_a_key_of_ours_is_kept_and_any_other_replaced(app: Flask) -> None:
    assert read(app, request_key=KEY).request_key == KEY
    for odd in ("", "short", "x" * 81, "kkkkkkkkkkkkkkkk\n", "k" * 20 + "<"):
        made = read(app, request_key=odd).request_key
        assert made != odd
        assert len(made) == 32


@on_sqlite
def test_only_photos_that_can_be_ours_are_carried_and_three_at_most(app: Flask) -> None:
    good = [f"{number:032x}:{'a' * 64}" for number in range(5)]
    typed = read(app, kept_photo=["x", "../x:" + "a" * 64, *good, good[0]])
    assert list(typed.photos) == good[:3]
    assert forms.photo_ids(typed) == [one[:32] for one in good[:3]]
    assert forms.photo_digests(typed) == ["a" * 64] * 3


@on_sqlite
def test_answers_are_read_by_the_code_of_their_question_and_not_without_end(app: Flask) -> None:
    typed = read(app, **{"answers.kind": "hole", "answers.empty": " ", "other": "x"})
    assert typed.answers == {"kind": "hole"}
    many = read(app, **{f"answers.{number}": "x" for number in range(50)})
    assert len(many.answers) == forms.MOST_ANSWERS
