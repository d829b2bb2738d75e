"""A list comes in through a browser: a broken file is looked at, published, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from liff_app.staff.vocabulary import Role

from .conftest import Phones, Visit
from .people import sign_in
from .servers import Town
from .test_accessibility import faults
from .test_finder_ways import NO_TILES

pytestmark = pytest.mark.e2e

IMPORTS = "/console/shelters/imports"
DESK = {"width": 1280, "height": 900}
LIST = "pages:test"
HEADINGS = (
    "ID,名称,所在地_連結表記,緯度,経度,災害種別_洪水,災害種別_地震,想定収容人数,備考,"
    "所在地_全国地方公共団体コード"
)
HALL = "P1,ためし会館,まど市川端町99,35.6081,140.2951,1,1,120,,479993"
GARDEN = "P2,ためし広場,まど市川端町98,35.6085,140.2955,1,1,,,479993"
NAMELESS = "P3,,まど市川端町97,35.6086,140.2956,1,1,,,479993"
LOST = "P4,ためし谷の家,まど市どこか4,,,1,1,,,479993"
CABIN = "P6,ためし山の家,まど市どこか6,,,1,1,,,479993"
FAR = "P5,ためし迷子,まど市川端町96,35.70,140.30,1,1,,,479993"


def csv(*rows: str) -> FilePayload:
    """A file as a clerk saves it."""
    body = "\r\n".join((HEADINGS, *rows)) + "\r\n"
    return {"name": "ためし.csv", "mimeType": "text/csv", "buffer": body.encode("utf-8-sig")}


def upload(page: Page, *rows: str) -> None:
    """The file is sent, and is to be an edition of the list of these tests."""
    page.goto(IMPORTS)
    page.get_by_label("一覧のファイル").set_input_files(csv(*rows))
    page.get_by_role("button", name="ファイルを調べる").click()
    expect(page.get_by_role("heading", name="取り込む前の確認")).to_be_visible()
    choice = page.get_by_label("どの一覧ですか")
    if LIST in choice.inner_text():
        choice.select_option(LIST)
    else:
        choice.select_option("new")
        page.get_by_label("新しい一覧の名前").fill(LIST)
    page.get_by_label("出典の表示").fill("出典：ためし")
    page.get_by_role("button", name="変えて、違いを見直す").click()
    expect(page.get_by_role("heading", name="取り込む前の確認")).to_be_visible()


def agree(page: Page, verb: str) -> None:
    """The last step: looked at, and done."""
    page.get_by_label("違いを確かめました").check()
    page.get_by_role("button", name=verb).click()
    expect(page.get_by_role("status").first).to_contain_text("公開しました")


def publish(page: Page, *rows: str) -> None:
    """The rows are the list."""
    upload(page, *rows)
    page.get_by_role("link", name="公開の確認へ進む").click()
    agree(page, "公開する")


def press(page: Page, name: str) -> None:
    """The button is pressed once the page is ready."""
    button = page.get_by_role("button", name=name)
    button.wait_for()
    page.wait_for_selector("html[data-ready]", state="attached")
    button.click()


Shown = Callable[[str], int]


@pytest.fixture
def shown(phones: Phones, town: Town) -> Shown:
    """How often a resident who comes now reads the name around 川端町."""

    def ask(name: str) -> int:
        resident = phones(town.url)  # a new one each time: browsers keep the page for seconds
        resident.page.wait_for_timeout(300)  # processes look at the database four times a second
        resident.page.goto("/shelters?q=%E5%B7%9D%E7%AB%AF%E7%94%BA")
        return resident.page.locator("[data-ref=list] [data-id]", has_text=name).count()

    return ask


@pytest.fixture
def clerk(phones: Phones, town: Town) -> Iterator[Visit]:
    """An administrator at a desk; the list of these tests is gone afterwards."""
    visit = phones(town.url, None, viewport=DESK)
    sign_in(visit, town, Role.ADMINISTRATOR)
    yield visit
    lines = town.run("shelters", "editions").splitlines()
    if any(line.startswith(LIST) and "公開中 0" not in line for line in lines):
        town.run("shelters", "withdraw", LIST, "--yes")


def test_a_broken_file_is_looked_at_published_and_taken_back(clerk: Visit, shown: Shown) -> None:
    clerk.foresee(NO_TILES)
    page = clerk.page
    publish(page, HALL)
    assert (shown("ためし会館"), shown("ためし広場")) == (1, 0)

    upload(page, HALL.replace("ためし会館", "ためし記念館"), GARDEN, NAMELESS, FAR)
    expect(page.get_by_text("誤り 1件（その行は取り込みません）")).to_be_visible()
    expect(page.locator("#problems")).to_contain_text("名称が空です。")
    expect(page.locator("del", has_text="ためし会館")).to_be_visible()
    expect(page.locator("ins", has_text="ためし記念館")).to_be_visible()
    expect(page.get_by_role("heading", name="町から遠い場所（1）")).to_be_visible()
    press(page, "地図で見る")
    page.wait_for_selector("[data-ref=map] canvas")
    expect(page.locator("[data-ref=note]")).to_have_text("3か所を地図に出しました。")
    page.get_by_role("link", name="公開の確認へ進む").click()
    expect(page.get_by_text("2か所が加わります。")).to_be_visible()
    expect(page.get_by_text("1か所の内容が変わります。")).to_be_visible()
    assert shown("ためし広場") == 0, "nothing is published before the last step"
    agree(page, "公開する")
    assert (shown("ためし記念館"), shown("ためし広場")) == (1, 1)

    page.locator("tr", has_text="ためし.csv").get_by_role("link", name="の版を見る").nth(1).click()
    expect(page.locator("ins", has_text="ためし会館")).to_be_visible()
    page.get_by_role("link", name="この版に戻す確認へ進む").click()
    agree(page, "この版に戻す")
    assert (shown("ためし会館"), shown("ためし広場")) == (1, 0)


def test_a_list_is_withdrawn(clerk: Visit, shown: Shown) -> None:
    page = clerk.page
    publish(page, HALL)
    assert shown("ためし") == 1
    page.get_by_role("link", name="ためしを取り下げる").click()
    agree(page, "取り下げる")
    assert shown("ためし") == 0


def test_a_place_is_shown_on_a_map_where_it_is(clerk: Visit, shown: Shown) -> None:
    clerk.foresee(NO_TILES)
    page = clerk.page
    publish(page, HALL, LOST)
    assert shown("ためし谷の家") == 0
    page.get_by_role("link", name="位置のはっきりしない場所が1か所あります").click()
    page.get_by_role("link", name="ためし谷の家の位置を直す").click()
    clerk.ready()
    press(page, "地図でえらぶ")
    page.wait_for_selector("[data-ref=map] .leaflet-control-zoom-in")
    page.get_by_role("button", name="まん中の位置を入れる").click()
    expect(page.get_by_label("緯度")).not_to_have_value("")
    page.get_by_label("緯度").fill("35.6083")
    page.get_by_label("経度").fill("140.2953")
    page.get_by_role("button", name="この位置にする").click()
    expect(page.get_by_text("手で入れた位置）")).to_be_visible()
    assert shown("ためし谷の家") == 1


def test_it_all_works_without_javascript(
    phones: Phones, town: Town, clerk: Visit, shown: Shown
) -> None:
    """`clerk` only tidies up."""
    visit = phones(town.url, None, viewport=DESK, java_script_enabled=False)
    sign_in(visit, town, Role.ADMINISTRATOR)
    page = visit.page
    publish(page, HALL, CABIN)
    assert shown("ためし会館") == 1
    page.get_by_role("link", name="位置のはっきりしない場所が1か所あります").click()
    page.get_by_role("link", name="ためし山の家の位置を直す").click()
    expect(page.get_by_role("button", name="地図でえらぶ")).to_be_hidden()
    page.get_by_label("緯度").fill("35.6083")
    page.get_by_label("経度").fill("140.2953")
    page.get_by_role("button", name="この位置にする").click()
    assert shown("ためし山の家") == 1
    assert clerk.complaints == []


def test_a_button_pressed_before_its_script_came_is_not_lost(clerk: Visit) -> None:
    clerk.foresee(NO_TILES)
    page, held = clerk.page, list[Route]()
    publish(page, HALL, LOST)
    page.goto(f"{IMPORTS}/unplaced?list={LIST}")

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/import_pin*", hold)
    page.get_by_role("link", name="の位置を直す").first.click()
    button = page.get_by_role("button", name="地図でえらぶ")
    with page.expect_request("**/import_pin*"):
        button.wait_for()
    for _ in range(2):
        button.click()
    expect(page.locator("[data-ref=map] .leaflet-control-zoom-in")).to_be_hidden()
    held[0].continue_()
    page.wait_for_selector("[data-ref=map] .leaflet-control-zoom-in")


def every_page(page: Page) -> Iterator[str]:
    """Each page of lists in turn, with something to show; gives its name."""
    publish(page, HALL, GARDEN, LOST)
    yield "lists"
    page.get_by_role("link", name="見る", exact=False).first.click()
    yield "edition"
    page.goto(f"{IMPORTS}/unplaced?list={LIST}")
    yield "unplaced"
    page.get_by_role("link", name="の位置を直す").first.click()
    press(page, "地図でえらぶ")
    page.wait_for_selector("[data-ref=map] .leaflet-control-zoom-in")
    yield "pin"
    upload(page, HALL.replace("ためし会館", "ためし記念館"), NAMELESS, FAR, LOST)
    preview = page.url
    press(page, "地図で見る")
    page.wait_for_selector("[data-ref=map] canvas")
    yield "preview"
    page.goto(preview.partition("#")[0] + "/columns")
    yield "columns"
    page.goto(preview.partition("#")[0] + "/publish")
    yield "confirm"


def test_axe_finds_nothing_on_any_page_of_lists(clerk: Visit) -> None:
    clerk.foresee(NO_TILES)
    page, looked = clerk.page, []
    for name in every_page(page):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == [], f"{name}, {scheme}"
        page.evaluate("() => { document.documentElement.dataset.size = 'xlarge'; }")
        assert faults(page) == [], f"{name}, xlarge"
        page.emulate_media(color_scheme="light")
        looked.append(name)
    assert len(looked) == 7


def test_nothing_scrolls_sideways_on_a_phone(phones: Phones, town: Town, clerk: Visit) -> None:
    """Tables scroll inside their frame, the page does not. `clerk` only tidies up."""
    visit = phones(town.url, None, viewport={"width": 390, "height": 800})
    visit.foresee(NO_TILES)
    sign_in(visit, town, Role.ADMINISTRATOR)
    for name in every_page(visit.page):
        for size in ("normal", "xlarge"):
            visit.page.evaluate("(s) => { document.documentElement.dataset.size = s; }", size)
            wide = visit.page.evaluate("() => document.scrollingElement.scrollWidth")
            assert wide <= 390, f"{name}, {size}: {wide}"
        visit.page.evaluate("() => { document.documentElement.dataset.size = 'normal'; }")
    assert clerk.complaints == []
