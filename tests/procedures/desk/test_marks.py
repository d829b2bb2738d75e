"""Names and numbers by which a case is found although its answers are sealed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.keys import rotate
from liff_app.procedures.desk import marks
from liff_app.procedures.engine.document import Normalise
from liff_app.procedures.models import Submission, SubmissionMark
from tests.procedures.ground import document, page, publish, question, submit

from .desk import ANSWERS, made_case, made_form, row, town

pytestmark = pytest.mark.usefixtures("app")


def found(typed: str, keys: KeyRing | None = None) -> list[int]:
    """Ids of the cases that the typed words find."""
    ids = marks.found_by(db.session, typed, keys or town().keys)
    db.session.close()
    return ids


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("山田 花子", "山田花子"),
        ("山田　花子", "山田 花子"),
        ("髙𣘺 神\ufa19", "髙𣘺神神"),  # U+FA19 is found by 神 as keyboards write it
        ("葛\U000e0100飾 清", "葛飾清"),
        ("ヴァン・ダム", "ヴァンダム"),
        ("José", "JOSÉ"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "やまだたろう"),
    ],
)
def test_a_name_is_found_however_it_is_typed(app: Flask, written: str, typed: str) -> None:
    ref = made_case(made_form(), {"name": written})
    made_case(made_form("other"), {"name": "ほかの人"})
    assert found(typed) == [row(ref).id]


@pytest.mark.parametrize(
    "typed", ["090-1234-5678", "０９０１２３４５６７８", "+81 90 1234 5678", "090ー1234ー5678"]
)
def test_a_number_is_found_however_it_is_typed(app: Flask, typed: str) -> None:
    ref = made_case(made_form(), {"phone": "+819012345678"})
    made_case(made_form("other"), {"phone": "+819012345679"})
    assert found(typed) == [row(ref).id]


@pytest.mark.parametrize("typed", ["", " ", "山", "山田", "0901234", "+81", "・", "%", "_" * 300])
def test_half_a_name_finds_nobody(app: Flask, typed: str) -> None:
    made_case(made_form(), ANSWERS)
    assert found(typed) == []


def test_family_and_given_name_asked_apart_are_found_together(app: Flask) -> None:
    asked = [question(name, normalise=Normalise.NAME) for name in ("family", "given")]
    said = {"family": "山田", "given": "花子"}
    with transaction() as session:
        form = publish(session, document(page("who", *asked)))
        one, _key = submit(session, form, said, keys=town().keys)
        marks.keep(session, one, form.document, said, town().keys)
        wanted = one.id
    for typed in ("山田 花子", "山田", "花子"):
        assert found(typed) == [wanted], typed


def test_a_correction_is_found_by_the_new_name_only(app: Flask) -> None:
    form = made_form()
    ref = made_case(form, {"name": "山田 花子"})
    with transaction() as session:
        held = session.query(Submission).filter_by(ref=ref).one()
        marks.keep(session, held, form.document, {"name": "山田 華子"}, town().keys)
    assert found("山田花子") == []
    assert found("山田華子") == [row(ref).id]


def test_without_the_key_nobody_can_ask(app: Flask) -> None:
    made_case(made_form(), ANSWERS)
    other = KeyRing.parse("k9:" + "AbCdEfGhIjKlMnOpQrStUvWxYz01234567890123456")
    assert found("山田花子", other) == []
    digests = db.session.scalars(select(SubmissionMark.digest)).all()
    assert {len(one) for one in digests} == {32}
    assert len(digests) == len({bytes(one) for one in digests}) == 3


def test_after_a_rotation_the_new_key_alone_finds_it(app: Flask) -> None:
    ref = made_case(made_form(), ANSWERS)
    old = town().keys
    name = str(ANSWERS["name"])
    new = "n1:" + "AbCdEfGhIjKlMnOpQrStUvWxYz01234567890123456"
    both = KeyRing({**KeyRing.parse(new)._keys, **old._keys})  # noqa: SLF001 - a ring as an operator writes it
    for dry_run, left in ((True, 1), (False, 1), (False, 0)):
        with transaction() as session:
            counts = rotate(session, both, dry_run=dry_run)
        assert counts["procedure_marks"] == left
    assert found(name, KeyRing.parse(new)) == [row(ref).id]
    assert found(name, old) == []
