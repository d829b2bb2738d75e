"""The town's categories: built-in ones, what staff lay over them, and what residents may answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import Conflict, InputInvalid, NotFound
from liff_app.reports import rules
from liff_app.reports.categories import packing, service
from liff_app.reports.categories.builtin import CODES, builtin
from liff_app.reports.categories.model import (
    Category,
    Option,
    Question,
    QuestionKind,
    Stop,
    StopKind,
)
from liff_app.reports.models import Report, ReportCategory
from liff_app.reports.vocabulary import Group
from tests.conftest import on_sqlite

EVERYDAY = ["road", "light", "park", "river", "sign", "water", "tree", "dumping", "other"]
DISASTER = ["d_road", "d_landslide", "d_flood", "d_building", "d_lifeline", "d_other"]
OWN = Category(code="c_1", name="橋", icon="river", order=5, hint="橋のいたみ")


def kept(category: Category) -> Category:
    """The category as it is after saving it."""
    with transaction() as session:
        return service.save(session, category, now=clock.now())


def get(code: str) -> Category:
    """The category of that code, which is there."""
    found = service.find(db.session, code)
    assert found is not None
    return found


def file(session: Session, category: str) -> None:
    """A report of the category."""
    now = clock.now()
    session.add(
        Report(
            ref="0123456789abcdef", source="liff", category=category, lat=35.0, lon=140.0,
            cell=rules.cell_of(35.0, 140.0), place_way="pin", status="received", is_open=True,
            created_at=now, updated_at=now,
        )
    )  # fmt: skip


def test_residents_choose_from_the_everyday_set_and_in_a_disaster_from_its_own_first(
    app: Flask,
) -> None:
    assert app
    calm = [one.code for one in service.offered(db.session, disaster=False)]
    assert calm == EVERYDAY
    on = [one.code for one in service.offered(db.session, disaster=True)]
    assert on == DISASTER + EVERYDAY
    assert tuple(EVERYDAY + DISASTER) == CODES
    assert [one.code for one in service.all_categories(db.session)] == EVERYDAY + DISASTER


def test_what_staff_change_lies_over_the_built_in_one_and_the_rest_follows_it(app: Flask) -> None:
    assert app
    light = get("light")
    saved = kept(replace(light, name="防犯灯", due_days=10))
    assert saved == replace(light, name="防犯灯", due_days=10, version=1)
    assert get("light") == saved
    row = db.session.get_one(ReportCategory, "light")
    assert row.body == '{"name": "防犯灯", "due_days": 10}'
    assert service.name_of(db.session, "light") == "防犯灯"
    assert service.names(db.session)["light"] == "防犯灯"
    assert service.name_of(db.session, "c_gone") == "c_gone"


def test_a_category_of_the_towns_own_stands_in_its_order(app: Flask) -> None:
    assert app
    kept(OWN)
    assert service.offered(db.session, disaster=False)[0] == replace(OWN, version=1)
    kept(replace(OWN, active=False, version=1))
    assert "c_1" not in [one.code for one in service.offered(db.session, disaster=True)]
    assert get("c_1").active is False


def test_who_saw_an_older_version_changes_nothing(app: Flask) -> None:
    assert app
    light = get("light")
    kept(replace(light, name="一人目"))
    for stale in (light, replace(light, version=7)):
        with pytest.raises(service.CategoryChanged):
            kept(replace(stale, name="二人目"))
    assert get("light").name == "一人目"
    kept(replace(light, name="二人目", version=1))
    assert (get("light").name, get("light").version) == ("二人目", 2)


def test_a_built_in_one_can_be_restored(app: Flask) -> None:
    assert app
    light = get("light")
    kept(replace(light, name="防犯灯", active=False, questions=()))
    with pytest.raises(service.CategoryChanged), transaction() as session:
        service.restore(session, "light", version=9, now=clock.now())
    with transaction() as session:
        service.restore(session, "light", version=1, now=clock.now())
    assert get("light") == replace(light, version=2)
    with transaction() as session:
        assert service.restore(session, "road", version=0, now=clock.now()) == get("road")
    kept(OWN)
    with pytest.raises(NotFound), transaction() as session:
        service.restore(session, "c_1", version=1, now=clock.now())


def test_only_an_unused_one_of_the_towns_own_is_removed(app: Flask) -> None:
    assert app
    kept(OWN)
    kept(replace(OWN, code="c_2", name="港"))
    with transaction() as session:
        file(session, "c_2")
    for code, error in (("light", NotFound), ("c_3", NotFound), ("c_2", Conflict)):
        with pytest.raises(error), transaction() as session:
            service.remove(session, code, version=1)
    with pytest.raises(service.CategoryChanged), transaction() as session:
        service.remove(session, "c_1", version=4)
    with transaction() as session:
        service.remove(session, "c_1", version=1)
    assert service.find(db.session, "c_1") is None
    assert get("c_2").name == "港"


def test_the_last_one_that_is_offered_every_day_stays(app: Flask) -> None:
    assert app
    for code in EVERYDAY[1:]:
        kept(replace(get(code), active=False))
    with pytest.raises(InputInvalid) as caught:
        kept(replace(get("road"), active=False))
    assert [(one.field, one.code) for one in caught.value.errors] == [("active", "last")]
    with pytest.raises(InputInvalid):
        kept(replace(get("road"), group=Group.DISASTER))


@on_sqlite
def test_every_built_in_category_survives_being_stored(app: Flask) -> None:
    assert app
    for one in builtin().values():
        plain = Category(code=one.code, name="")
        assert packing.overlay(plain, packing.pack(one), version=0) == one
        assert packing.differing(one, one) == {}


@on_sqlite
def test_built_in_ones_dial_only_numbers_of_the_whole_country(app: Flask) -> None:
    assert app
    stops = [
        option.stop
        for one in builtin().values()
        for question in one.questions
        for option in question.options
        if option.stop
    ]
    assert {stop.phone for stop in stops} == {"", "119", "110", "#9910"}
    for stop in stops:
        assert bool(stop.phone) == bool(stop.phone_label)
        assert stop.title
        assert stop.text
    codes = [[o.code for o in q.options] for one in builtin().values() for q in one.questions]
    assert all(len(set(each)) == len(each) for each in codes)


# --- answers --------------------------------------------------------------------------------------

CALL = Stop(kind=StopKind.EMERGENCY, title="電話してください", text="はやく", phone="119")
ASKING = replace(
    OWN,
    questions=(
        Question(
            code="kind", label="どう", required=True,
            options=(Option(code="a", label="ア"), Option(code="b", label="イ", stop=CALL)),
        ),
        Question(code="words", label="ことば", kind=QuestionKind.TEXT),
    ),
)  # fmt: skip


def test_answers_are_kept_by_question_and_others_passed_over() -> None:
    said = {"kind": "a", "words": " 二行\n と  空き ", "gone": "x"}
    assert service.check_answers(ASKING, said) == {"kind": "a", "words": "二行 と 空き"}
    assert service.check_answers(OWN, said) == {}
    assert service.check_answers(ASKING, {"kind": "a", "words": "  "}) == {"kind": "a"}


@on_sqlite
@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, [("answers.kind", "required")]),
        ({"kind": "zz"}, [("answers.kind", "unknown")]),
        ({"kind": "a", "words": "あ" * 201}, [("answers.words", "too_long")]),
        ({"words": "あ" * 201}, [("answers.kind", "required"), ("answers.words", "too_long")]),
    ],
)
def test_every_wrong_answer_is_named(
    app: Flask, answers: dict[str, str], wrong: list[tuple[str, str]]
) -> None:
    assert app
    with pytest.raises(InputInvalid) as caught:
        service.check_answers(ASKING, answers)
    assert [(one.field, one.code) for one in caught.value.errors] == wrong


def test_an_answer_that_leads_elsewhere_ends_the_form_whatever_else_is_wrong() -> None:
    with pytest.raises(service.Stopped) as caught:
        service.check_answers(ASKING, {"kind": "b", "words": "あ" * 201})
    assert caught.value.stop is CALL
    assert caught.value.errors[0].field == "answers.kind"
    assert caught.value.members()["stop"] == {
        "kind": "emergency", "title": "電話してください", "text": "はやく", "phone": "119",
        "phone_label": "",
    }  # fmt: skip


def test_a_category_that_is_not_ours_ends_it_at_once() -> None:
    with pytest.raises(service.Stopped) as caught:
        service.check_answers(replace(OWN, stop=CALL), {})
    assert caught.value.errors[0].field == "category"
