"""The commands of the shelters, as the engineer who runs them sees them."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from liff_app import demo_town
from liff_app.db import db
from liff_app.errors import NotAllowed
from liff_app.shelters import queries
from liff_app.shelters.models import (
    ListImport,
    Shelter,
    ShelterSource,
    ShelterStatus,
    ShelterStatusEvent,
)
from liff_app.shelters.places import Kind
from liff_app.shelters.vocabulary import Hazard
from tests.shelters.published import NOW, publish, row

HEADINGS = (
    "全国地方公共団体コード,ID,名称,所在地_連結表記,緯度,経度,災害種別_洪水,災害種別_地震,備考"
)
FIRST = (
    "479993,M1,中央小学校,まど市1,35.6,140.3,1,1,",
    "479993,M2,川端小学校,まど市2,35.61,140.3,,1,",
)
HIDING = """
format = 1
name = "hiding"
title = "非公開のある一覧"
role = "site"
id = "column"
attribution = "出典：まど市"
detect = []
[columns]
source_id = "ID"
name = "名称"
address = "所在地_連結表記"
lat = "緯度"
lon = "経度"
publish = "公開"
[hazards]
flood = "災害種別_洪水"
[values.publish]
"1" = "yes"
"0" = "no"
""".encode()
Run = Callable[..., Result]

# File, rows, imported, reported, blank: as the lists' README counts them.
PUBLISHED = (
    ("gsi_132195_komae_emergency.geojson", 26, 26, 0, 0),
    ("gsi_132195_komae_evacuation.geojson", 53, 53, 0, 0),
    ("gsi_401307_fukuoka_emergency.geojson", 786, 786, 0, 0),
    ("gsi_401307_fukuoka_evacuation.geojson", 439, 439, 0, 0),
    ("gsi_402184_kasuga_emergency.geojson", 86, 86, 0, 0),
    ("gsi_402184_kasuga_evacuation.geojson", 71, 71, 0, 0),
    ("ishikawa_170003_evacuation_space.csv", 1_528, 1_525, 0, 3),
    ("takamatsu_372013_evacuation_space.xlsx", 195, 195, 0, 0),
    ("takamatsu_tsunami_evacuation_building.csv", 113, 113, 0, 0),
)
NATIONAL = (
    ("gsi_designated_shelters_20251027.csv.gz", 82_557, 82_557, 0, 0),
    ("gsi_emergency_sites_20251027.csv.gz", 115_402, 115_402, 0, 0),
)


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command; gives what it printed and its exit code."""

    def invoke(*args: object, **options: object) -> Result:
        done = app.test_cli_runner().invoke(args=[str(arg) for arg in args], **options)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return invoke


@pytest.fixture
def list_file(tmp_path: Path) -> Callable[..., Path]:
    """A list in the national standard's shape."""

    def write(*lines: str, name: str = "list.csv") -> Path:
        file = tmp_path / name
        file.write_text("\n".join([HEADINGS, *lines]), encoding="utf-8-sig")
        return file

    return write


def stored() -> dict[str, int]:
    return {
        table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (ListImport, Shelter, ShelterSource)
    }


def test_a_first_list_is_published_at_once_with_its_counts(
    run: Run, list_file: Callable[..., Path]
) -> None:
    done = run("shelters", "import", list_file(*FIRST, ",,,,,,,,", "479993,M9,,まど市,35,140,1,,"))
    assert done.exit_code == 0
    assert "一覧の形：standard　文字コード：utf-8-sig" in done.output
    assert "行数：4　取り込み：2　受け付けない：1　空の行：1" in done.output
    assert "誤り：5行目" in done.output
    assert "追加 2　変更 0　削除 0　そのまま 0" in done.output
    assert "公開しました：standard:479993" in done.output
    assert {one.name for one in queries.places(db.session)} == {"中央小学校", "川端小学校"}


def test_the_source_names_a_town_and_never_the_words_that_stand_for_it(
    run: Run, list_file: Callable[..., Path]
) -> None:
    assert run("shelters", "import", list_file(*FIRST)).exit_code == 0
    kept = db.session.scalars(select(ListImport.attribution)).one()
    assert kept == "出典：まど市「指定緊急避難場所一覧」を加工して作成"
    db.session.rollback()
    others = [one.replace("479993,M", "172014,K") for one in FIRST]
    refused = run("shelters", "import", list_file(*others), "--yes")
    assert refused.exit_code == 1
    assert "出典が「（公開している自治体）」のままです。" in refused.output
    named = run("shelters", "import", list_file(*others), "--attribution", "出典：金沢市")
    assert named.exit_code == 0, named.output


