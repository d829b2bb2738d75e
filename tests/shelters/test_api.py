"""The public API: files anybody may keep, and the nearest places."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liff_app.shelters import board
from liff_app.shelters.api import NearestOut
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.vocabulary import Fits, Hazard, Opening, Role
from tests.shelters.published import NOW, north, people, publish, row

FILES = {
    "/api/v1/shelters/snapshot.json": "application/json",
    "/api/v1/shelters/status.json": "application/json",
    "/api/v1/shelters.geojson": "application/geo+json",
    "/api/v1/shelters.csv": "text/csv; charset=utf-8",
    "/api/v1/shelters/status.csv": "text/csv; charset=utf-8",
}
NEAREST = "/api/v1/shelters/nearest"
HERE = "lat=35.6&lon=140.3"
Begin = Callable[..., None]


def problem(answer: TestResponse) -> dict[str, str]:
    """Fields and codes of a refusal, which has the product's one shape."""
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json(force=True)
    assert (body["status"], body["code"], body["type"]) == (422, "input_invalid", "about:blank")
    assert body["title"]
    assert body["request_id"]
    assert all(one["message"] for one in body["errors"])
    return {one["field"]: one["code"] for one in body["errors"]}


@pytest.mark.parametrize("path", FILES)
def test_a_public_file_can_be_kept_by_anybody_and_read_from_any_site(
    visitor: FlaskClient, path: str
) -> None:
    publish(row())
    answer = visitor.get(path)
    assert (answer.status_code, answer.content_type) == (200, FILES[path])
    assert answer.headers["Cache-Control"] == "public, max-age=15"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers
    tag = answer.headers["ETag"]
    assert tag.startswith('"')

    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        same = visitor.get(path, headers={"If-None-Match": known})
        assert (same.status_code, same.data) == (304, b""), known
        assert same.headers["ETag"] == tag
        assert same.headers["Cache-Control"] == "public, max-age=15"
        assert same.headers["Access-Control-Allow-Origin"] == "*"
    assert visitor.get(path, headers={"If-None-Match": '"other"'}).status_code == 200

    packed = visitor.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == answer.data
    refused = visitor.get(path, headers={"Accept-Encoding": "br, gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    assert refused.data == answer.data

    head = visitor.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == tag
    assert head.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize("path", FILES)
def test_a_public_file_has_another_etag_after_a_change_it_shows(
    visitor: FlaskClient, begin: Begin, path: str
) -> None:
    publish(row())
    before = visitor.get(path).headers["ETag"]
    publish(row(name="中央義務教育学校"))
    renamed = visitor.get(path, headers={"If-None-Match": before})
    assert renamed.status_code == 200
    begin(Hazard.FLOOD, 中央義務教育学校=Change(opening=Opening.OPEN))
    live = visitor.get(path, headers={"If-None-Match": renamed.headers["ETag"]})
    shows_no_state = path.endswith(("snapshot.json", "shelters.csv"))
    assert live.status_code == (304 if shows_no_state else 200)


def test_the_snapshot_of_a_version_may_be_kept_for_a_year(visitor: FlaskClient) -> None:
    publish(row())
    path = "/api/v1/shelters/snapshot.json"
    version = visitor.get(path).get_json()["version"]
    exact = visitor.get(f"{path}?v={version}")
    assert exact.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert exact.headers["ETag"] == f'"{version}"'
    old = visitor.get(f"{path}?v=0123456789abcdef")
    assert old.headers["Cache-Control"] == "public, max-age=15"
    assert visitor.get("/api/v1/shelters/status.json").get_json()["snapshot"] == version


def test_the_nearest_places_are_what_the_description_promises(
    visitor: FlaskClient, begin: Begin
) -> None:
    conditional = {**dict.fromkeys(Hazard, Fits.YES), Hazard.FLOOD: Fits.CONDITIONAL}
    publish(
        row("A1", remarks="2階へ", hazards=conditional, capacity=people(10), lat=north(40)),
        row("A2", name="川端小学校", lat=north(500), hazards=dict.fromkeys(Hazard, Fits.NO)),
        row("A3", name="まどの家", role=Role.WELFARE),
        row("A4", name="丘の上公園", lat=north(900), always_open=True),
    )
    begin(
        Hazard.FLOOD,
        Hazard.TSUNAMI,
        中央小学校=Change(opening=Opening.OPEN, people=8),
    )
    answer = visitor.get(f"{NEAREST}?{HERE}")
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    body = NearestOut.model_validate_json(answer.data)
    assert (body.hazard, body.purpose, body.far) == (Hazard.FLOOD, "flee", False)
    assert body.disaster is not None
    assert (body.disaster.name, body.disaster.drill) == ("台風第19号", False)
    names = [one.name for one in body.shelters]
    assert names == ["丘の上公園", "中央小学校"]  # without conditions before with
    school = next(one for one in body.shelters if one.name == "中央小学校")
    assert (school.fits, school.opening, school.people, school.capacity) == (
        Fits.CONDITIONAL,
        Opening.OPEN,
        8,
        10,
    )
    assert (school.level, school.remarks) == ("crowded", "2階へ")
    assert abs(school.distance_m - 40) <= 1
    assert school.updated_at == NOW.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_without_a_hazard_in_normal_times_all_fits_are_told(visitor: FlaskClient) -> None:
    publish(row())
    body = visitor.get(f"{NEAREST}?{HERE}").get_json()
    assert body["disaster"] is body["hazard"] is None
    assert body["shelters"][0]["fits"] == dict.fromkeys(Hazard, "yes")
    assert body["shelters"][0]["opening"] is None
    NearestOut.model_validate(body)


def test_the_short_way_and_the_long_way_answer_alike(
    visitor: FlaskClient, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(row(), row("A2", name="川端小学校", lat=north(500)))
    begin(Hazard.FLOOD, 中央小学校=Change(opening=Opening.OPEN))
    for path in (
        f"{NEAREST}?{HERE}",
        f"{NEAREST}?{HERE}&hazard=flood&limit=1&purpose=stay",
        f"{NEAREST}?lat=&lon=1",
        f"{NEAREST}?{HERE}&lat=36",
        f"{NEAREST}?{HERE}&who=me",
        f"{NEAREST}?{HERE}&hazard=",
        f"{NEAREST}?lat=%EF%BC%93&lon=%00",
        "/api/v1/shelters/status.json",
    ):
        monkeypatch.setattr(board, "CHECK_SECONDS", 0)  # nothing is known just now
        long = visitor.get(path)
        monkeypatch.setattr(board, "CHECK_SECONDS", 3600)
        short = visitor.get(path)
        assert short.status_code == long.status_code, path
        told = dict(short.headers), dict(long.headers)
        for headers in told:
            headers.pop("X-Request-Id", None)
        if long.status_code == 200:
            assert short.data == long.data, path
            assert told[0] == told[1]
        else:
            assert problem(short) == problem(long)


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("", {"lat": "missing", "lon": "missing"}),
        ("lat=35.6", {"lon": "missing"}),
        ("lat=NaN&lon=140", {"lat": "finite_number"}),
        ("lat=inf&lon=-Infinity", {"lat": "finite_number", "lon": "finite_number"}),
        ("lat=1e400&lon=140", {"lat": "finite_number"}),
        ("lat=90.1&lon=-180.1", {"lat": "less_than_equal", "lon": "greater_than_equal"}),
        ("lat=north&lon=140", {"lat": "float_parsing"}),
        ("lat=&lon=140", {"lat": "float_parsing"}),
        (f"{HERE}&limit=0", {"limit": "greater_than_equal"}),
        (f"{HERE}&limit=51", {"limit": "less_than_equal"}),
        (f"{HERE}&limit=x", {"limit": "int_parsing"}),
        (f"{HERE}&limit=1.5", {"limit": "int_parsing"}),
        (f"{HERE}&hazard=dragon", {"hazard": "enum"}),
        (f"{HERE}&purpose=party", {"purpose": "enum"}),
        (f"{HERE}&radius=5", {"radius": "extra_forbidden"}),
        ("lat=x&lon=y&limit=0", {"lat": "float_parsing", "lon": "float_parsing",
                                 "limit": "greater_than_equal"}),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_names_every_wrong_field(
    visitor: FlaskClient, query: str, faults: dict[str, str]
) -> None:
    publish(row())
    assert problem(visitor.get(f"{NEAREST}?{query}")) == faults
    # Also on the short way, which is open once the board is known.
    visitor.get(f"{NEAREST}?{HERE}")
    assert problem(visitor.get(f"{NEAREST}?{query}")) == faults


def test_limits_are_kept(visitor: FlaskClient) -> None:
    publish(*(row(f"N{n}", name=f"第{n}広場", lat=north(n)) for n in range(60)))
    for limit in (1, 10, 50):
        body = visitor.get(f"{NEAREST}?{HERE}&limit={limit}").get_json()
        assert len(body["shelters"]) == limit
    assert len(visitor.get(f"{NEAREST}?{HERE}").get_json()["shelters"]) == 10


def test_a_town_without_any_place_answers_with_an_empty_list(visitor: FlaskClient) -> None:
    body = visitor.get(f"{NEAREST}?{HERE}").get_json()
    assert (body["shelters"], body["far"]) == ([], True)
    assert visitor.get("/api/v1/shelters.geojson").get_json(force=True)["features"] == []
    assert len(visitor.get("/api/v1/shelters.csv").text.splitlines()) == 1
    assert visitor.get("/api/v1/shelters/snapshot.json").get_json()["rows"] == []


def test_hostile_names_stay_text_in_every_format(visitor: FlaskClient) -> None:
    hostile = '</script><img src=x onerror=alert(1)>{{7*7}}"\u2028'
    publish(row(name=hostile, remarks='=HYPERLINK("http://x")'))
    for path in FILES:
        if "status" not in path:
            assert visitor.get(path).headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.get(f"{NEAREST}?{HERE}").get_json()["shelters"][0]["name"] == hostile
    feature = visitor.get("/api/v1/shelters.geojson").get_json(force=True)["features"][0]
    assert feature["properties"]["name"] == hostile
    assert visitor.get("/api/v1/shelters/snapshot.json").get_json()["rows"][0][1] == hostile
    text = visitor.get("/api/v1/shelters.csv").data.decode("utf-8-sig")
    line = next(csv.DictReader(io.StringIO(text, newline="")))
    assert line["名称"] == hostile
    assert line["備考"].startswith("'=HYPERLINK")


def test_only_get_and_head_are_known(visitor: FlaskClient) -> None:
    for path in (*FILES, NEAREST):
        answer = visitor.post(path)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert json.loads(answer.data)["code"] == "method_not_allowed"
