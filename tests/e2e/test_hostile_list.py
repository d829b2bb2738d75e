"""A list full of markup and template code, imported by its command, is text and nothing else."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from liff_app import demo_town

from .conftest import HERE, Phones, chromium, press_pin
from .servers import Town, running_town
from .test_finder_ways import NO_TILES

pytestmark = pytest.mark.e2e

HOSTILE = (
    "<img src=x onerror=\"window.PWN='image'\">",
    "${window.PWN='template'}`${alert(1)}`",
    "</script><script>window.PWN='script'</script>",
    "</template><svg onload=window.PWN='svg'>",
    "{{ config }}{% raw %}\"'><b onclick=window.PWN=1>太字</b>",
    "javascript:window.PWN='link'//%0a&lt;i&gt;",
)
NOTE_SHARED = """() => {
  navigator.share = (what) => { window.shared = what.text; return Promise.resolve(); };
}"""


def write_list(file: Path) -> None:
    """The demo's first list in the standard form, every word of it hostile."""
    source = demo_town.FOLDER / "sites.csv"
    with source.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))[: len(HOSTILE)]
    for row, words in zip(rows, HOSTILE, strict=True):
        row |= {"名称": words, "備考": words, "所在地_連結表記": f"まど県まど市{words}"}
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def hostile_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town whose list somebody has poisoned."""
    chromium()
    folder = tmp_path_factory.mktemp("hostile")
    write_list(folder / "list.csv")
    with running_town(folder) as town:
        town.run("towns", "import", str(demo_town.FOLDER / "towns.csv"))
        said = town.run("shelters", "import", str(folder / "list.csv"), "--no-geocode")
        assert f"取り込み：{len(HOSTILE)}" in said
        yield town


def test_hostile_words_are_text_in_list_map_and_share(phones: Phones, hostile_town: Town) -> None:
    visit = phones(hostile_town.url, geolocation=HERE, permissions=["geolocation"])
    visit.foresee(NO_TILES)
    page = visit.page
    page.on("dialog", lambda dialog: dialog.dismiss())
    visit.open("/shelters")
    page.get_by_role("button", name="今いる場所でさがす").tap()
    names = page.locator("[data-ref=list] [data-ref=name]")
    expect(names).to_have_count(len(HOSTILE))
    assert set(names.all_inner_texts()) == set(HOSTILE)
    assert set(page.locator("[data-ref=list] [data-ref=remarks]").all_inner_texts()) == set(HOSTILE)
    page.get_by_role("button", name="地図で見る").tap()
    page.wait_for_selector("[data-ref=map] path.leaflet-interactive")
    press_pin(page)
    popup = page.locator(".leaflet-popup-content strong")
    expect(popup).to_have_text(f"1. {names.first.inner_text()}")
    page.evaluate(NOTE_SHARED)
    page.get_by_role("link", name="家族に送る").first.tap()
    page.wait_for_function("() => window.shared")
    assert page.evaluate("() => window.shared").startswith(names.first.inner_text())
    assert page.evaluate("() => window.PWN") is None


@pytest.mark.parametrize("scripted", [True, False])
def test_hostile_words_are_text_in_the_servers_page(
    phones: Phones, hostile_town: Town, *, scripted: bool
) -> None:
    visit = phones(hostile_town.url, java_script_enabled=scripted)
    for audience in ("/shelters", "/liff/shelters"):
        visit.page.goto(f"{audience}?q=%E4%B8%AD%E5%BA%AD%E4%B8%80%E4%B8%81%E7%9B%AE")
        names = visit.page.locator("[data-ref=list] [data-ref=name]")
        assert set(names.all_inner_texts()) == set(HOSTILE)
        assert visit.page.locator(".place img, .place svg[onload], .place b").count() == 0
        if scripted:
            assert visit.page.evaluate("() => window.PWN") is None


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_a_question_come_back_as_text(
    phones: Phones, hostile_town: Town, words: str
) -> None:
    visit = phones(hostile_town.url)
    visit.open("/shelters")
    visit.page.get_by_label("または、町の名前を入れる").fill(words)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**q=*")
    visit.ready()
    # A field of the page holds 40 characters; what it holds comes back as it was.
    kept = visit.page.get_by_label("または、町の名前を入れる").input_value()
    assert kept
    assert words.startswith(kept)
    assert visit.page.evaluate("() => window.PWN") is None
