"""The emulator as a running server: LINE's own client library, broken connections, the program."""

import importlib
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from .conftest import LIFF_ID, Live
from .test_menus import menu, picture

HELLO = {"type": "text", "text": "避難所を開きました"}


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    """Give an HTTP client without retries of its own."""
    with urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=2, read=5)) as made:
        yield made


@pytest.fixture
def user(live: Live) -> str:
    """Give haru's user id."""
    resident = live.world.people.by_key("haru")
    assert resident
    return resident.user_id


def push(pool: urllib3.PoolManager, live: Live, user: str, key: str, read_s: float = 5.0) -> int:
    """Push with a retry key and return the status."""
    headers = {"Authorization": "Bearer a channel token", "X-Line-Retry-Key": key}
    body = {"to": user, "messages": [HELLO]}
    url = f"{live.url}/v2/bot/message/push"
    patience = urllib3.Timeout(connect=2, read=read_s)
    return pool.request("POST", url, json=body, headers=headers, timeout=patience).status


class TestBrokenConnections:
    """What a network does to a request."""

    def test_a_reset_before_accepting_sends_nothing(
        self, live: Live, pool: urllib3.PoolManager, user: str
    ) -> None:
        live.world.troubles.add("push", "reset")
        key = str(uuid.uuid4())
        with pytest.raises(urllib3.exceptions.ProtocolError):
            push(pool, live, user, key)
        assert live.world.store.talk(user) == []
        assert push(pool, live, user, key) == 200

    def test_a_reset_after_accepting_has_sent_and_the_key_tells_so(
        self, live: Live, pool: urllib3.PoolManager, user: str
    ) -> None:
        live.world.troubles.add("push", "reset_after_accepting")
        key = str(uuid.uuid4())
        with pytest.raises(urllib3.exceptions.ProtocolError):
            push(pool, live, user, key)
        assert push(pool, live, user, key) == 409
        assert len(live.world.store.talk(user)) == 1

    def test_a_late_answer_has_sent_too(
        self, live: Live, pool: urllib3.PoolManager, user: str
    ) -> None:
        live.world.troubles.add("push", "delay", seconds=1.0)
        key = str(uuid.uuid4())
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            push(pool, live, user, key, read_s=0.2)
        assert push(pool, live, user, key) == 409
        assert len(live.world.store.talk(user)) == 1

    def test_one_slow_call_does_not_hold_up_the_others(
        self, live: Live, pool: urllib3.PoolManager, user: str
    ) -> None:
        live.world.troubles.add("push", "delay", seconds=5.0)
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            push(pool, live, user, str(uuid.uuid4()), read_s=0.1)
        # Answered while the slow one still sleeps, or the client's own five seconds would pass.
        assert pool.request("GET", f"{live.url}/oauth2/v2.1/certs", timeout=2.0).status == 200


@dataclass(frozen=True)
class LineClient:
    """LINE's own Python library, pointed at the emulator."""

    sdk: Any
    api: Any
    blob: Any


@pytest.fixture
def line(live: Live) -> Iterator[LineClient]:
    """Give LINE's client."""
    # Imported by name: it is untyped, and takes 1.5 s which the other tests need not pay.
    sdk = importlib.import_module("linebot.v3.messaging")
    configuration = sdk.Configuration(host=live.url, access_token="a channel token")
    with sdk.ApiClient(configuration) as client:
        yield LineClient(sdk, sdk.MessagingApi(client), sdk.MessagingApiBlob(client))


def test_lines_own_client_reads_the_account(line: LineClient, user: str) -> None:
    assert line.api.get_bot_info().display_name == "まちまど市"
    request = line.sdk.SetWebhookEndpointRequest(endpoint="http://localhost:9/x")
    line.api.set_webhook_endpoint(request)
    assert line.api.get_webhook_endpoint().active is True
    assert line.api.test_webhook_endpoint().success is False
    assert line.api.get_message_quota().type == "none"
    assert user in line.api.get_followers(limit=1000).user_ids
    assert line.api.get_profile(user).display_name == "窓野 ハル"
    with pytest.raises(line.sdk.ApiException) as caught:
        line.api.get_profile("U" + "f" * 32)
    assert caught.value.status == 404


