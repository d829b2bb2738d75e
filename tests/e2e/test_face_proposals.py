"""Proposals of faces in a browser: seen through, carried away, removed, and only then black."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Route, expect

from liff_app.db import db
from liff_app.photos import service as photos
from liff_app.photos.face_rules import Face
from liff_app.photos.faces import Looked
from tests.reports import ground

from .conftest import Phones, Visit
from .servers import Town
from .test_report_case import filed, pixel, reviewer, shot, with_photo

pytestmark = pytest.mark.e2e
FIND = "顔らしい所をさがす"


class Fake:
    """Two faces on every picture: one upper left, one lower right."""

    def look(self, copy: bytes) -> Looked:
        """The two."""
        del copy
        faces = Face(0.1, 0.1, 0.1, 0.1, 0.9), Face(0.7, 0.7, 0.1, 0.1, 0.5)
        return Looked(faces=faces)


@pytest.fixture
def with_finder(town: Town) -> Iterator[Town]:
    """The town as this process has it can look for faces; the servers know nothing of it."""
    town.app.extensions["face_finder"] = Fake()
    with town.app.app_context():
        yield town
    del town.app.extensions["face_finder"]


def answered_here(town: Town, route: Route) -> None:
    """The page with the button and the one after it come from this process, the rest not."""
    asked = route.request
    if asked.method == "POST" and not asked.url.endswith("/faces"):
        route.continue_()
        return
    dropped = {"host", "content-length", "accept-encoding"}
    headers = {n: v for n, v in asked.all_headers().items() if n not in dropped}
    answer = town.app.test_client(use_cookies=False).open(
        asked.url.removeprefix(town.url),
        base_url=town.url,
        method=asked.method,
        data=asked.post_data_buffer,
        headers={n: v for n, v in headers.items() if not n.startswith(":")},
    )
    route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)


def drag(visit: Visit, box: Locator, right: float, down: float) -> None:
    """The box is carried by parts of the picture."""
    spot, frame = box.bounding_box(), visit.page.locator("[data-ref=picture]").bounding_box()
    assert spot
    assert frame
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x + 5, y + 5)
    visit.page.mouse.move(x + frame["width"] * right, y + frame["height"] * down)
    visit.page.mouse.up()


def test_a_person_carries_one_proposal_removes_the_other_and_decides(
    phones: Phones, with_finder: Town
) -> None:
    desk, photo = looked_at(phones, with_finder)
    boxes = desk.page.locator("[data-ref=box]")
    expect(boxes.first).to_have_attribute("data-proposed", "")
    assert not photos.photo_view(db.session, photo).is_public
    db.session.rollback()
    remove = desk.page.get_by_role("button", name="えらんだひとつを消す")
    expect(remove).to_be_disabled()
    drag(desk, boxes.first, 0.4, 0.0)
    boxes.nth(1).click()
    remove.click()
    expect(boxes).to_have_count(1)
    desk.page.get_by_role("button", name="黒くぬって公開する").click()
    desk.page.wait_for_selector("#done")
    store = with_finder.app.extensions["file_store"]
    public = photos.read(db.session, store, photo, "large", public=True)
    db.session.rollback()
    assert max(pixel(public, 0.55, 0.15)) < 12  # where it was carried to
    assert pixel(public, 0.15, 0.15)[0] > 100  # where it was
    assert pixel(public, 0.75, 0.75)[0] > 50  # the other, which was removed


def test_the_page_with_proposals_can_be_used_by_everybody(
    phones: Phones, with_finder: Town
) -> None:
    desk, _photo = looked_at(phones, with_finder)
    found = Axe().run(desk.page)
    assert found.violations_count == 0, found.generate_report()
    shot(desk, "faces")


def looked_at(phones: Phones, town: Town) -> tuple[Visit, str]:
    """A reviewer's browser with two proposals on a photo, and the photo's id."""
    desk, who = reviewer(phones, town), ground.resident()
    receipt = filed(who)
    photo = with_photo(town, who, receipt.ref)
    desk.page.route("**/mask*", lambda route: answered_here(town, route))
    desk.page.route("**/mask/faces", lambda route: answered_here(town, route))
    desk.open(f"/console/reports/{receipt.ref}/photos/{photo}/mask")
    desk.page.get_by_role("button", name=FIND).click()
    expect(desk.page.locator("[data-ref=box]")).to_have_count(2)
    expect(desk.page.locator("#faces")).to_contain_text("かならず目で確かめてください")
    return desk, photo
