"""A resident's way through a form by plain posted pages, as a browser without a script goes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.house.page import Page, faults
from tests.reports.reporting import token

LIFF = "/liff/procedures"
WHO = {"name": "山田 花子", "phone": "090-1234-5678"}
SOFA = {"kind": "sofa", "count": "2"}


@dataclass
class Journey:
    """One person's draft: what is posted to its pages, and what comes back."""

    browser: FlaskClient
    ref: str
    base: str = f"{LIFF}/drafts"
    answers: list[TestResponse] = field(default_factory=list)

    def get(self, page: str, status: int = 200) -> str:
        """A page of the draft, right in every way a page can be."""
        path = f"{self.base}/{self.ref}/{page}"
        answer = self.browser.get(path)
        assert answer.status_code == status, answer.text
        found = faults(answer, path)
        assert found == [], found
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.text.split("<main")[1]

    def asked(self, page: str) -> str:
        """What the page says that it asks."""
        found = re.search(r'name="asked" value="([^"]*)"', self.get(page))
        assert found
        return found[1]

    def post(self, page: str, step: str = "next", **fields: Any) -> TestResponse:  # noqa: ANN401 - any field
        """The answer to that page, posted as it was shown."""
        asked = fields.pop("asked", None)
        body = {"asked": self.asked(page) if asked is None else asked, "step": step} | fields
        answer = self.send_form(page, body)
        if answer.status_code != 303:
            assert faults(answer, f"{self.base}/x") == []
        self.answers.append(answer)
        return answer

    def send_form(self, page: str, body: dict[str, Any]) -> TestResponse:
        """The same without looking at the page."""
        path = f"{self.base}/{self.ref}/{page}"
        return self.browser.post(path, data=body | proof(self.browser))

    def send(self, **fields: Any) -> TestResponse:  # noqa: ANN401 - any field
        """Everything is sent."""
        return self.send_form("check-answers", {"step": "send"} | fields)


def proof(browser: FlaskClient) -> dict[str, str]:
    """The field that proves that a page of ours sends; colleagues' browsers add a header."""
    if getattr(browser, "cookie", ""):
        return {}
    return {"csrf_token": token(browser)["X-CSRF-Token"]}


def begin(browser: FlaskClient, slug: str = "mihon", **fields: str) -> Journey:
    """The form is begun: its purpose was read and agreed to."""
    path = f"{LIFF}/{slug}"
    start = browser.get(path, query_string=fields)
    assert start.status_code == 200, start.text
    assert faults(start, path) == []
    page = Page(start)
    hidden = {e.attrs["name"]: e.attrs["value"] for e in page.all("input")
              if e.attrs.get("type") == "hidden"}  # fmt: skip
    answer = browser.post(path, data=hidden)
    assert answer.status_code == 303, answer.text
    ref = answer.headers["Location"].split("/")[4]
    return Journey(browser, ref)


def filled(browser: FlaskClient, **more: Any) -> Journey:  # noqa: ANN401 - any answer
    """The small form, ready to be sent."""
    journey = begin(browser)
    first = journey.post("who", **(WHO | {k: v for k, v in more.items() if k in WHO}))
    assert first.headers["Location"].endswith("/what"), first.text
    what = SOFA | {k: v for k, v in more.items() if k not in WHO}
    last = journey.post("what", **what)
    assert last.status_code == 303, last.text
    return journey


def sent(browser: FlaskClient, **more: Any) -> str:  # noqa: ANN401 - any answer
    """Ref of the small form's submission."""
    journey = filled(browser, **more)
    answer = journey.send()
    assert answer.status_code == 303, answer.text
    text = journey.get("received-answers")
    found = re.search(rf'{LIFF}/sent/([0-9a-f]{{32}})"', text)
    assert found, text
    return found[1]
