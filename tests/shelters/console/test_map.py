"""The staff map: folium draws a frame, places come as JSON, nothing of theirs is markup."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from liff_app import staff_map
from liff_app.shelters.vocabulary import Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, Visitor, colleague
from tests.house.page import faults
from tests.house.source import PRODUCT, calls, python_files, tree
from tests.shelters.published import publish, row

from . import town
from .town import GYM, begin, id_of, say

MAP = "/console/shelters/map"
HOSTILE = "${alert(1)}</script><img src=x onerror=alert(2)>`"


@pytest.fixture
def clerk(app: Flask) -> ConsoleVisitor:
    town.found()
    publish(row("X1", name=HOSTILE, lat=35.62), list_id="hostile")
    begin()
    return colleague(app, Role.ADMINISTRATOR)


def test_the_list_is_the_page_and_the_frame_is_sandboxed(clerk: ConsoleVisitor) -> None:
    answer = clerk.get(MAP)
    assert faults(answer, MAP) == []
    frame = re.search(r"<iframe[^>]*>", answer.text)
    assert frame
    assert re.search(r'sandbox="allow-scripts"', frame[0])
    assert GYM in answer.text.replace(frame[0], "")
    assert "alert" not in frame[0]
    assert "http" not in frame[0], "the frame names no other host"


def test_what_folium_wrote_holds_no_place_and_no_foreign_host(
    app: Flask, clerk: ConsoleVisitor
) -> None:
    answer = Visitor(app).get(f"{MAP}/drawing.js")
    assert answer.mimetype == "text/javascript"
    hosts = set(re.findall(r"https?://[^/\"']+", answer.text))
    assert hosts == {"https://cyberjapandata.gsi.go.jp"}
    for word in (GYM, "alert", "bindPopup", "bindTooltip", "innerHTML"):
        assert word not in answer.text
    assert "window.staffMap.attach(map_town, L)" in answer.text


def test_two_processes_draw_the_same_frame() -> None:
    corners = ((35.5, 140.2), (35.7, 140.4))
    first = staff_map.frame(corners, "https://tiles.example/{z}/{x}/{y}.png")
    staff_map.frame.cache_clear()
    second = staff_map.frame(corners, "https://tiles.example/{z}/{x}/{y}.png")
    assert first.body == second.body
    assert "map_town" in first.body


def test_an_address_of_tiles_cannot_leave_its_text() -> None:
    drawn = staff_map.frame(staff_map.JAPAN, 'x"</script>`${1}').script
    assert "</script>" not in drawn
    assert 'x\\"' in drawn


def test_points_say_state_by_mark_sign_and_words(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, people=100, note=HOSTILE)
    answer = clerk.get(f"{MAP}.json")
    points = {one["name"]: one for one in answer.get_json()["points"]}
    gym = points[GYM]
    assert (gym["id"], gym["mark"], gym["sign"]) == (id_of(GYM), "full", "満")
    assert gym["lines"] == ["開設・100／100人・満員", HOSTILE]
    assert points[HOSTILE]["mark"] == "silent"
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert clerk.get(f"{MAP}.json", headers=tag).status_code == 304
    say(GYM, people=3)
    assert clerk.get(f"{MAP}.json", headers=tag).status_code == 200


def test_the_map_follows_the_boards_question(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN)
    points = clerk.get(f"{MAP}.json?show=open").get_json()["points"]
    assert [one["name"] for one in points] == [GYM]
    page = clerk.get(f"{MAP}?show=open")
    assert json.dumps(f"{MAP}.json?show=open")[1:-1] in page.text


def test_a_place_without_a_position_is_listed_and_not_drawn(clerk: ConsoleVisitor) -> None:
    publish(row("U1", name="どこかの家", lat=None, lon=None), list_id="unplaced")
    assert "どこかの家" in clerk.get(MAP).text
    assert "どこかの家" not in clerk.get(f"{MAP}.json").text


def test_a_town_without_places_shows_japan(app: Flask) -> None:
    answer = colleague(app, Role.ADMINISTRATOR).get(MAP)
    assert faults(answer, MAP) == []
    assert "[30.0, 128.0]" in Visitor(app).get(f"{MAP}/drawing.js").text


def test_python_hands_folium_no_text_of_a_place() -> None:
    forbidden = ("Popup", "Tooltip", "GeoJson", "Marker", "DivIcon")
    found = [
        f"{file.name}:{line}"
        for file in python_files(PRODUCT)
        if "folium" in Path(file).read_text(encoding="utf-8")
        for name, line in calls(tree(file))
        if name.rpartition(".")[2] in forbidden
    ]
    assert not found
    planted = ast.parse("folium.Popup(name)")
    assert [name.rpartition(".")[2] in forbidden for name, _ in calls(planted)] == [True]
