"""A session that ends inside a form of the console loses nothing of what was typed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Blueprint, Flask
from werkzeug.test import TestResponse

from liff_app.access import Audience, mount
from liff_app.errors import FieldError, InputInvalid
from liff_app.permissions import ANYBODY, NEEDS
from liff_app.staff.vocabulary import Role
from tests.conftest import Visitor, colleague, on_sqlite

pytestmark = on_sqlite
OURS = {"Origin": "http://localhost"}
FORM = "/console/departments"
TYPED = {"name": "危機管理課 <b>", "csrf_token": "of-a-session-that-is-over"}


def hidden(page: TestResponse) -> dict[str, str]:
    """What the page's form would send."""
    form = page.text.rpartition("<form")[2].partition("</form>")[0]
    found = re.findall(r'name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(text) for name, text in found}


def action(page: TestResponse) -> str:
    return unescape(page.text.rpartition("<form")[2].partition('action="')[2].partition('"')[0])


@pytest.fixture
def tab(app: Flask) -> Visitor:
    """A browser tab whose session is over: it sends what it shows and nothing besides."""
    return Visitor(app)


def test_what_was_typed_is_shown_and_goes_through_after_signing_in_elsewhere(
    app: Flask, tab: Visitor
) -> None:
    lost = tab.post(f"{FORM}/", data=TYPED, headers=OURS)
    assert lost.status_code == 401
    assert "危機管理課 &lt;b&gt;" in lost.text
    assert "まだ保存されていません" in lost.text
    assert hidden(lost) == {"name": TYPED["name"]}, "no token of the old session"
    tab.set_cookie("machimado-staff", colleague(app, Role.ADMINISTRATOR).cookie)
    asked = tab.post(action(lost), data=hidden(lost), headers=OURS)
    assert asked.status_code == 403
    assert "もう一度押してください" in asked.text
    again = hidden(asked)
    assert again["name"] == TYPED["name"]
    tab.post(action(asked), data=again, headers=OURS)
    assert "危機管理課 &lt;b&gt;" in tab.get(f"{FORM}/").text


def test_the_sign_in_leads_back_to_the_page_of_the_form(tab: Visitor) -> None:
    places = {
        "http://localhost/console/shelters?order=name": "/console/shelters?order%3Dname",
        "https://evil.example/console/shelters": "/console/disasters/new",
        "http://localhost/shelters": "/console/disasters/new",
        "": "/console/disasters/new",
    }
    for came_from, wanted in places.items():
        headers = OURS | {"Referer": came_from}
        page = tab.post("/console/disasters/new", data={"name": "大雨"}, headers=headers)
        assert f"/console/login?next={wanted}" in unescape(page.text), came_from


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_what_no_page_of_ours_sent_is_not_offered_again(
    app: Flask, tab: Visitor, headers: dict[str, str]
) -> None:
    lost = tab.post(f"{FORM}/", data=TYPED, headers=headers)
    assert (lost.status_code, "危機管理課" in lost.text) == (401, False)
    tab.set_cookie("machimado-staff", colleague(app, Role.ADMINISTRATOR).cookie)
    refused = tab.post(f"{FORM}/", data=TYPED, headers=headers)
    assert (refused.status_code, "危機管理課" in refused.text) == (403, False)


def test_no_password_code_or_file_is_sent_back(app: Flask, tab: Visitor) -> None:
    secrets = {"password": "hunter2hunter2", "again": "hunter2hunter2", "code": "123456"}
    page = tab.post(f"{FORM}/", data=secrets | {"name": "課"}, headers=OURS)
    assert "課" in page.text
    assert not any(text in page.text for text in secrets.values())
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        b"secret rows\r\n--edge--\r\n"
    )
    sent = tab.post(
        "/console/shelters/imports/uploads", data=body, headers=OURS,
        content_type="multipart/form-data; boundary=edge",
    )  # fmt: skip
    assert sent.status_code == 401
    assert "ファイルは、もう一度えらんでください。" in sent.text
    assert "secret rows" not in sent.text
    assert "もう一度送る" not in sent.text


def test_a_field_refused_by_a_service_is_named_on_the_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    bp = Blueprint("strict", __name__)

    @bp.post("/strict")
    def refuse() -> str:
        raise InputInvalid([FieldError("shelter", "missing", "避難所を選んでください。")])

    mount(app, bp, Audience.STAFF, "/console")
    monkeypatch.setitem(NEEDS, "strict.refuse", ANYBODY)
    page = colleague(app, Role.VIEWER).post("/console/strict")
    assert page.status_code == 422
    assert "避難所を選んでください。" in page.text
