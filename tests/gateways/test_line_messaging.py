import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest

from liff_app.gateways.line_messaging import (
    Accepted,
    BotInfo,
    LineFailed,
    LineMessaging,
    LineQuotaSpent,
    LineRefused,
    Quota,
    RichMenuFound,
    RichMenuSpec,
    SwitchTap,
    TapArea,
    UriTap,
    WebhookEndpoint,
)
from liff_app.gateways.line_messaging_recording import RecordingLineMessaging
from liff_app.gateways.line_messaging_sdk import SdkLineMessaging

pytestmark = pytest.mark.enable_socket

KEY = UUID("123e4567-e89b-12d3-a456-426614174000")
USER = "U" + "0" * 32
TEXT = [{"type": "text", "text": "お知らせがあります", "brandNew": {"x": 1}}]
SPEC = RichMenuSpec(
    "machimado:test",
    "メニュー",
    2500,
    1686,
    (
        TapArea(0, 0, 1250, 312, SwitchTap("machimado-disaster", "menu:disaster", "災害時")),
        TapArea(0, 312, 2500, 1374, UriTap("https://liff.line.me/1-a/shelters", "避難所")),
    ),
)


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FakeLine:
    """A server that gives every path the answer set for it, and notes what was asked."""

    url: str = ""
    answers: dict[str, tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    wait: threading.Event | None = None

    def say(self, call: str, status: int, body: object = None, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[call] = (status, raw, named)


class QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that hung up, which some tests do on purpose."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@pytest.fixture
def line() -> Iterator[FakeLine]:
    fake = FakeLine()

    class Pages(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            fake.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
            if fake.wait:
                fake.wait.wait(10)
            call = f"{self.command} {self.path}"
            status, body, extra = fake.answers.get(call, (404, b'{"message":"Not found"}', {}))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names are http.server's

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - same
            """Say nothing."""

    server = QuietServer(("127.0.0.1", 0), Pages)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    if fake.wait:
        fake.wait.set()
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def gateway(line: FakeLine) -> SdkLineMessaging:
    return SdkLineMessaging(api_url=line.url, token="secret-token\n")


PUSH = "POST /v2/bot/message/push"


def test_a_push_carries_token_retry_key_and_the_message_untouched(
    line: FakeLine, gateway: LineMessaging
) -> None:
    line.say(PUSH, 200, {"sentMessages": []}, X_Line_Request_Id="r1")
    assert gateway.push(USER, TEXT, retry_key=KEY) == Accepted("r1", repeated=False)
    [asked] = line.asked
    assert asked.headers["authorization"] == "Bearer secret-token"
    assert asked.headers["x-line-retry-key"] == str(KEY)
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {"to": USER, "messages": TEXT}


def test_a_repeat_that_line_knows_counts_as_accepted(
    line: FakeLine, gateway: LineMessaging
) -> None:
    body = {"message": "The retry key is already accepted"}
    line.say(
        "POST /v2/bot/message/multicast",
        409,
        body,
        x_line_request_id="r2",
        x_line_accepted_request_id="r1",
    )
    assert gateway.multicast([USER], TEXT, retry_key=KEY) == Accepted("r1", repeated=True)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"message": "The request body has 1 error(s)"}, LineRefused),
        (401, {"message": "Authentication failed"}, LineRefused),
        (403, {"message": "Access denied"}, LineRefused),
        (413, b"<html>too large</html>", LineRefused),
        (302, b"", LineRefused),
        (408, {}, LineFailed),
        (429, {"message": "The API rate limit has been exceeded. Try again later."}, LineFailed),
        (429, {"message": "something about concurrency"}, LineFailed),
        (429, {"message": "You have reached your monthly limit."}, LineQuotaSpent),
        (500, {"message": "Internal error"}, LineFailed),
        (503, b"\xff\xfe broken", LineFailed),
    ],
)
def test_every_refusal_becomes_one_of_our_errors(
    line: FakeLine, gateway: LineMessaging, status: int, body: object, kind: type[Exception]
) -> None:
    line.say(PUSH, status, body, Location=f"{line.url}/elsewhere")
    with pytest.raises((LineFailed, LineRefused)) as caught:
        gateway.push(USER, TEXT, retry_key=KEY)
    assert type(caught.value) is kind
    assert len(line.asked) == 1, "neither a silent retry nor a followed redirect"