def test_lines_own_client_sends(line: LineClient, user: str) -> None:
    text, key = line.sdk.TextMessage(text="こんにちは"), str(uuid.uuid4())
    request = line.sdk.PushMessageRequest(to=user, messages=[text])
    assert line.api.push_message(request, x_line_retry_key=key).sent_messages[0].id
    with pytest.raises(line.sdk.ApiException) as caught:
        line.api.push_message(request, x_line_retry_key=key)
    assert caught.value.status == 409
    assert caught.value.headers["x-line-accepted-request-id"]
    line.api.multicast(line.sdk.MulticastRequest(to=[user], messages=[text]))
    line.api.validate_push(line.sdk.ValidateMessageRequest(messages=[text]))
    assert line.api.get_message_quota_consumption().total_usage == 2


def test_lines_own_client_works_with_menus(line: LineClient, user: str) -> None:
    sdk, api = line.sdk, line.api
    request = sdk.RichMenuRequest.from_dict(menu())
    api.validate_rich_menu_object(request)
    menu_id = api.create_rich_menu(request).rich_menu_id
    image = bytearray(picture())
    line.blob.set_rich_menu_image(menu_id, body=image, _headers={"Content-Type": "image/png"})
    assert line.blob.get_rich_menu_image(menu_id) == image
    alias = sdk.CreateRichMenuAliasRequest(rich_menu_alias_id="usual", rich_menu_id=menu_id)
    api.create_rich_menu_alias(alias)
    assert api.get_rich_menu_alias_list().aliases[0].rich_menu_id == menu_id
    api.set_default_rich_menu(menu_id)
    assert api.get_default_rich_menu_id().rich_menu_id == menu_id
    bulk = sdk.RichMenuBulkLinkRequest(rich_menu_id=menu_id, user_ids=[user])
    api.link_rich_menu_id_to_users(bulk)
    assert api.get_rich_menu_id_of_user(user).rich_menu_id == menu_id
    operation = sdk.RichMenuBatchUnlinkAllOperation(type="unlinkAll")
    told = api.rich_menu_batch_with_http_info(sdk.RichMenuBatchRequest(operations=[operation]))
    progress = api.get_rich_menu_batch_progress(told.headers["x-line-request-id"])
    assert progress.phase == "ongoing"
    assert progress.accepted_time.tzinfo is not None


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_program_tells_its_address_and_stops_when_told(
    socket_enabled: None, pool: urllib3.PoolManager, tmp_path: Path, ending: signal.Signals
) -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "liff_app.emulator", "--port", "0"]
    command += ["--app-url", "http://localhost:9", "--liff-id", LIFF_ID]
    command += ["--channel-id", "1234567890", "--channel-secret", "s", "--channel-token", "t"]
    command += ["--state", str(tmp_path / "state.db")]
    with subprocess.Popen(  # noqa: S603 - the program under test, with made-up arguments
        command, cwd=root, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        line = program.stdout.readline()
        found = re.fullmatch(r"emulator listening on (http://localhost:\d+)\n", line)
        assert found
        assert pool.request("GET", f"{found[1]}/oauth2/v2.1/certs").status == 200
        program.send_signal(ending)
        assert program.wait(10) == 0
    assert (tmp_path / "state.db").exists()


def test_a_waiting_call_does_not_keep_the_server_from_stopping(
    live: Live, pool: urllib3.PoolManager, user: str
) -> None:
    live.world.troubles.add("push", "delay", seconds=30.0)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        push(pool, live, user, str(uuid.uuid4()), read_s=0.1)
    # The fixture now stops the server; joined threads would make this test last half a minute.
    assert threading.active_count() > 1
