"""The one table of who may open what is whole, and holds nothing else."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask

from liff_app import access, permissions
from liff_app.access import Access, Audience, mount
from liff_app.permissions import ANYBODY, key, only, words
from liff_app.staff.vocabulary import KeyScope, Role
from tests.conftest import colleague, on_sqlite


def room(app: Flask, audience: Audience) -> None:
    """A page that nobody wrote a line for."""
    bp = Blueprint("room", __name__)
    bp.add_url_rule("/room", "show", lambda: "inside")
    mount(app, bp, audience)


@on_sqlite
def test_every_page_of_the_town_hall_and_every_address_of_systems_has_its_line(app: Flask) -> None:
    assert not permissions.missing(app), "liff_app/permissions.py: add a line to NEEDS"


@on_sqlite
def test_no_line_is_left_over(app: Flask) -> None:
    assert not permissions.unused(app), "liff_app/permissions.py: the endpoint is gone"


@on_sqlite
@pytest.mark.parametrize("audience", [Audience.STAFF, Audience.SYSTEM])
def test_a_page_without_a_line_is_noticed_and_stays_shut(app: Flask, audience: Audience) -> None:
    room(app, audience)
    assert permissions.missing(app) == ["room.show"]
    assert colleague(app, *Role).get("/room").status_code in (401, 403, 302)


@on_sqlite
@pytest.mark.parametrize(
    ("audience", "need"),
    [
        (Audience.STAFF, key(KeyScope.SHELTERS_READ)),
        (Audience.STAFF, only()),
        (Audience.SYSTEM, ANYBODY),
        (Audience.SYSTEM, only(Role.ADMINISTRATOR)),
    ],
)
def test_a_line_that_opens_to_nobody_of_the_audience_is_noticed(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    audience: Audience,
    need: permissions.Need,
) -> None:
    room(app, audience)
    monkeypatch.setitem(permissions.NEEDS, "room.show", need)
    assert permissions.missing(app) == ["room.show"]


@on_sqlite
def test_a_line_for_a_page_of_residents_is_noticed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(permissions.NEEDS, "home.menu", ANYBODY)
    monkeypatch.setitem(permissions.NEEDS, "room.gone", ANYBODY)
    assert permissions.unused(app) == ["home.menu", "room.gone"]


@pytest.mark.parametrize(
    ("audience", "need", "said"),
    [
        (Audience.ANYONE, None, "anyone"),
        (Audience.STAFF, None, "staff"),
        (Audience.STAFF, ANYBODY, "staff: any"),
        (Audience.STAFF, only(Role.VIEWER, Role.ADMINISTRATOR), "staff: administrator viewer"),
        (Audience.SYSTEM, key(KeyScope.SHELTERS_WRITE), "system: shelters:write"),
    ],
)
def test_the_access_table_says_roles_and_scope_beside_the_audience(
    monkeypatch: pytest.MonkeyPatch,
    audience: Audience,
    need: permissions.Need | None,
    said: str,
) -> None:
    if need is not None:
        monkeypatch.setitem(permissions.NEEDS, "room.show", need)
    assert words(Access(audience, ("GET",), "/room", "room.show")) == said


@on_sqlite
def test_the_commands_print_roles(app: Flask) -> None:
    run = app.test_cli_runner()
    listed = run.invoke(args=["access", "list"]).output
    written = run.invoke(args=["access", "doc"]).output
    for text in (listed, written):
        assert "staff: any" in text
        assert "resident" in text
    assert f"{len(list(access.table(app)))} 件" in listed
