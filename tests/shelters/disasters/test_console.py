"""Staff begin, amend and end a disaster in the console, each in two steps."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.shelters.disasters import service
from liff_app.shelters.vocabulary import Hazard, Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague
from tests.shelters.console.town import id_of, say
from tests.shelters.published import people, publish, row

HOME = "/console/disasters"
TYPHOON = {
    "name": "台風19号による大雨",
    "chief": "landslide",
    "others": ["landslide", "flood"],
    "area": "川ぞいの町",
    "kind": "real",
    "checkin": "y",
}


@pytest.fixture
def staff(app: Flask) -> ConsoleVisitor:
    """An administrator, in a town with two places."""
    publish(row("A1", capacity=people(100)), row("A2", name="川端小学校", lat=35.7))
    return colleague(app, Role.ADMINISTRATOR)


def hidden(page: str) -> dict[str, list[str]]:
    """What the second step carries."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page):
        found.setdefault(name, []).append(value)
    found.pop("csrf_token", None)
    return found


def checked(staff: FlaskClient, **changes: object) -> dict[str, list[str]]:
    answer = staff.post(f"{HOME}/new", data=TYPHOON | changes)
    assert answer.status_code == 200, answer.text
    return hidden(answer.text)


def begin(staff: FlaskClient, **changes: object) -> str:
    answer = staff.post(HOME, data=checked(staff, **changes) | {"sure": "y"})
    assert answer.status_code == 303, answer.text
    on = service.current(db.session)
    assert on is not None
    return on.id


def logged() -> list[tuple[str, str]]:
    db.session.rollback()
    wanted = select(AuditEvent.action, AuditEvent.subject).order_by(AuditEvent.number)
    rows = db.session.execute(wanted)
    return [(action, subject) for action, subject in rows if action.startswith("disaster.")]


def test_the_first_step_changes_nothing_and_says_what_will_come(staff: ConsoleVisitor) -> None:
    answer = staff.post(f"{HOME}/new", data=TYPHOON)
    assert answer.status_code == 200
    for words in (
        "本番の災害として始めますか", "まだ始まっていません", "公開中の 2か所ぜんぶが対象です",
        "土砂災害のとき避難できるのは 2か所", "登録者だけではありません",
        "LINEの友だち登録者みんな", "台風19号による大雨", "川ぞいの町", "災害モードを始める",
    ):  # fmt: skip
        assert words in answer.text
    assert service.current(db.session) is None
    assert logged() == []


def test_the_second_step_begins_it_as_declared(staff: ConsoleVisitor) -> None:
    one = begin(staff)
    on = service.find(db.session, one)
    assert (on.name, on.area, on.drill, on.checkin) == (
        "台風19号による大雨", "川ぞいの町", False, True,
    )  # fmt: skip
    assert on.hazards == (Hazard.LANDSLIDE, Hazard.FLOOD)  # the chief one first
    assert on.started_by.startswith("staff:")
    assert logged() == [("disaster.started", f"disaster:{one}")]
    page = staff.get(HOME).text
    assert "災害モードです（本番）" in page
    assert "窓口 一郎" in page


def test_without_the_mark_it_does_not_begin(staff: ConsoleVisitor) -> None:
    answer = staff.post(HOME, data=checked(staff))
    assert answer.status_code == 422
    assert "確かめた印を付けてください。" in answer.text
    assert service.current(db.session) is None


def test_a_double_tap_begins_it_once(staff: ConsoleVisitor) -> None:
    carried = checked(staff) | {"sure": "y"}
    answers = [staff.post(HOME, data=carried).status_code for _ in range(3)]
    assert answers == [303] * 3
    assert len(service.every(db.session)) == 1
    assert len(logged()) == 1


def test_a_form_kept_open_begins_nothing_anew_after_the_end(staff: ConsoleVisitor) -> None:
    carried = checked(staff) | {"sure": "y"}
    staff.post(HOME, data=carried)
    on = service.current(db.session)
    assert on is not None
    staff.post(f"{HOME}/{on.id}/stop", data={"sure": "y"})
    assert staff.post(HOME, data=carried).status_code == 303
    db.session.rollback()
    assert service.current(db.session) is None


