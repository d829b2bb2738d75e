"""Where a 差し戻し says what is wrong: on its page, at the field, before it is sent again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.models import Submission
from liff_app.procedures.vocabulary import Status
from tests.procedures.filling.journeys import LIFF, begin, sent
from tests.procedures.following.hands import SENT, corrected, moved, returned, seen
from tests.procedures.ground import children, choices, document, page, publish, question

BORN = {"birth.era": "R", "birth.y": "2", "birth.m": "3", "birth.d": "4"}


def kids(number: int, **more: str) -> dict[str, str]:
    """What is posted of one child."""
    fields = {"child": "一郎", **BORN} | more
    return {f"children/{number}/{name}": value for name, value in fields.items()}


def family(resident: FlaskClient) -> str:
    """Ref of what was sent about two children."""
    with transaction() as session:
        publish(session, document(page("kids", children()), page("end", question("words"))))
    journey = begin(resident)
    journey.post("kids", "add:children")
    journey.post("kids", **kids(0), **kids(1, child="次郎"))
    journey.post("end", words="よろしく")
    journey.send()
    return ref_of()


def ref_of() -> str:
    """The newest submission."""
    db.session.rollback()
    return db.session.scalars(select(Submission.ref).order_by(Submission.id.desc())).first() or ""


def test_each_point_names_the_one_of_several_and_the_question_and_stands_at_the_field(
    app: Flask, resident: FlaskClient, settings: Settings
) -> None:
    ref = family(resident)
    points = (
        Item(path="children/1/birth", comment="住民票とちがいます。"),
        Item(path="children/0", comment="もう一度お願いします。"),
    )
    returned(ref, settings, *points)
    asked = seen(resident, f"{SENT}/{ref}/correct")
    assert "お子さん 2 の birth" in asked
    assert "<h2>お子さん 1</h2>" in asked
    shown = corrected(resident, ref).get("kids")
    top, below = shown.split('data-ref="items"')
    assert '<a href="#f-children/1/birth">お子さん 2 の birth</a><br>住民票とちがいます。' in top
    assert '<a href="#f-children/0/child">お子さん 1</a><br>もう一度お願いします。' in top
    second = below.split('id="f-children/1"')[1]
    assert "住民票とちがいます。" in second
    assert 'aria-describedby="f-children/1/birth-asked"' in second
    assert "住民票とちがいます。" not in below.split('id="f-children/1"')[0]


def test_a_point_that_was_left_as_it_was_is_asked_about_and_may_be_sent_all_the_same(
    app: Flask, resident: FlaskClient, settings: Settings
) -> None:
    ref = family(resident)
    points = (
        Item(path="children/1/birth", comment="住民票とちがいます。"),
        Item(path="words", comment="読めません。"),
    )
    returned(ref, settings, *points)
    journey = corrected(resident, ref)
    journey.post("kids", **kids(1, **{"birth.d": "5"}))
    assert journey.post("end", words="よろしく").status_code == 303
    check = journey.get("check-answers")
    warned = check.split("まだ変えていないところがあります")[1].split("</section>")[0]
    assert "読めません。" in warned
    assert f"{LIFF}/drafts/{journey.ref}/end#f-words" in warned
    assert "住民票" not in warned
    journey.post("end", words="よろしくお願いします")
    assert "まだ変えていない" not in journey.get("check-answers")
    journey.post("end", words="よろしく")
    assert journey.send().status_code == 303
    assert "まだ変えていない" not in seen(resident, f"{SENT}/{ref}")


def everything() -> tuple[Any, ...]:
    """A page with every kind of value that a store may give back in another shape."""
    return (
        page(
            "all",
            question("spot", Kind.PLACE),
            question("size", Kind.DECIMAL),
            question("count", Kind.INTEGER),
            question("half", Kind.CALCULATED, calculation="${count} div 2"),
            question("day", Kind.DATE),
            question("hour", Kind.TIME),
            question("kinds", Kind.CHOOSE_MANY, choices=choices("a", "b", "c")),
            question("yes", Kind.CONSENT),
            children(),
            question("words"),
        ),
    )


SAID: dict[str, Any] = {
    "spot.lat": "35.607312", "spot.lon": "140.294168", "spot.accuracy": "12",
    "size": "2.50", "count": "3", "yes": "true", "kinds": ["a", "b"],
    "day.era": "R", "day.y": "8", "day.m": "11", "day.d": "22", "hour.hour": "9",
    "hour.minute": "05", "words": "前",
}  # fmt: skip


def test_only_what_was_changed_is_shown_as_changed(
    app: Flask, resident: FlaskClient, settings: Settings
) -> None:
    with transaction() as session:
        publish(session, document(*everything()))
    journey = begin(resident)
    done = journey.post("all", **SAID, **kids(0))
    assert done.headers["Location"].endswith("/check-answers"), done.text
    journey.send()
    ref = ref_of()
    returned(ref, settings, Item(path="words", comment="?"))
    correcting = corrected(resident, ref)
    correcting.post("all", words="後")
    check = correcting.get("check-answers")
    assert check.count("data-changed") == 1
    assert "前の答え：前" in check
    correcting.send()
    revision = seen(resident, f"{SENT}/{ref}/revisions/2")
    assert revision.count("data-changed") == 1
    assert "前の答え：前" in revision


def test_what_is_to_be_put_right_stands_first_with_its_day_and_everything_says_where_it_stands(
    app: Flask, resident: FlaskClient, settings: Settings
) -> None:
    with transaction() as session:
        publish(session, document())
    refs = [sent(resident) for _ in range(6)]
    returned(refs[0], settings, Item(path="count", comment="?"))
    returned(refs[1], settings, Item(path="count", comment="?"), due_on=date(2026, 12, 8))
    moved(refs[5], Status.REVIEWING, settings)
    moved(refs[5], Status.ACCEPTED, settings)
    listed = seen(resident, LIFF)
    order = [listed.index(ref) for ref in (refs[1], refs[0])]
    assert order == sorted(order)
    assert order[-1] < listed.index("できる手続き")
    assert "12月8日までにお願いします。" in listed
    assert "認められました" in listed
    assert [ref in listed for ref in refs] == [True, True, False, True, True, True]
    everything_ = seen(resident, SENT)
    places = [everything_.index(refs[one]) for one in (1, 0, 5, 4, 3, 2)]
    assert places == sorted(places)


@pytest.mark.parametrize("passed", [False, True])
def test_whoever_goes_on_later_is_told_that_it_was_kept_and_finds_which_draft_is_which(
    app: Flask, resident: FlaskClient, *, passed: bool
) -> None:
    with transaction() as session:
        publish(session, document())
    first, second = begin(resident), begin(resident)
    if passed:
        first.post("who", name="山田 花子")
    later = second.post("who", "later", name="山田 太郎")
    listed = seen(resident, later.headers["Location"])
    assert "書いた内容を残しました。" in listed
    assert "LINE" in listed
    assert "書いた内容を残しました。" not in seen(resident, LIFF)
    mine = listed.split(first.ref)[1].split("</li>")[0]
    other = listed.split(second.ref)[1].split("</li>")[0]
    assert ("2ページのうち1ページまで書きました" in mine) is passed
    assert "はじめのページの途中です" in other
    assert "にはじめました" in other
    assert "山田" not in listed
