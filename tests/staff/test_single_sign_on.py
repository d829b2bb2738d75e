"""Coming in through the town's own issuer: what proves somebody, and what does not."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from liff_app import clock
from liff_app.config import SettingsInvalid, read
from liff_app.db import transaction
from liff_app.gateways.staff_oidc import IdentityRefused, IssuerOidc, IssuerSilent, Journey
from liff_app.staff import service
from liff_app.staff.vocabulary import Role
from tests.conftest import Visitor, on_sqlite

from .people import Person, enrol

ISSUER = "https://login.example.lg.jp/machi"
CLIENT, SECRET = "machimado", "between-us"
JOURNEY = Journey(state="s" * 20, nonce="n" * 20, verifier="v" * 43)
RSA = RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "e1", "use": "sig"})
STRANGER = RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"})


class Issuer:
    """An issuer in this process: answers what it is told to."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "r1"}
        self.key: Any = RSA
        self.document: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }
        self.published: list[Any] = [RSA, EC]
        self.asked: list[urllib.request.Request] = []
        self.silent = False

    def __call__(self, request: urllib.request.Request, _timeout_s: float) -> bytes:
        self.asked.append(request)
        if self.silent:
            raise OSError("away")
        path = urlsplit(request.full_url).path
        if path.endswith("/openid-configuration"):
            return json.dumps(self.document).encode()
        if path.endswith("/keys"):
            keys = [key.as_dict(private=False) for key in self.published]
            return json.dumps({"keys": [*keys, {"kty": "oct", "k": "c2VjcmV0"}]}).encode()
        return json.dumps({"id_token": self.token(), "token_type": "Bearer"}).encode()

    def token(self) -> str:
        now = int(clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 300,
            "nonce": JOURNEY.nonce,
            "auth_time": now - 20,
            "preferred_username": "madoka",
            "email": "madoka@example.lg.jp",
            "email_verified": True,
        } | self.claims
        kept = {name: value for name, value in claims.items() if value is not ...}
        return jwt.encode(self.header, kept, self.key, algorithms=["RS256", "ES256", "HS256"])


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def gateway(issuer: Issuer, claim: str = "preferred_username") -> IssuerOidc:
    return IssuerOidc(
        ISSUER,
        client_id=CLIENT,
        client_secret=SECRET,
        redirect_uri="https://machi.example.lg.jp/console/oidc/callback",
        claim=claim,
        ask=issuer,
    )


def test_a_good_token_names_the_colleague(issuer: Issuer) -> None:
    found = gateway(issuer).identity("code", JOURNEY, now=clock.now())
    assert found.name == "madoka"
    assert found.proven_at is not None
    assert clock.now() - found.proven_at < timedelta(minutes=1)
    assert gateway(issuer, "email").identity("c", JOURNEY, now=clock.now()).name.startswith("mado")


def test_an_elliptic_key_will_do_too(issuer: Issuer) -> None:
    issuer.header, issuer.key = {"alg": "ES256", "kid": "e1"}, EC
    assert gateway(issuer).identity("code", JOURNEY, now=clock.now()).name == "madoka"


def test_the_code_is_exchanged_with_secret_and_verifier(issuer: Issuer) -> None:
    gateway(issuer).identity("the-code", JOURNEY, now=clock.now())
    (sent,) = [one for one in issuer.asked if one.get_method() == "POST"]
    form = parse_qs(bytes(sent.data or b"").decode())  # type: ignore[arg-type]  # bytes, as we made it
    assert form["code"] == ["the-code"]
    assert form["code_verifier"] == [JOURNEY.verifier]
    assert "client_secret" not in form
    assert str(sent.get_header("Authorization")).startswith("Basic ")


def test_the_browser_is_sent_with_state_nonce_and_challenge(issuer: Issuer) -> None:
    address = gateway(issuer).address(JOURNEY, again=True, now=clock.now())
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{ISSUER}/authorize?")
    assert query["state"] == JOURNEY.state
    assert query["nonce"] == JOURNEY.nonce
    assert query["code_challenge"] == JOURNEY.challenge != JOURNEY.verifier
    assert query["code_challenge_method"] == "S256"
    assert query["prompt"] == "login"