def test_the_places_added_in_the_field_take_no_file_and_no_withdrawal(
    run: Run, list_file: Callable[..., Path]
) -> None:
    refused = run("shelters", "import", list_file(*FIRST), "--list", "ad_hoc", "--yes")
    assert refused.exit_code == 1
    assert "「現場で加えた場所」は、ファイルや前の版で変えられません。" in refused.output
    assert stored()["shelters"] == 0
    refused = run("shelters", "withdraw", "ad_hoc", "--yes")
    assert refused.exit_code == 1
    assert "現場で加えた場所" in refused.output


def test_a_dry_run_tells_everything_and_writes_nothing(
    run: Run, list_file: Callable[..., Path]
) -> None:
    before = stored()
    done = run("shelters", "import", list_file(*FIRST), "--dry-run")
    assert (done.exit_code, stored()) == (0, before)
    assert "追加 2" in done.output
    assert "公開していません（--dry-run）。" in done.output


def test_the_same_list_again_is_said_to_be_the_same(
    run: Run, list_file: Callable[..., Path]
) -> None:
    run("shelters", "import", list_file(*FIRST))
    before = stored(), queries.versions(db.session)
    done = run("shelters", "import", list_file(*FIRST))
    assert done.exit_code == 0
    assert "公開中の一覧と同じです。何も変えていません。" in done.output
    assert (stored(), queries.versions(db.session)) == before


def test_changes_are_not_published_unseen(run: Run, list_file: Callable[..., Path]) -> None:
    run("shelters", "import", list_file(*FIRST))
    changed = list_file(FIRST[0].replace("中央小学校", "中央義務教育学校"))
    done = run("shelters", "import", changed)
    assert done.exit_code == 1
    assert "変更：M1" in done.output
    assert "削除：M2" in done.output
    assert "--yes を付けてください" in done.output
    assert {one.name for one in queries.places(db.session)} == {"中央小学校", "川端小学校"}
    done = run("shelters", "import", changed, "--yes")
    assert done.exit_code == 0
    assert {one.name for one in queries.places(db.session)} == {"中央義務教育学校"}


def test_a_list_that_only_grew_needs_no_confirmation(
    run: Run, list_file: Callable[..., Path]
) -> None:
    run("shelters", "import", list_file(FIRST[0]))
    assert run("shelters", "import", list_file(*FIRST)).exit_code == 0
    assert len(queries.places(db.session)) == 2


