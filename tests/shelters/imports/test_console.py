"""The pages of lists: a file is looked at, published in two steps, and taken back."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from liff_app import clock, retention
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.shelters.console import ad_hoc_places
from liff_app.shelters.console.ad_hoc_places import AdHocDraft
from liff_app.shelters.imports import publish_console
from liff_app.shelters.imports.models import HandPosition, ListUpload
from liff_app.shelters.models import ListImport
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.vocabulary import Hazard, Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import colleague

from .towns import served

HEADINGS = (
    "ID,名称,所在地_連結表記,緯度,経度,災害種別_洪水,想定収容人数,備考,"
    "所在地_全国地方公共団体コード,災害種別_地震"
)
GOOD = (
    "1,中央小学校,まど市中庭一丁目1,35.6012,140.3011,1,820,,479993",
    "2,川端小学校,まど市中庭二丁目2,35.6072,140.3012,1,300,,479993",
    "3,湊の丘,まど市湊3,35.5801,140.3102,,,,479993",
)
BASE = "/console/shelters/imports"
pytestmark = pytest.mark.usefixtures("with_towns")


def csv(*rows: str, headings: str = HEADINGS) -> bytes:
    return ("﻿" + "\r\n".join([headings, *rows]) + "\r\n").encode()


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """A browser of an administrator."""
    return colleague(app, Role.ADMINISTRATOR)


def upload(browser: FlaskClient, body: bytes, name: str) -> TestResponse:
    """The answer to an uploaded file."""
    # Made by hand: Werkzeug's own way leaves a file open behind a body of 500 KB.
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    form = b"--edge\r\n%b\r\n\r\n%b\r\n--edge--\r\n" % (head.encode(), body)
    kind = "multipart/form-data; boundary=edge"
    return browser.post(f"{BASE}/uploads", data=form, content_type=kind)


def send(browser: FlaskClient, body: bytes, name: str = "hinanjo.csv") -> str:
    """The file is uploaded; gives the address of its preview."""
    answer = upload(browser, body, name)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def mark_of(page: TestResponse) -> str:
    found = re.search(r'name="mark" value="([0-9a-f]+)"', page.text)
    assert found, page.text
    return found[1]


def confirm(browser: FlaskClient, address: str) -> TestResponse:
    """Both steps of the second step: look, and press the button."""
    page = browser.get(address)
    assert page.status_code == 200
    return browser.post(address, data={"mark": mark_of(page), "sure": "y"})


def published(browser: FlaskClient, body: bytes, **settings: str) -> int:
    """The file is published; gives the number of the edition."""
    address = send(browser, body)
    if settings:
        assert browser.post(address, data=settings).status_code == 303
    answer = confirm(browser, f"{address}/publish")
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rpartition("done=")[2])


def text(page: TestResponse) -> str:
    """What the page says, without markup and with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_a_file_is_looked_at_and_published_in_two_steps(
    admin: FlaskClient, visitor: FlaskClient
) -> None:
    before = served(visitor)
    address = send(admin, csv(*GOOD))
    preview = admin.get(address)
    assert "3 追加" in text(preview)
    assert "誤り 0件" in text(preview)
    assert served(visitor) == before, "nothing is published by looking"
    page = admin.get(f"{address}/publish")
    assert "3か所が加わります。" in text(page)
    unsure = admin.post(f"{address}/publish", data={"mark": mark_of(page)})
    assert unsure.status_code == 422
    assert served(visitor) == before
    done = admin.post(f"{address}/publish", data={"mark": mark_of(page), "sure": "y"})
    assert done.status_code == 303
    assert "川端小学校" in served(visitor).decode()
    index = admin.get(done.headers["Location"])
    assert "「まど市「指定緊急避難場所一覧」」を公開しました" in text(index)
    assert "窓口 一郎" in text(index)
    assert db.session.scalar(select(func.count()).select_from(ListUpload)) == 0
    again = admin.post(f"{address}/publish", data={"mark": mark_of(page), "sure": "y"})
    assert again.headers["Location"].endswith(BASE), "a second tap is no error"


