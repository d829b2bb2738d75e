"""What other systems read of the shelters, and what they must never read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from liff_app import public_files
from liff_app.db import transaction
from liff_app.shelters import service
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.vocabulary import Hazard, Opening, Role
from tests.shelters.published import NOW, north, people, publish, row

Begin = Callable[..., None]
SECRET = "ひみつの家"


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def states(visitor: FlaskClient) -> dict[str, dict[str, str]]:
    rows = rows_of(visitor.get("/api/v1/shelters/status.csv").data)
    return {one["施設名"]: one for one in rows}


def features(visitor: FlaskClient) -> dict[str, dict[str, Any]]:
    body = visitor.get("/api/v1/shelters.geojson").get_json(force=True)
    return {one["properties"]["name"]: one for one in body["features"]}


def test_a_withheld_place_is_in_no_output(
    app: Flask, visitor: FlaskClient, begin: Begin, tmp_path: Path
) -> None:
    publish(
        row("A1"),
        row("A2", name=SECRET, publish=False, lat=north(10)),
        row("A3", name=SECRET, publish=False, role=Role.WELFARE, target=SECRET),
        row("A4", name="まどの家", role=Role.WELFARE, lat=north(20)),
    )
    publish(row("B2", name=SECRET, lat=north(10)), list_id="national", priority=20)
    begin(Hazard.FLOOD, 中央小学校=Change(opening=Opening.OPEN))
    outputs = {
        path: visitor.get(path).data
        for path in (
            "/shelters?lat=35.6&lon=140.3",
            "/shelters?lat=35.6&lon=140.3&purpose=stay",
            "/shelters?lat=35.6&lon=140.3&purpose=welfare",
            "/liff/shelters?lat=35.6&lon=140.3",
            "/api/v1/shelters/nearest?lat=35.6&lon=140.3&limit=50",
            "/api/v1/shelters/nearest?lat=35.6&lon=140.3&limit=50&purpose=stay",
            "/api/v1/shelters/snapshot.json",
            "/api/v1/shelters/status.json",
            "/api/v1/shelters.geojson",
            "/api/v1/shelters.csv",
            "/api/v1/shelters/status.csv",
        )
    }
    runner = app.test_cli_runner()
    for form in ("geojson", "csv", "status-csv"):
        file = tmp_path / form
        done = runner.invoke(args=["shelters", "export", "--format", form, "--output", str(file)])
        assert done.exit_code == 0, done.output
        outputs[form] = file.read_bytes()
    public_files.write(str(tmp_path / "public"), now=NOW)
    for file in (tmp_path / "public").rglob("*.json"):
        outputs[file.name] = file.read_bytes()
    assert len(outputs) == 16
    for path, body in outputs.items():
        assert SECRET not in body.decode(), path
        if "purpose=welfare" not in path and "status.json" not in path and "stay" not in path:
            assert "中央小学校" in body.decode(), path
    # The list is what withholds it, nothing else.
    publish(row("A2", name=SECRET, lat=north(10)))
    assert SECRET in visitor.get("/api/v1/shelters.geojson").data.decode()


def test_in_normal_times_nothing_is_said_to_be_open(visitor: FlaskClient) -> None:
    publish(row("A1"), row("A2", name="丘の上公園", always_open=True))
    assert {name: one["開設状況"] for name, one in states(visitor).items()} == {
        "中央小学校": "未開設",
        "丘の上公園": "常設",
    }


def test_a_disaster_is_told_with_times_and_counts(visitor: FlaskClient, begin: Begin) -> None:
    publish(row("A1", capacity=people(820)), row("A2", name="川端小学校", lat=north(500)))
    begin(Hazard.FLOOD, 中央小学校=Change(opening=Opening.OPEN, people=12))
    told = states(visitor)
    assert told["川端小学校"]["開設状況"] == "不明"
    school = told["中央小学校"]
    assert (school["開設状況"], school["避難者数（総数）"]) == ("開設", "12")
    assert school["開設日時"] == "2025-11-22T14:05:30+09:00"
    assert school["全国共通避難所・避難場所ID"] == "A1"
    assert features(visitor)["中央小学校"]["properties"]["people"] == 12


def test_opening_times_are_those_of_the_last_opening(visitor: FlaskClient, begin: Begin) -> None:
    publish(row())
    begin(Hazard.FLOOD)
    steps = (Opening.OPEN, Opening.OPEN, Opening.CLOSED, Opening.CLOSED, Opening.OPEN, Opening.OPEN)
    seen = []
    for hour, opening in enumerate(steps):
        with transaction() as session:
            shelter = service.find_by_name(session, "中央小学校")
            draft = Change(opening=opening, people=hour)
            now = NOW + timedelta(hours=hour)
            occupancy.change(session, shelter.id, draft, by="x", now=now, policy=service.policy())
        told = states(visitor)["中央小学校"]
        seen.append((told["開設日時"][11:13], told["閉鎖日時"][11:13]))
    assert seen == [("14", ""), ("14", ""), ("14", "16"), ("14", "16"), ("18", ""), ("18", "")]


def test_a_drill_never_leaves_the_house_but_is_shown(visitor: FlaskClient, begin: Begin) -> None:
    publish(row("A1"), row("A2", name="丘の上公園", always_open=True, lat=north(700)))
    paths = (
        "/api/v1/shelters.geojson",
        "/api/v1/shelters.csv",
        "/api/v1/shelters/status.csv",
    )
    before = {path: visitor.get(path).data for path in paths}
    begin(
        Hazard.FLOOD,
        drill=True,
        中央小学校=Change(opening=Opening.OPEN, people=99, note="訓練です"),
    )
    assert {path: visitor.get(path).data for path in paths} == before
    page = visitor.get("/shelters?lat=35.6&lon=140.3").text
    assert "これは訓練です" in page
    status = visitor.get("/api/v1/shelters/status.json").get_json()
    assert status["disaster"]["drill"] is True
    assert 99 in status["people"]
    nearest = visitor.get("/api/v1/shelters/nearest?lat=35.6&lon=140.3").get_json()
    assert nearest["disaster"]["drill"] is True


def test_a_real_disaster_after_a_drill_shows_nothing_of_the_drill(
    visitor: FlaskClient, begin: Begin
) -> None:
    publish(row())
    begin(Hazard.FLOOD, drill=True, 中央小学校=Change(opening=Opening.OPEN, people=99))
    with transaction() as session:
        disasters.stop(session, by="x", now=NOW)
    begin(Hazard.EARTHQUAKE)
    assert states(visitor)["中央小学校"]["開設状況"] == "不明"
    assert features(visitor)["中央小学校"]["properties"]["people"] is None


def test_a_place_nobody_could_locate_is_in_the_files_without_a_point(
    visitor: FlaskClient,
) -> None:
    publish(row("A1", lat=None, lon=None), row("A2", name="川端小学校"))
    assert features(visitor)["中央小学校"]["geometry"] is None
    assert features(visitor)["川端小学校"]["geometry"]["coordinates"] == [140.3, 35.6]
    standard = rows_of(visitor.get("/api/v1/shelters.csv").data)
    assert {one["名称"]: one["緯度"] for one in standard} == {
        "中央小学校": "",
        "川端小学校": "35.6",
    }


def test_the_standard_file_holds_only_sites(visitor: FlaskClient) -> None:
    publish(row("A1"), row("A2", name="体育館", role=Role.SHELTER))
    standard = rows_of(visitor.get("/api/v1/shelters.csv").data)
    assert [one["名称"] for one in standard] == ["中央小学校"]
    assert len(standard[0]) == 39


def test_a_row_that_left_its_list_names_the_place_no_longer(visitor: FlaskClient) -> None:
    publish(row("A1"))
    publish(row("B1"), list_id="other", priority=20)
    publish(row("A9", name="川端小学校", lat=north(4_000)))
    assert features(visitor)["中央小学校"]["properties"]["source_id"] == "B1"


def test_commands_count_what_they_wrote(app: Flask, tmp_path: Path) -> None:
    publish(row("A1"), row("A2", name="体育館\n別館", role=Role.SHELTER, lat=None, lon=None))
    runner = app.test_cli_runner()
    for form, count in (("geojson", 2), ("csv", 1), ("status-csv", 2)):
        file = tmp_path / form
        done = runner.invoke(args=["shelters", "export", "--format", form, "--output", str(file)])
        assert done.output == f"書き出しました：{count} か所\n"