def test_of_two_colleagues_who_begin_at_once_the_second_hears_it(
    app: Flask, staff: ConsoleVisitor
) -> None:
    other = colleague(app, Role.ADMINISTRATOR)
    first, second = checked(staff), checked(other, name="別の名前")
    assert staff.post(HOME, data=first | {"sure": "y"}).status_code == 303
    answer = other.post(HOME, data=second | {"sure": "y"})
    assert answer.status_code == 409
    assert "すでに災害または訓練が始まっています。" in answer.text
    assert other.get(f"{HOME}/new").location == HOME


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "名前を80字までで入れてください。"),
        ({"name": "あ" * 81}, "名前を80字までで入れてください。"),
        ({"chief": ""}, "何が起きているかを1つえらんでください。"),
        ({"chief": "dragon"}, "何が起きているかを1つえらんでください。"),
        ({"kind": ""}, "本番か訓練かをえらんでください。"),
        ({"area": "あ" * 201}, "地域は200字までで入れてください。"),
    ],
)
def test_what_is_missing_is_told_and_the_rest_is_kept(
    staff: ConsoleVisitor, changes: dict[str, str], sentence: str
) -> None:
    answer = staff.post(f"{HOME}/new", data=TYPHOON | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "直してほしいところが 1つあります" in answer.text
    if "area" not in changes:
        assert 'value="川ぞいの町"' in answer.text
    forged = staff.post(HOME, data=TYPHOON | changes | {"key": "k" * 20, "sure": "y"})
    assert forged.status_code == 422
    assert service.current(db.session) is None


def test_neither_real_nor_drill_is_chosen_beforehand(staff: ConsoleVisitor) -> None:
    page = staff.get(f"{HOME}/new").text
    kinds = re.findall(r'<input type="radio" name="kind"[^>]*>', page)
    assert len(kinds) == 2
    assert not any("checked" in one for one in kinds)


def test_one_can_go_back_from_the_second_step_and_lose_nothing(staff: ConsoleVisitor) -> None:
    page = staff.post(f"{HOME}/new", data=checked(staff, kind="drill")).text
    assert 'value="台風19号による大雨"' in page
    assert re.search(r'name="kind" value="drill" checked', page)
    assert re.search(r'name="chief" value="landslide" checked', page)
    assert re.search(r'name="others" value="flood" checked', page)
    assert 'name="key"' not in page


def test_a_disaster_of_none_of_the_eight_lists_every_place(staff: ConsoleVisitor) -> None:
    page = staff.post(f"{HOME}/new", data={"name": "大雪", "chief": "other", "kind": "real"}).text
    assert "この中にない（すべての場所を出します）" in page
    begin(staff, chief="other", others=[], area="", checkin="")
    on = service.current(db.session)
    assert on is not None
    assert (on.hazards, on.checkin) == ((), False)


def test_towns_of_the_list_are_added_to_the_area(staff: ConsoleVisitor, with_towns: None) -> None:
    page = staff.get(f"{HOME}/new").text
    codes = dict(re.findall(r'name="towns" value="([^"]+)"[^>]*> ([^<]+)<', page))
    by_name = {name: code for code, name in codes.items()}
    chosen = [by_name["湊"], by_name["コマド町"]]
    carried = checked(staff, towns=chosen)
    assert carried["area"] == ["川ぞいの町、湊、コマド町"]
    assert "towns" not in carried


def test_an_open_disaster_is_amended_with_its_history(staff: ConsoleVisitor) -> None:
    one = begin(staff)
    form = staff.get(f"{HOME}/{one}/amend").text
    assert 'value="川ぞいの町"' in form
    assert 'name="kind"' not in form
    changed = {"name": "台風19号による大雨", "chief": "flood", "area": "市内全域"}
    assert staff.post(f"{HOME}/{one}/amend", data=changed).status_code == 303
    db.session.rollback()
    line = service.find(db.session, one)
    assert (line.hazards, line.area, line.checkin) == ((Hazard.FLOOD,), "市内全域", False)
    page = staff.get(f"{HOME}/{one}").text
    for words in ("直した", "災害の種類 → 洪水", "地域 → 市内全域", "避難所での受付 → しない"):
        assert words in page
    assert staff.post(f"{HOME}/{one}/amend", data=changed).status_code == 303
    assert [action for action, _ in logged()] == ["disaster.started", "disaster.amended"]


def test_it_ends_in_two_steps_and_once(staff: ConsoleVisitor) -> None:
    one = begin(staff)
    assert "終えると、こうなります" in staff.get(f"{HOME}/{one}/stop").text
    assert staff.post(f"{HOME}/{one}/stop").status_code == 422
    db.session.rollback()
    assert service.current(db.session) is not None
    for _ in range(2):
        assert staff.post(f"{HOME}/{one}/stop", data={"sure": "y"}).status_code in (302, 303)
    db.session.rollback()
    assert service.current(db.session) is None
    assert [action for action, _ in logged()] == ["disaster.started", "disaster.stopped"]
    assert staff.get(f"{HOME}/{one}/stop").status_code == 302
    assert staff.get(f"{HOME}/{one}/amend").status_code == 302
    late = staff.post(f"{HOME}/{one}/amend", data={"name": "x", "chief": "flood"})
    assert late.status_code == 409
    assert "ふだんの画面です" in staff.get(HOME).text


def test_before_the_end_the_people_and_places_still_there_are_named(
    staff: ConsoleVisitor,
) -> None:
    one = begin(staff)
    page = staff.get(f"{HOME}/{one}/stop").text
    assert "開いている避難所も、人がいる避難所もありません" in page
    say("川端小学校", opening=Opening.OPEN, people=1430, confirmed=True)
    say("中央小学校", opening=Opening.CLOSED, people=7)
    for page in (
        staff.get(f"{HOME}/{one}/stop").text,
        staff.post(f"{HOME}/{one}/stop").text,
    ):
        assert "まだ 1,430人が 1か所にいます" in page
        assert "閉鎖なのに人がいるところが 1か所あります。" in page
        assert (
            f'<a href="/console/shelters/{id_of("川端小学校")}">川端小学校</a> 開設・1,430人'
            in page
        )
        assert "閉鎖・7／100人" in page


def test_what_was_typed_is_kept_by_the_browser_on_the_way_back(staff: ConsoleVisitor) -> None:
    assert "autocomplete" not in staff.get(f"{HOME}/new").text.split("<main")[1]


def test_what_does_not_exist_is_not_found(staff: ConsoleVisitor) -> None:
    for path in ("", "/amend", "/stop", "/eei.csv", "/places.csv", "/counts.csv"):
        assert staff.get(f"{HOME}/nobody{path}").status_code == 404
    assert staff.post(f"{HOME}/nobody/stop", data={"sure": "y"}).status_code == 404


def test_a_viewer_reads_and_changes_nothing(app: Flask, staff: ConsoleVisitor) -> None:
    one = begin(staff)
    viewer = colleague(app, Role.VIEWER)
    page = viewer.get(HOME).text
    assert "災害モードです" in page
    assert "/stop" not in page
    assert viewer.get(f"{HOME}/{one}").status_code == 200
    for path in ("new", f"{one}/amend", f"{one}/stop"):
        assert viewer.get(f"{HOME}/{path}").status_code == 403
    assert viewer.post(HOME, data=TYPHOON | {"sure": "y"}).status_code == 403
    assert viewer.post(f"{HOME}/{one}/stop", data={"sure": "y"}).status_code == 403
    reviewer = colleague(app, Role.REPORT_REVIEWER)
    assert reviewer.get(HOME).status_code == 403
