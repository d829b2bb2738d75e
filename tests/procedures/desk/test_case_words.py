"""What a case's page tells colleagues: who hears of a step, what was pointed at, what is late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.db import transaction
from liff_app.procedures import dossiers, events, revisions
from liff_app.procedures.desk import casework, pointing, returning
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.vocabulary import EventKind, Status
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults
from tests.procedures.ground import NOON, children, document, ja, page, publish, question, submit

from .desk import (
    ANSWERS,
    do,
    made_case,
    made_form,
    messages,
    reviewer,
    row,
    somebody,
    town,
    version_of,
)

pytestmark = [pytest.mark.usefixtures("app"), on_sqlite]
HOME = "/console/procedures"
SOON, NO_LINE = "まもなく届きます", "LINEの知らせは届きません"


@pytest.fixture
def desk(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.PROCEDURE_REVIEWER)


def post(who: ConsoleVisitor, ref: str, what: str, **fields: Any) -> TestResponse:  # noqa: ANN401 - any field
    return who.post(f"{HOME}/cases/{ref}/{what}", data={"version": version_of(ref)} | fields)


def flash(who: ConsoleVisitor, ref: str, what: str, **fields: Any) -> str:  # noqa: ANN401 - any field
    """What the page says of the change that was just made."""
    answer = post(who, ref, what, **fields)
    assert answer.status_code == 303, answer.text
    after = who.get(answer.headers["Location"])
    assert faults(after, HOME) == []
    return after.text.partition('id="done"')[2].partition("</section>")[0][:600]


def test_a_step_that_nobody_hears_of_promises_no_message(desk: ConsoleVisitor) -> None:
    for who in (somebody(), None):
        ref = made_case(made_form(f"form{who is None:d}"), resident_id=who)
        said = flash(desk, ref, "move", to="reviewing")
        assert "申請した人への知らせはありません。" in said
        assert SOON not in said
        assert NO_LINE not in said
        if who:
            assert messages(who) == []


def test_a_step_that_is_told_says_how_it_is_heard_of(desk: ConsoleVisitor) -> None:
    form, who = made_form(), somebody()
    assert SOON in flash(desk, made_case(form, resident_id=who), "move", to="accepted")
    assert len(messages(who)) == 1
    assert NO_LINE in flash(desk, made_case(form), "move", to="accepted")
    assert SOON in flash(desk, made_case(form, resident_id=who), "move", to="answer", text="はい")


def test_what_is_only_proposed_is_not_to_be_announced(desk: ConsoleVisitor) -> None:
    form, who = made_form(two_person=True), somebody()
    for resident_id in (who, None):
        ref = made_case(form, resident_id=resident_id)
        said = flash(desk, ref, "move", to="rejected", text="対象外です。")
        assert "まだ知らせないでください" in said
        assert SOON not in said
        assert NO_LINE not in said
    assert messages(who) == []


def test_a_return_is_shown_with_its_day_as_people_read_it(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    due = (clock.now() + timedelta(days=400)).date()
    said = {"item": "name", "comment.name": "戸籍の字で。", "due_on": due.isoformat()}
    assert NO_LINE in flash(desk, ref, "return", **said)
    shown = desk.get(f"{HOME}/cases/{ref}").text
    assert f"期限 {due.month}月{due.day}日（" in shown
    assert f"期限 {due.isoformat()}" not in shown


def test_points_that_came_back_as_they_were_are_marked(desk: ConsoleVisitor) -> None:
    ref, who = made_case(made_form()), reviewer()
    points = [Item(path=path, comment="確かめてください。") for path in
              ("name", "kana", "children/0", "children/1/birth")]  # fmt: skip
    do(pointing.send_back, ref, points, who=who, due_on=None)
    again = ANSWERS | {"name": "山田 華子", "children": [
        {"child": "山田 一朗", "birth": "2020-05-05"}, ANSWERS["children"][1],
    ]}  # fmt: skip
    corrected(ref, again)
    shown = desk.get(f"{HOME}/cases/{ref}").text.partition("差し戻したところ")[2]
    points_shown = shown.partition("</dl>")[0].split('class="pairs-name"')[1:]
    assert ["変わっていない" in one for one in points_shown] == [False, True, False, True]


def corrected(ref: str, answers: dict[str, Any]) -> None:
    """The applicant sends these answers instead."""
    with transaction() as session:
        held = events.hold(session, ref)
        key = dossiers.key_of(session, town().keys, held.dossier_id)
        returning.answer(session, held, now=NOON)
        held.revision += 1
        revisions.add(session, held, answers, key=key, by="resident", now=NOON)
        events.append(session, held, EventKind.RESUBMITTED, key=key, actor="resident", now=NOON,
                      to=Status.RECEIVED)  # fmt: skip


def test_an_error_of_a_return_names_its_question(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    answer = post(desk, ref, "return", item=["name", "children/0/birth"])
    assert answer.status_code == 422
    listed = answer.text.partition('role="alert"')[2].partition("</ul>")[0]
    assert "name：文を書いてください。" in listed
    assert "お子さん 1 birth：文を書いてください。" in listed


def test_no_heading_of_a_return_is_empty(desk: ConsoleVisitor) -> None:
    kids = page("family", children(), label={})
    bare = page("bare", question("name", Kind.TEXT, label=ja("お名前")), label={})
    with transaction() as session:
        form = publish(session, document(bare, kids))
        said = {"name": "山田", "children": ANSWERS["children"]}
        sent, _key = submit(session, form, said, keys=town().keys)
        ref = sent.ref
    shown = desk.get(f"{HOME}/cases/{ref}/return")
    assert faults(shown, HOME) == []
    assert ">お子さん</h2>" in shown.text
    assert "></h2>" not in shown.text


def test_the_slip_says_where_to_ask_and_nothing_of_the_applicant(desk: ConsoleVisitor) -> None:
    form = made_form(contact=ja("環境課 電話 00-0000"))
    told, untold = made_case(form, resident_id=somebody()), made_case(form)
    for ref, is_told in ((told, True), (untold, False)):
        slip = desk.get(f"{HOME}/cases/{ref}/slip")
        assert slip.status_code == 200
        assert faults(slip, HOME) == []
        for words in (row(ref).number, "見本の手続き", "環境課 電話 00-0000", "11月23日"):
            assert words in slip.text
        for words in ("山田", "ヤマダ", "090", "sofa"):
            assert words not in slip.text
        assert (f"/liff/procedures/sent/{ref}" in slip.text) == is_told
        assert ("受付番号を伝えて" in slip.text) != is_told


def test_late_and_lapsed_are_two_words(desk: ConsoleVisitor) -> None:
    form, who = made_form(), reviewer()
    ref = made_case(form, status=Status.REVIEWING)
    do(casework.set_due, ref, (clock.now() - timedelta(days=3)).date(), who=who)
    lapsed = made_case(form, status=Status.LAPSED)
    queue = desk.get(f"{HOME}?state=all").text
    late_row, over_row = (
        part.partition("</li>")[0]
        for part in sorted(
            queue.split('class="inbox-row"')[1:], key=lambda part: row(lapsed).number in part
        )
    )
    assert "期限を過ぎた" in late_row
    assert "期限切れで終了" in over_row
    assert "期限切れ<" not in queue
    assert "期限切れ " not in queue
    assert "期限を過ぎた" in desk.get(f"{HOME}/cases/{ref}").text
    assert "期限切れで終了" in desk.get(f"{HOME}/cases/{lapsed}").text
