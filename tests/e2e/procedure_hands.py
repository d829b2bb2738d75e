"""Hands for whole journeys: a clerk's, a resident's and a reviewer's, with a script or without."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

from liff_app.procedures import samples
from liff_app.staff.vocabulary import Role

from .conftest import Phones, Visit
from .people import sign_in
from .servers import Town
from .test_accessibility import faults

LIFF, CONSOLE = "/liff/procedures", "/console/procedures"
DESK = {"width": 1280, "height": 900}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAVED_MS = 900  # what was typed goes to the server so long after the last letter
COMPILED_MS = 40_000  # the first workbook waits for the compiler to start
MOST_ROUNDS = 12  # of filling in one page: each round new questions may have come
Answers = Mapping[str, Any]


def press(page: Page, name: str) -> None:
    """Press the button of that name; another page has come."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()


def sound(page: Page, what: str) -> None:
    """What axe looks for is not there."""
    found = faults(page)
    assert found == [], (what, found)


def upload_and_publish(phones: Phones, town: Town, name: str, *, scripts: bool) -> Visit:
    """A clerk brings the workbook from their disk, and residents see its form."""
    visit = phones(town.url, None, viewport=DESK, java_script_enabled=scripts)
    visit.context.set_default_timeout(COMPILED_MS)
    sign_in(visit, town, Role.ADMINISTRATOR)
    page, slug = visit.page, name.replace("_", "-")
    page.goto(f"{CONSOLE}/forms/new")
    page.locator("#f-source").select_option("file")
    raw = {"name": f"{name}.xlsx", "mimeType": XLSX, "buffer": samples.raw(name)}
    page.locator("#f-workbook").set_input_files(raw)  # type: ignore[arg-type]  # a payload
    page.locator("#f-slug").fill(slug)
    press(page, "下書きを作る")
    expect(page).to_have_url(re.compile(f"{CONSOLE}/forms/{slug}/1"))
    page.get_by_role("link", name="公開に進む").click()
    page.get_by_label("公開してよいことを確かめました").check()
    press(page, "公開する")
    expect(page.get_by_role("table")).to_contain_text("公開中")
    return visit


@dataclass
class Resident:
    """A resident at their phone, who knows what to answer."""

    phones: Phones
    town: Town
    key: str
    scripts: bool
    visit: Visit = field(init=False)
    looked_at: set[str] = field(default_factory=set)  # pages that axe has seen

    def __post_init__(self) -> None:
        self.town.drill("POST", "/auto-login", {"as": self.key})
        self.visit = self.phones(self.town.url)
        self.visit.page.goto(LIFF)
        self.visit.page.wait_for_url(f"{self.town.url}{LIFF}")
        if not self.scripts:  # signing in is LINE's script; from then on nothing needs one
            state = self.visit.context.storage_state()
            self.visit = self.phones(self.town.url, java_script_enabled=False, storage_state=state)

    @property
    def page(self) -> Page:
        """What the phone shows."""
        return self.visit.page

    def begin(self, slug: str) -> None:
        """The form's first page, after its purpose of use was agreed to."""
        self.page.goto(f"{LIFF}/{slug}")
        self.looks("start")
        press(self.page, "同意してはじめる")

    def fill_in(self, answers: Answers) -> list[str]:
        """Page after page until all stands once more; gives the names of the pages."""
        passed: list[str] = []
        while "check-answers" not in self.page.url:
            name = self.page.url.partition("?")[0].rpartition("/")[2]
            passed += [name] if name not in passed else []
            self._fill_page(answers)
            self.looks("page")
            press(self.page, "つぎへ")
            assert self.page.get_by_role("alert").count() == 0, self.page.locator(
                "main"
            ).inner_text()
            assert len(passed) < MOST_ROUNDS
        self.looks("check")
        return passed

    def send(self) -> str:
        """It is sent; gives the receipt number, empty where there is none."""
        press(
            self.page,
            "答えを送る"
            if self.page.get_by_role("button", name="答えを送る").count()
            else "この内容で送る",
        )
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("受け付けました")
        self.looks("received")
        shown = self.page.locator(".procedure-number strong")
        return shown.inner_text() if shown.count() else ""

    def looks(self, what: str) -> None:
        """The first page of a sort holds for everybody: light, dark, with the largest letters."""
        if what in self.looked_at or not self.scripts:
            return
        self.looked_at.add(what)
        self.visit.ready()
        for scheme in ("dark", "light"):
            self.page.emulate_media(color_scheme=scheme)
            sound(self.page, f"{what} {scheme}")
        self.page.evaluate("() => { document.documentElement.dataset.size = 'xlarge'; }")
        sound(self.page, f"{what} xlarge")
        wide = self.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, what
        self.page.evaluate("() => { delete document.documentElement.dataset.size; }")

    # --- one page --------------------------------------------------------------------------------

    def _fill_page(self, answers: Answers) -> None:
        if self.scripts:
            self.visit.ready()
        self._add_instances(answers)
        done: set[str] = set()
        for _ in range(MOST_ROUNDS):
            new = [
                one for one in self._asked() if one not in done and _at(answers, one) is not None
            ]
            for path in new:
                self._answer(path, _at(answers, path))
                done.add(path)
            if not new:
                return
            if self.scripts:  # the server says which questions came and went
                self.page.wait_for_timeout(SAVED_MS)
                self.visit.quiet()

    def _asked(self) -> list[str]:
        """Paths of the questions that can be seen and answered."""
        spots = self.page.locator("[data-ref=items] .form-one:visible")
        return [
            str(one.get_attribute("data-path"))
            for one in spots.all()
            if one.locator("input:not([type=hidden]), select, textarea").count()
        ]

    def _add_instances(self, answers: Answers) -> None:
        for repeat in self.page.locator(".form-repeat").all():
            name = str(repeat.get_attribute("data-path"))
            for _ in range(len(answers.get(name, ())) - repeat.locator("> fieldset").count()):
                with self.page.expect_navigation():
                    self.page.locator(f'button[value="add:{name}"]').click()
                if self.scripts:
                    self.visit.ready()

    def _answer(self, path: str, answer: Any) -> None:  # noqa: ANN401 - any answer
        one = self.page.locator(f'.form-one[data-path="{path}"]')
        if one.locator("input[type=file]").count():
            one.locator("input[type=file]").set_input_files(answer)
        elif one.locator(f'[name="{path}.era"]').count():
            for part, said in zip(("era", "y", "m", "d"), answer, strict=True):
                _say(one.locator(f'[name="{path}.{part}"]'), said)
        elif one.locator(f'[name="{path}.find"]').count():
            self._place(path, answer)
        elif one.locator("input[type=radio], input[type=checkbox]").count():
            for value in answer if isinstance(answer, list) else [answer]:
                one.locator(f'input[value="{value}"]').check()
        else:
            _say(one.locator(f'[name="{path}"]'), answer)

    def _place(self, path: str, town: str) -> None:
        """The place is found by its town's name, which needs no script."""
        self.page.locator(f'[name="{path}.find"]').fill(town)
        with self.page.expect_navigation():
            self.page.locator(f'button[value="towns:{path}"]').click()
        offers = self.page.locator(f'.form-one[data-path="{path}"] .form-offers button')
        if offers.count():
            with self.page.expect_navigation():
                offers.first.click()
        if self.scripts:
            self.visit.ready()
        expect(self.page.locator(f'.form-one[data-path="{path}"]')).to_contain_text("えらびました")

    # --- LINE ------------------------------------------------------------------------------------

    def messages(self) -> list[str]:
        """What the town said in the talk, the oldest first, as JSON would show it."""
        self.town.run("worker", "--once")
        talk = self.town.drill("GET", f"/messages?user={self.key}")
        return [str(one) for one in talk]


