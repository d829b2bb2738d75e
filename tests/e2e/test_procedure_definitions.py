"""A clerk makes a form in a real browser: from a workbook, with scripts and without."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from liff_app.procedures import samples
from liff_app.staff.vocabulary import Role

from .conftest import Phones, Visit, chromium
from .people import sign_in
from .servers import Town, running_town
from .test_accessibility import faults

pytestmark = pytest.mark.e2e
DESK = {"width": 1280, "height": 900}
HOME = "/console/procedures/forms"
COMPILED_MS = 30_000  # the first workbook of a web process waits for its compiler


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town without forms, nobody's but this module's: others count what is published."""
    chromium()
    with running_town(tmp_path_factory.mktemp("forms")) as own:
        yield own


def clerk(phones: Phones, town: Town, **options: object) -> Visit:
    """Somebody who makes forms, at an office PC."""
    visit = phones(town.url, None, **({"viewport": DESK} | options))
    visit.context.set_default_timeout(COMPILED_MS)
    sign_in(visit, town, Role.ADMINISTRATOR)
    return visit


def workbook(folder: Path, name: str, **cells: str) -> Path:
    """A sample on the clerk's disk, in which these cells of the survey say something else."""
    book = load_workbook(io.BytesIO(samples.raw(name)))
    for at, text in cells.items():
        book["survey"][at] = text
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path


def column(name: str, heading: str) -> str:
    """Letter of the survey's column of that heading."""
    sheet = load_workbook(io.BytesIO(samples.raw(name)))["survey"]
    return next(cell.column_letter for cell in sheet[1] if cell.value == heading)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def start(page: Page, source: str, **typed: str) -> None:
    """A new form begins with that sample."""
    page.goto(f"{HOME}/new")
    page.locator("#f-source").select_option(f"sample:{source}")
    for field, text in typed.items():
        page.locator(f"#f-{field}").fill(text)
    press(page, "下書きを作る")


def the_fault_is_easy_to_find(page: Page) -> None:
    """Sheet, row and column are named, and on a phone each stays in one line."""
    place = page.locator(".forms-fault-place", has_text="relevant").first
    expect(place).to_contain_text(re.compile(r"survey シート\s*4行目\s*[A-Z]+列（relevant）"))
    page.set_viewport_size({"width": 390, "height": 844})
    heights = place.locator("span").evaluate_all("(all) => all.map((one) => one.clientHeight)")
    assert len(set(heights)) == 1, heights
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_workbook_with_faults_to_a_published_form(
    phones: Phones, town: Town, tmp_path: Path, *, scripts: bool
) -> None:
    visit = clerk(phones, town, java_script_enabled=scripts)
    page, name = visit.page, "juminhyo" if scripts else "jido_teate"
    slug = name.replace("_", "-")
    wrong = workbook(tmp_path, name, **{f"{column(name, 'relevant')}4": "${nothing} = 1"})
    page.goto(HOME)
    page.get_by_role("link", name="新しい手続き").click()
    page.locator("#f-source").select_option("file")
    page.locator("#f-workbook").set_input_files(wrong)
    page.locator("#f-slug").fill(slug)
    press(page, "下書きを作る")
    the_fault_is_easy_to_find(page)
    page.locator("#f-workbook").set_input_files(workbook(tmp_path, name))
    press(page, "読み込む")
    expect(page.get_by_role("heading", name="誤りはありません")).to_be_visible()
    press(page, "下書きの版に保存する")
    expect(page).to_have_url(f"{town.url}{HOME}/{slug}/1?done=stored")
    page.get_by_role("link", name="公開に進む").click()
    page.get_by_label("公開してよいことを確かめました").check()
    press(page, "公開する")
    expect(page.get_by_role("status")).to_contain_text("公開の設定をしました")
    expect(page.get_by_role("table")).to_contain_text("公開中")


def test_the_editor_changes_words_and_order(phones: Phones, town: Town) -> None:
    visit = clerk(phones, town)
    page = visit.page
    start(page, "sodai_gomi")
    press(page, "画面で直す")
    rows, pages = page.locator(".forms-line"), page.locator('.forms-line[data-depth="0"]')
    second = rows.nth(1).get_by_role("link").inner_text()
    rows.nth(1).get_by_role("link").click()
    page.locator("#f-label-ja").fill("直した質問の文")
    press(page, "保存する")
    expect(page.get_by_role("status")).to_contain_text("保存しました")
    expect(rows.nth(1)).to_contain_text("直した質問の文")
    expect(rows.nth(1)).not_to_contain_text(second)
    title = pages.nth(1).get_by_role("link").inner_text()
    page.get_by_role("button", name=f"「{title}」を上へ", exact=True).click()
    expect(pages.first.get_by_role("link")).to_have_text(title)
    page.get_by_role("button", name=f"「{title}」を下へ", exact=True).click()
    expect(pages.nth(1).get_by_role("link")).to_have_text(title)
    press(page, "下書きの版に保存する")
    expect(page.get_by_role("heading", level=1)).to_contain_text("第1版")
    expect(page.get_by_role("table").last).to_contain_text("直した質問の文")


