import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from liff_app.gateways.line_jwks import (
    MAX_BYTES,
    JwksSource,
    LoginUnavailable,
    fetch_once,
    json_object,
    signing_keys,
)
from tests.gateways.token_mint import KID, NOW, STRANGER_KEY, key_set

HOUR = timedelta(hours=1)


class Line:
    """LINE's key server as seen by `fetch`: what it says now, and how often it was asked."""

    def __init__(self, says: bytes | Exception) -> None:
        self.says = says
        self.asked = 0

    def __call__(self, _url: str, _timeout_s: float) -> bytes:
        self.asked += 1
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def source(line: Line, cache_path: Path | None = None) -> JwksSource:
    return JwksSource("https://line.invalid/certs", fetch=line, cache_path=cache_path)


def test_a_set_is_asked_for_once_a_day() -> None:
    line = Line(key_set())
    keys = source(line)
    for minutes in range(0, 24 * 60, 30):
        assert keys.key(KID, now=NOW + timedelta(minutes=minutes))
    assert line.asked == 1
    assert keys.key(KID, now=NOW + 24 * HOUR)
    assert line.asked == 2


def test_cached_keys_serve_for_a_week_while_line_is_down() -> None:
    line = Line(key_set())
    keys = source(line)
    keys.key(KID, now=NOW)
    line.says = TimeoutError()
    assert keys.key(KID, now=NOW + 167 * HOUR)
    with pytest.raises(LoginUnavailable):
        keys.key(KID, now=NOW + 168 * HOUR)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"keys":[]}',
        b'{"keys":{}}',
        b"{}",
        b"[" * 20_000,
        b'{"keys":[],"keys":[]}',
        b"\xff",
        OSError("unreachable"),
    ],
    ids=str,
)
def test_an_unreadable_set_does_not_replace_a_good_one(broken: bytes | Exception) -> None:
    line = Line(key_set())
    keys = source(line)
    keys.key(KID, now=NOW)
    line.says = broken
    assert keys.key(KID, now=NOW + 30 * HOUR)
    assert line.asked == 2


def test_an_unknown_key_id_makes_line_be_asked_once_a_minute_at_most() -> None:
    line = Line(key_set())
    keys = source(line)
    keys.key(KID, now=NOW)
    for second in range(60, 180):
        assert keys.key("forged", now=NOW + timedelta(seconds=second)) is None
    assert line.asked == 3  # at 0, 60 and 120 s


def test_a_rotated_key_is_found_without_waiting_a_day() -> None:
    line = Line(key_set())
    keys = source(line)
    keys.key(KID, now=NOW)
    line.says = key_set(STRANGER_KEY, "fresh")
    assert keys.key("fresh", now=NOW + timedelta(seconds=61))
    assert keys.key(KID, now=NOW + timedelta(seconds=62)) is None


def test_an_unknown_key_id_while_line_is_down_is_not_called_a_forgery() -> None:
    line = Line(key_set())
    keys = source(line)
    keys.key(KID, now=NOW)
    line.says = OSError()
    with pytest.raises(LoginUnavailable):
        keys.key("fresh", now=NOW + 2 * HOUR)
    assert keys.key(KID, now=NOW + 2 * HOUR)


def test_without_any_key_line_is_asked_again_after_five_seconds() -> None:
    line = Line(OSError())
    keys = source(line)
    for second in range(5):
        with pytest.raises(LoginUnavailable):
            keys.key(KID, now=NOW + timedelta(seconds=second))
    assert line.asked == 1
    line.says = key_set()
    assert keys.key(KID, now=NOW + timedelta(seconds=5))


def test_a_clock_set_back_does_not_stop_the_asking() -> None:
    line = Line(key_set())
    keys = source(line)
    keys.key(KID, now=NOW)
    keys.key("fresh", now=NOW - 48 * HOUR)
    assert line.asked == 2


