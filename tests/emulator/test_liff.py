"""The LIFF server: permalinks, contexts, scripts."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from .conftest import LIFF_ID, Town


def middle(token: str) -> dict[str, Any]:
    """Return the middle part of a context token, read as the SDK does."""
    part = token.split(".")[1]
    read = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii"))
    assert isinstance(read, dict)
    return read


@pytest.mark.parametrize(
    ("behind", "opened"),
    [
        ("", "http://localhost:9/liff/"),
        ("/shelters", "http://localhost:9/liff/?liff.state=%2Fshelters"),
        (
            "/a/b?q=1&r=%E6%B4%AA",
            "http://localhost:9/liff/?liff.state=%2Fa%2Fb%3Fq%3D1%26r%3D%25E6%25B4%25AA",
        ),
        ("?q=1", "http://localhost:9/liff/?liff.state=%3Fq%3D1"),
    ],
)
def test_a_permalink_opens_the_endpoint_with_the_rest_in_liff_state(
    town: Town, behind: str, opened: str
) -> None:
    assert town.client.get(f"/{LIFF_ID}{behind}").location == opened


def test_an_unknown_liff_id_opens_nothing(town: Town) -> None:
    assert town.client.get("/1234567890-ZZZZZZZZ/shelters").status_code == 404


def test_only_a_frame_of_the_phone_gets_tokens_from_a_permalink(town: Town) -> None:
    town.client.post("/phone/holder", json={"as": "mei"})
    outside = town.client.get(f"/{LIFF_ID}", headers={"Sec-Fetch-Dest": "document"})
    inside = town.client.get(f"/{LIFF_ID}", headers={"Sec-Fetch-Dest": "iframe"})
    assert "#" not in outside.location
    tokens = parse_qs(urlsplit(inside.location).fragment)
    assert set(tokens) == {
        "access_token",
        "context_token",
        "feature_token",
        "id_token",
        "client_id",
    }
    assert middle(tokens["context_token"][0])["userId"] == town.user("mei")


def test_the_phone_opens_inside_line_as_whoever_holds_it(town: Town) -> None:
    answer = town.client.get(
        "/phone/open", query_string={"as": "kenta", "to": f"/{LIFF_ID}/reports/new?kind=road"}
    )
    parts = urlsplit(answer.location)
    assert parse_qs(parts.query)["liff.state"] == ["/reports/new?kind=road"]
    tokens = parse_qs(parts.fragment)
    claims = town.world.key.claims_of(tokens["id_token"][0])
    assert claims is not None
    assert claims["sub"] == town.user("kenta")
    assert middle(tokens["context_token"][0])["type"] == "utou"


def test_the_phone_opens_no_other_address_inside_line(town: Town) -> None:
    query = {"as": "kenta", "to": f"/{LIFF_ID}x/reports"}
    assert town.client.get("/phone/open", query_string=query).status_code == 404


def test_outside_the_context_is_external_and_names_nobody(town: Town) -> None:
    told = town.client.get(f"/liff/v2/apps/{LIFF_ID}/contextToken").get_json()
    context = middle(told["contextToken"])
    assert (context["type"], context["endpointUrl"]) == ("external", "http://localhost:9/liff/")
    assert context["permanentLinkPattern"] == "concat"
    assert "userId" not in context


@pytest.mark.parametrize(
    "path", ["/sdk.js", "/liff/edge/versions/2.27.3/sdk.js", "/liff/edge/2/sdk.js"]
)
def test_every_address_of_the_sdk_gives_our_script(town: Town, path: str) -> None:
    answer = town.client.get(path)
    assert answer.mimetype == "text/javascript"
    assert answer.text.startswith("(() => {")
    assert ".liff = liff;" in answer.text


def test_what_lines_own_sdk_loads_beside_itself_is_there(town: Town) -> None:
    extension = town.client.get("/liff/edge/2/non-ios-extensions_2_22_0.js")
    assert "liffClientExtension" in extension.text
    assert town.client.get("/xlt/manifest.json").get_json()["languages"]["ja"] == "ja.json"
    assert town.client.get("/xlt/ja.json").get_json() == {}


def test_pages_of_another_origin_may_call_line_but_not_the_drills(town: Town) -> None:
    origin = {"Origin": "http://localhost:8080"}
    preflight = town.client.options("/oauth2/v2.1/token", headers=origin)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "http://localhost:8080"
    for path in ("/emulator/calls", "/phone/state?as=haru", "/emulator/residents"):
        told = town.client.get(path, headers=origin)
        assert told.status_code == 200
        assert "Access-Control-Allow-Origin" not in told.headers


def test_a_page_can_send_its_resident_s_words_into_the_talk(town: Town) -> None:
    access = town.tokens("haru")["access_token"]
    answer = town.client.post(
        "/message/v3/share",
        json={"messages": [{"type": "text", "text": "見てください"}]},
        headers={"Authorization": f"Bearer {access}"},
    )
    assert answer.status_code == 200
    assert town.talk("haru") == ["見てください"]


def test_another_host_name_is_refused(town: Town) -> None:
    for host, status in (("evil.example", 403), ("localhost:8765", 200), ("api.line.me", 200)):
        assert town.client.get("/oauth2/v2.1/certs", headers={"Host": host}).status_code == status
