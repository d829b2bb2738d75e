"""The navigation says what the colleague may do, and where one is."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague
from tests.shelters.console import town
from tests.shelters.console.town import GYM, id_of


def marked(page: str) -> list[str]:
    """The lines of the navigation that say: you are here."""
    nav = page.split('class="console-nav"')[1].split("</nav>", maxsplit=1)[0]
    return re.findall(r'aria-current="page">([^<]+)<', nav)


def tiles(visitor: ConsoleVisitor) -> str:
    return visitor.get("/console/").text.split('id="services"')[1]


def test_somebody_who_only_looks_is_promised_nothing_else(app: Flask) -> None:
    viewer = tiles(colleague(app, Role.VIEWER))
    assert viewer.count("見るだけ") == 3
    for promise in ("変えます", "始め", "印刷します"):
        assert promise not in viewer
    administrator = tiles(colleague(app, Role.ADMINISTRATOR))
    assert "見るだけ" not in administrator
    for promise in ("変えます", "災害を始め", "入口の紙を印刷します"):
        assert promise in administrator


def test_the_posters_are_offered_to_those_who_may_print_them(app: Flask) -> None:
    path = "/console/shelters/checkin"
    viewer, teacher = colleague(app, Role.VIEWER), colleague(app, Role.SHELTER_STAFF)
    assert f"{path}/posters" not in viewer.get(path).text
    assert viewer.get(f"{path}/posters").status_code == 403
    assert f"{path}/posters" in teacher.get(path).text


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("shelters", "避難所"),
        ("shelters/map", "避難所"),
        ("shelters/new", "避難所"),
        ("shelters/{gym}", "避難所"),
        ("shelters/passes", "現場用QR"),
        ("shelters/imports", "一覧の取り込み"),
        ("disasters/new", "災害"),
        ("staff/", "職員"),
        ("staff/keys", "職員"),
        ("departments/", "職員"),
        ("sessions", None),
    ],
)
def test_the_line_of_the_page_is_marked(app: Flask, path: str, line: str | None) -> None:
    town.found()
    page = colleague(app, Role.ADMINISTRATOR).get(
        f"/console/{path.format(gym=id_of(GYM))}", follow_redirects=True
    )
    assert page.status_code == 200
    assert marked(page.text) == ([line] if line else [])


def test_the_page_that_asks_about_many_places_is_one_of_theirs(app: Flask) -> None:
    town.found()
    town.begin()
    typed = {"shelter": id_of(GYM), "opening": "open"}
    page = colleague(app, Role.ADMINISTRATOR).post("/console/shelters/bulk", data=typed)
    assert marked(page.text) == ["避難所"]