def test_every_problem_is_told_with_its_line_and_can_be_saved(admin: FlaskClient) -> None:
    broken = csv(
        GOOD[0],
        "2,,まど市中庭二丁目2,35.6072,140.3012,1,300,,479993",
        "3,湊の丘,まど市湊3,140.3102,35.5801,,,,479993",
        "4,コマド公園,まど市コマド町4,35.59,140.29,？,,,479993",
    )
    address = send(admin, broken)
    everything = text(admin.get(address))
    assert "誤り 2件" in everything
    assert "名称が空です。" in everything
    assert "緯度と経度が逆のようです。" in everything
    errors, warnings = (
        text(admin.get(f"{address}?problems={one}")) for one in ("error", "warning")
    )
    assert "名称が空です。" in errors
    assert "災害種別の値を読めません。" not in errors
    assert "災害種別の値を読めません。" in warnings
    saved = admin.get(f"{address}/problems.csv")
    assert saved.data.startswith(b"\xef\xbb\xbf")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="problems.csv"'
    assert len(saved.data.decode().splitlines()) >= 4


def test_a_change_is_shown_field_by_field_and_going_back_undoes_it(
    admin: FlaskClient, visitor: FlaskClient
) -> None:
    first = published(admin, csv(*GOOD))
    before = served(visitor)
    moved = GOOD[1].replace("35.6072", "35.6100").replace("川端小学校", "川端義務教育学校")
    newer = csv(GOOD[0].replace(",1,820", ",,900"), moved, GOOD[2].replace("3,湊", "4,湊"))
    address = send(admin, newer)
    page = text(admin.get(address))
    assert "中央小学校 まど市中庭一丁目1 洪水 指定 指定なし" in page
    assert "収容人数 820 900" in page
    assert "名称 川端小学校 川端義務教育学校" in page
    assert "311 m動いた" in page
    assert "削除される場所（1）" in page
    second = int(confirm(admin, f"{address}/publish").headers["Location"].rpartition("=")[2])
    assert served(visitor) != before
    look = text(admin.get(f"{BASE}/editions/{first}"))
    assert "名称 川端義務教育学校 川端小学校" in look
    assert confirm(admin, f"{BASE}/editions/{first}/publish").status_code == 303
    assert served(visitor) == before
    assert "いま住民に見えている版です。" not in text(admin.get(f"{BASE}/editions/{second}"))
    done = [
        row.action for row in db.session.scalars(select(AuditEvent).order_by(AuditEvent.number))
    ]
    assert done == [
        "list.uploaded", "list.published", "list.uploaded", "list.published", "list.republished",
    ]  # fmt: skip


def test_a_withdrawn_list_is_shown_nowhere_and_can_come_back(
    admin: FlaskClient, visitor: FlaskClient
) -> None:
    empty = served(visitor)
    first = published(admin, csv(*GOOD))
    shown = served(visitor)
    page = text(admin.get(f"{BASE}/editions/{first}/withdraw"))
    assert "3か所がこの一覧から消えます。" in page
    assert confirm(admin, f"{BASE}/editions/{first}/withdraw").status_code == 303
    assert served(visitor) == empty
    assert "公開していません（取り下げました）" in text(admin.get(BASE))
    assert confirm(admin, f"{BASE}/editions/{first}/publish").status_code == 303
    assert served(visitor) == shown


def test_the_second_of_two_people_sees_what_the_first_one_did(
    app: Flask, visitor: FlaskClient
) -> None:
    one, two = colleague(app, Role.ADMINISTRATOR), colleague(app, Role.ADMINISTRATOR)
    published(one, csv(*GOOD))
    address = send(two, csv(*GOOD, "9,新しい公園,まど市中庭一丁目9,35.602,140.302,1,,,479993"))
    seen = mark_of(two.get(f"{address}/publish"))
    published(one, csv(*GOOD[:2]))
    between = served(visitor)
    late = two.post(f"{address}/publish", data={"mark": seen, "sure": "y"})
    assert late.status_code == 409
    assert "ほかの人がこの一覧を公開しました" in text(late)
    assert "2か所が加わります。" in text(late), "the new difference"
    assert served(visitor) == between
    sure = two.post(f"{address}/publish", data={"mark": mark_of(late), "sure": "y"})
    assert sure.status_code == 303


