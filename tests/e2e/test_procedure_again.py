"""What a resident meets again in the browser: earlier answers, and what is to be put right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, update

from liff_app import clock
from liff_app.db import transaction
from liff_app.procedures import dossiers, events
from liff_app.procedures.desk import returning
from liff_app.procedures.desk.returning import Item, Spot
from liff_app.procedures.engine.document import Document, Kind
from liff_app.procedures.filling.submitting import files_in
from liff_app.procedures.models import (
    Procedure,
    ProcedureDraft,
    ProcedureVersion,
    RememberedAnswer,
    Submission,
)
from liff_app.procedures.revisions import read
from liff_app.procedures.vocabulary import EventKind, Status
from tests.procedures.ground import children, document, ja, page, publish, question
from tests.reports.reporting import picture

from .conftest import HERE, Phones, Visit
from .own_town import demo_town
from .servers import Town
from .test_procedure_form import HOME, check, ready, resident, rows

pytestmark = pytest.mark.e2e
__all__ = ["demo_town"]  # this module's own

SAID = {"name": "山田 花子", "phone": "090-1234-5678", "home": "まど市あかり町12番1号"}
SIZE = {"width": 320, "height": 640}


def asked() -> Document:
    """Who, with answers that are remembered; where, with a photo and a place; children."""
    labels = {"name": "お名前", "phone": "電話番号", "home": "住所"}
    known = (question(one, label=ja(text), prefill=one) for one, text in labels.items())
    made = document(
        page("who", *known, question("more", Kind.LONG_TEXT, label=ja("わけ")),
             label=ja("申請する方")),
        page("where", question("place", Kind.PLACE, label=ja("場所")),
             question("photo", Kind.PHOTO, label=ja("写真"), most_files=2),
             question("words", label=ja("補足")), label=ja("ところ")),
        page("kids", children(), label=ja("お子さん")),
        contact=ja("まど市 環境課\n電話 000-000-2001"),
        summary={"ja": "大きなごみ", "ja-simple": "ごみを 取《と》りに 行《い》きます。"},
    )  # fmt: skip
    title = {
        "ja": "粗大ごみの申込み",
        "ja-simple": "粗大《そだい》ごみを 取《と》りに 来《き》てもらう",
    }
    return replace(made, title=title, languages=("ja", "ja-simple"))


@pytest.fixture
def form(town: Town) -> Iterator[Flask]:
    """The form, open; nothing was sent, nothing is remembered."""
    with town.app.app_context():
        with transaction() as session:
            for kind in (ProcedureDraft, Submission, RememberedAnswer):
                session.execute(delete(kind))
            if session.scalar(select(Procedure.id).where(Procedure.slug == "sodai")) is None:
                publish(session, asked(), slug="sodai")
        yield town.app


def begun(visit: Visit, language: str = "ja") -> Page:
    """The first page of questions."""
    visit.open(f"{HOME}/sodai?language={language}")
    visit.page.get_by_role("button", name="同意してはじめる").click()
    visit.page.wait_for_url(re.compile("/drafts/[0-9a-f]+/who"))
    visit.ready()
    return visit.page


def onward(shown: Page) -> None:
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()


def sent(visit: Visit, language: str = "ja") -> Page:
    """Everything is sent, and its answers are remembered."""
    shown = begun(visit, language)
    for name, text in SAID.items():
        shown.locator(f"[name={name}]").fill(text)
    onward(shown)
    shown.wait_for_url(re.compile("/where$"))
    photo: Any = {"name": "机.jpg", "mimeType": "image/jpeg", "buffer": picture(3)}
    shown.locator("[name=photo]").set_input_files(photo)
    shown.locator("[name=words]").fill("青い門の左です。")
    onward(shown)
    shown.wait_for_url(re.compile("/kids$"))
    ready(shown)
    shown.get_by_role("button", name="追加する").click()
    shown.wait_for_url(re.compile("saved=1"))
    for number, name in enumerate(("一郎", "次郎")):
        shown.locator(f"[name='children/{number}/child']").fill(name)
        shown.locator(f"[name='children/{number}/birth.era']").select_option("R")
        for part in ("y", "m", "d"):
            shown.locator(f"[name='children/{number}/birth.{part}']").fill("3")
    onward(shown)
    shown.wait_for_url(re.compile("check-answers"))
    shown.get_by_label("名前や住所などを").check()
    shown.get_by_role("button", name="この内容で送る").click()
    expect(shown.get_by_role("heading", name="受け付けました")).to_be_visible()
    return shown


def returned(town: Town) -> str:
    """A colleague sends the newest back, with a part of its photo; its ref."""
    ref = rows()[-1].ref
    with transaction() as session:
        row = events.hold(session, ref)
        key = dossiers.key_of(session, town.app.config["SETTINGS"].keys, row.dossier_id)
        (file_id,) = files_in(asked(), read(session, row, 1, key=key))
        items = [
            Item(path="children/1/birth", comment="住民票とちがいます。"),
            Item(path="photo", comment="暗くて見えません。",
                 spot=Spot(file_id=file_id, x=0.2, y=0.3, w=0.4, h=0.4)),
            Item(path="words", comment="門はどこの門ですか。"),
        ]  # fmt: skip
        now = clock.now()
        returning.keep(session, row, items, due_on=date(2026, 12, 8), key=key, by="staff:1",
                       now=now)  # fmt: skip
        events.append(session, row, EventKind.RETURNED, key=key, actor="staff:1", now=now,
                      to=Status.RETURNED)  # fmt: skip
    return ref


def in_sight(shown: Page, selector: str) -> bool:
    """Whether it stands on the screen, its question above it too."""
    found: bool = shown.evaluate(
        """(one) => { const box = document.querySelector(one).getBoundingClientRect();
        return box.top > 20 && box.bottom < innerHeight; }""",
        selector,
    )
    return found


def test_what_was_chosen_on_the_map_stays_said_while_the_page_is_kept(
    phones: Phones, town: Town, form: Flask
) -> None:
    visit = resident(phones, town, geolocation=HERE, permissions=["geolocation"])
    shown = begun(visit)
    onward(shown)
    shown.wait_for_url(re.compile("/where$"))
    ready(shown)
    shown.get_by_role("button", name="いまいる場所を使う").click()
    chosen = shown.locator("[data-module=form-place] [data-ref=said]")
    expect(chosen).to_have_text("えらびました：いまいる場所")
    shown.locator("[name=words]").fill("青い門の左です。")
    expect(shown.locator("[data-ref=kept]")).to_have_text("書いた内容を残しました。")
    expect(chosen).to_have_text("えらびました：いまいる場所")


def test_an_earlier_answer_is_used_at_its_question_and_the_page_stays_there(
    phones: Phones, town: Town, form: Flask
) -> None:
    visit = resident(phones, town, viewport=SIZE)
    visit.context.add_cookies([{"name": "text_size", "value": "xlarge", "url": town.url}])
    sent(visit)
    number = visit.page.locator(".procedure-number strong").first
    sizes = number.evaluate(
        """(one) => [one, one.parentElement]
        .map((each) => parseFloat(getComputedStyle(each).fontSize))"""
    )
    assert sizes[0] >= sizes[1], "the number is never smaller than the words around it"
    shown = begun(visit)
    first = shown.evaluate("document.querySelector('[name=name]').getBoundingClientRect().top")
    assert first < 2 * SIZE["height"], "what is offered does not bury the form"
    check(shown, "largest-recall")
    shown.locator("[data-path=home]").get_by_role("button", name="前の答えを使う").click()
    shown.wait_for_url(re.compile("#f-home$"))
    ready(shown)
    expect(shown.locator("[name=home]")).to_have_value(SAID["home"])
    assert in_sight(shown, "[name=home]")
    shown.get_by_role("button", name="まとめて使う").click()
    shown.wait_for_url(re.compile("#f-name$"))
    for name, text in SAID.items():
        expect(shown.locator(f"[name={name}]")).to_have_value(text)
    expect(shown.get_by_role("button", name="前の答えを使う")).to_have_count(0)


@pytest.mark.parametrize("look", ["light", "dark", "largest"])
def test_what_is_met_again_can_be_read_and_tapped_on_a_small_phone(  # noqa: PLR0915 - one journey, read as one
    phones: Phones, town: Town, form: Flask, look: str
) -> None:
    scheme = "dark" if look == "dark" else "light"
    visit = resident(phones, town, viewport=SIZE, color_scheme=scheme)
    if look == "largest":
        visit.context.add_cookies([{"name": "text_size", "value": "xlarge", "url": town.url}])
    shown = sent(visit, "ja-simple")
    check(shown, f"{look}-again-received")
    ref = returned(town)
    begun(visit)
    begun(visit, "ja-simple")
    check(shown, f"{look}-again-recall")
    shown.locator("[name=name]").fill("山田 花子")
    onward(shown)
    shown.wait_for_url(re.compile("/where$"))
    shown.get_by_role("button", name="あとで続ける").click()
    expect(shown.get_by_text("書いた内容を残しました。")).to_be_visible()
    check(shown, f"{look}-again-index")
    visit.open(f"{HOME}/sent/{ref}/correct")
    check(shown, f"{look}-again-correct")
    shown.get_by_role("button", name="直す", exact=True).click()
    shown.wait_for_url(re.compile("/where$"))
    expect(shown.locator(".form-marked")).to_be_visible()
    check(shown, f"{look}-again-correcting")
    shown.get_by_role("link", name="補足").click()
    assert in_sight(shown, "[name=words]")
    onward(shown)
    shown.wait_for_url(re.compile("/kids$"))
    check(shown, f"{look}-again-kids")
    shown.locator("[name='children/1/birth.d']").fill("4")
    onward(shown)
    expect(shown.get_by_text("まだ変えていないところがあります")).to_be_visible()
    check(shown, f"{look}-again-check")
    visit.open(f"{HOME}/sent")
    check(shown, f"{look}-again-mine")
    visit.open(f"{HOME}/sodai?language=ja-simple")
    check(shown, f"{look}-again-start")
    over = {"open_until": clock.now() - timedelta(days=1)}
    with transaction() as session:
        session.execute(update(ProcedureVersion).values(over))
    visit.foresee("410")
    visit.open(f"{HOME}/sodai")
    check(shown, f"{look}-again-closed")
    with transaction() as session:
        session.execute(update(ProcedureVersion).values(open_until=None))
