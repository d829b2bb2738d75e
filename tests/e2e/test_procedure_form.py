"""A resident fills in a form in the browser: with a script and without, on a phone that fails."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import delete, func, select

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.procedures import dossiers, events
from liff_app.procedures.desk import returning
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.engine.document import Document, Kind, Normalise
from liff_app.procedures.models import Procedure, ProcedureDraft, Submission
from liff_app.procedures.vocabulary import EventKind, Status
from tests.procedures.ground import children, choices, document, ja, page, publish, question

from .conftest import Phones, Visit
from .own_town import demo_town
from .servers import Town
from .test_accessibility import MIN_TARGET_PX, faults

pytestmark = pytest.mark.e2e
__all__ = ["demo_town"]  # this module's own

HOME = "/liff/procedures"
RESIDENTS = cycle(("haru", "kenta", "mei", "hoa", "satoru"))  # one alone would meet the limits
OFFLINE = "ERR_INTERNET_DISCONNECTED"
# Where pictures of each page go, for whoever wants to look; nothing is written without it.
SHOTS = os.environ.get("PROCEDURE_FORM_SHOTS", "")


def asked() -> Document:
    """Two pages of questions that depend on each other, and children."""
    return document(
        page(
            "who",
            question("name", label=ja("お名前"), required="true()", normalise=Normalise.NAME,
                     prefill="name"),
            question("phone", label=ja("電話番号"), normalise=Normalise.PHONE, prefill="phone",
                     hint=ja("昼間につながる番号")),
            question("birth", Kind.DATE, label=ja("生年月日"), appearance=frozenset({"birth"})),
            label=ja("申請する方"),
        ),
        page(
            "what",
            question("kind", Kind.CHOOSE_ONE, label=ja("出すもの"), required="true()",
                     choices=choices("sofa", "bed", "other")),
            question("other", label=ja("出すものの名前"), relevant="${kind} = 'other'",
                     required="true()"),
            question("count", Kind.INTEGER, label=ja("いくつ"), required="true()",
                     constraint=". > 0 and . <= 10",
                     constraint_message=ja("1から10までの数を入れてください。")),
            question("fee", Kind.CALCULATED, label=ja("手数料"), is_fee=True,
                     calculation="if(${kind} = 'sofa', 800, 400) * ${count}"),
            label=ja("出すもの"),
        ),
        page("kids", children(), label=ja("お子さん"), relevant="${kind} = 'bed'"),
        summary=ja("大きなごみを、家の前まで取りにうかがいます。"),
        needs=ja("出すものの大きさ\n手数料のシール"),
        after=ja("受け付けた日から5日のあいだに、電話でお知らせします。"),
        minutes=5,
    )  # fmt: skip


@pytest.fixture
def form(town: Town) -> Iterator[Flask]:
    """The form, open; nothing was sent."""
    with town.app.app_context():
        with transaction() as session:
            for one in session.scalars(select(ProcedureDraft)):
                session.delete(one)
            session.execute(delete(Submission))
            if session.scalar(select(Procedure.id).where(Procedure.slug == "sodai")) is None:
                publish(session, asked(), slug="sodai")
        yield town.app


def resident(phones: Phones, town: Town, **options: Any) -> Visit:  # noqa: ANN401 - Playwright's own
    """A resident, signed in, before the form."""
    visit = phones(town.url, **options)
    town.drill("POST", "/auto-login", {"as": next(RESIDENTS)})
    visit.page.goto(f"{HOME}/sodai")
    visit.page.wait_for_url(f"{town.url}{HOME}/sodai")
    return visit


def rows() -> list[Submission]:
    """What the town has."""
    db.session.rollback()
    return list(db.session.scalars(select(Submission).order_by(Submission.id)))


def ready(page_: Page) -> None:
    page_.wait_for_selector("html[data-ready]", state="attached")


def begun(visit: Visit) -> Page:
    """The first page of questions."""
    visit.page.get_by_role("button", name="同意してはじめる").click()
    visit.page.wait_for_url(re.compile("/drafts/[0-9a-f]+/who"))
    return visit.page


def to_second(visit: Visit) -> Page:
    """The second page, who is said."""
    shown = begun(visit)
    shown.get_by_label("お名前").fill("山田 花子𠮷")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    shown.wait_for_url(re.compile("/what$"))
    return shown


def shot(page_: Page, name: str) -> None:
    if SHOTS:
        page_.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def saved(page_: Page) -> None:
    """What was typed is on the server."""
    expect(page_.locator("[data-ref=kept]")).to_have_text("書いた内容を残しました。")


def test_questions_come_and_go_as_the_server_says_and_it_is_sent_once(  # noqa: PLR0915 - one journey, read as one
    phones: Phones, town: Town, form: Flask
) -> None:
    visit = resident(phones, town)
    shown = to_second(visit)
    ready(shown)
    assert faults(shown) == []
    other = shown.get_by_label("出すものの名前")
    expect(other).to_be_hidden()
    shown.get_by_text("otherです").click()
    expect(other).to_be_visible()
    other.fill("古い机")
    shown.get_by_label("いくつ").fill("3")
    expect(shown.locator(".form-shown dd")).to_have_text("1,200円")
    shown.get_by_text("sofaです").click()
    expect(other).to_be_hidden()
    expect(shown.locator(".form-shown dd")).to_have_text("2,400円")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    expect(shown.get_by_role("heading", name="これで送りますか")).to_be_visible()
    expect(shown.get_by_text("山田 花子𠮷")).to_be_visible()
    expect(shown.get_by_text("古い机")).to_have_count(0)
    assert faults(shown) == []
    shown.get_by_role("link", name="「いくつ」を変更").click()
    shown.get_by_label("いくつ").fill("2")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    expect(shown.get_by_role("heading", name="これで送りますか")).to_be_visible()
    shown.get_by_role("button", name="この内容で送る").dblclick()
    expect(shown.get_by_role("heading", name="受け付けました")).to_be_visible()
    (row,) = rows()
    expect(shown.get_by_text(row.number)).to_be_visible()
    assert row.fee_yen == 1600
    assert faults(shown) == []
    shown.get_by_role("link", name="申請の様子を見る").click()
    expect(shown.get_by_text("職員がこれから確かめます")).to_be_visible()
    assert faults(shown) == []


def test_without_a_script_the_whole_way_is_the_same(
    phones: Phones, town: Town, form: Flask
) -> None:
    """Signing in needs LINE's script; from then on nothing does."""
    with_script = resident(phones, town)
    state = with_script.context.storage_state()
    visit = phones(town.url, java_script_enabled=False, storage_state=state)
    visit.page.goto(f"{HOME}/sodai")
    shown = begun(visit)
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    expect(shown.get_by_role("alert")).to_contain_text("お名前")
    assert shown.title().startswith("エラー：")
    visit.foresee("422")
    shown.get_by_label("お名前").fill("山田 花子")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    shown.get_by_label("otherです").check()
    shown.get_by_label("いくつ").fill("1")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    expect(shown.get_by_text("質問がふえました")).to_be_visible()
    shown.get_by_label("出すものの名前").fill("古い机")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    expect(shown.get_by_text("古い机")).to_be_visible()
    shown.get_by_role("button", name="この内容で送る").click()
    expect(shown.get_by_role("heading", name="受け付けました")).to_be_visible()
    assert len(rows()) == 1