def test_a_list_of_unknown_shape_asks_for_its_columns_once(
    admin: FlaskClient, visitor: FlaskClient
) -> None:
    headings = "整理番号,建物,場所,北,東,すいがい,ひとこと"
    rows = (
        "1,みどり会館,まど市中庭一丁目1,35.601,140.301,○,土足禁止",
        "2,あおば公園,まど市湊2,35.58,140.31,,",
    )
    address = send(admin, csv(*rows, headings=headings))
    asked = admin.get(address)
    assert asked.headers["Location"] == f"{address}/columns"
    page = admin.get(f"{address}/columns")
    assert "はじめて見る形の一覧です" in text(page)
    nothing = admin.post(f"{address}/columns", data={})
    assert nothing.status_code == 422
    assert "「名称」がどの列か" in text(nothing)
    answers = {"col-name": "建物", "col-address": "場所", "col-lat": "北", "col-lon": "東",
               "col-source_id": "整理番号", "haz-flood": "すいがい", "col-remarks": "ひとこと",
               "role": "shelter"}  # fmt: skip
    assert admin.post(f"{address}/columns", data=answers).status_code == 303
    assert "2 追加" in text(admin.get(address))
    mapping = admin.get(f"{address}/mapping.toml").text
    assert '"name" = ["建物"]' in mapping
    assert confirm(admin, f"{address}/publish").status_code == 303
    assert "みどり会館" in served(visitor).decode()
    newer = send(admin, csv(*rows, "3,すずかけ館,まど市湊3,35.581,140.311,○,", headings=headings))
    assert "1 追加 0 変更 0 削除 2 そのまま" in text(admin.get(newer)), "read as the year before"


def test_a_known_list_can_be_read_by_other_columns(admin: FlaskClient) -> None:
    address = send(admin, csv(*GOOD))
    page = admin.get(f"{address}/columns")
    answers = selected(page)
    answers["col-remarks"] = ""
    answers["haz-tsunami"] = "災害種別_洪水"
    assert admin.post(f"{address}/columns", data=answers).status_code == 303
    assert "3 追加" in text(admin.get(address))
    published_now = confirm(admin, f"{address}/publish")
    assert published_now.status_code == 303
    kept = db.session.scalars(select(ListImport)).one()
    rows = [json.loads(line) for line in gzip.decompress(kept.packed_rows).splitlines()]
    assert {one["name"]: one["fits"] for one in rows}["中央小学校"] == "yuuuyuuu"


def selected(page: TestResponse) -> dict[str, str]:
    """What every select of the page answers, if nobody touches it."""
    found = {}
    for name, options in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


def test_a_place_without_a_position_is_shown_by_hand_and_stays_there(
    admin: FlaskClient, visitor: FlaskClient
) -> None:
    unplaced = "4,谷の集会所,まど市どこか4,,,1,,,479993"
    first = published(admin, csv(*GOOD, unplaced))
    assert "谷の集会所" not in served(visitor).decode()
    assert "位置のはっきりしない場所が1か所あります" in text(admin.get(BASE))
    asked = f"{BASE}/pins?list=standard:479993&row=4"
    assert "谷の集会所" in text(admin.get(f"{BASE}/unplaced?list=standard:479993"))
    wrong = admin.post(asked, data={"lat": "140.3", "lon": "35.6"})
    assert wrong.status_code == 422
    assert admin.post(asked, data={"lat": "３５．６１１", "lon": "140.311"}).status_code == 303
    pinned = served(visitor)
    assert "谷の集会所" in pinned.decode()
    published(admin, csv(*GOOD[:2], unplaced.replace("どこか4", "どこか4-1")))
    assert "35.611" in served(visitor).decode(), "the next edition finds it there"
    published(admin, csv(*GOOD, unplaced.replace("谷の集会所", "別の家").replace("どこか4", "山5")))
    assert "別の家" not in served(visitor).decode(), "another building is not where the first was"
    assert confirm(admin, f"{BASE}/editions/{first}/publish").status_code == 303
    assert served(visitor) == pinned, "what was learnt since is not forgotten"
    removed = admin.post(asked.replace("pins?", "pins/remove?"))
    assert removed.status_code == 303
    assert "谷の集会所" not in served(visitor).decode()
    assert db.session.scalar(select(func.count()).select_from(HandPosition)) == 0


def test_a_position_given_while_looking_is_published_with_the_file(
    admin: FlaskClient, visitor: FlaskClient
) -> None:
    address = send(admin, csv(*GOOD, "4,谷の集会所,まど市どこか4,,,1,,,479993"))
    upload = address.rpartition("/")[2]
    assert "位置のはっきりしない場所（1）" in text(admin.get(address))
    pinned = admin.post(
        f"{BASE}/pins?upload={upload}&row=4", data={"lat": "35.61", "lon": "140.31"}
    )
    assert pinned.headers["Location"].startswith(address)
    assert confirm(admin, f"{address}/publish").status_code == 303
    assert "谷の集会所" in served(visitor).decode()


