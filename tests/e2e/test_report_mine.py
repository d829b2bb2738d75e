"""From a message in the talk to 「まだ」: what became of a report, on the resident's phone."""

from __future__ import annotations

import io
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from sqlalchemy import select

from liff_app import clock, worker
from liff_app.db import db, transaction
from liff_app.reports import casework
from liff_app.reports.models import Report
from liff_app.reports.scope import Scope
from liff_app.reports.vocabulary import Status

from .conftest import Phones, Visit
from .own_town import demo_town
from .servers import Town
from .test_line_entry import IN_LINE, hold, opened

pytestmark = pytest.mark.e2e
__all__ = ["demo_town"]  # this module's own
MIN_TARGET_PX = 48
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "xlarge": {"color_scheme": "light"},
}
RESIDENTS = cycle(("haru", "kenta", "mei", "satoru"))
STAFF = "staff:000000000001"


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures of the pages go, to be looked at."""
    wanted = Path("/tmp/shots/mine")  # noqa: S108 - looked at by whoever runs it
    return wanted if wanted.is_dir() else tmp_path


def resident(phones: Phones, town: Town, key: str, **options: Any) -> Visit:  # noqa: ANN401 - Playwright's own
    """A resident's phone, signed in, at their reports."""
    town.drill("POST", "/auto-login", {"as": key})
    visit = phones(town.url, **options)
    visit.page.goto("/liff/reports")
    visit.page.wait_for_url("**/liff/reports")
    visit.ready()
    return visit


def photo() -> bytes:
    """A hole in a pavement, more or less."""
    image = Image.new("RGB", (800, 600), (150, 150, 145))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 420, 800, 600), fill=(90, 120, 70))
    pen.ellipse((260, 240, 560, 400), fill=(50, 45, 42))
    made = io.BytesIO()
    image.save(made, "JPEG", quality=85)
    return made.getvalue()


def reported(page: Page, *, with_photo: bool = False) -> str:
    """Ref of a report that the signed-in resident files through the API."""
    ref: str = page.evaluate(
        """async ([key, file]) => {
          const token = document.querySelector('meta[name=csrf-token]').content;
          const headers = { 'X-CSRF-Token': token, 'Idempotency-Key': key };
          const answer = await fetch('/api/v1/reports', {
            method: 'POST',
            headers: { ...headers, 'Content-Type': 'application/json' },
            body: JSON.stringify({
              category: 'road', description: '歩道に穴があいています。\\n自転車が落ちそうです。',
              lat: 35.6073, lon: 140.2941, place_text: '駅の北口の交差点',
            }),
          });
          const { id } = await answer.json();
          if (file) {
            const bytes = Uint8Array.from(file);
            await fetch(`/api/v1/reports/${id}/photos`, {
              method: 'POST',
              headers: { 'X-CSRF-Token': token, 'Content-Type': 'image/jpeg' },
              body: bytes,
            });
          }
          return id;
        }""",
        [f"e2e-{time.time_ns()}", list(photo()) if with_photo else None],
    )
    return ref


def move(town: Town, ref: str, to: Status, text: str) -> None:
    """A colleague takes a step."""
    with town.app.app_context(), transaction() as session:
        version = session.scalars(select(Report.version).where(Report.ref == ref)).one()
        casework.move(
            session, ref, to=to, text=text, version=version, actor=STAFF, scope=Scope(),
            now=clock.now(),
        )  # fmt: skip


def deliver(town: Town) -> None:
    """The worker tells LINE what waits."""
    assert "messages" not in worker.run(town.app, once=True)


def status_of(town: Town, ref: str) -> str:
    with town.app.app_context():
        return db.session.scalars(select(Report.status).where(Report.ref == ref)).one()


@pytest.fixture
def line_phone(phones: Phones, town: Town) -> Visit:
    """The emulator's phone."""
    return phones(town.line, None, viewport=IN_LINE)


def test_a_message_leads_to_the_report_and_mada_opens_it_again(
    phones: Phones, town: Town, line_phone: Visit, shots: Path
) -> None:
    ref = reported(resident(phones, town, "haru").page)
    move(town, ref, Status.FIXED, "穴をふさぎました。")
    deliver(town)
    phone = hold(line_phone)
    button = phone.locator("[data-ref=talk]").get_by_text("直った・まだを答える").last
    button.scroll_into_view_if_needed()
    phone.screenshot(path=shots / "talk.png")
    button.click()
    page = opened(phone)
    page.wait_for_url(f"**/liff/reports/{ref}")
    expect(page.get_by_role("heading", name="直りましたか")).to_be_visible()
    page.get_by_text("まだ", exact=True).first.click()
    page.get_by_label("どこがまだですか").fill("まわりがまだ割れています。")
    phone.screenshot(path=shots / "in_line.png")
    page.get_by_role("button", name="「まだ」と伝える").click()
    expect(page.get_by_text("「まだ」と受け付けました。")).to_be_visible()
    assert status_of(town, ref) == Status.REOPENED
    expect(page.locator(".timeline")).to_contain_text("まわりがまだ割れています。")


