"""LINE Login's doors: authorize, token, keys, discovery."""

from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, KeySet

from .conftest import Town, authorize_query, exchange_form

ENDPOINT = "http://localhost:9/liff/"


def test_a_choice_returns_to_the_page_with_code_state_client_and_address(town: Town) -> None:
    back = f"{ENDPOINT}reports?x=1"
    answer = town.client.get(
        "/liff/v1/authorize", query_string=authorize_query("haru", redirect_uri=back)
    )
    assert answer.status_code == 302
    assert answer.location.startswith(back + "&")
    given = parse_qs(urlsplit(answer.location).query)
    assert given["state"] == ["a-state"]
    assert given["liffClientId"] == ["1234567890"]
    assert given["liffRedirectUri"] == [back]
    assert given["code"][0]


def test_without_a_choice_the_page_offers_every_resident_and_a_refusal(town: Town) -> None:
    page = town.client.get("/liff/v1/authorize", query_string=authorize_query("")).text
    for resident in town.world.people.named():
        assert resident.name in page
    assert 'value="refuse"' in page
    assert 'name="code_challenge"' in page


def test_the_last_choice_is_marked_the_next_time(town: Town) -> None:
    town.code("mei")
    page = town.client.get("/liff/v1/authorize", query_string=authorize_query("")).text
    assert page.count("前回") == 1
    assert page.index('value="mei"') < page.index("前回")


def test_a_refusal_returns_with_the_error_the_sdk_looks_for(town: Town) -> None:
    answer = town.client.get("/liff/v1/authorize", query_string=authorize_query("refuse"))
    given = parse_qs(urlsplit(answer.location).query)
    assert given["error"] == ["access_denied"]
    assert given["liffOAuth2Error"]
    assert "code" not in given


@pytest.mark.parametrize(
    "wrong",
    [
        {"app_id": "1234567890-other"},
        {"response_type": "token"},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"redirect_uri": "https://evil.example/liff/"},
        {"redirect_uri": "http://localhost:9/liffy"},
    ],
)
def test_a_wrong_authorize_request_is_told_so_and_goes_nowhere(
    town: Town, wrong: dict[str, str]
) -> None:
    answer = town.client.get("/liff/v1/authorize", query_string=authorize_query("haru", **wrong))
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_the_exchange_gives_a_token_that_the_published_key_verifies(town: Town) -> None:
    given = town.tokens("kenta", nonce="n-1")
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 43200)
    keys = KeySet.import_key_set(town.client.get("/oauth2/v2.1/certs").get_json())
    token = jwt.decode(given["id_token"], keys, algorithms=["ES256"])
    assert token.header["kid"] == keys.keys[0].kid
    now = int(town.clock.now)
    assert token.claims == {
        "iss": "https://access.line.me",
        "sub": town.user("kenta"),
        "aud": "1234567890",
        "exp": now + 3600,
        "iat": now,
        "amr": ["linesso"],
        "name": "町井 健太",
        "nonce": "n-1",
    }


def test_a_stranger_key_does_not_verify_the_token(town: Town) -> None:
    other = ECKey.generate_key("P-256")
    with pytest.raises(BadSignatureError):
        jwt.decode(town.tokens()["id_token"], other, algorithms=["ES256"])


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"client_id": "999"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code": "guessed"}, "invalid_grant"),
    ],
)
def test_a_wrong_exchange_is_refused(town: Town, changed: dict[str, str], error: str) -> None:
    form = exchange_form(town.code()) | changed
    answer = town.client.post("/oauth2/v2.1/token", data=form)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)


def test_another_redirect_address_than_the_one_asked_with_is_refused(town: Town) -> None:
    code = town.code(redirect_uri=f"{ENDPOINT}a")
    form = exchange_form(code, redirect_uri=f"{ENDPOINT}b")
    assert town.client.post("/oauth2/v2.1/token", data=form).status_code == 400


def test_a_code_works_once_even_if_the_first_try_was_wrong(town: Town) -> None:
    code = town.code()
    wrong = exchange_form(code, code_verifier="w" * 43)
    assert town.client.post("/oauth2/v2.1/token", data=wrong).status_code == 400
    assert town.client.post("/oauth2/v2.1/token", data=exchange_form(code)).status_code == 400


def test_a_code_dies_after_ten_minutes(town: Town) -> None:
    code = town.code()
    town.clock.now += 601
    assert town.client.post("/oauth2/v2.1/token", data=exchange_form(code)).status_code == 400


def test_discovery_points_to_keys_on_the_same_origin(town: Town) -> None:
    told = town.client.get("/.well-known/openid-configuration").get_json()
    assert told["jwks_uri"] == "http://localhost/oauth2/v2.1/certs"
    assert told["issuer"] == "https://access.line.me"
    assert told["id_token_signing_alg_values_supported"] == ["ES256"]