def test_what_lies_far_from_its_town_is_told_and_marked_on_the_map(admin: FlaskClient) -> None:
    astray = "5,迷子の公園,まど市中庭一丁目5,35.70,140.30,1,,,479993"
    address = send(admin, csv(*GOOD, astray))
    page = text(admin.get(address))
    assert "町から遠い場所（1）" in page
    assert "迷子の公園 中庭一丁目から 11.0 km" in page
    found = admin.get(f"{address}/points.json").get_json()
    assert [one["name"] for one in found if one["astray"]] == ["迷子の公園"]
    assert {one["state"] for one in found} == {"added"}
    assert len(found) == 4


def test_a_file_of_another_list_warns_of_its_rival(admin: FlaskClient) -> None:
    published(admin, csv(*GOOD), list_id="new", new_list="our-list", attribution="出典：まど市")
    address = send(admin, csv(*GOOD))
    warned = "「まど市（our-list）」と番号が半分より多く同じです"
    assert warned in text(admin.get(address))
    assert warned in text(admin.get(f"{address}/publish")), "and again where it is decided"
    chosen = {"list_id": "our-list", "attribution": "出典：まど市"}
    assert admin.post(address, data=chosen).status_code == 303
    assert "公開中の一覧と同じです。公開するものはありません。" in text(admin.get(address))
    assert admin.get(f"{address}/publish").status_code == 200
    bad = admin.post(address, data={"list_id": "new", "new_list": "x" * 81, "attribution": ""})
    assert bad.status_code == 422


@pytest.mark.parametrize(
    ("body", "name", "said"),
    [
        (b"", "a.csv", "ファイルが空です。"),
        (b"%PDF-1.7 ...", "a.pdf", "いずれでもありません"),
        (b"PK\x03\x04 broken", "a.xlsx", "Excelファイル"),
        (gzip.compress(b"0" * 60_000_000), "bomb.csv.gz", "shelters import"),
        (csv(*(f"{n},場所{n},まど市,35.6,140.3,,,,479993" for n in range(5_001))), "a.csv",
         "5,000 行"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence_and_not_kept(
    admin: FlaskClient, body: bytes, name: str, said: str
) -> None:
    answer = upload(admin, body, name)
    assert answer.status_code == 422
    assert said in text(answer)
    assert db.session.scalar(select(func.count()).select_from(ListUpload)) == 0


def test_a_request_larger_than_a_file_may_be_is_refused(admin: FlaskClient) -> None:
    assert upload(admin, b"x" * (7 * 1024 * 1024), "a.csv").status_code == 413
    fits = csv(*(f"{n},場所{n},{'あ' * 300},35.6,140.3,,,,479993" for n in range(2_000)))
    assert len(fits) > 1024 * 1024
    assert upload(admin, fits, "a.csv").status_code == 303


def test_a_file_without_places_never_empties_the_list(
    admin: FlaskClient, visitor: FlaskClient
) -> None:
    published(admin, csv(*GOOD))
    before = served(visitor)
    address = send(admin, csv("1,,,,,,,,479993"))
    assert "取り込める場所が1つもない" in text(admin.get(address))
    page = admin.get(f"{address}/publish")
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', page.text)
    if mark:
        answer = admin.post(f"{address}/publish", data={"mark": mark[1], "sure": "y"})
        assert answer.status_code in (303, 409)
    assert served(visitor) == before


def test_somebodys_sixth_file_takes_the_place_of_the_oldest(admin: FlaskClient) -> None:
    addresses = [send(admin, csv(*GOOD), f"file{n}.csv") for n in range(6)]
    assert admin.get(addresses[0]).status_code == 404
    assert admin.get(addresses[5]).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(ListUpload)) == 5
    assert admin.post(f"{addresses[5]}/discard").status_code == 303
    assert admin.get(addresses[5]).status_code == 404


def noted() -> list[tuple[str, str, dict[str, object]]]:
    """What the log has: action, subject, detail."""
    db.session.rollback()
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number))
    return [(one.action, one.subject, json.loads(one.detail)) for one in rows]


