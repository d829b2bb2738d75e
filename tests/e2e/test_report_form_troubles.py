"""The network goes, the page is killed, the session ends, somebody taps twice: one report."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from .conftest import Phones
from .own_town import demo_town
from .report_forms import NEW, Desk, Form, file, resident
from .servers import Town

pytestmark = pytest.mark.e2e
__all__ = ["demo_town"]  # this module's own

OFFLINE = "ERR_INTERNET_DISCONNECTED"
LOST = "ERR_FAILED|ERR_CONNECTION"
TEXT = re.compile(r"/api/v1/reports$")
PHOTO = re.compile(r"/photos$")


@pytest.fixture
def desk(town: Town) -> Desk:
    """The town without any report."""
    made = Desk(town)
    made.clear()
    return made


def picture(colour: str = "gray") -> bytes:
    """A small photo."""
    made = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(made, "JPEG")
    return made.getvalue()


def written(phones: Phones, town: Town, words: str = "歩道に穴", photos: int = 1) -> Form:
    """A form with everything in it, kept in the phone, not sent."""
    form = resident(phones, town)
    form.choose("道路")
    form.here()
    form.say(words)
    for index in range(photos):
        raw = picture(("gray", "teal", "olive")[index])
        form.page.locator("[data-ref=choose]").set_input_files(file(raw))
        expect(form.page.locator("[data-ref=photos] img")).to_have_count(index + 1)
    form.kept()
    return form


def test_a_page_that_was_killed_comes_back_with_its_photos(
    phones: Phones, town: Town, desk: Desk
) -> None:
    form = written(phones, town, photos=2)
    form.page.locator("[data-category=road] .report-choice", has_text="穴・へこみ").tap()
    form.kept()
    key = form.page.locator("[data-ref=key]").input_value()
    form.page.close()
    form.page = form.visit.context.new_page()
    form.open()
    expect(form.page.locator("[data-ref=restored]")).to_be_visible()
    expect(form.page.locator("[data-ref=photos] img")).to_have_count(2)
    expect(form.place).to_contain_text("場所：")
    expect(form.page.locator(".report-choice input:checked")).to_have_count(1)
    expect(form.page.locator("[data-ref=description]")).to_have_value("歩道に穴")
    expect(form.page.locator("[data-ref=key]")).to_have_value(key)
    form.send()
    form.arrived()
    assert len(desk.reports()) == 1
    assert desk.photos() == 2


def test_without_network_it_waits_and_goes_by_itself_once(
    phones: Phones, town: Town, desk: Desk
) -> None:
    form = written(phones, town)
    form.visit.foresee(OFFLINE)
    form.visit.context.set_offline(offline=True)
    form.send()
    expect(form.card).to_contain_text("電波がもどったら自動で送ります")
    assert desk.reports() == []
    form.visit.context.set_offline(offline=False)
    number = form.arrived()
    assert number
    assert len(desk.reports()) == 1
    assert desk.photos() == 1


def test_a_page_closed_without_network_sends_when_it_is_opened_again(
    phones: Phones, town: Town, desk: Desk
) -> None:
    form = written(phones, town)
    form.visit.foresee(OFFLINE)
    form.visit.context.set_offline(offline=True)
    form.send()
    expect(form.card).to_contain_text("電波がもどったら")
    form.page.close()
    form.visit.context.set_offline(offline=False)
    form.page = form.visit.context.new_page()
    form.open()
    form.arrived()
    assert len(desk.reports()) == 1
    assert desk.photos() == 1
    form.page.reload()
    form.whole()
    expect(form.card).to_have_count(0)  # nothing is left to be sent


@pytest.mark.parametrize("what", [TEXT, PHOTO], ids=["text", "photo"])
def test_a_lost_answer_leads_to_one_report_with_its_photo(
    phones: Phones, town: Town, desk: Desk, what: re.Pattern[str]
) -> None:
    form = written(phones, town)
    form.visit.foresee(LOST)
    lost: list[str] = []

    def lose(route: Route) -> None:
        route.fetch()  # the town hears it; the phone never hears the answer
        lost.append(route.request.headers.get("idempotency-key", ""))
        route.abort("connectionreset")

    form.page.route(what, lose, times=2)
    form.send()
    form.arrived()
    assert len(lost) == 2
    assert len(set(lost)) == 1
    assert len(desk.reports()) == 1
    assert desk.photos() == 1


def test_two_taps_at_once_are_one_report(phones: Phones, town: Town, desk: Desk) -> None:
    form = written(phones, town)
    form.page.evaluate(
        """() => {
          const button = document.querySelector('[data-ref=send]');
          for (let tap = 0; tap < 5; tap += 1) button.click();
        }"""
    )
    form.arrived()
    assert len(desk.reports()) == 1
    assert desk.photos() == 1
    assert len([one for one in form.visit.requests if TEXT.search(one.url)]) == 1


def test_two_pages_with_the_same_draft_are_one_report(
    phones: Phones, town: Town, desk: Desk
) -> None:
    form = written(phones, town)
    other = Form(form.visit)
    other.page = form.visit.context.new_page()
    other.open()
    expect(other.page.locator("[data-ref=restored]")).to_be_visible()
    form.send()
    other.send()
    assert form.arrived() == other.arrived()
    assert len(desk.reports()) == 1
    assert desk.photos() == 1


def test_a_session_that_ended_leads_through_the_sign_in_and_goes_on(
    phones: Phones, town: Town, desk: Desk
) -> None:
    form = written(phones, town)
    key = form.page.locator("[data-ref=key]").input_value()
    form.visit.foresee("status of 401", LOST)
    kept = {one["name"] for one in form.visit.context.cookies()}
    for name in kept:
        if name.endswith("machimado"):
            form.visit.context.clear_cookies(name=name)
    form.send()
    form.page.wait_for_url(re.compile(r"/liff/(reports/new)?"))
    form.arrived()
    keys = {
        one.headers.get("idempotency-key") for one in form.visit.requests if TEXT.search(one.url)
    }
    assert keys == {key}
    assert len(desk.reports()) == 1
    assert desk.photos() == 1


def test_what_the_town_cannot_take_is_said_beside_its_field_with_nothing_lost(
    phones: Phones, town: Town, desk: Desk
) -> None:
    form = resident(phones, town)
    form.visit.foresee("status of 422")
    form.choose("そのほか")
    form.here()
    form.page.locator("[data-ref=choose]").set_input_files(file(picture()))
    expect(form.page.locator("[data-ref=photos] img")).to_be_visible()
    required = form.page.locator("[data-category=other] [data-required] input")
    if required.count():
        required.first.fill("看板のようなもの")
    key = form.page.locator("[data-ref=key]").input_value()
    form.send()
    expect(form.page.locator("#e-description")).to_be_visible()
    expect(form.page.locator("[data-ref=photos] img")).to_be_visible()
    expect(form.page.locator("[data-ref=key]")).to_have_value(key)
    form.say("公園の前の古い看板が落ちそうです")
    form.send()
    form.arrived()
    assert len(desk.reports()) == 1
    assert desk.photos() == 1


@pytest.mark.parametrize("status", [409, 429, 503, 507])
def test_a_town_that_cannot_just_now_is_asked_again_and_the_page_says_so(
    phones: Phones, town: Town, desk: Desk, status: int
) -> None:
    form = written(phones, town, photos=0)
    form.visit.foresee(f"status of {status}")
    title = "いま受け付けられません。"

    def refuse(route: Route) -> None:
        body = f'{{"status": {status}, "code": "busy", "title": "{title}"}}'
        route.fulfill(status=status, body=body, content_type="application/problem+json")

    form.page.route(TEXT, refuse, times=1)
    form.send()
    if status != 409:  # that is over in a second
        expect(form.card).to_contain_text(title)
        expect(form.card).to_contain_text("自動で送ります")
        form.page.get_by_role("button", name="いま送る").tap()
    form.arrived()
    assert len(desk.reports()) == 1


def test_a_full_disk_keeps_the_photo_while_the_report_stands(
    phones: Phones, town: Town, desk: Desk
) -> None:
    form = written(phones, town)
    form.visit.foresee("status of 507")
    body = '{"status": 507, "code": "storage_full", "title": "写真をお預かりできません。"}'
    form.page.route(
        PHOTO,
        lambda route: route.fulfill(status=507, body=body, content_type="application/problem+json"),
        times=1,
    )
    form.send()
    expect(form.card).to_contain_text("写真はあとで自動で送ります（あと1枚）")
    assert len(desk.reports()) == 1
    expect(form.card.locator("[data-ref=digits]")).to_be_visible()
    form.page.get_by_role("button", name="いま送る").tap()
    form.arrived()
    assert desk.photos() == 1


def test_a_draft_is_cleared_when_asked_and_after_three_days(phones: Phones, town: Town) -> None:
    form = written(phones, town)
    form.page.once("dialog", lambda dialog: dialog.accept())
    form.page.get_by_role("button", name="下書きを消す").tap()
    form.page.wait_for_selector("[data-ref=restored][hidden]", state="attached")
    form.whole()
    expect(form.page.locator("[data-ref=description]")).to_have_value("")
    form.say("古くなる下書き")
    form.kept()
    later = form.visit.context.new_page()
    later.clock.install()
    later.clock.fast_forward(73 * 3600 * 1000)
    form.page = later
    form.open()
    assert later.locator("[data-ref=description]").input_value() == ""
    left = later.evaluate(
        """async () => new Promise((resolve) => {
          const open = indexedDB.open('machimado.reports', 1);
          open.onsuccess = () => {
            const all = open.result.transaction('photos').objectStore('photos').getAll();
            all.onsuccess = () => resolve(all.result.length);
          };
        })"""
    )
    assert left == 0


@pytest.mark.parametrize("kind", ["missing", "full"])
def test_a_phone_that_keeps_nothing_still_sends_and_says_so(
    phones: Phones, town: Town, desk: Desk, kind: str
) -> None:
    form = resident(phones, town)
    spoil = {
        "missing": "() => Object.defineProperty(window, 'indexedDB', { value: undefined })",
        "full": "() => { IDBObjectStore.prototype.put = () => { throw new Error('full'); }; }",
    }[kind]
    form.visit.context.add_init_script(f"({spoil})()")
    form.open()
    form.choose("公園")
    form.here()
    form.page.locator("[data-ref=choose]").set_input_files(file(picture()))
    expect(form.page.locator("[data-ref=photos] img")).to_be_visible()
    expect(form.page.locator("[data-ref=kept]")).to_contain_text("下書きを残せません")
    form.visit.quiet()
    form.send()
    form.arrived()
    assert len(desk.reports()) == 1
    assert desk.photos() == 1


def test_without_a_script_page_follows_page_to_the_number(
    phones: Phones, town: Town, desk: Desk
) -> None:
    form = resident(phones, town)
    cookies = form.visit.context.cookies()
    plain = phones(town.url, java_script_enabled=False)
    plain.context.add_cookies(cookies)  # type: ignore[arg-type]  # what one gives the other takes
    page = plain.page
    page.goto(NEW)
    expect(page.locator("[data-ref=here]")).to_be_hidden()
    page.locator(".report-tile", has_text="道路").tap()
    page.get_by_role("button", name="つぎへ（場所）").tap()
    page.get_by_label("町の名前").fill("かわばた")
    page.get_by_label("目じるし").fill("橋のたもと")
    page.get_by_role("button", name="さがす").tap()
    page.get_by_text("川端町").first.tap()
    page.get_by_role("button", name="つぎへ（ようすと写真）").tap()
    page.get_by_label("ようす（なくても送れます）").fill("穴がある")
    page.get_by_label("写真（なくても送れます）").set_input_files(file(picture()))
    page.get_by_role("button", name="つぎへ（確かめる）").tap()
    expect(page.get_by_text("穴がある")).to_be_visible()
    page.get_by_role("button", name="送る", exact=True).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("受け付けました")
    assert len(desk.reports()) == 1
    assert desk.photos() == 1
