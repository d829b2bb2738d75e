"""A form's own words, in the language in which it was filled in, and how they are read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from liff_app import clock
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.messaging.models import LineMessage
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.engine.document import (
    Choice,
    Document,
    Group,
    Kind,
    Normalise,
    Repeat,
    Text,
)
from liff_app.procedures.models import ProcedureVersion, Submission
from liff_app.procedures.vocabulary import Status
from tests.conftest import on_sqlite
from tests.house.page import Page, faults
from tests.procedures.filling.journeys import LIFF, Journey, begin
from tests.procedures.following.hands import SENT, corrected, moved, returned
from tests.procedures.ground import document, page, publish, question

pytestmark = on_sqlite  # what pages say is the same on every database
ANSWERS = {
    "who": {"name": "山田 花子"},
    "what": {"kind": "sofa", "items/0/goods": "机", "items/0/count": "2"},
}


def text(words: str) -> Text:
    """Words in Japanese, in easy Japanese and in English, each to be told from the others."""
    return {
        "ja": f"{words}です",
        "ja-simple": f"{words}の話《はなし》",
        "en": f"{words} in English",
    }


def tongues(**more: Any) -> Document:  # noqa: ANN401 - any setting
    """A form that has everything in three languages."""
    goods = Repeat(
        name="items", label=text("物"), hint=text("案内"),
        items=(
            question("goods", label=text("品"), required="true()"),
            question("count", Kind.INTEGER, label=text("数"), constraint=". > 0",
                     constraint_message=text("正しい")),
        ),
    )  # fmt: skip
    kinds = (Choice(value="sofa", label=text("椅子")), Choice(value="bed", label=text("寝台")))
    kind = question("kind", Kind.CHOOSE_ONE, label=text("種類"), choices=kinds, required="true()")
    about = question("about", Kind.NOTE, label=text("注意"), hint=text("補足"))
    name = question("name", label=text("名前"), hint=text("戸籍"), required="true()",
                    normalise=Normalise.NAME, prefill="name")  # fmt: skip
    settings = {"consent": text("目的"), "summary": text("概要"), "needs": text("用意\n持参"),
                "after": text("今後"), "contact": text("窓口"), "appeal": text("不服")}  # fmt: skip
    made = document(
        page("who", about, name, label=text("申請者"), hint=text("説明")),
        page("what", Group(name="box", label=text("箱"), items=(kind,)), goods, label=text("内容")),
        **(settings | more),
    )
    return replace(made, title=text("手続"), languages=("ja", "ja-simple", "en"))


@pytest.fixture
def form(app: Flask) -> None:
    """It, open."""
    with transaction() as session:
        publish(session, tongues())


class Reader:
    """Reads a page as a resident: every word that is on it, and every name a screen reader says."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser
        self.read: list[str] = []

    def get(self, path: str, status: int = 200) -> str:
        """The page's text."""
        answer = self.browser.get(path)
        assert answer.status_code == status, answer.text
        assert faults(answer, path) == []
        self.read.append(path)
        assert not re.search("[《》]", answer.text), path
        names = [e.attrs.get("aria-label", "") for e in Page(answer).elements]
        assert not [one for one in names if "<" in one]
        return answer.text.split("<main")[1]


def finished(journey: Journey) -> str:
    """Ref of what was sent."""
    for name, fields in ANSWERS.items():
        assert journey.post(name, **fields).status_code == 303
    assert journey.send(remember="yes").status_code == 303
    db.session.rollback()
    return db.session.scalars(select(Submission.ref).order_by(Submission.id.desc())).first() or ""


def test_no_page_of_an_easy_japanese_journey_shows_how_readings_are_typed(  # noqa: PLR0915 - one journey, read as one
    form: None, resident: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, simple = Reader(resident), "?language=ja-simple"
    start = reader.get(f"{LIFF}/mihon{simple}")
    for words in ("手続", "概要", "用意", "持参", "目的", "窓口"):
        assert words in start
    assert start.count("<rt>はなし</rt>") == 5, "title, summary, last need, purpose, contact"
    journey = begin(resident, language="ja-simple")
    base = f"{LIFF}/drafts/{journey.ref}"
    assert "<rt>はなし</rt>" in reader.get(f"{base}/who")
    wrong = journey.post("who", name="")
    assert "《" not in wrong.text
    journey.post("who", "later", **ANSWERS["who"])
    assert "つづきから" in reader.get(f"{LIFF}?kept=1")
    journey.post("who", **ANSWERS["who"])
    reader.get(f"{base}/what")
    assert "《" not in journey.post("what", **(ANSWERS["what"] | {"items/0/count": "0"})).text
    journey.post("what", **ANSWERS["what"])
    check = reader.get(f"{base}/check-answers")
    assert check.count("<rt>はなし</rt>") > 5, "what is asked is read as on its page"
    reader.get(f"{base}/take-away")
    journey.send(remember="yes")
    assert "<rt>はなし</rt>" in reader.get(f"{base}/received-answers")
    db.session.rollback()
    ref = db.session.scalars(select(Submission.ref)).one()
    for path in (LIFF, SENT, f"{SENT}/{ref}", f"{SENT}/{ref}/withdraw", f"{LIFF}/remembered"):
        reader.get(path)
    returned(ref, settings, Item(path="items/0/goods", comment="物の名前を。"),
             Item(path="items", comment="ほかには。"))  # fmt: skip
    for path in (LIFF, SENT, f"{SENT}/{ref}", f"{SENT}/{ref}/correct"):
        reader.get(path)
    correcting = corrected(resident, ref)
    base = f"{LIFF}/drafts/{correcting.ref}"
    reader.get(f"{base}/what")
    correcting.post("what", **{"items/0/goods": "棚", "items/0/count": "2"})
    reader.get(f"{base}/check-answers")
    correcting.send()
    reader.get(f"{SENT}/{ref}/revisions/2")
    moved(ref, Status.REJECTED, settings, "足りません。")
    assert "不服" in reader.get(f"{SENT}/{ref}")
    another = begin(resident, language="ja-simple")
    reader.get(f"{LIFF}/drafts/{another.ref}/who")
    with transaction() as session:
        publish(session, tongues(minutes=3), number=2)
    assert "目的" in reader.get(f"{LIFF}/drafts/{another.ref}/newer-edition")
    with transaction() as session:
        for one in session.scalars(select(ProcedureVersion)):
            one.open_until = clock.now() - timedelta(days=1)
    assert "<rt>はなし</rt>" in reader.get(f"{LIFF}/mihon{simple}", 410)
    for message in db.session.scalars(select(LineMessage)):
        assert "《" not in message.text


@pytest.mark.parametrize(
    ("language", "words", "tag"), [("en", "手続 in English", "en"), ("ja-simple", "手続の", "ja")]
)
def test_everything_after_the_sending_is_in_the_language_of_the_form(
    form: None, resident: FlaskClient, settings: Settings, language: str, words: str, tag: str
) -> None:
    journey = begin(resident, language=language)
    ref = finished(journey)
    receipt = journey.get("received-answers")
    assert words in receipt
    assert "手続です" not in receipt
    assert "今後です" not in receipt
    assert f'lang="{tag}"' in receipt
    returned(ref, settings, Item(path="name", comment="読めません。"))
    for path in (SENT, f"{SENT}/{ref}", f"{SENT}/{ref}/correct"):
        shown = Reader(resident).get(path)
        assert words in shown, path
        assert "手続です" not in shown, path
    correcting = corrected(resident, ref)
    page_ = correcting.get("who")
    assert words in page_
    assert "名前です" not in page_