def test_the_editor_changes_choices_by_keyboard_too(phones: Phones, town: Town) -> None:
    visit = clerk(phones, town)
    page = visit.page
    start(page, "sodai_gomi", slug="gomi-choices", prefix="択")
    press(page, "画面で直す")
    page.locator(".forms-line", has_text="1つえらぶ").first.get_by_role("link").click()
    options = page.locator(".forms-option")
    before = options.count()
    page.locator("#f-new-label-ja").fill("新しい選択肢")
    press(page, "この選択肢を足す")
    expect(options).to_have_count(before + 1)
    expect(options.last.locator("input").first).to_have_value("新しい選択肢")
    press(page, f"選択肢{before + 1}を外す")
    expect(options).to_have_count(before)
    page.locator("#f-label-ja").fill("えらんでください")
    page.locator("#f-label-ja").press("Enter")  # saves, and moves no choice
    expect(page.get_by_role("status")).to_contain_text("保存しました")
    expect(page.locator(".forms-line", has_text="えらんでください")).to_have_count(1)


def test_a_form_is_tried_out_and_copied(phones: Phones, town: Town) -> None:
    visit = clerk(phones, town)
    page = visit.page
    start(page, "shimin_anketo", slug="anketo-try", prefix="答")
    press(page, "試しに入力する")
    expect(page).to_have_url(re.compile("/console/procedures/fill/[0-9a-f]{32}/"))
    expect(page.locator("main")).to_contain_text("試し")
    page.goto(f"{HOME}/anketo-try/1")
    page.get_by_role("link", name="複製する").click()
    page.locator("#f-title").fill("窓口のアンケート")
    page.locator("#f-slug").fill("anketo-madoguchi")
    page.locator("#f-prefix").fill("窓")
    press(page, "下書きを作る")
    expect(page.get_by_role("heading", level=1)).to_have_text("窓口のアンケート 第1版")


@pytest.mark.parametrize(
    "address",
    ["", "/new", "/risai-shomei", "/risai-shomei/1", "/risai-shomei/1/preview",
     "/risai-shomei/1/publish", "/risai-shomei/compare"],
)  # fmt: skip
@pytest.mark.parametrize("viewport", [{"width": 320, "height": 640}, DESK])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    phones: Phones, town: Town, address: str, viewport: dict[str, int]
) -> None:
    visit = clerk(phones, town, viewport=viewport)
    page = visit.page
    visit.open(HOME)
    if not page.locator("#form-risai-shomei").count():
        start(page, "risai_shomei")
    visit.open(HOME + address)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []
    for size in ("normal", "xlarge"):
        page.evaluate("(s) => { document.documentElement.dataset.size = s; }", size)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= viewport["width"]
    assert faults(page) == []


@pytest.mark.parametrize("viewport", [{"width": 320, "height": 640}, DESK])
def test_the_editor_is_for_everybody(
    phones: Phones, town: Town, viewport: dict[str, int], tmp_path: Path
) -> None:
    visit = clerk(phones, town, viewport=viewport)
    page = visit.page
    visit.open(f"{HOME}/new")
    page.locator("#f-source").select_option("file")
    wrong = workbook(tmp_path, "sodai_gomi", **{f"{column('sodai_gomi', 'relevant')}4": "${x} ="})
    page.locator("#f-workbook").set_input_files(wrong)
    page.locator("#f-slug").fill(f"wrong-{viewport['width']}")
    press(page, "下書きを作る")
    outline = page.url
    choice = page.locator(".forms-line", has_text="1つえらぶ").first.get_by_role("link")
    addresses = [outline, str(choice.get_attribute("href")), f"{outline}/settings"]
    for address in addresses:
        visit.open(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == [], address
        for size in ("normal", "xlarge"):
            page.evaluate("(s) => { document.documentElement.dataset.size = s; }", size)
            wide = page.evaluate("() => document.documentElement.scrollWidth")
            assert wide <= viewport["width"], address
