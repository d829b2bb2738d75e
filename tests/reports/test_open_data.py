"""Reports as open data: what anybody may know, and not a word more."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app import clock
from liff_app.reports import open_data, rules
from liff_app.reports.models import Report
from liff_app.reports.vocabulary import Status
from tests.conftest import on_sqlite

from .console.desk import put as put_one

GEOJSON, CSV = "/api/v1/reports.geojson", "/api/v1/reports.csv"
SECRET = "ひみつの文"


def put(**fields: Any) -> Report:  # noqa: ANN401 - any column
    """A report of the last days."""
    return put_one(**({"created_at": clock.now() - timedelta(days=3)} | fields))


def features(client: FlaskClient, address: str = GEOJSON) -> dict[str, dict[str, Any]]:
    """The features by id."""
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json")
    return {one["id"]: one for one in answer.get_json()["features"]}


def lines(client: FlaskClient, address: str = CSV) -> dict[str, dict[str, str]]:
    """The lines of the CSV by id."""
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    text = answer.get_data().decode("utf-8-sig")
    return {one["ID"]: one for one in csv.DictReader(io.StringIO(text, newline=""))}


def test_an_incident_is_told_with_its_members_counted(client: FlaskClient) -> None:
    lead = put(description="歩道に穴", text_public=True, joined=2, status=Status.WORKING,
               place_checked=True, lat=35.123456789, lon=140.987654321)  # fmt: skip
    put(lead_id=lead.id, status=Status.DUPLICATE, joined=1, description=SECRET)
    found = features(client)
    assert list(found) == [lead.ref]
    told = found[lead.ref]
    assert told["geometry"] == {"type": "Point", "coordinates": [140.98765, 35.12346]}
    properties = told["properties"]
    assert properties["category_name"] == "道路"
    assert (properties["status"], properties["open311_status"]) == ("working", "open")
    assert (properties["reports"], properties["people"]) == (2, 5)
    assert properties["text"] == "歩道に穴"
    assert properties["exact"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00", properties["created_at"])
    assert rules.id_of(properties["number"]) == lead.id
    line = lines(client)[lead.ref]
    assert (line["緯度"], line["経度"]) == ("35.12346", "140.98765")
    assert (line["内容"], line["通報の数"], line["人数"]) == ("歩道に穴", "2", "5")
    assert line["Open311ステータス"] == "open"


def test_what_nobody_let_out_stays_inside(client: FlaskClient) -> None:
    kept = put(description=SECRET, place_text=SECRET, asset_number=SECRET, handed_to=SECRET,
               answers=f'{{"a":"{SECRET}"}}', lat=35.123456, lon=140.987654)  # fmt: skip
    put(description=SECRET, text_public=True, hidden=True)
    put(description=SECRET, text_public=True, status=Status.WITHDRAWN)
    told = features(client)[kept.ref]
    assert told["properties"]["text"] is None
    assert told["properties"]["exact"] is False
    assert told["geometry"]["coordinates"] == [140.988, 35.123]
    for address in (GEOJSON, CSV):
        answer = client.get(address)
        assert SECRET not in answer.text
        assert "35.123456" not in answer.text
    assert list(features(client)) == list(lines(client)) == [kept.ref]


def test_a_year_is_told_and_what_is_open_however_old_it_is(client: FlaskClient) -> None:
    long_ago = clock.now() - timedelta(days=400)
    old = put(created_at=long_ago)
    put(created_at=long_ago, status=Status.FIXED)
    put(created_at=long_ago, hidden=True)
    done = put(status=Status.FIXED, closed_at=clock.now())
    new = put()
    found = features(client)
    assert list(found) == [new.ref, done.ref, old.ref]
    assert found[done.ref]["properties"]["open311_status"] == "closed"
    assert found[done.ref]["properties"]["closed_at"]


def test_only_old_ones_are_found_too(client: FlaskClient) -> None:
    old = put(created_at=clock.now() - timedelta(days=4000))
    assert list(features(client)) == [old.ref]


@pytest.mark.parametrize("address", [GEOJSON, CSV])
def test_pages_follow_each_other_without_gap_or_repeat(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(open_data, "PAGE", 3)
    monkeypatch.setattr(open_data, "BATCH", 2)
    old = [put(created_at=clock.now() - timedelta(days=500)) for _ in range(4)]
    put(created_at=clock.now() - timedelta(days=500), status=Status.FIXED)
    new = [put() for _ in range(3)]
    wanted = [row.ref for row in reversed(old + new)]
    read = features if address == GEOJSON else lines
    seen: list[str] = []
    following: str | None = address
    while following:
        page = list(read(client, following))
        assert 0 < len(page) <= 3
        seen += page
        link = client.get(following).headers.get("Link", "")
        found = re.fullmatch(r'<http://localhost(/[^>]+)>; rel="next"', link)
        following = found[1] if found else None
    assert seen == wanted


def test_the_page_says_where_the_next_one_is(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_data, "PAGE", 1)
    put()
    last = put()
    number = rules.number_of(last.id, last.created_at.year)
    assert client.get(GEOJSON).get_json()["next"] == f"http://localhost{GEOJSON}?after={number}"
    assert "next" not in client.get(f"{GEOJSON}?after={number}").get_json()


@on_sqlite
def test_a_page_may_end_where_the_young_ones_end(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_data, "PAGE", 2)
    put(created_at=clock.now() - timedelta(days=500))
    put()
    put()
    link = client.get(GEOJSON).headers["Link"]
    assert len(features(client, link.partition(">")[0].partition("localhost")[2])) == 1


@pytest.mark.parametrize("address", [GEOJSON, CSV])
def test_caches_and_other_sites_may_use_it(app: Flask, client: FlaskClient, address: str) -> None:
    put()
    answer = client.get(address)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    put()
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


@on_sqlite
def test_nothing_runs_in_a_spreadsheet(client: FlaskClient) -> None:
    row = put(description="=HYPERLINK(1)", text_public=True, town_name="@x")
    line = lines(client)[row.ref]
    assert (line["内容"], line["町名"]) == ("'=HYPERLINK(1)", "'@x")


@on_sqlite
@pytest.mark.parametrize("query", ["after=26-00000012", "after=x", "after=", "limit=9"])
def test_a_wrong_question_names_its_field(client: FlaskClient, query: str) -> None:
    assert rules.id_of("26-00000012") is None
    answer = client.get(f"{GEOJSON}?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    [wrong] = answer.get_json()["errors"]
    assert wrong["field"] == query.partition("=")[0]


def test_without_reports_both_are_empty(client: FlaskClient) -> None:
    assert client.get(GEOJSON).get_json() == {"type": "FeatureCollection", "features": []}
    assert lines(client) == {}
