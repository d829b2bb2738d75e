"""What the tests of hostile words would say of a page that takes words for markup."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from jinja2 import BaseLoader, Environment
from playwright.sync_api import expect
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from liff_app import create_app
from liff_app.config import read

from . import watching
from .conftest import Phones, chromium
from .payloads import PAYLOADS, WALLS
from .poisoned import A_PLACE, Poisoned, poison
from .poisoned_kinds import WORDS
from .report_forms import NEW
from .servers import Town, running_town
from .watching import POLICY, Watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.e2e
DESK = {"width": 1440, "height": 900}
IMAGE = 5  # the report whose every text is an image that fails to load
INBOX = "/console/reports"


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    """A town with a handful of reports."""
    chromium()
    assert "<img src=x onerror=" in PAYLOADS[IMAGE]
    with running_town(tmp_path_factory.mktemp("flawed")) as town:
        town.run("demo", "load")
        yield poison(town, A_PLACE)


class Flawed(BaseLoader):
    """The town's templates, one of which is written as nobody may write it."""

    def __init__(self, sound: BaseLoader, name: str, flaw: tuple[str, str]) -> None:
        self._sound, self._name, self._flaw = sound, name, flaw

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The text of the template, with the flaw if it is that one."""
        text, file, fresh = self._sound.get_source(environment, template)
        if template == self._name:
            assert self._flaw[0] in text, "the flaw has no place any more"
            text = text.replace(*self._flaw)
        return text, file, fresh


class _Spoiled:
    """The town with a flawed script; Playwright cannot change those of a frame without origin."""

    def __init__(self, app: Flask, name: str, flaw: tuple[str, str]) -> None:
        self._app, self._name, self._flaw = app, f"/js/{name}", flaw

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith(self._name):
            return self._app(environ, start)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        answer = Response.from_app(self._app, environ, buffered=True)
        text = answer.get_data(as_text=True)
        assert self._flaw[0] in text, "the flaw has no place any more"
        answer.set_data(text.replace(*self._flaw))
        return answer(environ, start)


@contextmanager
def flawed(town: Town, name: str, flaw: tuple[str, str]) -> Iterator[str]:
    """The address of the town's pages with that flaw."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = dict(town.settings) | {"PUBLIC_URL": f"http://localhost:{port}"}
    app: Flask = create_app(read(settings))
    assert app.jinja_env.loader is not None
    app.jinja_env.loader = Flawed(app.jinja_env.loader, name, flaw)
    server = make_server("127.0.0.1", port, _Spoiled(app, name, flaw), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True, slots=True)
class Plant:
    """A flaw in a template: what it says, said unsafely, and the page that shows it."""

    template: str
    text: str
    page: str
    who: str = "reviewer"


PLANTS = (
    Plant("reports/_said.html", "{{ report.text }}", "/liff/reports/{ref}", "resident"),
    Plant("reports/_said.html", "{{ report.place_text }}", "/liff/reports/{ref}", "resident"),
    Plant("reports/show.html", "{{ moment.text }}", "/liff/reports/{ref}", "resident"),
    Plant("reports/public.html", "{{ report.text }}", "/liff/reports/{ref}", "stranger"),
    Plant("reports/_new_parts.html", "{{ category.name }}</b>", NEW, "resident"),
    Plant("reports/console/_case_report.html", "{{ case.description }}", f"{INBOX}/{{ref}}"),
    Plant("reports/console/_case_history.html", "{{ step.private }}", f"{INBOX}/{{ref}}"),
    Plant("reports/console/_row.html", "{{ view.text }}", INBOX),
    Plant("reports/console/sheet.html", "{{ said }}", f"{INBOX}/sheet?refs={{ref}}"),
    Plant("reports/console/templates.html", "{{ one.text }}", f"{INBOX}/templates"),
    Plant("reports/console/categories.html", "{{ one.name }}", f"{INBOX}/categories"),
)


# Among the names is a <meta> that sends the reader elsewhere, before anything else is seen.
SENT_AWAY = (NEW, f"{INBOX}/categories")