def test_an_error_keeps_the_status_and_the_request_id(
    line: FakeLine, gateway: LineMessaging
) -> None:
    line.say(PUSH, 400, {"message": "Wrong", "details": []}, X_Line_Request_Id="r9")
    with pytest.raises(LineRefused, match=r"^Wrong$") as caught:
        gateway.push(USER, TEXT, retry_key=KEY)
    assert (caught.value.status, caught.value.request_id) == (400, "r9")
    assert "secret-token" not in repr(caught.value)


def test_a_server_that_says_nothing_is_a_failure_to_try_again(line: FakeLine) -> None:
    line.wait = threading.Event()
    hurried = SdkLineMessaging(api_url=line.url, token="t", read_timeout_s=0.05)
    with pytest.raises(LineFailed) as caught:
        hurried.push(USER, TEXT, retry_key=KEY)
    assert caught.value.status is None
    line.wait.set()
    assert len(line.asked) == 1


def test_a_server_that_is_not_there_is_a_failure_to_try_again() -> None:
    with pytest.raises(LineFailed):
        SdkLineMessaging(api_url="http://127.0.0.1:1", token="t").bot_info()


@pytest.mark.parametrize(
    "call",
    [
        lambda g: g.bot_info(),
        lambda g: g.rich_menus(),
        lambda g: g.rich_menu_aliases(),
        lambda g: g.default_rich_menu(),
        lambda g: g.quota(),
    ],
)
@pytest.mark.parametrize("body", [b"<html>", b"[" * 5000, b"\xff"])
def test_an_unreadable_answer_is_a_failure_to_try_again(
    line: FakeLine, gateway: LineMessaging, call: Callable[[LineMessaging], object], body: bytes
) -> None:
    for path in (
        "info",
        "richmenu/list",
        "richmenu/alias/list",
        "user/all/richmenu",
        "message/quota",
    ):
        line.say(f"GET /v2/bot/{path}", 200, body)
    with pytest.raises(LineFailed):
        call(gateway)


@pytest.mark.parametrize("count", [0, 6])
def test_a_send_of_no_or_six_messages_is_refused_before_line_is_asked(
    line: FakeLine, gateway: LineMessaging, count: int
) -> None:
    for sender in (gateway, RecordingLineMessaging()):
        with pytest.raises(LineRefused):
            sender.push(USER, TEXT * count, retry_key=KEY)
        with pytest.raises(LineRefused):
            sender.multicast([USER] * 501, TEXT, retry_key=KEY)
    assert line.asked == []


def test_what_line_says_about_the_account_is_read(line: FakeLine, gateway: LineMessaging) -> None:
    line.say("GET /v2/bot/info", 200, {"basicId": "@mado", "displayName": "まど市", "new": 1})
    line.say("GET /v2/bot/message/quota", 200, {"type": "limited", "value": 5000})
    line.say("GET /v2/bot/message/quota/consumption", 200, {"totalUsage": 7})
    endpoint = {"endpoint": "https://mado.example/line/webhook", "active": True}
    line.say("GET /v2/bot/channel/webhook/endpoint", 200, endpoint)
    assert gateway.bot_info() == BotInfo("@mado", "まど市")
    assert gateway.quota() == Quota(5000, 7)
    assert gateway.webhook_endpoint() == WebhookEndpoint(endpoint["endpoint"], active=True)  # type: ignore[arg-type]  # a text
    line.say("GET /v2/bot/message/quota", 200, {"type": "none"})
    assert gateway.quota() == Quota(None, 7)


def test_what_is_not_there_is_none_and_not_an_error(gateway: LineMessaging) -> None:
    assert gateway.webhook_endpoint() is None
    assert gateway.default_rich_menu() is None
    assert gateway.knows_user(USER) is False
    assert gateway.has_rich_menu_image("richmenu-1") is False


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_not_taken_for_a_missing_thing(
    line: FakeLine, gateway: LineMessaging, status: int
) -> None:
    for path in ("channel/webhook/endpoint", "user/all/richmenu", f"profile/{USER}"):
        line.say(f"GET /v2/bot/{path}", status, {"message": "no"})
    for call in (
        gateway.webhook_endpoint,
        gateway.default_rich_menu,
        lambda: gateway.knows_user(USER),
    ):
        with pytest.raises(LineRefused):
            call()


def test_a_menu_of_another_program_with_a_new_kind_of_action_does_not_hide_ours(
    line: FakeLine, gateway: LineMessaging
) -> None:
    other = {
        "richMenuId": "richmenu-1",
        "name": "other",
        "areas": [{"action": {"type": "inventedLater"}}],
    }
    ours = {"richMenuId": "richmenu-2", "name": "machimado:x"}
    line.say("GET /v2/bot/richmenu/list", 200, {"richmenus": [other, ours]})
    assert gateway.rich_menus() == [
        RichMenuFound("richmenu-1", "other"),
        RichMenuFound("richmenu-2", "machimado:x"),
    ]