NOW = int(clock.now().timestamp())
WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://login.example.com/machi"},
    "no issuer": {"iss": ...},
    "another client": {"aud": "other"},
    "two clients without azp": {"aud": [CLIENT, "other"]},
    "azp of another": {"aud": [CLIENT, "other"], "azp": "other"},
    "another nonce": {"nonce": "x" * 20},
    "no nonce": {"nonce": ...},
    "expired": {"exp": NOW - 3600, "iat": NOW - 7200},
    "no end": {"exp": ...},
    "an end as text": {"exp": "9999999999"},
    "from tomorrow": {"iat": NOW + 86_400, "exp": NOW + 90_000},
    "no name": {"preferred_username": ...},
    "an empty name": {"preferred_username": ""},
    "a name that is none": {"preferred_username": ["madoka"]},
    "a name with a NUL": {"preferred_username": "mad\0oka"},
    "a name without end": {"preferred_username": "m" * 65},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_token_with_a_wrong_claim_is_refused(issuer: Issuer, name: str) -> None:
    issuer.claims = WRONG[name]
    with pytest.raises(IdentityRefused):
        gateway(issuer).identity("code", JOURNEY, now=clock.now())


@pytest.mark.parametrize("said", [False, "false", "true", 1, None, ...])
def test_an_address_nobody_verified_is_refused(issuer: Issuer, said: object) -> None:
    issuer.claims = {"email_verified": said}
    with pytest.raises(IdentityRefused):
        gateway(issuer, "email").identity("code", JOURNEY, now=clock.now())


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({"alg": "RS256", "kid": "r1"}, STRANGER),
        ({"alg": "HS256", "kid": "r1"}, OctKey.import_key(SECRET + "x" * 32)),
        ({"alg": "HS256"}, OctKey.import_key(CLIENT * 4)),
    ],
)
def test_a_token_signed_by_somebody_else_is_refused(
    issuer: Issuer, header: dict[str, str], key: object
) -> None:
    issuer.header, issuer.key = header, key
    with pytest.raises(IdentityRefused):
        gateway(issuer).identity("code", JOURNEY, now=clock.now())


def test_an_unsigned_token_is_refused(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    head, body, _ = issuer.token().split(".")
    none = "eyJhbGciOiJub25lIn0"
    for forged in (f"{none}.{body}.", f"{head}.{body}.", "x", "a.b.c"):
        monkeypatch.setattr(issuer, "token", lambda forged=forged: forged)
        with pytest.raises(IdentityRefused):
            gateway(issuer).identity("code", JOURNEY, now=clock.now())


def test_a_new_key_of_the_issuer_is_fetched(issuer: Issuer) -> None:
    ours, now = gateway(issuer), clock.now()
    ours.identity("code", JOURNEY, now=now)
    fresh = RSAKey.generate_key(2048, {"kid": "r2", "use": "sig"})
    issuer.published, issuer.header, issuer.key = [fresh], {"alg": "RS256", "kid": "r2"}, fresh
    assert ours.identity("code", JOURNEY, now=now + timedelta(minutes=2)).name == "madoka"


def test_forged_tokens_do_not_make_us_ask_for_keys_without_end(issuer: Issuer) -> None:
    ours, now = gateway(issuer), clock.now()
    issuer.key = STRANGER
    for _ in range(5):
        with pytest.raises(IdentityRefused):
            ours.identity("code", JOURNEY, now=now)
    assert sum("/keys" in one.full_url for one in issuer.asked) <= 2


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://login.example.com"},
        {"token_endpoint": "http://login.example.lg.jp/token"},
        {"jwks_uri": None},
    ],
)
def test_a_document_that_is_not_the_issuers_is_not_used(
    issuer: Issuer, document: dict[str, object]
) -> None:
    issuer.document |= document
    with pytest.raises(IssuerSilent):
        gateway(issuer).address(JOURNEY, again=False, now=clock.now())


def test_a_silent_issuer_is_told_as_such(issuer: Issuer) -> None:
    issuer.silent = True
    with pytest.raises(IssuerSilent):
        gateway(issuer).address(JOURNEY, again=False, now=clock.now())


@pytest.fixture
def person(app: Flask) -> Person:
    return enrol(app, Role.ADMINISTRATOR)


Travel = Callable[[FlaskClient], tuple[FlaskClient, str]]


def leave(app: Flask, issuer: Issuer, browser: FlaskClient, query: str = "") -> str:
    """Begin; gives the state that must come back, and lets the issuer answer its nonce."""
    app.extensions["staff_oidc"] = gateway(issuer)
    answer = browser.get(f"/console/oidc/start{query}")
    assert answer.status_code == 302, answer.text
    sent = parse_qs(urlsplit(answer.location).query)
    issuer.claims |= {"nonce": sent["nonce"][0]}
    return sent["state"][0]