def test_a_file_without_any_place_empties_no_list(run: Run, list_file: Callable[..., Path]) -> None:
    run("shelters", "import", list_file(*FIRST))
    for extra in ((), ("--only", "132195")):
        done = run("shelters", "import", list_file(*(FIRST if extra else ())), "--yes", *extra)
        assert done.exit_code == 1
        assert len(queries.places(db.session)) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "ファイルが空です。"),
        (b"%PDF-1.7", "CSV、TSV、XLSX、GeoJSON のいずれでもありません。"),
        ("い,ろ,は\n1,2,3\n".encode(), "列の対応表"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(
    run: Run, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    done = run("shelters", "import", file)
    assert done.exit_code == 1
    assert sentence in done.output


def test_an_unknown_preset_mapping_or_file_is_refused(
    run: Run, list_file: Callable[..., Path], tmp_path: Path
) -> None:
    file = list_file(*FIRST)
    broken = tmp_path / "mapping.toml"
    broken.write_text("format = 99")
    assert run("shelters", "import", file, "--preset", "nothing").exit_code == 1
    assert run("shelters", "import", file, "--mapping", broken).exit_code == 1
    assert run("shelters", "import", file, "--list", "x" * 81).exit_code == 1
    assert run("shelters", "import", tmp_path / "none.csv").exit_code == 2
    assert stored()["shelter_list_imports"] == 0


def test_all_problems_go_to_the_report(
    run: Run, list_file: Callable[..., Path], tmp_path: Path
) -> None:
    lines = [f"479993,M{n},広場{n},まど市{n},35.{n:03},140.3,1,?,=1+1" for n in range(1, 31)]
    report = tmp_path / "report.csv"
    done = run("shelters", "import", list_file(*lines), "--report", report)
    assert re.search(r"ほか \d+ 件（--report で書き出せます）", done.output)
    rows = list(csv.reader(io.StringIO(report.read_bytes().decode("utf-8-sig"), newline="")))
    assert len(rows) > 30
    assert all(cell[:1] not in tuple("=+-@") for one in rows for cell in one)


def test_positions_found_and_not_found_are_counted(
    run: Run, list_file: Callable[..., Path], with_towns: None
) -> None:
    done = run(
        "shelters", "import",
        list_file("479993,M1,集会所,まど市湊3,,,1,,", "479993,M2,謎の家,どこか,,,1,,"),
    )  # fmt: skip
    assert "位置の補い：住所検索 0　町の代表点 1　わからない 1" in done.output


def test_a_disaster_is_begun_and_ended_from_the_terminal(run: Run, app: Flask) -> None:
    done = run("disaster", "start", "台風第19号", "--hazard", "flood", "--hazard", "landslide")
    assert (done.exit_code, done.output) == (0, "始めました：台風第19号\n")
    on = queries.open_disaster(db.session)
    assert on is not None
    assert on.hazards == (Hazard.FLOOD, Hazard.LANDSLIDE)
    again = run("disaster", "start", "別の災害", "--hazard", "fire")
    assert again.exit_code == 1
    assert "すでに災害または訓練が始まっています。" in again.output
    assert run("disaster", "start", "名前だけ").exit_code == 2
    assert run("disaster", "start", "竜", "--hazard", "dragon").exit_code == 2
    assert run("disaster", "stop").output == "終えました：台風第19号\n"
    assert run("disaster", "stop").exit_code == 1
    drill = run("disaster", "start", "秋の訓練", "--hazard", "earthquake", "--drill")
    assert drill.output == "始めました：秋の訓練（訓練）\n"


@pytest.mark.parametrize(
    "name",
    ["台風\n避難不要", "台風\r", "台風\t12号", "\x1b[2J台風", "台風\u2028", "\u202e台風", "\x85"],
)
def test_a_name_that_is_not_one_plain_line_begins_no_disaster(run: Run, name: str) -> None:
    done = run("disaster", "start", name, "--hazard", "flood")
    assert (done.exit_code, queries.open_disaster(db.session)) == (1, None)
    assert "名前に、改行や目に見えない制御文字は使えません。" in done.output


def test_an_import_counts_what_is_not_to_be_published(
    run: Run, tmp_path: Path, list_file: Callable[..., Path]
) -> None:
    assert "非公開" not in run("shelters", "import", list_file(*FIRST), "--dry-run").output
    file = tmp_path / "hidden.csv"
    text = "\n".join([f"{HEADINGS},公開", f"{FIRST[0]},1", f"{FIRST[1]},0"])
    file.write_text(text, encoding="utf-8")
    draft = tmp_path / "mapping.toml"
    draft.write_bytes(HIDING)
    done = run("shelters", "import", file, "--mapping", draft, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "取り込み：2" in done.output
    assert "非公開 1" in done.output


def test_a_state_is_set_by_name_or_id(run: Run) -> None:
    publish(row())
    refused = run("shelters", "status", "中央小学校", "--opening", "open")
    assert refused.exit_code == 1
    assert "始まっている災害はありません。" in refused.output
    run("disaster", "start", "台風", "--hazard", "flood")
    done = run("shelters", "status", "中央小学校", "--opening", "open", "--people", "31")
    assert done.output == "中央小学校：open 31人（1回目）\n"
    shelter_id = db.session.scalars(select(Shelter.id)).one()
    done = run("shelters", "status", shelter_id, "--level", "full", "--note", "満員です")
    assert done.output == "中央小学校：open 31人（2回目）\n"
    done = run("shelters", "status", shelter_id, "--unchanged")
    assert done.output == "中央小学校：open 31人（3回目）\n"
    now = db.session.scalars(select(ShelterStatus)).one()
    assert (now.level, now.note, now.version) == ("full", "満員です", 3)
    authors = set(db.session.scalars(select(ShelterStatusEvent.by)))
    assert all(author.startswith("command:") for author in authors)


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (["--people", "-1"], 1, "人数は0〜100,000で入れてください。"),
        (["--people", "many"], 2, ""),
        (["--opening", "ajar"], 2, ""),
        ([], 1, "書きかえる内容がありません。"),
        (["--note", "長" * 501], 1, "ひとことは500字までで入れてください。"),
    ],
)
def test_a_state_that_cannot_be_is_refused(
    run: Run, args: list[str], code: int, sentence: str
) -> None:
    publish(row())
    run("disaster", "start", "台風", "--hazard", "flood")
    done = run("shelters", "status", "中央小学校", *args)
    assert done.exit_code == code
    assert sentence in done.output
    assert db.session.scalars(select(ShelterStatus)).all() == []


def test_an_unknown_or_ambiguous_place_is_refused(run: Run) -> None:
    publish(row("A1"), row("A2"))
    run("disaster", "start", "台風", "--hazard", "flood")
    assert (
        "同じ名前の避難所があります。"
        in run("shelters", "status", "中央小学校", "--unchanged").output
    )
    assert run("shelters", "status", "ない", "--unchanged").exit_code == 1


def test_the_invented_town_comes_in_through_its_own_mapping_file(
    run: Run, visitor: FlaskClient
) -> None:
    done = run("demo", "load")
    assert (done.exit_code, done.output) == (
        0,
        "町丁目：18 件\n管理者：1 件\n避難所：44 件\n通報：7 件\n",
    )
    before = stored()
    again = run("demo", "load").output
    assert again == "町丁目：18 件\n管理者：0 件\n避難所：44 件\n通報：7 件\n"
    assert stored() == before
    places = {one.name: one for one in queries.places(db.session)}
    school = places["まど市立中央小学校"]
    assert (school.kind, school.capacity) == (Kind.SITE_AND_SHELTER, 820)
    assert school.remarks == "地震のときは校庭へ避難してください。"
    home = places["特別養護老人ホーム まどの家"]
    assert (home.kind, home.target) == (Kind.WELFARE, "介護が必要な人と、その家族")
    assert places["広域避難場所 日なた台地"].always_open
    assert places["まど市立川端小学校"].fits[Hazard.FLOOD] == "conditional"
    page = visitor.get("/shelters?lat=35.607&lon=140.291&purpose=welfare").text
    assert page.count("対象の人：") >= 4
    assert run("disaster", "start", "台風", "--hazard", "flood").exit_code == 0
    done = run("shelters", "status", "まど市立中央小学校", "--opening", "open", "--people", "5")
    assert done.exit_code == 0


def test_the_invented_town_never_comes_into_a_real_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(app.config["SETTINGS"]), "is_production", True)
    with pytest.raises(NotAllowed):
        demo_town.load(now=NOW)
    assert stored()["shelters"] == 0


