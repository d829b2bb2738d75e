"""What a resident may type into the finder, and what is made of it."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from liff_app import config, create_app
from liff_app.shelters.forms import Asked, FinderForm, PagePurpose
from liff_app.shelters.vocabulary import Hazard


@pytest.fixture(scope="module")
def bare_app() -> Flask:
    """An app whose database is never asked."""
    return create_app(config.read({"MACHIMADO_ENV": "test", "DATABASE_URL": "sqlite://"}))


@pytest.fixture
def ask(bare_app: Flask) -> object:
    """The question in a query string."""

    def read(**query: str) -> Asked:
        with bare_app.test_request_context("/shelters", query_string=MultiDict(query)):
            return FinderForm.from_query().to_asked()

    return read


def asked(ask: object, **query: str) -> Asked:
    assert callable(ask)
    found = ask(**query)
    assert isinstance(found, Asked)
    return found


def test_nothing_asked_is_the_escape_page_without_a_place(ask: object) -> None:
    found = asked(ask)
    assert (found.hazard, found.purpose, found.town, found.text) == (
        None,
        PagePurpose.ESCAPE,
        "",
        "",
    )
    assert (found.point, found.error, found.is_private) == (None, None, False)


def test_words_nobody_offers_are_left_out_without_a_fuss(ask: object) -> None:
    found = asked(ask, hazard="dragon", purpose="party")
    assert (found.hazard, found.purpose, found.error) == (None, PagePurpose.ESCAPE, None)
    known = asked(ask, hazard="storm_surge", purpose="welfare")
    assert (known.hazard, known.purpose) == (Hazard.STORM_SURGE, PagePurpose.WELFARE)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [("35.6012", "140.3018"), (" 35.601 ", "140.302"), ("３５．６０１２", "１４０．３０１８")],
)
def test_a_position_is_rounded_to_a_hundred_metres(ask: object, lat: str, lon: str) -> None:
    found = asked(ask, lat=lat, lon=lon)
    assert (found.point, found.error, found.is_private) == ((35.601, 140.302), None, True)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("", "140.3"),
        ("35.6", ""),
        ("abc", "140.3"),
        ("nan", "140.3"),
        ("inf", "140.3"),
        ("1e400", "140.3"),
        ("140.3", "35.6"),
        ("0", "0"),
        ("19.999", "140"),
        ("35.6", "154.001"),
        ("3" * 400, "140"),
    ],
)
def test_a_position_that_cannot_be_is_told_and_not_used(ask: object, lat: str, lon: str) -> None:
    found = asked(ask, lat=lat, lon=lon)
    assert found.point is None
    assert found.error
    assert found.error.endswith("。")
    assert found.is_private


def test_long_text_is_cut_and_told(ask: object) -> None:
    found = asked(ask, q="あ" * 500, town="9" * 500)
    assert (len(found.text), len(found.town)) == (40, 20)
    assert found.error == "入力が長すぎます。短くしてお試しください。"


def test_signs_no_keyboard_writes_are_dropped(ask: object) -> None:
    assert asked(ask, q="\u202e中\x00庭\n", town="a\x00b").text == "中庭"
    assert asked(ask, town="a\x00b").town == "ab"
