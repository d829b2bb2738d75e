"""From a file to an edition: what is taken, where it is, and what is said about it."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from liff_app.db import db, transaction
from liff_app.shelters import importing, queries, service
from liff_app.shelters.composing import Position
from liff_app.shelters.importing import Import, Prepared, default_list_id
from liff_app.shelters.lists.errors import ListUnreadable
from liff_app.shelters.models import Shelter, ShelterSource
from tests.shelters.published import CODE, NOW, edition, row

HEADINGS = "共通ID,施設・場所名,住所,洪水,緯度,経度,備考,団体コード"
pytestmark = pytest.mark.usefixtures("with_towns")


@pytest.fixture
def address_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, object]]]:
    """An address service on loopback and what it answers, by address; 500 for others."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    answers: dict[str, object] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)["q"][0]
            body = json.dumps(answers.get(asked, [])).encode()
            self.send_response(200 if asked in answers else 500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_parts: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", answers
    server.shutdown()
    thread.join()
    server.server_close()


def point(lat: float, lon: float) -> list[dict[str, object]]:
    return [{"geometry": {"coordinates": [lon, lat]}, "properties": {"title": "答え"}}]


def prepare(
    tmp_path: Path, *lines: str, geocoder: str = "", only: tuple[str, ...] = ()
) -> Prepared:
    file = tmp_path / "list.csv"
    file.write_text("\n".join([HEADINGS, *lines]), encoding="utf-8")
    return importing.prepare(
        db.session,
        Import(
            path=file,
            preset="gsi_sites",
            mapping=None,
            list_id=None,
            attribution=None,
            municipality_code=CODE,
            geocoder_url=geocoder,
            only=only,
        ),
    )


def published(prepared: Prepared) -> dict[str, Shelter]:
    with transaction() as session:
        service.publish_list(session, prepared.edition, by="test", now=NOW)
    return {one.name: one for one in db.session.scalars(select(Shelter))}


def test_a_row_without_coordinates_stands_on_its_towns_point_and_says_so(tmp_path: Path) -> None:
    prepared = prepare(
        tmp_path,
        "E4799900001201,集会所,まど市中庭一丁目3番4号,1,,,,479993",
        "E4799900002201,広場,まど市中庭一丁目5番,1,35.61,140.31,,479993",
        "E4799900003201,謎の家,どこでもない町1,1,,,,479993",
        "E4799900004201,住所のない家,,1,,,,479993",
    )
    there = published(prepared)
    hall = there["集会所"]
    assert (hall.lat, hall.lon, hall.position_source) == (35.601, 140.301, "town")
    assert there["広場"].position_source == "list"
    for name in ("謎の家", "住所のない家"):
        assert (there[name].lat, there[name].position_source) == (None, "none")
    assert {one.name for one in queries.places(db.session)} == {"集会所", "広場"}
    assert {one.name for one in queries.unplaced(db.session)} == {"謎の家", "住所のない家"}
    lines = [one.line for one in prepared.edition.parsed.problems if one.code == "position_missing"]
    assert lines == [2, 4, 5]


def test_a_neighbours_address_is_not_taken_for_a_town_of_ours(tmp_path: Path) -> None:
    there = published(
        prepare(
            tmp_path,
            "E1321900001201,隣の集会所,狛江市湊2-1,1,,,,132195",
            "E1321900002201,隣の公園,狛江市中庭三丁目2-1,1,,,,132195",
        )
    )
    assert there["隣の集会所"].position_source == "none"
    assert (there["隣の公園"].lat, there["隣の公園"].position_source) == (35.635, "town")


def test_an_address_service_is_asked_before_the_towns(
    tmp_path: Path, address_service: tuple[str, dict[str, object]]
) -> None:
    url, answers = address_service
    answers["まど市中庭一丁目3番4号"] = point(35.6021, 140.3021)
    answers["まど市中庭二丁目9番"] = []
    prepared = prepare(
        tmp_path,
        "E4799900001201,集会所,まど市中庭一丁目3番4号,1,,,,479993",
        "E4799900002201,広場,まど市中庭二丁目9番,1,,,,479993",
        geocoder=url,
    )
    there = published(prepared)
    assert (there["集会所"].lat, there["集会所"].position_source) == (35.6021, "geocoder")
    assert (there["広場"].lat, there["広場"].position_source) == (35.607, "town")
    assert prepared.failures == []


def test_an_answer_far_from_the_town_is_not_believed(
    tmp_path: Path, address_service: tuple[str, dict[str, object]]
) -> None:
    url, answers = address_service
    answers["まど市中庭一丁目3番4号"] = point(43.06, 141.35)  # 札幌
    prepared = prepare(
        tmp_path, "E4799900001201,集会所,まど市中庭一丁目3番4号,1,,,,479993", geocoder=url
    )
    assert published(prepared)["集会所"].position_source == "town"
    assert prepared.failures == ["町から遠い答え 1 件"]


def test_a_service_that_fails_is_told_and_the_towns_are_taken(
    tmp_path: Path, address_service: tuple[str, dict[str, object]]
) -> None:
    prepared = prepare(
        tmp_path,
        "E4799900001201,集会所,まど市中庭一丁目3番4号,1,,,,479993",
        "E4799900002201,広場,まど市中庭二丁目9番,1,,,,479993",
        geocoder=address_service[0],
    )
    assert {one.position_source for one in published(prepared).values()} == {"town"}
    assert len(prepared.failures) == 1


def test_a_position_found_once_is_not_a_change_when_found_again(tmp_path: Path) -> None:
    line = "E4799900001201,集会所,まど市中庭一丁目3番4号,1,,,,479993"
    published(prepare(tmp_path, line))
    again = service.preview_list(db.session, prepare(tmp_path, line).edition)
    assert again.is_empty


def test_only_the_municipalities_asked_for_are_taken_and_the_rest_counted(tmp_path: Path) -> None:
    lines = (
        "E4799900001201,集会所,まど市中庭一丁目3番4号,1,35.6,140.3,,479993",
        "E1321900001201,隣の公園,狛江市,1,35.63,139.57,,132195",
        "E4013000001201,遠い公園,福岡市,1,33.59,130.40,,401307",
        "E4799900009201,,名前がない,1,35.6,140.3,,479993",
    )
    prepared = prepare(tmp_path, *lines, only=(CODE, "132195"))
    parsed = prepared.edition.parsed
    assert [one.name for one in parsed.rows] == ["集会所", "隣の公園"]
    assert (prepared.others, parsed.rejected_rows, parsed.total_rows) == (1, 1, 4)
    assert not any(one.line == 4 for one in parsed.problems)
    assert prepare(tmp_path, *lines).others == 0


@pytest.mark.parametrize(
    ("lines", "list_id"),
    [
        (["E4799900001201,集会所,,1,35.6,140.3,,479993"], "gsi_sites:479993"),
        (
            [
                "E4799900001201,集会所,,1,35.6,140.3,,479993",
                "E1321900001201,公園,,1,35.6,139.5,,132195",
            ],
            "gsi_sites:all",
        ),
    ],
)
def test_a_list_is_named_by_its_shape_and_whom_it_speaks_of(
    tmp_path: Path, lines: list[str], list_id: str
) -> None:
    assert prepare(tmp_path, *lines).edition.list_id == list_id


def test_ids_longer_than_the_table_holds_stay_apart(tmp_path: Path) -> None:
    long = "X" * 200
    there = published(
        prepare(
            tmp_path,
            f"{long}1,集会所,,1,35.6,140.3,,479993",
            f"{long}2,広場,,1,35.7,140.3,,479993",
        )
    )
    assert set(there) == {"集会所", "広場"}
    kept = db.session.scalars(select(ShelterSource.source_id)).all()
    assert {len(one) for one in kept} == {80}


def test_the_problems_are_a_file_a_spreadsheet_can_open_safely(tmp_path: Path) -> None:
    prepared = prepare(
        tmp_path,
        'E4799900001201,集会所,,"=HYPERLINK(""http://x"")",35.6,140.3,,479993',
        "E4799900002201,広場,,＋1,35.6,140.3,,479993",
        "E4799900003201,公園,,1,-35.6,140.3,,479993",
    )
    raw = importing.problem_csv(prepared.edition.parsed)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["行", "列", "値", "種類", "符号", "説明"]
    values = [one[2] for one in rows[1:]]
    assert '\'=HYPERLINK("http://x")' in values
    assert "'＋1" in values
    assert not any(cell[:1] in tuple("=+-@＝＋－＠") for one in rows for cell in one if cell)
    assert {one[3] for one in rows[1:]} <= {"error", "warning"}


def test_a_file_that_is_no_list_is_refused(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"\xff\xd8\xff\xe0 not a list")
    wanted = Import(
        path=file, preset=None, mapping=None, list_id=None, attribution=None,
        municipality_code=CODE, geocoder_url="",
    )  # fmt: skip
    with pytest.raises(ListUnreadable):
        importing.prepare(db.session, wanted)


def test_a_row_without_a_code_does_not_make_another_list_of_it() -> None:
    one = row("1", municipality_code="479993")
    assert default_list_id(edition(one).parsed) == default_list_id(
        edition(one, row("2", municipality_code=None)).parsed
    )


def test_a_place_put_at_its_towns_centre_says_so_wherever_it_is_shown(app: Flask) -> None:
    there = {2: Position(lat=35.6, lon=140.3, source="town")}
    unplaced = row("1", lat=None, lon=None, remarks="2階へ")
    with transaction() as session:
        service.publish_list(session, edition(unplaced, positions=there), by="test", now=NOW)
    only = queries.places(db.session)[0]
    assert only.remarks.startswith("地図の位置は町の中心です。")
    assert only.remarks.endswith("2階へ")
