"""Colleagues' own texts, numbers, open data and the API, all of it payloads, are words as well."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Phones, chromium
from .payloads import DESK_WALLS, PAYLOADS, PLACES, share
from .poisoned import Poisoned, poison
from .servers import running_town
from .watching import Watch, squeezed

pytestmark = pytest.mark.e2e
DESK = {"width": 1440, "height": 900}
INBOX = "/console/reports"
# What Chromium says of a picture alone, whose policy allows nothing: its own style, our look.
BARE = r"/photos/[0-9a-f]+/large\)$"
FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]")

# Where each page and file of the reports is visited. What is new here is a view nobody looked at.
VISITED = {
    "test_report_hostile_words.py": {
        "reports.index", "reports.show", "report_form.new", "report_lookup_api.nearby",
        "report_lookup_api.assets", "report_lookup_api.place", "report_form.towns",
    },
    "test_report_hostile_desk.py": {
        "report_console.inbox", "report_console.rows", "report_console.points",
        "report_console.peek", "report_map_drawing.script", "report_case.show",
        "report_merging.ask", "report_sheet.show", "report_proxy.new", "report_exports.ask",
        "report_bulk.second", "report_bulk.outcome",
    },
    "test_report_hostile_lists.py": {
        "report_templates.index", "report_templates.edit", "report_categories.index",
        "report_categories.edit", "report_categories.new", "report_masking.ask",
        "report_figures.show", "report_figures.as_csv", "report_form.sent", "reports_open.csv",
        "reports_open.geojson", "reports_api.index", "reports_api.show", "report_lookup_api.kinds",
        "report_case.photo", "reports.photo", "report_public_photos.show",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    """A town of its own, since its lists are nothing for other tests."""
    chromium()
    with running_town(tmp_path_factory.mktemp("poisoned")) as town:
        town.run("demo", "load")
        yield poison(town)


def browser_of(phones: Phones, poisoned: Poisoned, who: int | None, *, policy: bool) -> Watch:
    """A resident's browser; None: the reviewer's."""
    watch = Watch(phones(poisoned.town.url, None, viewport=DESK, bypass_csp=not policy))
    watch.visit.foresee("status of 4", BARE)
    if who is None:
        poisoned.as_reviewer(watch.visit)
    else:
        poisoned.as_resident(watch.visit, who)
    return watch


def test_every_page_of_the_reports_is_visited_somewhere(poisoned: Poisoned) -> None:
    there = {
        rule.endpoint
        for rule in poisoned.town.app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and rule.endpoint.partition(".")[0].startswith(("report", "reports"))
    }
    assert there == set().union(*VISITED.values())


def test_every_payload_has_its_turn_somewhere() -> None:
    turns = [at for place in PLACES for at in share(place, policy=False)]
    assert set(turns) == set(range(len(PAYLOADS)))
    here = Path(__file__).parent
    written = " ".join((here / name).read_text("utf-8") for name in VISITED)
    assert [place for place in PLACES if f'"{place}"' not in written] == []


@DESK_WALLS
def test_sentences_for_answers(phones: Phones, poisoned: Poisoned, *, policy: bool) -> None:
    watch = browser_of(phones, poisoned, None, policy=policy)
    watch.open(f"{INBOX}/templates")
    assert watch.alive() == []
    assert watch.missing(PAYLOADS) == []
    for at in share("sentences", policy=policy):
        watch.open(f"{INBOX}/templates/{poisoned.sentences[at]}")
        assert watch.alive() == []
        typed = {"title": PAYLOADS[at] * 9, "text": PAYLOADS[at], "for_status": PAYLOADS[at]}
        watch.post(f"{INBOX}/templates/{poisoned.sentences[at]}", **typed, version="9")
        assert watch.alive() == []
        assert watch.missing([PAYLOADS[at]]) == []


@DESK_WALLS
def test_kinds_and_what_residents_will_see_of_them(
    phones: Phones, poisoned: Poisoned, *, policy: bool
) -> None:
    watch = browser_of(phones, poisoned, None, policy=policy)
    watch.open(f"{INBOX}/categories")
    assert watch.alive() == []
    assert watch.missing(kind.name for kind in poisoned.kinds) == []
    for kind in poisoned.kinds:
        watch.open(f"{INBOX}/categories/{kind.code}")
        assert watch.alive() == []
        labels = [one.label for one in kind.questions]
        assert watch.missing([kind.name, kind.hint, kind.number_label, *labels]) == []
    for at in share("kinds", policy=policy):
        turn = [PAYLOADS[(at + n) % len(PAYLOADS)] for n in range(12)]
        fields = {
            "name": turn[0], "hint": turn[1], "number_label": turn[2], "icon": turn[3],
            "q0-code": turn[4], "q0-label": turn[4], "q0-hint": turn[5], "q0-kind": "choice",
            "q0-o0-code": "a", "q0-o0-label": turn[6], "q0-o0-stop-kind": "emergency",
            "q0-o0-stop-title": turn[7], "q0-o0-stop-text": turn[8], "q0-o0-stop-phone": turn[9],
            "q0-o0-stop-phone_label": turn[10], "department": turn[11], "due_days": turn[11],
            "order": turn[11], "group": turn[11], "version": "0",
        }  # fmt: skip
        watch.open(f"{INBOX}/categories/new")
        for more in ({"step": "look"}, {}):
            watch.post(f"{INBOX}/categories/new", **(fields | more))
            assert watch.alive() == []
            assert watch.missing(one.strip() for one in (turn[0], turn[4], turn[6])) == []


@DESK_WALLS
def test_pages_around_them(phones: Phones, poisoned: Poisoned, *, policy: bool) -> None:
    watch = browser_of(phones, poisoned, None, policy=policy)
    with_photo = poisoned.reports[8]
    watch.open(f"{INBOX}/{with_photo.ref}")
    photo = watch.page.locator(".case-photo-link").first.get_attribute("href") or ""
    for address in (
        *("/console", "/console/audit", f"{INBOX}/statistics", f"{INBOX}/export?q=%3Cb%20PWN%3E"),
        *(photo.replace("/large", "/mask"), photo),
    ):
        watch.page.goto(address)
        assert watch.alive() == [], address
    assert "case-photo" not in watch.page.content()  # the picture alone
    watch.page.goto(f"{INBOX}/statistics")
    assert watch.missing(poisoned.kinds[n].name for n in range(8)) == []


@DESK_WALLS
def test_what_a_program_reads_opened_in_a_browser(
    phones: Phones, poisoned: Poisoned, *, policy: bool
) -> None:
    watch = browser_of(phones, poisoned, 0, policy=policy)
    one = poisoned.reports[0]
    place = f"lat={one.lat}&lon={one.lon}"
    for address in (
        "/api/v1/reports", f"/api/v1/reports/{one.ref}", "/api/v1/reports/categories",
        f"/api/v1/reports/nearby?{place}&category={one.category}", f"/api/v1/reports/place?{place}",
        "/api/v1/reports/assets?number=7", "/liff/reports/new/towns.json",
        f"/liff/reports/new/sent/{one.ref}",
    ):  # fmt: skip
        answer = watch.page.goto(address)
        assert answer
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert watch.alive() == [], address


def test_open_data_are_text_and_no_formulas(phones: Phones, poisoned: Poisoned) -> None:
    watch = browser_of(phones, poisoned, None, policy=True)
    get = watch.page.request.get
    shown = [one for one in poisoned.reports if "reason" not in one.says]
    hidden = [one for one in poisoned.reports if "reason" in one.says]
    places = get(f"{poisoned.town.url}/api/v1/reports.geojson")
    assert places.headers["content-type"].startswith("application/geo+json")
    assert places.headers["x-content-type-options"] == "nosniff"
    said = squeezed(" ".join(str(each) for each in texts_of(places.json())))
    assert [
        one.says["description"] for one in shown if squeezed(one.says["description"]) not in said
    ] == []
    assert [one.ref for one in hidden if one.ref in places.text()] == []
    for address in ("/api/v1/reports.csv", f"{INBOX}/statistics.csv"):
        answer = get(f"{poisoned.town.url}{address}")
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["x-content-type-options"] == "nosniff"
        rows = list(csv.reader(io.StringIO(answer.body().decode("utf-8-sig"))))
        assert [cell for row in rows[1:] for cell in row if FORMULA.match(cell)] == []
        assert len(rows) > len(poisoned.kinds)


def texts_of(value: object) -> Iterator[str]:
    """Every text inside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_of(one)