def test_every_step_with_a_file_is_in_the_log(admin: FlaskClient) -> None:
    address = send(admin, csv(*GOOD, "4,,まど市湊4,35.58,140.3,,,,479993"))
    upload = f"upload:{address.rpartition('/')[2]}"
    answers = selected(admin.get(f"{address}/columns"))
    assert admin.post(f"{address}/columns", data=answers).status_code == 303
    adjusted = {"list_id": "new", "new_list": "machi", "attribution": "まど市", "only_own": ""}
    assert admin.post(address, data=adjusted).status_code == 303
    assert admin.get(f"{address}/mapping.toml").status_code == 200
    assert admin.get(f"{address}/problems.csv").status_code == 200
    assert admin.post(f"{address}/discard").status_code == 303
    assert admin.post(f"{address}/discard").status_code == 303  # sent twice, it is done once
    found = noted()
    assert [one[0] for one in found] == [
        "list.uploaded", "list.columns_answered", "list.upload_adjusted", "list.mapping_exported",
        "list.problems_exported", "list.discarded",
    ]  # fmt: skip
    assert {one[1] for one in found} == {upload}
    assert found[1][2]["columns"]
    assert found[2][2] == {"list": "machi", "only_own": False}
    assert found[4][2]["rows"]
    assert "まど市" not in str(found)


def test_whose_file_was_thrown_away_is_in_the_log(app: Flask, admin: FlaskClient) -> None:
    mine, theirs = send(admin, csv(*GOOD)), send(colleague(app, Role.ADMINISTRATOR), csv(*GOOD))
    for address in (mine, theirs):
        assert admin.post(f"{address}/discard").status_code == 303
    db.session.rollback()
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
    first, second = (json.loads(one.detail)["uploaded_by"] for one in events[2:])
    assert events[2].actor == events[3].actor == first == events[0].actor
    assert second == events[1].actor != first


def test_a_file_that_made_room_is_in_the_log(admin: FlaskClient) -> None:
    addresses = [send(admin, csv(*GOOD), f"file{n}.csv") for n in range(6)]
    gone = [one for one in noted() if one[0] == "list.discarded"]
    upload = f"upload:{addresses[0].rpartition('/')[2]}"
    assert gone == [("list.discarded", upload, {"by_itself": True})]


@pytest.mark.usefixtures("visitor")  # with it every look is a fresh one
def test_an_open_place_that_would_go_is_told(
    admin: FlaskClient, begin: Callable[..., None]
) -> None:
    first = published(admin, csv(*GOOD))
    begin(Hazard.FLOOD, 川端小学校=Change(opening=Opening.OPEN, people=10))
    page = text(admin.get(f"{BASE}/editions/{first}/withdraw"))
    assert "いま開いている避難所が消えます 川端小学校" in page


