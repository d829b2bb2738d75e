"""The real gateways against the emulator: what LINE would say to our requests."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from liff_app.emulator import EmulatorConfig, create_emulator
from liff_app.emulator.server import bind
from liff_app.gateways.line_login import JwksSource, LocalLineLogin, TokenExpired, TokenInvalid
from liff_app.gateways.line_messaging import LineFailed, LineRefused
from liff_app.gateways.line_messaging_sdk import SdkLineMessaging
from liff_app.messaging.line_doctor import LineSetup, doctor
from liff_app.messaging.richmenu import MenuDefinition, Mode, menu_definitions
from liff_app.messaging.richmenu_apply import apply_menus

pytestmark = pytest.mark.enable_socket

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
KEY = UUID("123e4567-e89b-12d3-a456-426614174000")
CONFIG = EmulatorConfig(
    app_url="http://localhost:9",
    liff_id="1650000000-AbCdEfGh",
    channel_id="1650000000",
    channel_secret="a channel secret",
    channel_token="a channel token",
)


@pytest.fixture
def emulator() -> Iterator[str]:
    """The address of a running emulator whose clock stands still."""
    server = bind(create_emulator(CONFIG, NOW.timestamp))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def gateway(emulator: str) -> SdkLineMessaging:
    return SdkLineMessaging(api_url=emulator, token=CONFIG.channel_token)


@pytest.fixture(scope="module")
def menus() -> list[MenuDefinition]:
    root = f"https://liff.line.me/{CONFIG.liff_id}"
    return menu_definitions(lambda path: f"{root}/{path}", open_services={"shelters", "reports"})


def _drill(emulator: str, path: str, body: object) -> bytes:
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{emulator}/emulator/{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - same
        found: bytes = answer.read()
    return found


def _friend(emulator: str) -> str:
    with urllib.request.urlopen(f"{emulator}/emulator/residents", timeout=5) as answer:  # noqa: S310 - same
        people = json.load(answer)
    return next(str(one["user_id"]) for one in people if one["friend"] and not one["blocked"])


def test_our_menus_are_taken_and_a_second_call_changes_nothing(
    gateway: SdkLineMessaging, menus: list[MenuDefinition]
) -> None:
    assert len(apply_menus(gateway, menus).created) == 2
    assert not apply_menus(gateway, menus).changed
    switched = apply_menus(gateway, menus, shown=Mode.DISASTER)
    assert switched.default_set == menus[1].name
    assert gateway.unlink_everyone()


def test_the_doctor_finds_no_fault_after_a_right_setup(
    emulator: str, gateway: SdkLineMessaging, menus: list[MenuDefinition]
) -> None:
    setup = LineSetup(
        webhook_url=CONFIG.webhook_url,
        liff_id=CONFIG.liff_id,
        login_channel_ids={CONFIG.channel_id},
        menus=menus,
        sample_user_ids=[_friend(emulator)],
    )
    assert {found.code for found in doctor(gateway, setup) if not found.ok} >= {"default_menu"}
    apply_menus(gateway, menus)
    assert [found for found in doctor(gateway, setup) if not found.ok] == []


def test_a_wrong_token_is_refused_for_good(emulator: str) -> None:
    with pytest.raises(LineRefused) as caught:
        SdkLineMessaging(api_url=emulator, token="another").bot_info()
    assert caught.value.status == 401


def test_a_repeated_push_arrives_once(emulator: str, gateway: SdkLineMessaging) -> None:
    text = [{"type": "text", "text": "お知らせ"}]
    first = gateway.push(_friend(emulator), text, retry_key=KEY)
    again = gateway.push(_friend(emulator), text, retry_key=KEY)
    assert (first.repeated, again.repeated) == (False, True)
    assert first.request_id == again.request_id


def test_a_refused_message_is_not_tried_again(emulator: str, gateway: SdkLineMessaging) -> None:
    with pytest.raises(LineRefused) as caught:
        gateway.push(_friend(emulator), [{"type": "text", "text": ""}], retry_key=KEY)
    assert caught.value.status == 400


def test_a_token_of_the_login_is_accepted_and_forged_ones_are_not(emulator: str) -> None:
    login = LocalLineLogin(
        JwksSource(f"{emulator}/oauth2/v2.1/certs"),
        issuer=CONFIG.issuer,
        audiences=frozenset({CONFIG.channel_id}),
    )

    def token(**wishes: object) -> str:
        return str(json.loads(_drill(emulator, "tokens", {"as": "haru", **wishes}))["id_token"])

    assert login.verify(token(), now=NOW).audience == CONFIG.channel_id
    with pytest.raises(TokenExpired):
        login.verify(token(), now=NOW + timedelta(hours=2))
    for signed_with in ("foreign", "public_key", "secret", "nothing"):
        with pytest.raises(TokenInvalid):
            login.verify(token(signed_with=signed_with), now=NOW)
    with pytest.raises(TokenInvalid):
        login.verify(token(claims={"aud": "1659999999"}), now=NOW)


def test_a_channel_out_of_order_is_a_failure_to_try_again(
    emulator: str, gateway: SdkLineMessaging
) -> None:
    _drill(emulator, "troubles", {"target": "push", "kind": "error"})
    with pytest.raises(LineFailed):
        gateway.push(_friend(emulator), [{"type": "text", "text": "x"}], retry_key=KEY)