def test_a_menu_is_made_as_line_describes_it(line: FakeLine, gateway: LineMessaging) -> None:
    line.say("POST /v2/bot/richmenu", 200, {"richMenuId": "richmenu-1"})
    line.say("POST /v2/bot/richmenu/validate", 200)
    line.say("POST /v2/bot/richmenu/richmenu-1/content", 200)
    gateway.validate_rich_menu(SPEC)
    assert gateway.create_rich_menu(SPEC) == "richmenu-1"
    gateway.set_rich_menu_image("richmenu-1", b"\x89PNG\xff")
    validated, made, image = line.asked
    assert validated.body == made.body
    assert json.loads(made.body) == {
        "size": {"width": 2500, "height": 1686},
        "selected": True,
        "name": "machimado:test",
        "chatBarText": "メニュー",
        "areas": [
            {
                "bounds": {"x": 0, "y": 0, "width": 1250, "height": 312},
                "action": {
                    "type": "richmenuswitch",
                    "richMenuAliasId": "machimado-disaster",
                    "data": "menu:disaster",
                    "label": "災害時",
                },
            },
            {
                "bounds": {"x": 0, "y": 312, "width": 2500, "height": 1374},
                "action": {
                    "type": "uri",
                    "label": "避難所",
                    "uri": "https://liff.line.me/1-a/shelters",
                },
            },
        ],
    }
    assert (image.headers["content-type"], image.body) == ("image/png", b"\x89PNG\xff")


def test_an_alias_is_moved_if_it_exists_and_made_if_not(
    line: FakeLine, gateway: LineMessaging
) -> None:
    line.say("POST /v2/bot/richmenu/alias", 200)
    gateway.set_rich_menu_alias("a", "richmenu-1")
    line.say("POST /v2/bot/richmenu/alias/a", 200)
    gateway.set_rich_menu_alias("a", "richmenu-2")
    assert [(asked.path, json.loads(asked.body)) for asked in line.asked] == [
        ("/v2/bot/richmenu/alias/a", {"richMenuId": "richmenu-1"}),
        ("/v2/bot/richmenu/alias", {"richMenuAliasId": "a", "richMenuId": "richmenu-1"}),
        ("/v2/bot/richmenu/alias/a", {"richMenuId": "richmenu-2"}),
    ]


def test_taking_personal_menus_away_gives_the_request_id(
    line: FakeLine, gateway: LineMessaging
) -> None:
    line.say("POST /v2/bot/richmenu/batch", 202, {}, X_Line_Request_Id="r3")
    assert gateway.unlink_everyone() == "r3"
    assert json.loads(line.asked[0].body) == {"operations": [{"type": "unlinkAll"}]}


def test_images_go_to_lines_second_host_and_nowhere_else() -> None:
    real = SdkLineMessaging(api_url="https://api.line.me/", token="t")
    emulated = SdkLineMessaging(api_url="http://localhost:9000", token="t")
    assert (real._host, real._data_host) == ("https://api.line.me", "https://api-data.line.me")  # noqa: SLF001 - no test may call LINE
    assert emulated._host == emulated._data_host == "http://localhost:9000"  # noqa: SLF001 - same


def test_importing_the_gateway_does_not_import_the_sdk() -> None:
    check = (
        "import sys, liff_app.gateways.line_messaging_sdk as g;"
        "g.SdkLineMessaging(api_url='https://api.line.me', token='t');"
        "sys.exit('linebot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0  # noqa: S603 - our own text


def test_the_recording_gateway_sends_a_retry_key_once() -> None:
    recording = RecordingLineMessaging()
    assert not recording.push(USER, TEXT, retry_key=KEY).repeated
    assert recording.push(USER, TEXT, retry_key=KEY).repeated
    assert recording.sent == [((USER,), TEXT, KEY)]


def test_the_recording_gateway_refuses_to_work_inside_a_transaction() -> None:
    recording = RecordingLineMessaging(in_transaction=lambda: True)
    with pytest.raises(RuntimeError, match="transaction"):
        recording.push(USER, TEXT, retry_key=KEY)
    assert recording.sent == []


def test_the_recording_gateway_raises_the_troubles_it_was_given() -> None:
    recording = RecordingLineMessaging(troubles=[LineFailed("down")])
    with pytest.raises(LineFailed):
        recording.bot_info()
    assert recording.bot_info() == BotInfo("@mado", "まど市")
