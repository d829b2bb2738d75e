"""`/api/v1/session`: the exchange of a token for a cookie, seen as HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from liff_app import clock, tables
from liff_app.db import db, transaction
from liff_app.gateways.line_login import LoginUnavailable
from liff_app.identity import service
from tests.conftest import HANAKO, TARO, Tokens, Visitor, on_sqlite, signed_in

SESSION = "/api/v1/session"


def cookie_of(client: FlaskClient) -> str:
    found = client.get_cookie("machimado")
    assert found is not None
    return found.value


def count(table: str) -> int:
    with db.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - a constant of ours


def test_a_good_token_opens_the_menu(resident: FlaskClient) -> None:
    answer = resident.get("/liff/menu")
    assert answer.status_code == 200
    assert "何をしますか" in answer.text


def test_a_token_tells_its_end_and_says_nothing_else(client: FlaskClient, tokens: Tokens) -> None:
    answer = client.post(SESSION, json={"id_token": tokens.make(HANAKO)})
    assert set(answer.get_json()) == {"expires_at"}
    assert HANAKO not in answer.text


def test_the_cookie_on_plain_http_is_bound_and_hidden_from_scripts(
    client: FlaskClient, tokens: Tokens
) -> None:
    answer = client.post(SESSION, json={"id_token": tokens.make(HANAKO)})
    (cookie,) = answer.headers.getlist("Set-Cookie")
    name, _, rest = cookie.partition("=")
    flags = {part.strip() for part in rest.split(";")[1:]}
    assert name == "machimado"
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} <= flags
    assert not {"Secure"} & flags
    assert not any(flag.startswith("Domain") for flag in flags)


def test_a_token_exchanged_before_is_expired_to_another_browser(
    app: Flask, tokens: Tokens, client: FlaskClient
) -> None:
    token = tokens.make(HANAKO)
    assert client.post(SESSION, json={"id_token": token}).status_code == 200
    thief = Visitor(app)
    answer = thief.post(SESSION, json={"id_token": token})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_expired")
    assert "Set-Cookie" not in answer.headers
    assert thief.get("/liff/menu").status_code == 302


def test_the_same_live_session_may_send_its_token_again(
    client: FlaskClient, tokens: Tokens
) -> None:
    token = tokens.make(HANAKO)
    client.post(SESSION, json={"id_token": token})
    first = cookie_of(client)
    assert client.post(SESSION, json={"id_token": token}).status_code == 200
    assert cookie_of(client) != first
    assert count("login_sessions") == 1


def test_another_residents_session_does_not_make_a_used_token_good(
    client: FlaskClient, stranger: FlaskClient, tokens: Tokens
) -> None:
    token = tokens.make(HANAKO)
    client.post(SESSION, json={"id_token": token})
    answer = stranger.post(SESSION, json={"id_token": token})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_expired")


def test_a_used_token_is_refused_after_signing_out(client: FlaskClient, tokens: Tokens) -> None:
    token = tokens.make(HANAKO)
    client.post(SESSION, json={"id_token": token})
    client.delete(SESSION)
    assert client.post(SESSION, json={"id_token": token}).status_code == 401


def test_an_expired_token_is_told_apart_from_a_forged_one(
    client: FlaskClient, tokens: Tokens
) -> None:
    old = tokens.make(HANAKO, life=timedelta(seconds=-1))
    assert client.post(SESSION, json={"id_token": old}).get_json()["code"] == "token_expired"
    forged = client.post(SESSION, json={"id_token": "forged"})
    assert (forged.status_code, forged.get_json()["code"]) == (401, "token_invalid")


def test_where_line_is_down_the_phone_is_told_to_come_back(
    client: FlaskClient, tokens: Tokens
) -> None:
    tokens.gateway.answers["t"] = LoginUnavailable("no keys")
    answer = client.post(SESSION, json={"id_token": "t"})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_no_token_is_verified_inside_a_transaction(client: FlaskClient, tokens: Tokens) -> None:
    with transaction(), pytest.raises(RuntimeError, match="inside a database transaction"):
        tokens.gateway.verify("x", now=clock.now())
    assert client.post(SESSION, json={"id_token": tokens.make(HANAKO)}).status_code == 200


def test_a_cookie_planted_before_the_sign_in_opens_nothing_after_it(
    app: Flask, tokens: Tokens
) -> None:
    with transaction() as session:
        planted, _ = service.start_session(session, None, now=clock.now(), values={"x": 1})
    victim = Visitor(app)
    victim.set_cookie("machimado", planted)
    victim.post(SESSION, json={"id_token": tokens.make(HANAKO)})
    assert cookie_of(victim) != planted
    attacker = Visitor(app)
    attacker.set_cookie("machimado", planted)
    assert attacker.get("/liff/menu").status_code == 302
    assert victim.get("/liff/menu").status_code == 200


def test_an_invented_cookie_is_never_adopted(app: Flask, tokens: Tokens) -> None:
    victim = Visitor(app)
    victim.set_cookie("machimado", "chosen-by-somebody-else")
    victim.post(SESSION, json={"id_token": tokens.make(HANAKO)})
    assert cookie_of(victim) != "chosen-by-somebody-else"


def test_signing_out_kills_the_session_even_for_a_kept_cookie(
    app: Flask, resident: FlaskClient
) -> None:
    kept = cookie_of(resident)
    answer = resident.delete(SESSION)
    assert answer.status_code == 204
    assert "machimado=;" in answer.headers["Set-Cookie"]
    replay = Visitor(app)
    replay.set_cookie("machimado", kept)
    assert replay.get("/liff/menu").status_code == 302


def test_signing_out_twice_is_no_error(resident: FlaskClient) -> None:
    assert [resident.delete(SESSION).status_code for _ in range(2)] == [204, 204]


def test_signing_out_ends_only_ones_own_session(
    app: Flask, tokens: Tokens, resident: FlaskClient
) -> None:
    other_phone = signed_in(app, tokens, HANAKO)
    resident.delete(SESSION)
    assert other_phone.get("/liff/menu").status_code == 200


def test_a_session_ends_after_twelve_hours_however_it_is_used(
    app: Flask, resident: FlaskClient
) -> None:
    token, now = cookie_of(resident), clock.now()
    with app.app_context():
        early = service.find_session(db.session, token, now=now + timedelta(hours=11, minutes=59))
        assert early is not None
        assert service.find_session(db.session, token, now=now + timedelta(hours=12)) is None
    with transaction() as session:
        session.execute(text("UPDATE login_sessions SET expires_at = '2020-01-01 00:00:00'"))
    assert resident.get("/liff/menu").status_code == 302
    with transaction() as session:  # a write does not bring it back either
        service.keep_values(session, token, {"x": 1})
    assert resident.get("/liff/menu").status_code == 302


def test_the_database_holds_no_line_user_id_and_no_cookie(
    app: Flask, tokens: Tokens, resident: FlaskClient
) -> None:
    signed_in(app, tokens, TARO)
    resident.get("/liff/menu")
    found = []
    with db.engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            found += [repr(tuple(row)) for row in connection.execute(table.select())]
    everything = "\n".join(found)
    assert len(found) >= 6
    for secret in (HANAKO, TARO, HANAKO[1:], cookie_of(resident), *tokens.gateway.answers):
        assert secret not in everything


@on_sqlite
def test_the_database_file_holds_no_line_user_id(app: Flask, resident: FlaskClient) -> None:
    assert resident.get("/liff/menu").status_code == 200
    file = str(db.engine.url.database)
    raw = Path(file).read_bytes() + Path(f"{file}-wal").read_bytes()
    assert b"login_sessions" in raw
    assert HANAKO.encode() not in raw
    assert cookie_of(resident).encode() not in raw


@on_sqlite
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "https://localhost"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_another_site_can_neither_sign_in_nor_out(
    resident: FlaskClient, tokens: Tokens, headers: dict[str, str]
) -> None:
    body = {"id_token": tokens.make(TARO)}
    answer = resident.post(SESSION, json=body, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_allowed")
    assert resident.delete(SESSION, headers=headers).status_code == 403
    assert resident.get("/liff/menu").status_code == 200


@on_sqlite
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
)
def test_our_own_pages_can_sign_in(
    client: FlaskClient, tokens: Tokens, headers: dict[str, str]
) -> None:
    body = {"id_token": tokens.make(HANAKO)}
    assert client.post(SESSION, json=body, headers=headers).status_code == 200
