"""Every text of the reports, filled with payloads, is words on the desk, on paper and in files."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from liff_app.staff.vocabulary import Role

from .conftest import Phones, chromium
from .payloads import DESK_WALLS, PAYLOADS, share
from .people import sign_in
from .poisoned import Filed, Poisoned, by_telephone, join_two, poison, versions
from .poisoned_kinds import KINDS
from .servers import running_town
from .watching import Watch, squeezed

pytestmark = pytest.mark.e2e
DESK = {"width": 1440, "height": 900}
SHEETS = 30  # at once
INBOX = "/console/reports"
FORMULA = re.compile(r"^[\s]*[=+\-@＝＋－＠]")


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    """A town of its own, since its lists are nothing for other tests."""
    chromium()
    with running_town(tmp_path_factory.mktemp("poisoned")) as town:
        town.run("demo", "load")
        yield poison(town)


def at_desk(phones: Phones, poisoned: Poisoned, *, policy: bool) -> Watch:
    """The reviewer's browser."""
    watch = Watch(phones(poisoned.town.url, None, viewport=DESK, bypass_csp=not policy))
    poisoned.as_reviewer(watch.visit)
    return watch


def some(poisoned: Poisoned, place: str, *, policy: bool) -> tuple[Filed, ...]:
    """The reports whose turn it is there."""
    return tuple(poisoned.reports[at] for at in share(place, policy=policy))


def said(one: Filed, but: str = "") -> list[str]:
    """What was typed for the report, but for the parts of these names."""
    return [text for name, text in one.says.items() if name not in but.split()]


def is_open(one: Filed) -> bool:
    return "receiver" not in one.says


def listed(some_of_them: tuple[Filed, ...]) -> dict[int, Filed]:
    """Those that stand in the inbox by themselves, by id."""
    return {one.id: one for one in some_of_them if not one.lead}


