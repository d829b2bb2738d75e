"""Every text of the reports, filled with payloads, is words on every page that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from liff_app.reports.categories.model import Category
from liff_app.reports.drafts import clean

from .conftest import HERE, Phones, chromium
from .payloads import LONG, PAYLOADS, WALLS, share
from .poisoned import A_PLACE, Filed, Poisoned, poison
from .poisoned_kinds import KINDS, WHICH, WORDS
from .report_forms import NEW, kept
from .servers import running_town
from .watching import Watch

pytestmark = pytest.mark.e2e
# Ours alone must hold: with the policy nothing may even be tried, without it nothing may run.


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    """A town of its own, since its lists are nothing for other tests."""
    chromium()
    with running_town(tmp_path_factory.mktemp("poisoned")) as town:
        town.run("demo", "load")
        yield poison(town)


def watched(phones: Phones, poisoned: Poisoned, *, policy: bool, **options: object) -> Watch:
    """A browser that is looked at."""
    return Watch(phones(poisoned.town.url, None, **(dict(options) | {"bypass_csp": not policy})))


def some(poisoned: Poisoned, place: str, *, policy: bool) -> tuple[Filed, ...]:
    """The reports whose turn it is there."""
    return tuple(poisoned.reports[at] for at in share(place, policy=policy))


def said(one: Filed, but: str = "") -> list[str]:
    """What was typed for the report, but for the parts of these names."""
    return [text for name, text in one.says.items() if name not in but.split()]


def kind_of(poisoned: Poisoned, one: Filed) -> Category:
    return next(kind for kind in poisoned.kinds if kind.code == one.category)


class TestResidents:
    """On telephones."""

    @WALLS
    def test_their_own_list_and_reports(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = watched(phones, poisoned, policy=policy)
        shown = some(poisoned, "own reports", policy=policy)
        for who in range(len(poisoned.residents)):
            poisoned.as_resident(watch.visit, who)
            own = [one for one in shown if one.owner == who]
            if not own:
                continue
            watch.open("/liff/reports")
            assert watch.alive() == []
            assert watch.missing(kind_of(poisoned, one).name for one in own) == []
            for one in own:
                watch.open(f"/liff/reports/{one.ref}")
                assert watch.alive() == []
                assert watch.missing(said(one, "contact note receiver")) == []

    @WALLS
    def test_somebody_elses_report_and_joining_it(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = watched(phones, poisoned, policy=policy)
        poisoned.as_resident(watch.visit, None)
        for one in some(poisoned, "others' reports", policy=policy):
            if "reason" in one.says:  # shown to nobody else
                continue
            watch.open(f"/liff/reports/{one.ref}")
            assert watch.alive() == []
            assert watch.missing([one.says["description"]]) == []
        watch.post(f"/liff/reports/{poisoned.reports[0].ref}/join")
        assert watch.alive() == []
        assert watch.missing(said(poisoned.reports[0], "contact note")) == []

    @WALLS
    def test_their_words_when_they_are_refused(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = watched(phones, poisoned, policy=policy)
        one = poisoned.reports[0]
        poisoned.as_resident(watch.visit, one.owner)
        watch.visit.foresee("status of 4")
        for at in share("refused", policy=policy):
            text = PAYLOADS[at]
            watch.open(f"/liff/reports/{one.ref}")
            watch.post(f"/liff/reports/{one.ref}/reply", text=text + "あ" * 1001)
            assert watch.alive() == []


class TestForm:
    """On the form, with its script and without."""

    @WALLS
    def test_kinds_near_ones_preview_and_draft(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = watched(phones, poisoned, policy=policy, permissions=["geolocation"])
        for at, first in enumerate(poisoned.reports[::A_PLACE]):
            if not LONG and at % (6 if policy else 3):
                continue
            poisoned.as_resident(watch.visit, at)
            watch.visit.context.set_geolocation({"latitude": first.lat, "longitude": first.lon})
            fill(watch, poisoned, poisoned.reports[at * A_PLACE : (at + 1) * A_PLACE])
            if not policy or at == 0:
                send(watch)

    @WALLS
    def test_things_with_a_number_and_where_to_turn(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = watched(phones, poisoned, policy=policy)
        poisoned.as_resident(watch.visit, 0)
        page = watch.page
        open_form(watch)
        names = [text for kind in poisoned.kinds for text in (kind.name, kind.hint)]
        assert watch.missing(names) == []
        page.locator("[data-ref=asset]").fill("7")
        page.locator("[data-ref=asset-find]").click()
        expect(page.locator("[data-ref=assets] button").first).to_be_visible()
        assert watch.alive() == []
        assert watch.missing(PAYLOADS[:A_PLACE]) == []
        page.locator("[data-ref=assets] button").first.click()
        for kind in poisoned.kinds:
            choose(watch, kind)
            for question in kind.questions:
                for option in question.options:
                    page.locator(f"[data-category={kind.code}] input[value={option.code}]").check()
            assert watch.alive() == []
            stops = [one.stop for one in kind.questions[-1].options if one.stop]
            stop = kind.stop or stops[0]
            assert watch.missing([stop.title, stop.text, stop.phone_label]) == []

    @WALLS
    def test_its_pages_without_a_script(
        self, phones: Phones, poisoned: Poisoned, *, policy: bool
    ) -> None:
        watch = watched(phones, poisoned, policy=policy)
        poisoned.as_resident(watch.visit, 1)
        watch.visit.foresee("status of 4")
        open_form(watch)
        there = {"lat": str(HERE["latitude"]), "lon": str(HERE["longitude"]), "place_way": "pin"}
        for at in share("without a script", policy=policy)[:: 4 if LONG else 1]:
            four = [PAYLOADS[(at + n) % len(PAYLOADS)] for n in range(4)]
            typed = there | {
                "category": f"hostile{at % (KINDS - 1)}", "description": four[0],
                "place_text": four[1], "place_name": four[2], f"answers.{WORDS}": four[3],
            }  # fmt: skip
            readable = {
                "place": [four[1], four[2]], "words": [four[0], four[3]], "check": four,
            }  # fmt: skip
            for step, shown in readable.items():
                watch.post(NEW, **typed, step=step)
                assert watch.alive() == [], step
                assert watch.missing(clean(text) for text in shown) == [], step
            watch.post(NEW, **(typed | {f"answers.{WHICH}": "no"}), step="check")
            assert watch.alive() == [], "stop"
            watch.post(NEW, **(typed | {"town": four[0], "asset_number": four[1]}), step="place")
            assert watch.alive() == [], "search"
            watch.post(NEW, **(typed | {"description": four[0] * 40, "lat": four[1]}), step="check")
            assert watch.alive() == [], "faults"


def open_form(watch: Watch) -> None:
    watch.page.goto(NEW)
    watch.page.wait_for_selector("[data-module=report-form][data-whole]", state="attached")


def choose(watch: Watch, kind: Category) -> None:
    tile = watch.page.locator(f"input[name=category][value={kind.code}]")
    tile.check(force=True)


def fill(watch: Watch, poisoned: Poisoned, near: tuple[Filed, ...]) -> None:
    """What is near is shown; each payload is typed, seen before it is sent, and comes back."""
    page = watch.page
    open_form(watch)
    choose(watch, kind_of(poisoned, near[0]))
    page.get_by_role("button", name="いまいる場所を使う").click()
    expect(page.locator("[data-ref=near]")).to_be_visible()
    assert watch.alive() == []
    shown = [one for one in near if not {"reason", "receiver"} & one.says.keys()]
    assert watch.missing(one.says["description"] for one in shown) == []
    fields = page.locator(
        "[data-ref=description], [data-ref=landmark], [data-ref=asset], [data-ref=town], "
        f"[data-category={near[0].category}] input[name='answers.{WORDS}']"
    )
    for one in near:
        for field in fields.all():
            field.fill(one.says["answer"][: int(field.get_attribute("maxlength") or 200)])
        assert watch.alive() == []
    kept(page)
    page.reload()
    page.wait_for_selector("[data-module=report-form][data-whole]", state="attached")
    expect(page.locator("[data-ref=restored]")).to_be_visible()
    assert watch.alive() == []
    assert watch.missing([near[-1].says["answer"]]) == []


def send(watch: Watch) -> None:
    """Another thing at the same place: the near ones are passed by."""
    page = watch.page
    expect(page.locator("[data-ref=near]")).to_be_visible()
    page.get_by_role("button", name="ちがうことなので続ける").click()
    page.get_by_role("button", name="送る", exact=True).click()
    page.wait_for_selector(".report-parcel[data-how=done]")
    assert watch.alive() == []