def test_a_list_too_large_for_a_page_is_left_to_the_command(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = published(admin, csv(*GOOD))
    monkeypatch.setattr(publish_console, "LARGE_ROWS", 2)
    assert f"shelters republish standard:479993 {first}" in text(
        admin.get(f"{BASE}/editions/{first}")
    )
    refused = admin.get(f"{BASE}/editions/{first}/withdraw")
    assert refused.status_code == 409
    assert "shelters withdraw" in text(refused)


def test_a_web_process_that_reads_no_list_does_not_load_what_reads_them() -> None:
    """They take 20 MB."""
    told = "import sys, liff_app.shelters.imports.console; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0  # noqa: S603 - our own words


def test_another_role_sees_none_of_it(app: Flask) -> None:
    browser = colleague(app, Role.SHELTER_STAFF, Role.VIEWER)
    assert browser.get(BASE).status_code == 403
    assert browser.post(f"{BASE}/uploads", data={}).status_code == 403


REAL = (
    "takamatsu_372013_evacuation_space.xlsx",
    "takamatsu_tsunami_evacuation_building.csv",
    "ishikawa_170003_evacuation_space.csv",
    "gsi_401307_fukuoka_emergency.geojson",
)


@pytest.mark.parametrize("name", REAL)
def test_real_lists_of_every_shape_are_shown_before_they_are_published(
    admin: FlaskClient, lists: Path, name: str
) -> None:
    address = send(admin, (lists / "shelters" / name).read_bytes(), name)
    page = admin.get(address)
    assert page.status_code == 200
    points = admin.get(f"{address}/points.json").get_json()
    assert f"{len(points):,} 追加" in text(page)
    if name.startswith("ishikawa"):  # a prefecture's, of 19 towns: whose it is nobody can tell
        assert confirm(admin, f"{address}/publish").status_code == 409
        assert "出典を直すまで、公開できません。" in text(page)
        named = {"list_id": "new", "new_list": "ishikawa", "attribution": "出典：石川県"}
        assert admin.post(address, data=named).status_code == 303
    assert confirm(admin, f"{address}/publish").status_code == 303


def test_files_go_after_a_day(admin: FlaskClient) -> None:
    send(admin, csv(*GOOD))
    retention.run(now=clock.now() + timedelta(hours=23))
    assert db.session.scalar(select(func.count()).select_from(ListUpload)) == 1
    assert retention.run(now=clock.now() + timedelta(hours=25))["shelter_list_uploads"] == 1


def test_the_source_names_the_town_whose_list_it_is(admin: FlaskClient) -> None:
    own = admin.get(send(admin, csv(*GOOD))).text
    assert 'value="出典：まど市「指定緊急避難場所一覧」を加工して作成"' in own
    other = csv(*(one.replace("479993", "172014") for one in GOOD))
    address = send(admin, other)
    assert "出典に自治体の名前が入っていません" in text(admin.get(address))
    page = admin.get(f"{address}/publish")
    refused = admin.post(f"{address}/publish", data={"mark": mark_of(page), "sure": "y"})
    assert refused.status_code == 409
    assert "出典が「（公開している自治体）」のままです。" in text(refused)
    assert db.session.scalar(select(func.count()).select_from(ListImport)) == 0
    asked = {"list_id": "new", "new_list": "x", "attribution": "出典：（公開している自治体）"}
    assert admin.post(address, data=asked).status_code == 422


def test_a_list_is_called_by_its_name_and_its_id_stands_beside_it(admin: FlaskClient) -> None:
    published(admin, csv(*GOOD))
    index = admin.get(BASE).text
    assert re.search(r"<h2[^>]*>まど市「指定緊急避難場所一覧」</h2>", index)
    assert "名前：standard:479993" in index
    edition = db.session.scalars(select(ListImport.id)).one()
    asked = text(admin.get(f"{BASE}/editions/{edition}/withdraw"))
    assert "「まど市「指定緊急避難場所一覧」」を取り下げますか" in asked
    assert "名前：standard:479993" in asked


@pytest.fixture
def in_the_field(app: Flask) -> int:
    """A place somebody added in the field; gives the number of the edition."""
    draft = AdHocDraft(
        name="湊寺 本堂", kana="", address="まど市湊1", lat=35.58, lon=140.31, is_exact=True,
        capacity=None, hazards=frozenset(), phone="", remarks="", publish=True,
    )  # fmt: skip
    with transaction() as session:
        ad_hoc_places.put(
            session, draft, source_id="a1", town=("479993", "まど市"), by="staff:x", now=clock.now()
        )
    return db.session.scalars(select(ListImport.id)).one()


def test_no_file_touches_the_places_added_in_the_field(
    admin: FlaskClient, in_the_field: int
) -> None:
    published(admin, csv(*GOOD))
    index = admin.get(BASE).text
    assert "現場で加えた場所" in index
    assert f"editions/{in_the_field}/withdraw" not in index
    shown = text(admin.get(f"{BASE}/editions/{in_the_field}"))
    assert "現場で加えた場所" in shown
    assert "戻す" not in shown
    address = send(admin, csv(GOOD[0]))
    assert "ad_hoc" not in admin.get(address).text
    for asked in ({"list_id": "ad_hoc"}, {"list_id": "new", "new_list": " ad_hoc "}):
        refused = admin.post(address, data=asked | {"attribution": "出典：町"})
        assert refused.status_code == 422
        assert "ファイルや前の版で変えられません" in text(refused)
    with transaction() as session:  # as a file of before this was refused
        session.execute(update(ListUpload).values(list_id="ad_hoc"))
    assert confirm(admin, f"{address}/publish").status_code == 409


def test_no_pin_withdrawal_or_way_back_touches_the_places_added_in_the_field(
    admin: FlaskClient, in_the_field: int
) -> None:
    for step in ("publish", "withdraw"):
        assert admin.get(f"{BASE}/editions/{in_the_field}/{step}").status_code == 409
        sent = admin.post(f"{BASE}/editions/{in_the_field}/{step}", data={"sure": "y"})
        assert sent.status_code == 409
    row, point = f"{BASE}/pins?list=ad_hoc&row=a1", {"lat": "35.6", "lon": "140.3"}
    assert admin.get(row).status_code == admin.post(row, data=point).status_code == 409
    assert admin.post(row.replace("pins?", "pins/remove?")).status_code == 409
    assert admin.get(f"{BASE}/unplaced?list=ad_hoc").status_code == 409
    db.session.rollback()
    kinds = db.session.scalars(select(ListImport.kind).where(ListImport.list_id == "ad_hoc")).all()
    assert kinds == ["field"]
    assert ad_hoc_places.stands(db.session, "a1")
