"""A resident tells the town of damage: quickly, with photos, from every kind of place."""

from __future__ import annotations

import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import Frame, Page, expect

from liff_app.db import transaction
from liff_app.reports.models import ReportAsset
from liff_app.reports.places.numbers import number_key

from .conftest import HERE, Phones
from .own_town import demo_town
from .report_forms import BEYOND, NO_TILES, Desk, draw_photo, file, posted, resident, sent_files
from .servers import Town
from .test_line_entry import COUNT_TAPS, IN_LINE, hold, opened

pytestmark = pytest.mark.e2e
__all__ = ["demo_town"]  # this module's own

MOST_TAPS, MOST_SECONDS = 8, 60
MOST_TEXT, MOST_PHOTO = 3 * 1024, 400 * 1000  # bytes (facts on the front end, section 11)
TAKEN_AT = (35.6073, 140.2942)  # where the photo below says that it was taken


@pytest.fixture
def desk(town: Town) -> Desk:
    """The town without any report."""
    made = Desk(town)
    made.clear()
    return made


def photo_with_place() -> bytes:
    """A photo whose camera wrote down where it stood."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 36.0, 26.28), 3: "E", 4: (140.0, 17.0, 39.12)})
    made = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(made, "JPEG", exif=exif)
    return made.getvalue()


def told_from_the_menu(page: Page) -> Frame:
    """A photo, a kind, a place: from the menu in LINE until the town has it."""
    page.get_by_role("button", name="窓口をひらく").click()
    frame = opened(page)
    frame.get_by_role("link", name=re.compile("困りごとを知らせる")).click()
    frame.wait_for_selector("[data-module=report-form][data-whole]", state="attached")
    made = io.BytesIO()
    Image.new("RGB", (1200, 900), "gray").save(made, "JPEG")
    with page.expect_file_chooser() as chooser:
        frame.get_by_role("button", name="写真からはじめる").click()
    chooser.value.set_files(file(made.getvalue()))
    expect(frame.locator("[data-ref=photos] img")).to_be_visible()
    frame.locator(".report-tile", has_text="道路").click()
    frame.get_by_role("button", name="いまいる場所を使う").click()
    expect(frame.locator("[data-ref=place-said]")).to_contain_text("場所：")
    frame.get_by_role("button", name="送る", exact=True).click()
    frame.wait_for_selector(".report-parcel[data-how=done]")
    return frame


def test_from_the_menu_in_line_to_the_number_in_few_taps_and_under_a_minute(
    phones: Phones, town: Town, desk: Desk
) -> None:
    visit = phones(town.line, None, viewport=IN_LINE, geolocation=HERE, permissions=["geolocation"])
    taps: list[None] = []
    visit.context.expose_function("countTap", lambda: taps.append(None))
    visit.context.add_init_script(COUNT_TAPS)
    page = hold(visit)
    begun = time.monotonic()
    frame = told_from_the_menu(page)
    took = time.monotonic() - begun
    number = frame.locator("[data-ref=digits]").inner_text()
    print(f"\nfrom the menu to {number}: {len(taps)} taps, {took:.1f} s")  # noqa: T201 - the figure
    assert len(taps) <= MOST_TAPS
    assert took <= MOST_SECONDS
    assert len(desk.reports()) == 1
    assert desk.photos() == 1


class TestPhotos:
    """Shrunk on the phone; where they were taken is their owner's business."""

    def test_twelve_megapixels_leave_the_phone_small_and_after_the_text(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        form = resident(phones, town)
        raw = draw_photo(form.page)
        form.page.locator("[data-ref=choose]").set_input_files(file(raw))
        expect(form.page.locator("[data-ref=photos] img")).to_be_visible(timeout=60_000)
        form.choose("道路")
        form.here()
        form.say("歩道に大きな穴があります。" * 20)
        form.send()
        form.arrived()
        text = form.visit.asked("/api/v1/reports", "POST")[0]
        (sent,) = sent_files(form.page)
        size = len(sent)
        print(f"\n{len(raw):,} bytes became {size:,}, the text {len(text.post_data or '')}")  # noqa: T201 - the figure
        assert len(raw) > 5_000_000
        assert 0 < size <= MOST_PHOTO
        assert len((text.post_data or "").encode()) <= MOST_TEXT
        assert text.url.endswith("/api/v1/reports")
        assert len(form.visit.asked("/photos", "POST")) == 1
        with Image.open(io.BytesIO(sent)) as picture:
            assert picture.size == (1600, 1200)
        assert desk.photos() == 1

    def test_where_a_photo_was_taken_is_used_only_when_asked_and_never_sent_with_it(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        raw = photo_with_place()
        assert b"Exif" in raw
        form = resident(phones, town, position=None)
        form.page.locator("[data-ref=choose]").set_input_files(file(raw))
        expect(form.page.locator("[data-ref=photos] img")).to_be_visible()
        expect(form.place).to_have_text("まだ決まっていません。")
        assert form.page.locator("[data-ref=lat]").input_value() == ""
        assert form.visit.asked("/place?") == []
        form.page.get_by_role("button", name="写真の場所を使う").tap()
        expect(form.place).to_contain_text("場所：")
        form.choose("公園")
        form.send()
        form.arrived()
        (report,) = desk.reports()
        assert report.place_way == "photo"
        assert (report.lat, report.lon) == pytest.approx(TAKEN_AT, abs=1e-4)
        (sent,) = sent_files(form.page)
        assert sent[:2] == b"\xff\xd8"
        assert b"Exif" not in sent

    def test_in_a_disaster_photos_are_smaller_and_its_kinds_come_first(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        town.run("disaster", "start", "台風", "--hazard", "flood")
        form = resident(phones, town)
        first = form.page.locator("input[name=category]").first
        assert str(first.get_attribute("value")).startswith("d_")
        raw = draw_photo(form.page, 2400, 1800)
        form.page.locator("[data-ref=choose]").set_input_files(file(raw))
        expect(form.page.locator("[data-ref=photos] img")).to_be_visible(timeout=60_000)
        form.choose("道路")
        form.here()
        form.send()
        form.arrived()
        (sent,) = sent_files(form.page)
        with Image.open(io.BytesIO(sent)) as picture:
            assert picture.size == (1280, 960)
        assert desk.photos() == 1

    def test_a_photo_without_a_place_says_so(self, phones: Phones, town: Town) -> None:
        form = resident(phones, town)
        made = io.BytesIO()
        Image.new("RGB", (40, 30)).save(made, "JPEG")
        form.page.locator("[data-ref=choose]").set_input_files(file(made.getvalue()))
        form.page.get_by_role("button", name="写真の場所を使う").tap()
        expect(form.place).to_contain_text("場所の記録はありませんでした")

    def test_three_photos_are_enough_and_each_can_be_dropped(
        self, phones: Phones, town: Town
    ) -> None:
        form = resident(phones, town)
        made = io.BytesIO()
        Image.new("RGB", (60, 40), "red").save(made, "PNG")
        one = file(made.getvalue(), "a.png", "image/png")
        form.page.locator("[data-ref=choose]").set_input_files([one, one, one, one])
        expect(form.page.locator("[data-ref=photos] img")).to_have_count(3)
        expect(form.page.locator("[data-ref=photo-said]")).to_have_text("写真は3枚までです。")
        expect(form.page.locator("[data-ref=photo-ways]")).to_be_hidden()
        form.page.get_by_role("button", name="写真2を消す").tap()
        expect(form.page.locator("[data-ref=photos] img")).to_have_count(2)
        expect(form.page.locator("[data-ref=photo-ways]")).to_be_visible()

    def test_a_file_that_is_no_photo_is_not_taken_and_a_heic_is_sent_as_it_is(
        self, phones: Phones, town: Town
    ) -> None:
        form = resident(phones, town)
        choose = form.page.locator("[data-ref=choose]")
        choose.set_input_files(file(b"not a picture", "a.jpg"))
        expect(form.page.locator("[data-ref=photo-said]")).to_contain_text("使えませんでした")
        choose.set_input_files(file(b"\0\0\0\x18ftypheic" + b"x" * 500, "a.heic", "image/heic"))
        expect(form.page.locator("[data-ref=photos] li")).to_contain_text("ここでは表示できません")


class TestPlaces:
    """Equal ways, none of which is the only one."""

    def test_a_town_and_a_landmark_need_neither_map_nor_position(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        form = resident(phones, town, position=None)
        form.choose("道路")
        page = form.page
        page.get_by_role("button", name="いまいる場所を使う").tap()
        expect(form.place).to_contain_text("使えませんでした")
        expect(page.locator("[data-ref=town]")).to_be_focused()
        page.keyboard.type("かわばた")
        page.keyboard.press("Enter")
        page.locator("[data-ref=towns] button", has_text="川端町").first.tap()
        expect(form.place).to_contain_text("場所：川端町")
        page.locator("[data-ref=landmark]").fill("橋の南のたもと")
        form.send()
        form.arrived()
        (report,) = desk.reports()
        assert (report.place_way, report.town_name) == ("town", "川端町")
        assert report.place_text == "橋の南のたもと"
        assert form.visit.asked("leaflet") == []

    def test_a_number_on_the_pole_is_the_place(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        with town.app.app_context(), transaction() as session:
            session.add(
                ReportAsset(category="light", number="B-77", search_key=number_key("B-77"),
                            lat=HERE["latitude"], lon=HERE["longitude"], note="駅前通り")
            )  # fmt: skip
        form = resident(phones, town, position=None)
        form.choose("街灯・防犯灯")
        form.page.locator("[data-ref=asset]").fill("ｂ７７")
        form.page.locator("[data-ref=asset-find]").tap()
        form.page.locator("[data-ref=assets] button", has_text="番号 B-77").tap()
        expect(form.place).to_contain_text("番号 B-77")
        form.send()
        form.arrived()
        assert [one.place_way for one in desk.reports()] == ["asset"]

    def test_a_point_on_the_map_is_read_out_and_taken(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        form = resident(phones, town)
        form.visit.foresee(NO_TILES)
        form.choose("道路")
        form.here()
        form.page.get_by_role("button", name="地図でえらぶ").tap()
        form.page.wait_for_selector("[data-ref=map] path.leaflet-interactive, [data-ref=map] path")
        form.page.locator("[data-ref=map]").focus()
        for _ in range(3):
            form.page.keyboard.press("ArrowUp")
        expect(form.page.locator("[data-ref=map-said]")).to_contain_text("のあたり")
        form.page.get_by_role("button", name="ここにする").tap()
        expect(form.page.locator("[data-ref=map-box]")).to_be_hidden()
        form.send()
        form.arrived()
        (report,) = desk.reports()
        assert report.place_way == "pin"
        assert report.lat > HERE["latitude"]
        assert report.accuracy_m is None

    def test_a_map_without_a_place_shows_the_whole_town(self, phones: Phones, town: Town) -> None:
        form = resident(phones, town)
        form.page.get_by_role("button", name="地図でえらぶ").tap()
        expect(form.page.locator("[data-ref=map-said]")).not_to_be_empty()
        form.page.get_by_role("button", name="ここにする").tap()
        expect(form.place).to_contain_text("場所：")

    def test_outside_the_town_the_page_says_whose_and_keeps_the_words(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        form = resident(phones, town, position=BEYOND)
        form.choose("道路")
        form.say("よその町の穴")
        form.page.get_by_role("button", name="いまいる場所を使う").tap()
        expect(form.place).to_contain_text("書いた内容は残っています")
        form.send()
        expect(form.page.locator("#e-place")).to_have_text("場所を教えてください。")
        expect(form.page.locator("[data-ref=description]")).to_have_value("よその町の穴")
        assert desk.reports() == []

    def test_a_position_of_more_than_a_kilometre_is_not_taken(
        self, phones: Phones, town: Town
    ) -> None:
        form = resident(phones, town, position=HERE | {"accuracy": 1500})
        form.page.get_by_role("button", name="いまいる場所を使う").tap()
        expect(form.place).to_contain_text("誤差 約1500 m")
        expect(form.page.locator("[data-ref=town]")).to_be_focused()
        assert form.page.locator("[data-ref=lat]").input_value() == ""


class TestEnds:
    """Where a form is not the right thing."""

    def test_an_answer_that_needs_a_call_replaces_the_sending_and_keeps_the_words(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        form = resident(phones, town)
        form.choose("道路")
        form.here()
        form.say("穴がある")
        page = form.page
        asked = page.locator("[data-category=road] .report-choice")
        asked.filter(has_text="けがをした人がいる").tap()
        stop = page.locator("[data-ref=questions] .report-stop")
        expect(stop).to_be_visible()
        expect(page.get_by_role("button", name="送る", exact=True)).to_be_hidden()
        expect(page.locator("[data-ref=stopped] a")).to_have_attribute("href", "tel:119")
        expect(page.locator("[data-ref=stopped]")).to_contain_text("この電話に残っています")
        form.kept()
        asked.filter(has_text="いいえ").tap()
        expect(stop).to_have_count(0)
        form.send()
        form.arrived()
        assert [one.description for one in desk.reports()] == ["穴がある"]

    def test_a_road_of_the_state_has_its_own_number(self, phones: Phones, town: Town) -> None:
        form = resident(phones, town)
        form.choose("道路")
        form.page.locator(".report-choice", has_text="国道・高速道路").tap()
        call = form.page.locator("[data-ref=stopped] a")
        expect(call).to_have_attribute("href", "tel:%239910")


class TestNear:
    """What is known already is shown before anything is sent."""

    def test_the_same_thing_is_joined_and_nothing_new_is_filed(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        first = resident(phones, town)
        first.choose("道路")
        first.here()
        first.send()
        first.arrived()
        second = resident(phones, town)
        second.choose("道路")
        second.here()
        near = second.page.locator("[data-ref=near]")
        expect(near).to_be_visible()
        expect(near).to_contain_text("受け付けました")
        second.send()  # the question comes first
        expect(near).to_be_visible()
        assert len(desk.reports()) == 1
        (known,) = desk.reports()
        assert known.town_name
        expect(near).to_contain_text(f"{known.town_name}のあたり")
        near.get_by_role("button", name="わたしも").tap()
        expect(second.card).to_contain_text("「わたしも」を受け付けました。")
        assert [one.joined for one in desk.reports()] == [1]

    def test_another_thing_at_the_same_place_is_filed_all_the_same(
        self, phones: Phones, town: Town, desk: Desk
    ) -> None:
        for known in range(2):
            form = resident(phones, town)
            form.choose("公園")
            form.here()
            if known:
                form.page.get_by_role("button", name="ちがうことなので続ける").tap()
            form.send()
            form.arrived()
        assert len(desk.reports()) == 2
        body = posted(form.visit.asked("/api/v1/reports", "POST")[0])
        assert "resident" not in str(body)
