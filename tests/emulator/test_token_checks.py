"""What LINE Login says of tokens."""

import pytest

from .conftest import Town


def test_a_good_id_token_gives_its_claims(town: Town) -> None:
    form = {"id_token": town.tokens()["id_token"], "client_id": "1234567890"}
    told = town.client.post("/oauth2/v2.1/verify", data=form)
    assert told.status_code == 200
    assert told.get_json()["sub"] == town.user()


@pytest.mark.parametrize(
    ("minting", "form", "words"),
    [
        ({}, {"client_id": "999"}, "Invalid IdToken Audience."),
        ({"claims": {"iss": "https://evil.example"}}, {}, "Invalid IdToken Issuer."),
        ({"claims": {"exp": 1}}, {}, "IdToken expired."),
        ({"claims": {"exp": None}}, {}, "IdToken expired."),
        ({}, {"nonce": "other"}, "Invalid IdToken Nonce."),
        ({}, {"user_id": "U" + "0" * 32}, "Invalid IdToken Subject Identifier."),
        ({"signed_with": "foreign"}, {}, "Invalid IdToken."),
        ({"signed_with": "nothing", "headers": {"alg": "none"}}, {}, "Invalid IdToken."),
        ({"signed_with": "public_key", "headers": {"alg": "HS256"}}, {}, "Invalid IdToken."),
        ({"headers": {"kid": None}}, {}, "Invalid IdToken."),
        ({}, {"id_token": "not.a.token"}, "Invalid IdToken."),
        ({}, {"id_token": "é.ü.ñ"}, "Invalid IdToken."),
    ],
)
def test_a_bad_id_token_is_refused_in_the_words_of_line(
    town: Town, minting: dict[str, object], form: dict[str, str], words: str
) -> None:
    minted = town.client.post("/emulator/tokens", json=minting).get_json()["id_token"]
    sent = {"id_token": minted, "client_id": "1234567890", **form}
    answer = town.client.post("/oauth2/v2.1/verify", data=sent)
    assert answer.status_code == 400
    assert answer.get_json() == {"error": "invalid_request", "error_description": words}


def test_an_access_token_tells_channel_life_and_person_until_it_ends(town: Town) -> None:
    access = town.tokens("hoa")["access_token"]
    bearer = {"Authorization": f"Bearer {access}"}
    told = town.client.get(f"/oauth2/v2.1/verify?access_token={access}").get_json()
    assert (told["client_id"], told["expires_in"]) == ("1234567890", 43200)
    profile = town.client.get("/v2/profile", headers=bearer).get_json()
    assert profile == {"userId": town.user("hoa"), "displayName": "グエン・ティ・ホア"}
    assert town.client.get("/friendship/v1/status", headers=bearer).get_json() == {
        "friendFlag": True
    }
    town.clock.now += 43201
    assert town.client.get(f"/oauth2/v2.1/verify?access_token={access}").status_code == 400
    assert town.client.get("/v2/profile", headers=bearer).status_code == 401


def test_who_blocks_is_no_friend(town: Town) -> None:
    access = town.tokens()["access_token"]
    town.client.post("/phone/act", json={"as": "haru", "kind": "block"})
    told = town.client.get("/friendship/v1/status", headers={"Authorization": f"Bearer {access}"})
    assert told.get_json() == {"friendFlag": False}


def test_a_revoked_access_token_is_dead(town: Town) -> None:
    access = town.tokens()["access_token"]
    assert town.client.post("/oauth2/v2.1/revoke", data={"access_token": access}).status_code == 200
    assert town.client.get(f"/oauth2/v2.1/verify?access_token={access}").status_code == 400


def test_taking_back_the_permission_ends_every_token_of_that_person_only(town: Town) -> None:
    mine = [town.tokens("haru")["access_token"] for _ in range(2)]
    other = town.tokens("mei")["access_token"]
    answer = town.client.post(
        "/user/v1/deauthorize",
        json={"userAccessToken": mine[0]},
        headers={"Authorization": "Bearer a channel token"},
    )
    assert answer.status_code == 204
    statuses = [
        town.client.get(f"/oauth2/v2.1/verify?access_token={token}").status_code
        for token in [*mine, other]
    ]
    assert statuses == [400, 400, 200]


def test_taking_back_the_permission_needs_the_channel_token(town: Town) -> None:
    body = {"userAccessToken": town.tokens()["access_token"]}
    assert town.client.post("/user/v1/deauthorize", json=body).status_code == 401
