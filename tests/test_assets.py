"""Our own files: listed, compressed, never stale, and nothing beside them."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app import assets
from liff_app.assets import FOLDER, build_id, inline_css, static_url
from tests.conftest import on_sqlite

pytestmark = on_sqlite
FILES = sorted(p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file())


def test_every_file_is_served_whole_and_for_good(client: FlaskClient) -> None:
    for name in FILES:
        plain = client.get(static_url(name))
        packed = client.get(static_url(name), headers={"Accept-Encoding": "gzip"})
        raw = (FOLDER / name).read_bytes()
        assert plain.data == raw
        assert packed.headers.get("Content-Encoding") == "gzip"
        assert gzip.decompress(packed.data) == raw
        assert "immutable" in plain.headers["Cache-Control"]
        assert "Accept-Encoding" in plain.headers["Vary"]
        if name.endswith(".js"):
            assert plain.content_type == "text/javascript; charset=utf-8"


def test_an_older_builds_file_is_not_kept(client: FlaskClient) -> None:
    answer = client.get(f"/static/0123456789ab/{FILES[0]}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize(
    "name",
    [
        "../liff_app/config.py",
        "..%2fliff_app%2fconfig.py",
        "%2e%2e/wsgi.py",
        "css/../../wsgi.py",
        "/etc/passwd",
        "css",
        "css/",
        "",
        "css/tokens.css%00",
        "css/tokens.css/",
        "CSS/TOKENS.CSS",
        "\\..\\wsgi.py",
        "css//tokens.css",
    ],
)
def test_nothing_beside_the_files_is_served(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/{build_id()}/{name}")
    assert answer.status_code in (308, 404)
    if answer.status_code == 308:  # a doubled slash is folded, inside the same folder
        assert answer.headers["Location"].startswith(("/static/", "http://localhost/static/"))


def test_names_that_do_not_exist_are_not_remembered(client: FlaskClient) -> None:
    """A cache that kept every wrong name could be filled from outside."""
    before = assets._body.cache_info().currsize  # noqa: SLF001 - the cache is the subject
    for number in range(50):
        assert client.get(f"/static/x/no-{number}.css").status_code == 404
    assert assets._body.cache_info().currsize == before  # noqa: SLF001 - same


def test_inlined_styles_have_no_comments_and_lose_no_rule(app: Flask) -> None:
    css = inline_css("css/tokens.css", "css/base.css")
    assert "/*" not in css
    assert "--c-text" in css
    assert css.count("{") == css.count("}")