def test_a_page_that_was_killed_without_network_comes_back_with_what_was_typed(
    phones: Phones, town: Town, form: Flask
) -> None:
    visit = resident(phones, town)
    shown = to_second(visit)
    ready(shown)
    address = shown.url
    visit.foresee(OFFLINE, "ERR_FAILED")
    visit.context.set_offline(True)
    shown.get_by_text("bedです").click()
    shown.get_by_label("いくつ").fill("7")
    expect(shown.locator("[data-ref=kept]")).to_contain_text("電波がとどきません")
    shown.close()
    visit.context.set_offline(False)
    again = visit.context.new_page()
    again.goto(address)
    ready(again)
    expect(again.get_by_label("いくつ")).to_have_value("7")
    expect(again.get_by_label("bedです")).to_be_checked()
    saved(again)
    again.reload()
    ready(again)
    expect(again.get_by_label("いくつ")).to_have_value("7")


def test_what_was_typed_goes_to_the_server_by_itself_once_there_is_a_network(
    phones: Phones, town: Town, form: Flask
) -> None:
    visit = resident(phones, town)
    shown = to_second(visit)
    ready(shown)
    visit.foresee(OFFLINE, "ERR_FAILED")
    visit.context.set_offline(True)
    shown.get_by_label("いくつ").fill("4")
    expect(shown.locator("[data-ref=kept]")).to_contain_text("電波がとどきません")
    visit.context.set_offline(False)
    saved(shown)
    other = phones(town.url, storage_state=visit.context.storage_state())
    other.page.goto(shown.url)
    expect(other.page.get_by_label("いくつ")).to_have_value("4")


def test_a_receipt_whose_answer_was_lost_is_the_same_when_it_is_sent_again(
    phones: Phones, town: Town, form: Flask
) -> None:
    visit = resident(phones, town)
    shown = to_second(visit)
    shown.get_by_label("sofaです").check()
    shown.get_by_label("いくつ").fill("1")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    shown.wait_for_url(re.compile("check-answers"))
    visit.foresee("ERR_FAILED|ERR_CONNECTION|ERR_EMPTY")
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.continue_()

    shown.route(re.compile("check-answers"), lose)
    ready(shown)
    address = shown.url
    shown.get_by_role("button", name="この内容で送る").click()
    shown.wait_for_timeout(500)
    assert lost == [303]
    assert len(rows()) == 1
    visit.foresee("404")
    again = visit.context.new_page()
    again.goto(address.replace("check-answers", "received-answers"))
    expect(again.get_by_text(rows()[0].number)).to_be_visible()