def test_a_colleague_comes_in_by_the_issuer(
    app: Flask, client: FlaskClient, issuer: Issuer, person: Person
) -> None:
    state = leave(app, issuer, client, "?next=/console/sessions")
    issuer.claims |= {"preferred_username": person.login.upper()}
    page = client.get(
        f"/console/oidc/callback?code=c&state={state}", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert page.status_code == 200
    assert 'content="0; url=/console/sessions"' in page.text
    assert client.get("/console/sessions").status_code == 200
    assert client.get("/console/staff/new").status_code == 200, "the proof is fresh"


def test_an_old_proof_of_the_issuer_does_not_count_as_fresh(
    app: Flask, client: FlaskClient, issuer: Issuer, person: Person
) -> None:
    state = leave(app, issuer, client)
    old = int(clock.now().timestamp()) - 3600
    issuer.claims |= {"preferred_username": person.login, "auth_time": old}
    client.get(f"/console/oidc/callback?code=c&state={state}")
    assert client.get("/console/").status_code == 200
    assert client.get("/console/staff/new").location.startswith("/console/confirm")


def test_a_name_without_an_account_stays_outside(
    app: Flask, client: FlaskClient, issuer: Issuer
) -> None:
    state = leave(app, issuer, client)
    issuer.claims |= {"preferred_username": "nobody"}
    page = client.get(f"/console/oidc/callback?code=c&state={state}")
    assert page.status_code == 401
    assert "この名前の職員は登録されていません" in page.text
    assert client.get("/console/").status_code == 302


def test_a_disabled_colleague_stays_outside(
    app: Flask, client: FlaskClient, issuer: Issuer, person: Person
) -> None:
    enrol(app, Role.ADMINISTRATOR)
    with transaction() as session:
        service.disable(session, person.id, now=clock.now())
    state = leave(app, issuer, client)
    issuer.claims |= {"preferred_username": person.login}
    assert client.get(f"/console/oidc/callback?code=c&state={state}").status_code == 401


def test_what_somebody_else_began_is_not_finished_here(
    app: Flask, client: FlaskClient, issuer: Issuer, person: Person
) -> None:
    """A login that an attacker began, put into the victim's browser."""
    state = leave(app, issuer, Visitor(app))
    issuer.claims |= {"preferred_username": person.login}
    assert client.get(f"/console/oidc/callback?code=c&state={state}").status_code == 401
    leave(app, issuer, client)
    assert client.get(f"/console/oidc/callback?code=c&state={state}").status_code == 401
    client.set_cookie("machimado-oidc", "garbage")
    assert client.get(f"/console/oidc/callback?code=c&state={state}").status_code == 401


def test_a_silent_issuer_leaves_the_password(
    app: Flask, client: FlaskClient, issuer: Issuer, person: Person
) -> None:
    state = leave(app, issuer, client)
    issuer.silent = True
    page = client.get(f"/console/oidc/callback?code=c&state={state}")
    assert page.status_code == 503
    assert "パスワードでログイン" in page.text


def test_without_an_issuer_there_is_no_such_way(client: FlaskClient) -> None:
    assert client.get("/console/oidc/start").status_code == 404
    assert "庁内のアカウント" not in client.get("/console/login").text


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"STAFF_OIDC_ISSUER": "login"}, "STAFF_OIDC_ISSUER"),
        ({"STAFF_OIDC_ISSUER": ISSUER}, "STAFF_OIDC_CLIENT_SECRET"),
        ({"STAFF_OIDC_ISSUER": ISSUER}, "STAFF_OIDC_CLIENT_ID"),
        ({"STAFF_OIDC_CLAIM": "sub"}, "STAFF_OIDC_CLAIM"),
    ],
)
def test_half_an_issuer_is_refused_at_the_start(given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        read({"MACHIMADO_ENV": "test"} | given)
    assert any(fault.startswith(named) for fault in refused.value.faults)


@on_sqlite
def test_an_issuer_without_https_is_refused_in_production(app: Flask) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        read({"MACHIMADO_ENV": "production", "STAFF_OIDC_ISSUER": "http://login.example.lg.jp"})
    assert any(fault.startswith("STAFF_OIDC_ISSUER") for fault in refused.value.faults)