def test_naotta_is_one_tap(phones: Phones, town: Town) -> None:
    page = resident(phones, town, "mei").page
    ref = reported(page)
    move(town, ref, Status.FIXED, "穴をふさぎました。")
    page.goto("/liff/reports")
    page.get_by_role("link", name="直りましたか").first.click()
    page.get_by_role("button", name="直った", exact=True).click()
    expect(page.get_by_text("「直った」と受け付けました。")).to_be_visible()
    assert status_of(town, ref) == Status.FIXED
    expect(page.get_by_text("やっぱり直っていないときは")).to_be_visible()


def test_without_a_script_everything_still_works(phones: Phones, town: Town) -> None:
    signed = resident(phones, town, "satoru")
    ref = reported(signed.page, with_photo=True)
    move(town, ref, Status.ASKED, "どちら側の歩道ですか。")
    plain = phones(town.url, java_script_enabled=False)
    plain.context.add_cookies([dict(one) for one in signed.context.cookies()])  # type: ignore[misc]  # as they came
    page = plain.page
    page.goto(f"/liff/reports/{ref}")
    page.get_by_label("お返事").fill("北側です")
    page.get_by_role("button", name="お返事を送る").click()
    expect(page.locator(".timeline")).to_contain_text("北側です")
    move(town, ref, Status.FIXED, "直しました。")
    page.goto(f"/liff/reports/{ref}")
    page.locator("summary", has_text="まだ").click()
    page.get_by_role("button", name="「まだ」と伝える").click()
    assert status_of(town, ref) == Status.REOPENED
    page.locator("summary", has_text="消す・やめる").click()
    page.get_by_role("button", name="写真 1 を消す").click()
    expect(page.get_by_text("写真を消しました。")).to_be_visible()
    expect(page.locator(".mine-photos")).to_have_count(0)


@pytest.fixture
def reports(phones: Phones, town: Town) -> dict[str, Any]:
    """Addresses of pages in every state, all of one resident, and one of somebody else."""
    page = resident(phones, town, next(RESIDENTS)).page
    fixed, asked, going = (reported(page, with_photo=n < 2) for n in range(3))
    move(town, fixed, Status.CHECKING, "")
    move(town, fixed, Status.PLANNED, "12月の初めに直します。")
    move(town, fixed, Status.FIXED, "穴をふさぎました。ありがとうございました。")
    move(town, asked, Status.ASKED, "どちら側の歩道ですか。")
    other = reported(resident(phones, town, "hoa").page)
    found = {"list": "", "fixed": fixed, "asked": asked, "going": going, "public": other}
    return {name: f"/liff/reports/{ref}".rstrip("/") for name, ref in found.items()} | {
        "cookies": page.context.cookies()
    }


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_is_too_small(
    phones: Phones, town: Town, reports: dict[str, Any], look: str, shots: Path
) -> None:
    visit = phones(town.url, **LOOKS[look])
    visit.context.add_cookies(reports.pop("cookies"))
    if look == "xlarge":
        visit.context.add_cookies([{"name": "text_size", "value": "xlarge", "url": town.url}])
    for name, address in reports.items():
        visit.open(address)
        for fold in visit.page.locator("summary").all():
            fold.click()
        visit.page.screenshot(path=shots / f"{name}_{look}.png", full_page=True)
        found = Axe().run(visit.page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        small = visit.page.eval_on_selector_all(
            "main a, main button, main summary, main input, main textarea",
            """(all) => all.map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
              .filter(([, box]) => box.width && box.height < 47.5).map(([text]) => text)""",
        )
        assert small == [], f"{name}: under {MIN_TARGET_PX} px"


def test_nothing_is_cut_off_at_320_px(
    phones: Phones, town: Town, reports: dict[str, Any], shots: Path
) -> None:
    visit = phones(town.url, viewport={"width": 320, "height": 640})
    visit.context.add_cookies(reports.pop("cookies"))
    visit.context.add_cookies([{"name": "text_size", "value": "xlarge", "url": town.url}])
    for name, address in reports.items():
        visit.open(address)
        wide = visit.page.evaluate("() => document.documentElement.scrollWidth")
        visit.page.screenshot(path=shots / f"{name}_320.png", full_page=True)
        assert wide <= 320, f"{name}: {wide} px wide"