def test_a_restart_without_line_serves_the_keys_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    source(Line(key_set()), path).key(KID, now=NOW)
    dead = Line(OSError())
    assert source(dead, path).key(KID, now=NOW + HOUR)
    assert dead.asked == 0
    assert source(dead, path).key(KID, now=NOW + 30 * HOUR)
    with pytest.raises(LoginUnavailable):
        source(dead, path).key(KID, now=NOW + 200 * HOUR)
    assert [child.name for child in tmp_path.iterdir()] == ["keys.json"]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"fetched_at":"yesterday","key_set":"{}"}',
        b'{"fetched_at":"2025-11-22T05:05:00","key_set":'
        + json.dumps(key_set().decode()).encode()
        + b"}",
    ],
)
def test_a_damaged_copy_on_disk_is_fetched_anew_and_replaced(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    line = Line(key_set())
    assert source(line, path).key(KID, now=NOW)
    assert line.asked == 1
    assert json.loads(path.read_bytes())["fetched_at"] == NOW.isoformat()


def test_a_disk_that_takes_no_copy_does_not_stop_sign_in(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "keys.json"
    assert source(Line(key_set()), path).key(KID, now=NOW)


def _jwk(**changed: object) -> dict[str, object]:
    found: dict[str, object] = json.loads(key_set())["keys"][0] | changed
    return {name: value for name, value in found.items() if value is not ...}


@pytest.mark.parametrize(
    "jwk",
    [
        _jwk(crv="P-384"),
        _jwk(kty="RSA"),
        _jwk(kty="oct", k="AAAA"),
        _jwk(use="enc"),
        _jwk(alg="HS256"),
        _jwk(key_ops=["sign"]),
        _jwk(key_ops="verify"),
        _jwk(kid=...),
        _jwk(kid=""),
        _jwk(kid=5),
        _jwk(x=...),
        _jwk(x=1),
        _jwk(x="AAAA"),
        _jwk(y="!!!!"),
        _jwk(d="AAAA"),
        "a text",
        None,
    ],
    ids=str,
)
def test_only_public_p256_signing_keys_are_used(jwk: object) -> None:
    assert signing_keys({"keys": [jwk]}) == {}
    good = _jwk(kid="good")
    assert list(signing_keys({"keys": [jwk, good]})) == ["good"]


def test_use_and_alg_may_be_absent() -> None:
    assert list(signing_keys({"keys": [_jwk(use=..., alg=...)]})) == [KID]


def test_two_keys_of_one_id_are_both_left_out() -> None:
    assert signing_keys({"keys": [_jwk(), _jwk(), _jwk()]}) == {}
    assert signing_keys({"keys": [_jwk(crv="P-384"), _jwk()]}) == {}


@pytest.mark.parametrize(
    "raw",
    [b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":1,"a":1}', b'{"b":{"a":1,"a":1}}', b"7", b"[" * 9999],
)
def test_lenient_json_is_refused_with_one_kind_of_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_object(raw)


def test_a_thread_that_holds_keys_does_not_wait_for_another_ones_fetch() -> None:
    fetching, finish = threading.Event(), threading.Event()
    first = True

    def fetch(_url: str, _timeout_s: float) -> bytes:
        nonlocal first
        if not first:
            fetching.set()
            assert finish.wait(10)
        first = False
        return key_set()

    keys = JwksSource("https://line.invalid/certs", fetch=fetch)
    keys.key(KID, now=NOW)
    slow = threading.Thread(target=keys.key, args=(KID,), kwargs={"now": NOW + 25 * HOUR})
    slow.start()
    assert fetching.wait(10)
    assert keys.key(KID, now=NOW + 25 * HOUR)  # answers while the other one hangs
    finish.set()
    slow.join(10)
    assert not slow.is_alive()


def test_many_threads_at_a_cold_start_ask_once() -> None:
    line = Line(key_set())
    keys = source(line)
    found: list[object] = []
    start = threading.Barrier(16)

    def sign_in(number: int) -> None:
        start.wait(10)
        found.append(keys.key(KID, now=NOW + timedelta(milliseconds=number)))

    threads = [threading.Thread(target=sign_in, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(found) == 16
    assert all(found)
    assert line.asked == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://line.invalid/certs", "certs", ""])
def test_an_address_that_is_not_http_does_not_start(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        JwksSource(url)


class QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that hung up, which some tests do on purpose."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


class _Pages(BaseHTTPRequestHandler):
    seen: list[str]

    def do_GET(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]  # set by the fixture
        status, body = {
            "/certs": (200, key_set()),
            "/moved": (302, b""),
            "/broken": (500, key_set()),
            "/long": (200, key_set() + b" " * MAX_BYTES),
        }[self.path]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/certs")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - same
        """Say nothing."""


@pytest.fixture
def pages() -> Iterator[ThreadingHTTPServer]:
    server = QuietServer(("127.0.0.1", 0), _Pages)
    server.seen = []  # type: ignore[attr-defined]  # our list of paths asked
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("path", "usable"), [("/certs", True), ("/moved", False), ("/broken", False), ("/long", False)]
)
def test_only_a_plain_answer_of_the_configured_address_is_taken(
    pages: ThreadingHTTPServer, path: str, *, usable: bool
) -> None:
    keys = JwksSource(f"http://127.0.0.1:{pages.server_port}{path}")
    if usable:
        assert keys.key(KID, now=datetime(2025, 11, 22, tzinfo=UTC))
    else:
        with pytest.raises(LoginUnavailable):
            keys.key(KID, now=NOW)
    assert pages.seen == [path]  # type: ignore[attr-defined]  # set by the fixture


@pytest.mark.enable_socket
def test_a_key_server_that_says_nothing_is_given_up() -> None:
    silent = threading.Event()

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            silent.wait(10)

    server = QuietServer(("127.0.0.1", 0), Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with pytest.raises(OSError, match="timed out"):
            fetch_once(f"http://127.0.0.1:{server.server_port}/", 0.05)
    finally:
        silent.set()
        server.shutdown()
        thread.join(10)
        server.server_close()
