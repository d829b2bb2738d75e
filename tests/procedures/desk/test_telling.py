"""Who is told what: once, in words that name nobody and hold nothing anybody typed."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import func, select

from liff_app.db import db, transaction
from liff_app.messaging import outbox
from liff_app.procedures import telling
from liff_app.procedures.desk import casework
from liff_app.procedures.forms import Form
from liff_app.procedures.models import HookCall, ProcedureHook, Submission
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import Status
from tests.procedures.ground import NOON, document, publish

from .desk import (
    do,
    made_case,
    made_form,
    messages,
    reviewer,
    row,
    somebody,
)

pytestmark = pytest.mark.usefixtures("app")
SILENT = {Told.REVIEWING, Told.WITHDRAWN_BY_APPLICANT}


def tell(ref: str, form: Form, what: Told) -> bool:
    """Told in a transaction of its own."""
    found = row(ref)
    with transaction() as session:
        return telling.told(session, session.merge(found), form, what, NOON)


def test_every_message_is_short_and_leads_with_what_happened(app: Flask) -> None:
    form = made_form()
    firsts = set()
    for what in Told:
        said = telling.words(what, form, "令8-例-000123-4")
        assert (said is None) == (what in SILENT), what
        if said is None:
            continue
        outbox.require_tellable(said.text, link="/procedures/sent/x", link_label=said.label)
        lines = said.text.split("\n")
        assert lines[-1] == "受付番号 令8-例-000123-4"
        assert "見本の手続き" in lines[-2]
        firsts.add(lines[0])
    assert len(firsts) == len(Told) - len(SILENT), "each says something of its own first"
    accepted = telling.words(Told.ACCEPTED, form, "x")
    rejected = telling.words(Told.REJECTED, form, "x")
    assert accepted is not None
    assert rejected is not None
    assert accepted.text.startswith("申請が認められました。")
    assert rejected.text.startswith("申請は認められませんでした。")


def test_a_survey_is_thanked_for(app: Flask) -> None:
    said = telling.words(Told.RECEIVED, made_form(kind="survey"), "x")
    assert said is not None
    assert said.text.startswith("回答を受け付けました。")


def test_a_form_named_after_an_address_is_told_by_its_number(app: Flask) -> None:
    with transaction() as session:
        form = publish(session, replace(document(), title={"ja": "https://x.jp"}))
    said = telling.words(Told.RECEIVED, form, "令8-例-000123-4")
    assert said is not None
    assert said.text == "申請を受け付けました。\n受付番号 令8-例-000123-4"


def test_the_applicant_hears_once_and_nobody_of_trials_and_of_nobodys(app: Flask) -> None:
    form, who = made_form(), somebody()
    ref = made_case(form, resident_id=who)
    assert [tell(ref, form, Told.ACCEPTED) for _ in range(2)] == [True, True]
    ((text, link),) = messages(who)
    assert link == f"/procedures/sent/{ref}"
    assert "山田" not in text
    trial = made_case(form, resident_id=who, is_test=True)
    typed = made_case(form)
    for one, what in product((trial, typed), Told):
        assert not tell(one, form, what)
    assert len(messages(who)) == 1


def test_other_systems_hear_of_what_happened_and_of_no_trial(app: Flask) -> None:
    form = made_form()
    with transaction() as session:
        session.add(
            ProcedureHook(id="h" * 12, procedure_id=form.procedure_id, url="https://example.jp/x",
                          secret_sealed=b"x", created_at=NOON)
        )  # fmt: skip
    tell(made_case(form, is_test=True), form, Told.RECEIVED)
    ref = made_case(form)
    tell(ref, form, Told.DUE_SOON)
    assert db.session.scalar(select(func.count()).select_from(HookCall)) == 0
    db.session.close()
    do(casework.move, ref, Status.REVIEWING, who=reviewer())
    do(casework.move, ref, Status.REJECTED, text="山田様は対象外です。", who=reviewer())
    bodies = db.session.scalars(select(HookCall.body).order_by(HookCall.id)).all()
    db.session.close()
    assert ['"event": "reviewing"' in bodies[0], '"event": "rejected"' in bodies[1]] == [True, True]
    assert "山田" not in str(bodies)
    assert "対象外" not in str(bodies)


def test_a_change_that_fails_tells_nobody(app: Flask) -> None:
    form, who = made_form(), somebody()
    ref = made_case(form, resident_id=who)
    found = row(ref)
    with pytest.raises(RuntimeError):
        _tell_and_fail(found, form)
    assert messages(who) == []


def _tell_and_fail(found: Submission, form: Form) -> None:
    with transaction() as session:
        telling.told(session, session.merge(found), form, Told.ACCEPTED, NOON)
        raise RuntimeError
