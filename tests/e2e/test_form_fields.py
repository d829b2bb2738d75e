"""What scripts add to the fields of a form: counted letters, a searched list, a drawn signature."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from .conftest import Phones
from .servers import Town

pytestmark = pytest.mark.e2e
HERE = {"latitude": 33.53, "longitude": 130.47, "accuracy": 12}
CHOSEN = """(input) => Promise.all([...input.files].map(async (one) => ({
  name: one.name, type: one.type, size: one.size,
  head: [...new Uint8Array(await one.slice(0, 4).arrayBuffer())],
})))"""


@pytest.fixture
def page(phones: Phones, town: Town) -> Page:
    """Every kind of question on one page, its scripts started."""
    visit = phones(town.url, geolocation=HERE, permissions=["geolocation"])
    visit.foresee("status of 404")  # a map without tiles
    visit.open("/_components")
    return visit.page


def files(page: Page, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.locator(f"input[type=file][name={name}]").evaluate(CHOSEN)
    return found


def test_letters_are_counted_as_people_count_them(page: Page) -> None:
    field = page.locator("textarea[name=why]")
    line = field.locator("xpath=following-sibling::p")
    field.fill("あ" * 100)
    expect(line).to_be_hidden()
    field.fill("葛\U000e0100" * 195)
    expect(line).to_have_text("あと5字書けます。")
    field.fill("葛\U000e0100" * 203)
    expect(line).to_have_text("3字多いです。")


def test_a_long_list_is_narrowed_and_keeps_what_was_chosen(page: Page) -> None:
    town = page.locator("select[name=town]")
    town.select_option(label="3丁目")
    box = page.get_by_label("さがす", exact=True)
    box.fill("１９")
    expect(town.locator("option")).to_have_text(["えらんでください", "3丁目", "19丁目"])
    assert town.input_value() == "c2"
    box.press("Enter")
    box.fill("どこにもない")
    expect(page.locator(".form-said", has_text="ありません")).to_be_visible()
    box.fill("")
    expect(town.locator("option")).to_have_count(21)
    assert page.evaluate("location.pathname") == "/_components"


def test_a_signature_is_drawn_by_finger_and_wiped_again(page: Page) -> None:
    pad = page.locator(".form-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    assert files(page, "sign") == []
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    page.mouse.up()
    expect(page.get_by_text("署名しました。")).to_be_visible()
    (drawn,) = files(page, "sign")
    assert (drawn["type"], drawn["head"]) == ("image/png", [0x89, 0x50, 0x4E, 0x47])
    page.get_by_role("button", name="書きなおす").click()
    expect(page.get_by_text("まだ署名していません。")).to_be_visible()
    assert files(page, "sign") == []


def test_a_photo_becomes_small_and_a_document_stays_as_it_is(page: Page) -> None:
    photo = io.BytesIO()
    Image.effect_noise((3000, 2000), 80).convert("RGB").save(photo, "JPEG", quality=95)
    large = photo.getvalue()
    page.locator("input[name=photo]").set_input_files(
        [FilePayload(name="屋根.JPG", mimeType="image/jpeg", buffer=large)]
    )
    expect(page.get_by_text("1件えらびました。")).to_be_visible(timeout=20_000)
    (made,) = files(page, "photo")
    assert made["name"] == "屋根.jpg"
    assert made["size"] < len(large) / 4
    paper = FilePayload(name="a.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7")
    page.locator("input[name=papers]").set_input_files([paper])
    expect(page.get_by_text("1件えらびました。")).to_have_count(2)
    assert files(page, "papers")[0]["size"] == 8


def test_more_files_than_there_is_room_for_are_told(page: Page) -> None:
    one = FilePayload(name="a.pdf", mimeType="application/pdf", buffer=b"%PDF")
    page.locator("input[name=photo]").set_input_files([one, one, one])
    expect(page.get_by_text("2件までです。えらびなおしてください。")).to_be_visible()
    assert files(page, "photo") == []


def test_the_phones_position_goes_into_the_form(page: Page) -> None:
    page.get_by_role("button", name="いまいる場所を使う").click()
    expect(page.get_by_text("えらびました：いまいる場所")).to_be_visible()
    values = [
        page.locator(f"input[name='place.{part}']").input_value()
        for part in ("lat", "lon", "accuracy", "text")
    ]
    assert values == ["33.530000", "130.470000", "12", ""]


def test_a_place_is_chosen_on_a_map(page: Page) -> None:
    button = page.get_by_role("button", name="地図でえらぶ")
    button.click()
    expect(page.locator(".form-map .leaflet-container")).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="ここにする").click()
    expect(page.get_by_text("えらびました：地図でえらんだ場所")).to_be_visible()
    lat = float(page.locator("input[name='place.lat']").input_value())
    assert abs(lat - 33.53) < 0.01
    expect(page.locator(".form-map")).to_be_hidden()
