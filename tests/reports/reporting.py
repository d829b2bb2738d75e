"""Reports as a resident's phone sends them, for tests of the pages and of the API."""

from __future__ import annotations

import io
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

KEY = "a-key-of-the-phone-0001"
GOOD: dict[str, Any] = {
    "category": "road",
    "description": "歩道に穴があいています。",
    "lat": 35.6073,
    "lon": 140.2941,
    "accuracy_m": 20,
}


def picture(red: int = 5, size: tuple[int, int] = (60, 40)) -> bytes:
    """A JPEG of one colour: another for each `red` from 0 to 5."""
    made = io.BytesIO()
    Image.new("RGB", size, (red * 40 % 256, 120, 40)).save(made, "JPEG", quality=90)
    return made.getvalue()


def token(browser: FlaskClient) -> dict[str, str]:
    """The header that proves that a page of ours sends."""
    page = browser.get("/liff/menu").text
    return {"X-CSRF-Token": page.split('name="csrf-token" content="')[1].split('"')[0]}


def post(
    browser: FlaskClient,
    path: str = "/reports",
    *,
    key: str | None = KEY,
    **sent: Any,  # noqa: ANN401 - Werkzeug's
) -> TestResponse:
    """The API's answer to what the phone sends."""
    headers = token(browser) | ({"Idempotency-Key": key} if key else {}) | sent.pop("headers", {})
    return browser.post(f"/api/v1{path}", headers=headers, **sent)


def press(browser: FlaskClient, path: str, **fields: Any) -> TestResponse:  # noqa: ANN401 - any field
    """The answer to a form of a resident's page."""
    data = fields | {"csrf_token": token(browser)["X-CSRF-Token"]}
    return browser.post(f"/liff/reports/{path}", data=data)


def filed(browser: FlaskClient, key: str = KEY, **fields: Any) -> str:  # noqa: ANN401 - same
    """Ref of a report that was filed."""
    answer = post(browser, key=key, json=GOOD | fields)
    assert answer.status_code in (200, 201), answer.text
    return str(answer.get_json()["id"])


def form(*photos: bytes, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - same
    """The report as multipart fields."""
    files = [(io.BytesIO(raw), "photo.jpg") for raw in photos]
    return {name: str(value) for name, value in (GOOD | fields).items()} | {"photo": files}