def counts(output: str) -> tuple[int, ...]:
    found = re.search(r"行数：(\d+)　取り込み：(\d+)　受け付けない：(\d+)　空の行：(\d+)", output)
    assert found is not None, output
    return tuple(map(int, found.groups()))


def named(name: str) -> tuple[str, ...]:
    """Whose list it is, where the file of many towns does not say it."""
    return ("--attribution", "出典：石川県") if name.startswith("ishikawa") else ()


@pytest.mark.lists
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_published_list_is_imported_to_the_last_row(run: Run, lists: Path) -> None:
    # The two of the whole country take half a minute; python -m bench.imports prints them too.
    whole = os.environ.get("MACHIMADO_NATIONWIDE_IMPORT")
    table = (*PUBLISHED, *NATIONAL) if whole else PUBLISHED
    for name, *expected in table:
        done = run("shelters", "import", lists / "shelters" / name, "--yes", *named(name))
        assert done.exit_code == 0, done.output
        assert counts(done.output) == tuple(expected), name
        assert expected[1] + expected[2] + expected[3] == expected[0]
    kept = stored()
    assert kept["shelter_sources"] == sum(imported for _, _, imported, _, _ in table)
    versions = queries.versions(db.session)
    for name, *expected in table:
        done = run("shelters", "import", lists / "shelters" / name, *named(name))
        assert done.exit_code == 0, done.output
        assert counts(done.output) == tuple(expected), name
        assert "何も変えていません。" in done.output
    assert (stored(), queries.versions(db.session)) == (kept, versions)


@pytest.mark.lists
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_piece_of_the_nations_lists_is_imported_joined_and_served(
    run: Run, lists: Path, tmp_path: Path, visitor: FlaskClient
) -> None:
    for name, *_ in NATIONAL:
        with gzip.open(lists / "shelters" / name, "rt", encoding="utf-8", newline="") as text:
            reader = csv.reader(text)
            head = [next(reader) for _ in range(3_001)]
        file = tmp_path / name
        with gzip.open(file, "wt", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\r\n").writerows(head)
        done = run("shelters", "import", file)
        assert counts(done.output) == (3_000, 3_000, 0, 0)
    places = queries.places(db.session)
    both = [one for one in places if one.kind is Kind.SITE_AND_SHELTER]
    assert 3_000 < len(places) < 6_000
    assert len(places) + len(both) == 6_000
    found = visitor.get("/api/v1/shelters/nearest?lat=43.06&lon=141.35&hazard=flood").get_json()
    assert len(found["shelters"]) == 10
    assert all(one["fits"] == "yes" for one in found["shelters"])