class TestCase:
    """One report on the desk."""

    @DESK_WALLS
    def test_its_page_and_who_may_be_called(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = at_desk(phones, poisoned, policy=policy)
        for one in some(poisoned, "case", policy=policy):
            watch.open(f"{INBOX}/{one.ref}")
            assert watch.missing(said(one, "contact")) == []
            watch.page.get_by_role("button", name="連絡先を見る").click()
            expect(watch.page.locator("#contact")).to_be_visible()
            assert watch.alive() == []
            assert watch.missing(said(one)) == []

    @DESK_WALLS
    def test_sentences_as_they_are_chosen_and_previewed(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = at_desk(phones, poisoned, policy=policy)
        page = watch.page
        watch.open(f"{INBOX}/{poisoned.reports[0].ref}")
        page.locator("input[name=to][value=forwarded]").check()
        page.get_by_label("引き継ぎ先の名前").fill(PAYLOADS[0])
        for at, kept in enumerate(poisoned.sentences):
            page.locator("[data-ref=template]").select_option(kept)
            shown = page.locator("[data-ref=said]")
            expect(shown).to_have_text(re.compile(re.escape(PAYLOADS[at].split()[0])))
            if at % 10 == 0:
                assert watch.alive() == []
        assert watch.alive() == []

    @DESK_WALLS
    def test_what_was_typed_when_somebody_was_faster(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = at_desk(phones, poisoned, policy=policy)
        watch.visit.foresee("status of 4")
        watch.open(f"{INBOX}/{poisoned.reports[1].ref}")
        for turn, at in enumerate(share("faster", policy=policy)):
            text = PAYLOADS[at]
            address, fields = (
                ("move", {"to": "forwarded", "text": text, "receiver": text}),
                ("hide", {"reason": text}),
                ("place", {"lat": text, "lon": text, "place_text": text}),
                ("desk", {"due_on": text, "priority": text, "assignee_id": text}),
                ("note", {"note": text + "x" * 2000}),
            )[turn % 5]
            watch.post(f"{INBOX}/{poisoned.reports[1].ref}/{address}", **fields, version="1")
            assert watch.alive() == [], address
            if address in ("move", "hide", "note"):
                assert watch.missing([text]) == [], address

    @DESK_WALLS
    def test_two_side_by_side_and_together(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = at_desk(phones, poisoned, policy=policy)
        watch.visit.foresee("status of 4")
        every = some(poisoned, "merge", policy=policy)
        for one, other in zip(every[::2], every[1::2], strict=False):
            watch.open(f"{INBOX}/{other.ref}")
            number = watch.page.locator(".case-number").first.inner_text()
            watch.open(f"{INBOX}/{one.ref}/merge?number={number}")
            assert watch.alive() == []
            both = [text for each in (one, other) for text in (each.says["description"],)]
            assert watch.missing(both) == []
        for at in share("merge", policy=True):
            watch.page.goto(INBOX)
            watch.page.evaluate(
                "([to, typed]) => location.assign(`${to}?number=${encodeURIComponent(typed)}`)",
                [f"{INBOX}/{every[0].ref}/merge", PAYLOADS[at]],
            )
            watch.page.wait_for_url("**/merge?*")
            assert watch.alive() == []
        one, into = (poisoned.reports[at] for at in ((24, 28) if policy else (32, 36)))
        join_two(poisoned, one, into)
        for ref, shown in ((into.ref, one), (one.ref, one)):
            watch.open(f"{INBOX}/{ref}")
            assert watch.alive() == []
            assert watch.missing([shown.says["description"]]) == []

    @DESK_WALLS
    def test_what_a_caller_said(self, phones: Phones, poisoned: Poisoned, *, policy: bool) -> None:
        watch = at_desk(phones, poisoned, policy=policy)
        watch.visit.foresee("status of 4")
        watch.open(f"{INBOX}/{by_telephone(poisoned, PAYLOADS[5])}")
        assert watch.alive() == []
        assert watch.missing([PAYLOADS[5]]) == []
        watch.open(f"{INBOX}/new")
        assert watch.alive() == []
        assert watch.missing(kind.name for kind in poisoned.kinds[:-1]) == []
        for at in share("caller", policy=policy):
            text = PAYLOADS[at]
            watch.open(f"{INBOX}/new?category=hostile{at % (KINDS - 1)}")
            names = ("place_text", "description", "contact", "lat", "answers.words", "town")
            typed = dict.fromkeys(names, text) | {"asset_number": text + "x" * 40}
            watch.post(f"{INBOX}/new", **typed, category=f"hostile{at % (KINDS - 1)}", key="k" * 32)
            assert watch.alive() == []
            assert watch.missing([text]) == []


class TestMany:
    """Reports as a list, on the map, on paper, and in files."""

    @DESK_WALLS
    def test_the_inbox_and_every_pin(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = at_desk(phones, poisoned, policy=policy)
        page, left = watch.page, listed(some(poisoned, "inbox", policy=policy))
        address: str | None = f"{INBOX}?state=all"
        while address:
            watch.open(address)
            page.wait_for_selector("[data-live]")
            assert watch.alive() == []
            here = [int(one) for one in page.locator(".inbox-row").evaluate_all(IDS)]
            shown = [left[one] for one in here if one in left]
            assert watch.missing(one.says["description"] for one in shown) == []
            next_page = page.locator("[data-ref=next]")
            address = next_page.get_attribute("href") if next_page.is_visible() else None
            for one in shown:
                open_pin(watch, left.pop(one.id))
        assert left == {}

    @DESK_WALLS
    def test_kept_searches_and_what_was_searched(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = at_desk(phones, poisoned, policy=policy)
        page = watch.page
        for at in share("searches", policy=policy):
            watch.open(INBOX)
            page.locator("[name=q]").fill(PAYLOADS[at][:60])
            page.locator("details.inbox-more").evaluate("(one) => { one.open = true; }")
            page.get_by_label("町の名前").fill(PAYLOADS[(at + 1) % len(PAYLOADS)][:60])
            page.get_by_role("button", name="しぼる").click()
            page.wait_for_url(re.compile(r"[?]"))
            assert watch.alive() == []
        watch.open(INBOX)
        assert watch.alive() == []
        assert page.locator(".inbox-views a").count() >= 20  # equal names are one

    @DESK_WALLS
    def test_many_at_once(self, phones: Phones, poisoned: Poisoned, *, policy: bool) -> None:
        watch = at_desk(phones, poisoned, policy=policy)
        watch.visit.foresee("status of 4")
        shown = some(poisoned, "many", policy=policy)
        every = [one for one in shown if is_open(one) and not one.lead]
        for verb in ("assign", "prioritise", "set_due", "move", "merge", "read"):
            for begin in range(0, len(every), 50):
                part = tuple(every[begin : begin + 50])
                picks = [f"{ref}.{version}" for ref, version in versions(poisoned, part).items()]
                watch.open(INBOX)
                watch.post(f"{INBOX}/bulk", verb=verb, pick=picks, text=PAYLOADS[0], query="x")
                assert watch.alive() == [], verb
                assert watch.missing(one.says["description"] for one in part) == [], verb
                watch.post(
                    f"{INBOX}/bulk/apply", verb=verb, pick=[f"{one.ref}.1" for one in part],
                    to="planned", text=PAYLOADS[begin % 100], due_on=PAYLOADS[3],
                    into=part[0].ref, query=f"q={PAYLOADS[4]}",
                )  # fmt: skip
                assert watch.alive() == [], verb

    @DESK_WALLS
    def test_on_paper(self, phones: Phones, poisoned: Poisoned, *, policy: bool) -> None:
        watch = at_desk(phones, poisoned, policy=policy)
        every = some(poisoned, "paper", policy=policy)
        for begin in range(0, len(every), SHEETS):
            part = every[begin : begin + SHEETS]
            watch.page.emulate_media(media="screen")
            watch.open(f"{INBOX}/sheet?refs={','.join(one.ref for one in part)}")
            watch.page.emulate_media(media="print")
            assert watch.alive() == []
            texts = [
                one.says[name]
                for one in part
                for name in ("description", "place_text", "answer", "asset_number")
            ]
            assert watch.missing(texts) == []
            assert watch.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
            assert watch.alive() == []

    def test_in_files_no_cell_is_a_formula(self, phones: Phones, poisoned: Poisoned) -> None:
        visit = phones(poisoned.town.url, None, viewport=DESK)
        sign_in(visit, poisoned.town, Role.REPORT_REVIEWER)
        watch = Watch(visit)
        for name, button in (("csv", "CSVで書き出す"), ("xlsx", "Excelで書き出す")):
            watch.open(f"{INBOX}/export?state=all")
            assert watch.alive() == []
            watch.page.get_by_label("連絡先も入れる").check()
            with watch.page.expect_download() as download:
                watch.page.get_by_role("button", name=button).click()
            raw = download.value.path().read_bytes()
            cells = csv_cells(raw) if name == "csv" else xlsx_cells(raw)
            if name == "csv":  # the workbook's own are looked for by `xlsx_cells`
                assert [one for one in cells if FORMULA.match(one)] == []
            whole = squeezed(" ".join(cells))
            lost = [text for one in poisoned.reports for text in said(one, NOT_IN_FILES)]
            assert [text for text in lost if squeezed(text) not in whole] == []


IDS = "(all) => all.map((one) => one.dataset.id)"
SHARED = "xl/sharedStrings.xml"
NOT_IN_FILES = "note told reply not_yet reason receiver answer"


def open_pin(watch: Watch, one: Filed) -> None:
    """The row's button moves the map there; the pin says what the report says."""
    watch.page.locator(f"#r-{one.id} [data-ref=show]").click()
    popup = watch.page.frame_locator("iframe").locator(".leaflet-popup-content").last
    expect(popup).to_contain_text(squeezed(one.says["description"]))
    assert watch.alive() == []


def csv_cells(raw: bytes) -> list[str]:
    """Every cell under the headings."""
    return [
        cell for row in list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))[1:] for cell in row
    ]


def xlsx_cells(raw: bytes) -> list[str]:
    """Every text of the workbook, in which no formula, link or script stands."""
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        names = book.namelist()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        shared = book.read("xl/sharedStrings.xml").decode() if SHARED in names else ""
    assert re.search("<f[ >]|hyperlink", sheet) is None
    assert not [one for one in names if "external" in one.lower() or "vba" in one.lower()]
    found = re.findall(r"<t(?: [^>]*)?>(.*?)</t>", sheet + shared, re.DOTALL)
    return [html.unescape(one) for one in found]
