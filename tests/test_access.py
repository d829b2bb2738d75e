"""The gate is closed unless somebody opened it."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from liff_app import access
from liff_app.access import Audience, mount, set_guard
from liff_app.errors import NotAllowed
from tests.conftest import Visitor, on_sqlite

pytestmark = on_sqlite


def blueprint(name: str) -> Blueprint:
    bp = Blueprint(name, __name__)

    @bp.get(f"/{name}")
    def view() -> str:
        return "inside"

    return bp


def test_a_blueprint_that_was_not_mounted_answers_nobody(app: Flask, client: FlaskClient) -> None:
    app.register_blueprint(blueprint("smuggled"))
    assert client.get("/smuggled").status_code == 404
    with pytest.raises(LookupError, match=r"smuggled\.view"):
        list(access.table(app))


def test_a_view_hung_on_the_app_itself_answers_nobody(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/bare", "bare", lambda: "inside")
    assert client.get("/bare").status_code == 404
    with pytest.raises(LookupError, match="bare"):
        list(access.table(app))


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.ANYONE])
def test_no_audience_but_anyone_is_let_in_as_a_nobody(
    app: Flask, client: FlaskClient, audience: Audience
) -> None:
    mount(app, blueprint("room"), audience)
    client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    answer = client.get("/room")
    assert answer.status_code in (302, 400, 401, 403, 404)
    assert "inside" not in answer.text


def test_anyone_is_let_in(app: Flask, client: FlaskClient) -> None:
    mount(app, blueprint("square"), Audience.ANYONE)
    assert client.get("/square").text == "inside"


def test_a_guard_may_refuse(app: Flask, client: FlaskClient) -> None:
    def refuse() -> None:
        raise NotAllowed("no")

    mount(app, blueprint("office"), Audience.STAFF)
    set_guard(app, Audience.STAFF, refuse)
    assert client.get("/office").status_code == 403


def test_a_second_app_has_a_gate_of_its_own(app: Flask) -> None:
    other = Flask("other")
    access.init_app(other)
    mount(other, blueprint("room"), Audience.ANYONE)
    assert other.test_client().get("/room").text == "inside"
    assert app.extensions["access"] is not other.extensions["access"]


def test_the_table_names_every_rule_with_its_methods(app: Flask) -> None:
    rows = {(row.rule, row.methods): row.audience for row in access.table(app)}
    assert rows["/api/v1/session", ("POST",)] is Audience.ANYONE
    assert rows["/liff/menu", ("GET",)] is Audience.RESIDENT
    assert rows["/metrics", ("GET",)] is Audience.OPERATOR
    assert len(rows) == len(list(app.url_map.iter_rules()))


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 nginx"},
        {"X-Forwarded-Host": "a"},
    ],
)
def test_the_counters_are_not_for_callers_behind_a_proxy(
    operator: FlaskClient, headers: dict[str, str]
) -> None:
    assert operator.get("/metrics").status_code == 200
    assert operator.get("/metrics", headers=headers).status_code == 404


def test_the_counters_are_not_for_the_internet(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert visitor.get("/metrics").status_code == 404


def test_with_a_token_only_the_token_opens_the_counters(app: Flask, operator: FlaskClient) -> None:
    object.__setattr__(app.config["SETTINGS"], "operator_token", "t" * 32)
    assert operator.get("/metrics").status_code == 404
    for wrong in ("Bearer " + "t" * 31, "Bearer " + "t" * 33, "t" * 32, "Bearer é"):
        assert operator.get("/metrics", headers={"Authorization": wrong}).status_code == 404
    answer = operator.get("/metrics", headers={"Authorization": "Bearer " + "t" * 32})
    assert answer.status_code == 200
    assert "machimado_requests_total" in answer.text


@pytest.mark.parametrize(
    ("method", "address", "sent"),
    [
        ("GET", "/liff/checkin/a%00b", {}),
        ("POST", "/liff/checkin/stay", {"people": ["1", "2\0"]}),
        ("GET", "/liff/menu?a=%00", {}),
    ],
)
def test_what_no_database_takes_for_text_goes_no_further(
    resident: FlaskClient, method: str, address: str, sent: dict[str, str | list[str]]
) -> None:
    page = resident.get("/liff/menu").text
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    answer = resident.open(address, method=method, data=sent, headers={"X-CSRFToken": token})
    assert answer.status_code == 400
