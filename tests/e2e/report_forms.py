"""What browser tests of the report form share: a phone, pictures, and what the town has."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from playwright.sync_api import Page, Request, expect
from sqlalchemy import delete, select

from liff_app.db import db, transaction
from liff_app.reports.models import Report, ReportEvent, ReportFollower, ReportPhoto

from .conftest import HERE, Phones, Visit
from .servers import Town

NEW = "/liff/reports/new"
NO_TILES = "ERR_NAME_NOT_RESOLVED"
RESIDENTS = cycle(("haru", "kenta", "mei", "hoa", "satoru"))  # one alone would meet the limits
BEYOND = {"latitude": 34.0, "longitude": 135.0, "accuracy": 20}  # in another prefecture

# A picture like a photo: soft shapes and the grain of a sensor. 4000 x 3000 points.
DRAW_PHOTO = """async ([width, height, quality]) => {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d');
  const sky = pen.createLinearGradient(0, 0, width, height);
  ['#9bc', '#678', '#543', '#ba9', '#354'].forEach((one, at) => sky.addColorStop(at / 4, one));
  pen.fillStyle = sky;
  pen.fillRect(0, 0, width, height);
  let seed = 9;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (let one = 0; one < 4000; one += 1) {
    pen.fillStyle = `hsl(${random() * 360} ${20 + random() * 40}% ${20 + random() * 60}% / 0.5)`;
    pen.beginPath();
    const [x, y] = [random() * width, random() * height];
    pen.ellipse(x, y, random() * 160, random() * 90, random() * 3, 0, 7);
    pen.fill();
  }
  const whole = pen.getImageData(0, 0, width, height);
  for (let at = 0; at < whole.data.length; at += 4) {
    const grain = (random() - 0.5) * 44;
    for (let colour = 0; colour < 3; colour += 1) whole.data[at + colour] += grain;
  }
  pen.putImageData(whole, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(text);
}"""

# Playwright sees no bytes of a Blob that is sent: the page notes them itself.
NOTE_FILES = """() => {
  const real = window.fetch;
  window.sentFiles = [];
  window.fetch = (address, init) => {
    if (init && init.body instanceof Blob) window.sentFiles.push(init.body);
    return real(address, init);
  };
}"""
# What is read in one turn after all that was begun before has been written.
WRITTEN = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open('machimado.reports');
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const work = open.result.transaction(['drafts', 'photos']);
    const all = work.objectStore('drafts').getAll();
    work.oncomplete = () => { open.result.close(); resolve(all.result.length); };
  };
})"""
READ_FILES = """async () => Promise.all(window.sentFiles.map(async (one) => {
  const bytes = new Uint8Array(await one.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(text);
}))"""


def draw_photo(page: Page, width: int = 4000, height: int = 3000, quality: float = 0.92) -> bytes:
    """A JPEG as a camera makes it, drawn by the browser."""
    return base64.b64decode(page.evaluate(DRAW_PHOTO, [width, height, quality]))


def file(raw: bytes, name: str = "IMG_0001.jpg", kind: str = "image/jpeg") -> Any:  # noqa: ANN401 - Playwright's own
    """What a file input is given."""
    return {"name": name, "mimeType": kind, "buffer": raw}


@dataclass
class Desk:
    """What the town has in its database."""

    town: Town

    def clear(self) -> None:
        """No report is there."""
        with self.town.app.app_context(), transaction() as session:
            for table in (ReportPhoto, ReportFollower, ReportEvent, Report):
                session.execute(delete(table))

    def reports(self) -> list[Report]:
        """Every report there is, the oldest first."""
        with self.town.app.app_context():
            found = list(db.session.scalars(select(Report).order_by(Report.id)))
            db.session.expunge_all()
            return found

    def photos(self) -> int:
        """How many photos hang on reports."""
        with self.town.app.app_context():
            return len(list(db.session.scalars(select(ReportPhoto))))


def kept(page: Page) -> None:
    """What was said so far lies in the phone's storage."""
    expect(page.locator("[data-ref=kept]")).to_contain_text("この電話に残しています")
    page.wait_for_timeout(150)
    assert page.evaluate(WRITTEN)


@dataclass
class Form:
    """The form in a resident's hand."""

    visit: Visit
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.visit.page

    def open(self) -> None:
        """Go there and wait until the phone's storage has answered."""
        self.page.goto(NEW)
        self.whole()

    def whole(self) -> None:
        """The script has done all it does by itself."""
        self.page.wait_for_selector("[data-module=report-form][data-whole]", state="attached")

    def choose(self, name: str) -> None:
        """Tap a kind of damage."""
        self.page.locator(".report-tile", has=self.page.get_by_text(name, exact=True)).tap()

    def here(self) -> None:
        """The phone's own position is the place."""
        self.page.get_by_role("button", name="いまいる場所を使う").tap()
        expect(self.place).to_contain_text("場所：")

    def say(self, words: str) -> None:
        """Write how it looks."""
        self.page.locator("[data-ref=description]").fill(words)

    def send(self) -> None:
        """Tap 「送る」."""
        self.page.get_by_role("button", name="送る", exact=True).tap()

    @property
    def place(self) -> Any:  # noqa: ANN401 - Playwright's own
        """The line that says where."""
        return self.page.locator("[data-ref=place-said]")

    @property
    def card(self) -> Any:  # noqa: ANN401 - same
        """The report on its way."""
        return self.page.locator(".report-parcel")

    def arrived(self) -> str:
        """The receipt number on the screen, once the town has everything."""
        self.page.wait_for_selector(".report-parcel[data-how=done]")
        number: str = self.card.locator("[data-ref=digits]").inner_text()
        return number

    def kept(self) -> None:
        """What was said so far lies in the phone's storage."""
        kept(self.page)


def sent_files(page: Page) -> list[bytes]:
    """What left the phone as a file, in order."""
    return [base64.b64decode(one) for one in page.evaluate(READ_FILES)]


def posted(request: Request) -> Any:  # noqa: ANN401 - any JSON
    """The JSON a request carried."""
    return json.loads(request.post_data or "null")


def resident(phones: Phones, town: Town, *, position: Any = HERE, **options: Any) -> Form:  # noqa: ANN401 - Playwright's own
    """A resident, signed in, with the form before them; `position` None: the phone gives none."""
    where = {"geolocation": position, "permissions": ["geolocation"]} if position else {}
    visit = phones(town.url, **(where | options))
    town.drill("POST", "/auto-login", {"as": next(RESIDENTS)})
    visit.foresee(NO_TILES)
    visit.context.add_init_script(f"({NOTE_FILES})()")
    visit.page.goto(NEW)
    visit.page.wait_for_url(f"{town.url}{NEW}")
    form = Form(visit)
    if options.get("java_script_enabled", True):
        form.whole()
    return form