def _say(box: Locator, said: str) -> None:
    if box.evaluate("(one) => one.tagName") == "SELECT":
        box.select_option(said)
    else:
        box.fill(said)


def _at(answers: Answers, path: str) -> Any:  # noqa: ANN401 - any answer
    """The answer at that path, None where nothing is to be answered."""
    parts = path.split("/")
    if len(parts) == 1:
        return answers.get(path)
    instances = answers.get(parts[0], [])
    return instances[int(parts[1])].get(parts[2]) if int(parts[1]) < len(instances) else None


@dataclass
class Reviewer:
    """A colleague who reviews procedures, at an office PC."""

    phones: Phones
    town: Town
    scripts: bool
    visit: Visit = field(init=False)

    def __post_init__(self) -> None:
        self.visit = self.phones(
            self.town.url, None, viewport=DESK, java_script_enabled=self.scripts
        )
        sign_in(self.visit, self.town, Role.PROCEDURE_REVIEWER)

    @property
    def page(self) -> Page:
        """What the screen shows."""
        return self.visit.page

    def open(self, number: str) -> None:
        """The case, from the queue."""
        self.page.goto(CONSOLE)
        self.page.get_by_role("link", name=number).click()
        expect(self.page.locator(".case-head")).to_contain_text(number)
        if self.scripts:
            self.visit.ready()
            sound(self.page, "case")

    def send_back(self, points: Mapping[str, str]) -> None:
        """These answers are wrong, and why."""
        self.page.get_by_role("link", name="直してほしいところを差し戻す").click()
        for path, comment in points.items():
            self.page.locator(f'input[name=item][value="{path}"]').check()
            self.page.locator(f'[name="comment.{path}"]').fill(comment)
        press(self.page, "差し戻す")
        expect(self.page.locator("#done")).to_contain_text("差し戻しました")

    def step(self, to: str, said: str = "") -> None:
        """The case takes that step."""
        self.page.locator(f'input[name=to][value="{to}"]').check()
        if said:
            self.page.get_by_label("申請した人が読む文").fill(said)
        press(self.page, "決める")
        expect(self.page.locator("#done")).to_be_visible()