@WALLS
@pytest.mark.parametrize("plant", PLANTS, ids=lambda one: f"{one.template}-{one.text[3:-3]}")
def test_a_page_that_trusts_words_is_found(
    phones: Phones, poisoned: Poisoned, plant: Plant, *, policy: bool
) -> None:
    trusting = plant.text.replace(" }}", "|safe }}")
    with flawed(poisoned.town, plant.template, (plant.text, trusting)) as base:
        watch = Watch(phones(base, None, viewport=DESK, bypass_csp=not policy))
        watch.visit.foresee(".")  # it complains, which is the point
        if plant.who == "reviewer":
            poisoned.as_reviewer(watch.visit)
        else:
            poisoned.as_resident(watch.visit, 0 if plant.who == "resident" else None)
        watch.page.goto(base + plant.page.format(ref=poisoned.reports[IMAGE].ref))
        sign = POLICY if policy else ": window.PWN"
        found = watch.comes_alive("" if plant.page in SENT_AWAY else sign)
    assert found
    if plant.page not in SENT_AWAY:
        assert [one for one in found if "onerror" in one]
        assert bool([one for one in found if "window.PWN" in one.split(": ")[1:2]]) is not policy
        assert bool([one for one in found if one.startswith("policy:")]) is policy


def near(watch: Watch, poisoned: Poisoned) -> None:
    """The list of what is near, on the form."""
    one = poisoned.reports[IMAGE]
    poisoned.as_resident(watch.visit, None)
    watch.visit.context.grant_permissions(["geolocation"])
    watch.visit.context.set_geolocation({"latitude": one.lat, "longitude": one.lon})
    watch.page.goto(NEW)
    watch.page.wait_for_selector("[data-module=report-form][data-whole]", state="attached")
    watch.page.locator(f"input[name=category][value={one.category}]").check(force=True)
    watch.page.get_by_role("button", name="いまいる場所を使う").click()
    expect(watch.page.locator("[data-ref=place-said]")).to_contain_text("場所：")


def rows(watch: Watch, poisoned: Poisoned) -> None:
    """The inbox, whose map somebody moves: the list is written anew."""
    poisoned.as_reviewer(watch.visit)
    watch.open(INBOX)
    watch.page.wait_for_selector("[data-live]")
    row = watch.page.locator(f"#r-{poisoned.reports[IMAGE].id}")
    row.locator("[data-ref=show]").click()
    frame = watch.page.frame_locator("iframe")
    expect(frame.get_by_role("button", name="ひらく")).to_be_visible()
    frame.get_by_role("button", name="大きくする").click()
    watch.page.wait_for_url(re.compile("bbox="))  # the list is asked for anew


def pin(watch: Watch, poisoned: Poisoned) -> None:
    """What a pin on the inbox's map says."""
    poisoned.as_reviewer(watch.visit)
    watch.open(INBOX)
    watch.page.wait_for_selector("[data-live]")
    watch.page.locator(f"#r-{poisoned.reports[IMAGE].id} [data-ref=show]").click()


def preview(watch: Watch, poisoned: Poisoned) -> None:
    """What residents will read, before it is sent."""
    poisoned.as_reviewer(watch.visit)
    watch.page.goto(f"{INBOX}/{poisoned.reports[0].ref}")
    ready = watch.page.locator("html[data-ready]")
    while not ready.count() and not watch.alive():  # the policy may have ended the script
        watch.page.wait_for_timeout(100)
    watch.page.locator("[data-ref=template]").select_option(poisoned.sentences[IMAGE])


SCRIPTS: tuple[tuple[str, str, str, Callable[[Watch, Poisoned], None]], ...] = (
    ("components/report_form_near.js", "textContent: one.text", "innerHTML: one.text", near),
    ("components/report_inbox_rows.js", "place.textContent =", "place.innerHTML =", rows),
    ("report_pins.js", "made.textContent = text", "made.innerHTML = text", pin),
    (
        "components/report_step.js",
        "ref('said').textContent =",
        "ref('said').innerHTML =",
        preview,
    ),
)


@WALLS
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one[0])
def test_a_script_that_trusts_words_is_found(
    phones: Phones,
    poisoned: Poisoned,
    script: tuple[str, str, str, Callable[[Watch, Poisoned], None]],
    *,
    policy: bool,
) -> None:
    file, sound, trusting, go = script
    with flawed(poisoned.town, file, (sound, trusting)) as base:
        watch = Watch(phones(base, None, viewport=DESK, bypass_csp=not policy))
        watch.visit.foresee(".")
        go(watch, poisoned)
        assert watch.comes_alive() != []


def test_words_that_are_not_there_are_missed(
    phones: Phones, poisoned: Poisoned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PATIENCE_SECONDS", 1)
    watch = Watch(phones(poisoned.town.url, None))
    poisoned.as_resident(watch.visit, 0)
    one = poisoned.reports[IMAGE]
    watch.open(f"/liff/reports/{one.ref}")
    assert watch.missing([one.says["description"], WORDS * 9]) == [WORDS * 9]
