"""Staff change what residents can report; nothing they type is lost."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from liff_app.db import transaction
from liff_app.reports.categories.model import StopKind
from liff_app.reports.vocabulary import Group
from liff_app.staff import service as staff_service
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults

from .desk import HOME, OWN, fields, noted, now, opened, own

pytestmark = on_sqlite


@pytest.fixture
def staff(app: Flask) -> ConsoleVisitor:
    """Somebody who works on reports."""
    return colleague(app, Role.REPORT_REVIEWER)


def test_the_list_shows_every_category_and_what_has_no_number(staff: ConsoleVisitor) -> None:
    answer = staff.get(HOME)
    assert answer.status_code == 200
    for name in ("道路", "街灯・防犯灯", "土砂くずれ"):
        assert name in answer.text
    assert "電話番号のない急ぎの行き先が 7か所" in answer.text


@pytest.mark.parametrize("code", ["road", "light", "sign", "other", "d_lifeline"])
def test_saving_what_the_form_shows_changes_nothing(staff: ConsoleVisitor, code: str) -> None:
    before = now(code)
    answer = staff.post(f"{HOME}/{code}", data=opened(staff, code))
    assert (answer.status_code, answer.headers["Location"]) == (303, HOME)
    assert now(code).version == 1
    assert now(code).questions == before.questions
    assert (now(code).name, now(code).due_days) == (before.name, before.due_days)


def test_a_category_is_changed_and_noted(app: Flask, staff: ConsoleVisitor) -> None:
    with app.app_context(), transaction() as session:
        department = staff_service.add_department(session, "道路課")
    said = opened(staff, "light") | {
        "name": "防犯灯", "due_days": "１０", "department": department, "order": "5",
        "q0-o4-stop-phone": "０００-１２３-4567", "q0-o4-stop-phone_label": "電力会社に電話する",
    }  # fmt: skip
    assert staff.post(f"{HOME}/light", data=said).status_code == 303
    light = now("light")
    assert (light.name, light.due_days, light.department_id) == ("防犯灯", 10, department)
    stop = light.questions[0].options[4].stop
    assert stop is not None
    assert (stop.phone, stop.phone_label) == ("0001234567", "電力会社に電話する")
    ((action, subject, detail),) = noted()
    assert (action, subject) == ("report_category.changed", "report_category:light")
    for name in ("name", "due_days", "department_id", "order", "questions"):
        assert name in detail
    assert "道路課" in staff.get(HOME).text


def test_a_category_of_the_towns_own_is_added_with_questions_by_steps(
    staff: ConsoleVisitor,
) -> None:
    page = staff.post(f"{HOME}/new", data=OWN | {"step": "add-q"}).text
    said = fields(page) | {"q0-label": "どこですか", "q0-o0-label": "手すり", "q0-o1-label": ""}
    page = staff.post(f"{HOME}/new", data=said | {"step": "add-q0"}).text
    said = fields(page)
    assert (said["name"], said["q0-label"], said["q0-o0-label"]) == ("橋", "どこですか", "手すり")
    said |= {
        "q0-o2-label": "川に落ちた人がいる", "q0-o2-stop-kind": "emergency",
        "q0-o2-stop-title": "119番へ", "q0-o2-stop-phone": "119",
    }  # fmt: skip
    assert "q0-o2-code" in said
    code = own(staff, **said)
    (question,) = now(code).questions
    assert [one.label for one in question.options] == ["手すり", "川に落ちた人がいる"]
    stop = question.options[1].stop
    assert stop is not None
    assert (stop.kind, stop.phone, stop.phone_label) == (
        StopKind.EMERGENCY, "119", "119 に電話する",
    )  # fmt: skip
    assert noted()[0][0] == "report_category.added"


@pytest.mark.parametrize(
    ("step", "labels"),
    [
        ("up-q0-o1", ["ちらつく", "つかない", "昼もついている"]),
        ("drop-q0-o0", ["ちらつく", "昼もついている", "こわれている・かたむいている"]),
        ("up-q0-o0", ["つかない", "ちらつく", "昼もついている"]),
        ("drop-q0-o99", ["つかない", "ちらつく", "昼もついている"]),
        ("drop-q9-o0", ["つかない", "ちらつく", "昼もついている"]),
        ("look", ["つかない", "ちらつく", "昼もついている"]),
        ("drop-", ["つかない", "ちらつく", "昼もついている"]),
        ("up-q0-o1-o1-o", ["ちらつく", "つかない", "昼もついている"]),
    ],
)
def test_a_step_changes_the_form_and_not_the_category(
    staff: ConsoleVisitor, step: str, labels: list[str]
) -> None:
    said = opened(staff, "light") | {"hint": "書きかけ", "step": step}
    answer = staff.post(f"{HOME}/light", data=said)
    assert answer.status_code == 200
    left = fields(answer.text)
    assert [left[f"q0-o{n}-label"] for n in range(3)] == labels
    assert left["hint"] == "書きかけ"
    assert now("light").version == 0
    assert noted() == []


def test_moved_options_keep_their_codes(staff: ConsoleVisitor) -> None:
    page = staff.post(f"{HOME}/light", data=opened(staff, "light") | {"step": "up-q0-o1"}).text
    staff.post(f"{HOME}/light", data=fields(page))
    assert [one.code for one in now("light").questions[0].options][:2] == ["flicker", "off"]


def test_a_question_made_a_text_keeps_its_answers_until_it_is_saved(staff: ConsoleVisitor) -> None:
    said = opened(staff, "light") | {"q0-kind": "text", "step": "look"}
    left = fields(staff.post(f"{HOME}/light", data=said).text)
    assert left["q0-o0-label"] == "つかない"
    assert left["q0-o4-stop-title"] == "電線にさわらないでください"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "あ" * 21}, "name"),
        ({"name": "公園"}, "name"),
        ({"name": "あ\u202eい"}, "name"),
        ({"hint": "あ" * 41}, "hint"),
        ({"icon": "nothing"}, "icon"),
        ({"order": "-1"}, "order"),
        ({"order": "x"}, "order"),
        ({"due_days": "0"}, "due_days"),
        ({"due_days": "251"}, "due_days"),
        ({"department": "nobody"}, "department"),
        ({"q0-label": ""}, "q0-label"),
        ({"q0-kind": "song"}, "q0-kind"),
        ({"q0-o4-stop-title": ""}, "q0-o4-stop-title"),
        ({"q0-o4-stop-kind": "party"}, "q0-o4-stop-kind"),
        ({"q0-o4-stop-phone": "電話"}, "q0-o4-stop-phone"),
        ({"q0-o4-stop-phone_label": "電話する"}, "q0-o4-stop-phone"),
        ({"q0-o4-label": ""}, "q0-o4-label"),
        ({"q0-o0-stop-text": "どこへ"}, "q0-o0-stop-kind"),
        ({"stop-title": "どこへ"}, "stop-kind"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_typed_stays(
    staff: ConsoleVisitor, wrong: dict[str, str], field: str
) -> None:
    said = opened(staff, "light") | {"hint": "書きかけ"} | wrong
    answer = staff.post(f"{HOME}/light", data=said)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert f'id="f-{field}"' in answer.text
    left = fields(answer.text)
    choices = {name for name in wrong if name in ("icon", "department", "group") or "kind" in name}
    for name, value in said.items():
        if name not in choices:
            assert left[name] == value, name
    assert now("light").version == 0


def test_when_it_is_offered_is_chosen_for_the_towns_own_only(staff: ConsoleVisitor) -> None:
    answer = staff.post(f"{HOME}/new", data=OWN | {"group": "sometimes"})
    assert answer.status_code == 422
    assert 'href="#f-group"' in answer.text
    assert "group" not in opened(staff, "light")
    said = opened(staff, "light") | {"group": "disaster"}
    assert staff.post(f"{HOME}/light", data=said).status_code == 303
    assert now("light").group is Group.EVERYDAY


def test_a_question_to_choose_from_needs_an_answer(staff: ConsoleVisitor) -> None:
    said = OWN | {"q0-label": "どこ", "q0-kind": "choice", "q0-o0-label": ""}
    answer = staff.post(f"{HOME}/new", data=said)
    assert answer.status_code == 422
    assert 'href="#f-q0-label"' in answer.text


def test_who_saved_second_sees_what_differs_and_loses_nothing(
    app: Flask, staff: ConsoleVisitor
) -> None:
    mine = opened(staff, "light") | {"hint": "わたしの説明"}
    other = colleague(app, Role.ADMINISTRATOR)
    assert (
        other.post(f"{HOME}/light", data=opened(other, "light") | {"name": "灯"}).status_code == 303
    )
    answer = staff.post(f"{HOME}/light", data=mine)
    assert answer.status_code == 409
    assert "ほかの職員が先に直しました" in answer.text
    assert "名前、説明" in answer.text
    left = fields(answer.text)
    assert (left["hint"], left["name"], left["version"]) == ("わたしの説明", "街灯・防犯灯", "1")
    assert now("light").name == "灯"
    assert staff.post(f"{HOME}/light", data=left).status_code == 303
    assert (now("light").name, now("light").hint) == ("街灯・防犯灯", "わたしの説明")


def test_a_built_in_one_is_restored_after_being_asked(staff: ConsoleVisitor) -> None:
    staff.post(f"{HOME}/light", data=opened(staff, "light") | {"name": "灯"})
    refused = staff.post(f"{HOME}/light/restore", data={"version": "1"})
    assert refused.status_code == 422
    assert now("light").name == "灯"
    done = staff.post(f"{HOME}/light/restore", data={"version": "1", "sure": "y"})
    assert done.status_code == 303
    assert now("light").name == "街灯・防犯灯"
    assert [one[0] for one in noted()][1:] == ["report_category.restored"]


def test_an_unused_one_of_the_towns_own_is_removed_after_being_asked(
    staff: ConsoleVisitor,
) -> None:
    code = own(staff)
    assert staff.post(f"{HOME}/{code}/remove", data={"version": "1"}).status_code == 422
    stale = staff.post(f"{HOME}/{code}/remove", data={"version": "7", "sure": "y"})
    assert stale.status_code == 409
    assert "ほかの職員が先に直しました" in stale.text
    done = staff.post(f"{HOME}/{code}/remove", data={"version": "1", "sure": "y"})
    assert done.status_code == 303
    assert staff.get(f"{HOME}/{code}").status_code == 404
    gone = staff.post(f"{HOME}/light/remove", data={"version": "0", "sure": "y"})
    assert gone.status_code == 404


def test_the_preview_shows_what_is_typed(staff: ConsoleVisitor) -> None:
    said = opened(staff, "light") | {"q0-o0-label": "まっくら", "step": "look"}
    page = staff.post(f"{HOME}/light", data=said).text
    preview = page[page.index('<div class="kinds-preview">') :]
    assert "まっくら" in preview
    assert "電線にさわらないでください" in preview


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SENDER, Role.SHELTER_STAFF])
def test_others_stay_outside(app: Flask, role: Role) -> None:
    assert colleague(app, role).get(HOME).status_code == 403


def test_what_is_typed_is_text_and_nothing_else(staff: ConsoleVisitor) -> None:
    evil = '"><script>x</script>'
    said: dict[str, Any] = opened(staff, "light") | {"hint": evil, "q0-o0-label": evil}
    assert staff.post(f"{HOME}/light", data=said).status_code == 303
    for address in (HOME, f"{HOME}/light"):
        assert "<script>x" not in staff.get(address).text


def test_the_pages_keep_the_rules_of_every_page(staff: ConsoleVisitor) -> None:
    pages: list[TestResponse] = [
        staff.get(HOME), staff.get(f"{HOME}/new"), staff.get(f"{HOME}/road"),
        staff.post(f"{HOME}/road", data={"version": "0"}),
    ]  # fmt: skip
    for page in pages:
        assert faults(page, HOME) == []


def test_reviewers_of_one_department_read_categories_and_change_none(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        department = staff_service.add_department(session, "福祉課")
    narrow = colleague(app, (Role.REPORT_REVIEWER, {"department": department}))
    whole = colleague(app, Role.ADMINISTRATOR)
    code = own(whole)
    before = {one: now(one) for one in ("light", code)}
    said = opened(whole, "light") | {"department": department, "sure": "y"}
    for path in ("", "/light", f"/{code}"):
        page = narrow.get(HOME + path)
        assert page.status_code == 200
        assert faults(page, HOME) == []
        assert "すべての部署の通報を見る人です" in page.text
        assert f'action="{HOME}' not in page.text
        for word in ("種類を足す", "保存する", "質問を足す", "答えを足す", "この種類を消す"):
            assert word not in page.text, word
    assert narrow.get(f"{HOME}/new").status_code == 403
    for path in ("new", "light", "light/restore", f"{code}/remove"):
        refused = narrow.post(f"{HOME}/{path}", data=said)
        assert refused.status_code == 403, path
        assert "すべての部署の通報を見る人だけです" in refused.text
    assert {one: now(one) for one in ("light", code)} == before