def test_a_correction_opens_only_what_was_named(phones: Phones, town: Town, form: Flask) -> None:  # noqa: PLR0915 - one journey, read as one
    visit = resident(phones, town)
    shown = to_second(visit)
    shown.get_by_label("sofaです").check()
    shown.get_by_label("いくつ").fill("1")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    shown.get_by_role("button", name="この内容で送る").click()
    expect(shown.get_by_role("heading", name="受け付けました")).to_be_visible()
    with transaction() as session:
        row = events.hold(session, rows()[0].ref)
        key = dossiers.key_of(session, town.app.config["SETTINGS"].keys, row.dossier_id)
        items = [Item(path="count", comment="2つありました。数を確かめてください。")]
        now = clock.now()
        returning.keep(session, row, items, due_on=None, key=key, by="staff:1", now=now)
        events.append(session, row, EventKind.RETURNED, key=key, actor="staff:1", now=now,
                      to=Status.RETURNED)  # fmt: skip
    shown.goto(f"{HOME}/sent/{rows()[0].ref}")
    assert faults(shown) == []
    shot(shown, "returned")
    shown.get_by_role("link", name="直すところを見る").click()
    expect(shown.get_by_text("2つありました")).to_be_visible()
    assert faults(shown) == []
    shot(shown, "correct")
    shown.get_by_role("button", name="直す", exact=True).click()
    expect(shown.get_by_role("link", name="いくつ")).to_be_visible()
    expect(shown.locator("[data-path=count]").get_by_text("2つありました")).to_be_visible()
    expect(shown.get_by_label("sofaです")).to_have_count(0)
    assert faults(shown) == []
    shot(shown, "correcting")
    shown.get_by_label("いくつ").fill("2")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    expect(shown.get_by_text("前の答え：1")).to_be_visible()
    shown.get_by_role("button", name="この内容で送る").click()
    expect(shown.get_by_role("heading", name="受け付けました")).to_be_visible()
    assert (rows()[0].revision, rows()[0].fee_yen) == (2, 1600)
    assert db.session.scalar(select(func.count()).select_from(ProcedureDraft)) == 0


@pytest.mark.parametrize("look", ["light", "dark", "largest"])
def test_every_page_can_be_read_and_tapped_on_a_small_phone(  # noqa: PLR0915 - one journey, read as one
    phones: Phones, town: Town, form: Flask, look: str
) -> None:
    scheme = "dark" if look == "dark" else "light"
    size = {"width": 320, "height": 640}
    visit = resident(phones, town, viewport=size, color_scheme=scheme)
    if look == "largest":
        visit.context.add_cookies([{"name": "text_size", "value": "xlarge", "url": town.url}])
    shown = visit.page
    for name, path in (("index", HOME), ("start", f"{HOME}/sodai")):
        shown.goto(path)
        check(shown, f"{look}-{name}")
    begun(visit)
    check(shown, f"{look}-who")
    visit.foresee("422")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    expect(shown.get_by_role("alert")).to_be_focused()
    check(shown, f"{look}-error")
    shown.get_by_label("お名前").fill("山田 花子")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    shown.get_by_label("bedです").check()
    shown.get_by_label("いくつ").fill("2")
    saved(shown)
    check(shown, f"{look}-what")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    shown.get_by_label("child").fill("山田 一郎")
    shown.locator("[name='children/0/birth.era']").select_option("R")
    for part, value in (("y", "2"), ("m", "3"), ("d", "4")):
        shown.locator(f"[name='children/0/birth.{part}']").fill(value)
    check(shown, f"{look}-kids")
    shown.get_by_role("button", name="つぎへ", exact=True).last.click()
    shown.wait_for_url(re.compile("check-answers"))
    check(shown, f"{look}-check")
    shown.get_by_role("button", name="この内容で送る").click()
    check(shown, f"{look}-received")
    shown.get_by_role("link", name="申請の様子を見る").click()
    check(shown, f"{look}-show")
    shown.goto(f"{HOME}/remembered")
    check(shown, f"{look}-remembered")


def check(page_: Page, name: str) -> None:
    """No fault that axe finds, nothing wider than the phone, all large enough for a thumb."""
    ready(page_)
    shot(page_, name)
    assert faults(page_) == [], name
    wide = page_.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, name
    small = page_.evaluate(
        """(least) => [...document.querySelectorAll(
          'main a, main button, main input, main select, main summary')]
          .filter((one) => one.offsetParent && one.type !== 'hidden' && !one.matches('.form-enter'))
          .map((one) => one.closest('label') || one)
          .filter((one) => one.getBoundingClientRect().height < least - 0.5)
          .map((one) => one.outerHTML.slice(0, 120))""",
        MIN_TARGET_PX,
    )
    assert small == [], name
