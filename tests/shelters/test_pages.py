"""What the finder's page is made of, before it becomes HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from liff_app.db import db
from liff_app.shelters import board, service
from liff_app.shelters.forms import Asked, PagePurpose
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.pages import PAGE, FinderPage, Setting, finder_page
from liff_app.shelters.vocabulary import Fits, Hazard, Opening, Role
from liff_app.towns import service as towns
from tests.shelters.published import CODE, NOW, north, publish, row

pytestmark = pytest.mark.usefixtures("with_towns")

HERE = (35.6, 140.3)


@pytest.fixture(autouse=True)
def in_request(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inside a request, with a board that looks at the database every time."""
    monkeypatch.setattr(board, "CHECK_SECONDS", 0)
    with app.test_request_context("/shelters"):
        yield


def page(
    point: tuple[float, float] | None = HERE,
    *,
    hazard: Hazard | None = None,
    purpose: PagePurpose = PagePurpose.ESCAPE,
    town: str = "",
    text: str = "",
) -> FinderPage:
    asked = Asked(
        hazard=hazard,
        purpose=purpose,
        town=town,
        text=text,
        point=point,
        is_private=point is not None,
        error=None,
    )
    setting = Setting(
        audience="public",
        action="/shelters",
        tiles_url="",
        office_phone="",
        now=NOW,
    )
    return finder_page(service.board().now(db.session, NOW), asked, setting)


def code_of(name: str) -> str:
    return next(one.code for one in towns.of_municipality(db.session, CODE) if one.name == name)


def test_coordinates_go_before_a_town_and_a_town_before_a_name() -> None:
    publish(row())
    everything = page(town=code_of("湊"), text="中庭")
    assert everything.origin is not None
    assert (everything.origin.source, everything.origin.lat) == ("position", 35.6)
    chosen = page(None, town=code_of("湊"), text="コマド町")
    assert chosen.origin is not None
    assert (chosen.origin.label, chosen.origin.source) == ("湊", "town")
    typed = page(None, text="コマド町")
    assert typed.origin is not None
    assert typed.origin.label == "コマド町"


def test_without_an_origin_there_is_no_list_but_candidates() -> None:
    publish(row())
    asked_back = page(None, text="中庭")
    assert [one.name for one in asked_back.candidates] == ["中庭一丁目", "中庭二丁目"]
    assert (asked_back.results, asked_back.total, asked_back.far) == ([], 0, False)
    assert asked_back.error is None


def test_welfare_shelters_come_by_distance_alone(begin: Callable[..., None]) -> None:
    silent = dict.fromkeys(Hazard, Fits.UNKNOWN)
    publish(
        *(
            row(f"W{n}", name=f"第{n}ホーム", role=Role.WELFARE, hazards=silent, lat=north(n * 100),
                target="介護が必要な人")
            for n in range(PAGE + 5)
        ),
        row("A1"),
    )  # fmt: skip
    begin(Hazard.FLOOD, 第9ホーム=Change(opening=Opening.OPEN))
    shown = page(purpose=PagePurpose.WELFARE)
    assert [one.name for one in shown.results] == [f"第{n}ホーム" for n in range(PAGE)]
    assert shown.total == PAGE + 5
    assert {one.kind for one in shown.results} == {"welfare"}
    assert {(one.fits, one.target) for one in shown.results} == {(None, "介護が必要な人")}
    assert [one.opening for one in shown.results if one.name == "第9ホーム"] == ["open"]


def test_the_hazard_asked_goes_before_the_disasters(begin: Callable[..., None]) -> None:
    publish(row())
    assert page().hazard is None
    begin(Hazard.TSUNAMI, Hazard.FLOOD)
    assert page().hazard == "tsunami"
    assert page(hazard=Hazard.FIRE).hazard == "fire"
    shown = page()
    assert shown.disaster is not None
    assert shown.disaster.hazards == ("津波", "洪水")
    assert shown.results[0].fits_label == "津波のとき避難できる"


def test_sources_and_addresses_of_the_files_stand_on_the_page() -> None:
    publish(row(), attribution="出典：まど市")
    publish(row("B1", name="公園"), list_id="gsi", priority=20, attribution="出典：国土地理院")
    shown = page()
    assert shown.attributions == ("出典：まど市", "出典：国土地理院")
    assert shown.snapshot_url.startswith("/api/v1/shelters/snapshot.json?v=")
    assert shown.status_url == "/api/v1/shelters/status.json"
