"""Calls to other systems: only where the settings allow, following nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Self

import pytest

from liff_app.gateways.hook_caller import HookFailed, HttpHookCaller, is_allowed

ORIGINS = ("https://a.example.jp", "https://b.example.jp:8443")


@pytest.mark.parametrize(
    "url", ["https://a.example.jp/", "https://a.example.jp/x?y=1", "https://b.example.jp:8443/z"]
)
def test_an_address_below_a_listed_origin_is_allowed(url: str) -> None:
    assert is_allowed(url, ORIGINS)


@pytest.mark.parametrize(
    "url",
    [
        "", "a.example.jp", "http://a.example.jp/", "https://a.example.jp:444/",
        "https://a.example.jp.evil.example/", "https://a.example.jp@evil.example/",
        "https://evil.example/https://a.example.jp/", "https://user@a.example.jp/",
        "https://b.example.jp/", "file:///etc/hosts", "https://a.example.jp\\@evil.example/",
        "https://a.example.jp/\r\nX: y", "https://[::1", "https://ａ.example.jp/",
        "HTTPS://A.example.jp/", "https://127.0.0.1/", "https://a.example.jp/#x",
    ],
)  # fmt: skip
def test_any_other_address_is_not(url: str) -> None:
    assert not is_allowed(url, ORIGINS)


class Receiver(HTTPServer):
    """Another system, on this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[tuple[str, bytes]] = []
        self.status = 200

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Takes what comes and answers as it is told."""

    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append((self.path, body))
        self.send_response(self.server.status)
        self.send_header("Location", f"{self.server.origin}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.bodies.append((self.path, b"followed"))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_call_that_was_taken_says_nothing(receiver: Receiver) -> None:
    caller = HttpHookCaller([receiver.origin], lambda: False)
    caller.call(f"{receiver.origin}/hook", b'{"a":1}', {"Content-Type": "application/json"})
    assert receiver.bodies == [("/hook", b'{"a":1}')]


@pytest.mark.parametrize("status", [302, 307, 400, 500, 503])
def test_anything_else_fails_and_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    receiver.status = status
    caller = HttpHookCaller([receiver.origin], lambda: False)
    with pytest.raises(HookFailed, match=f"status_{status}"):
        caller.call(f"{receiver.origin}/hook", b"{}", {})
    assert [path for path, _ in receiver.bodies] == ["/hook"]


def test_nobody_there_is_a_failure_and_not_a_crash() -> None:
    with Receiver() as server:
        origin = server.origin
    caller = HttpHookCaller([origin], lambda: False)
    with pytest.raises(HookFailed, match="no_answer"):
        caller.call(f"{origin}/hook", b"{}", {})


def test_an_address_that_is_not_listed_any_more_is_not_called(receiver: Receiver) -> None:
    caller = HttpHookCaller(ORIGINS, lambda: False)
    with pytest.raises(HookFailed, match="not_allowed"):
        caller.call(f"{receiver.origin}/hook", b"{}", {})
    assert receiver.bodies == []


def test_no_call_is_made_inside_a_transaction(receiver: Receiver) -> None:
    caller = HttpHookCaller([receiver.origin], lambda: True)
    with pytest.raises(RuntimeError):
        caller.call(f"{receiver.origin}/hook", b"{}", {})
    assert receiver.bodies == []


class Dripping:
    """A system that answers bit by bit, `rest` at the end; `was_cut`: nobody waited for that."""

    def __init__(self, first: bytes, bit: bytes, *, bits: int, pause_s: float) -> None:
        self.first, self.bit, self.bits, self.pause_s = first, bit, bits, pause_s
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.was_cut = False
        self.thread = threading.Thread(target=self._answer)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_told: object) -> None:
        self.thread.join()
        self.listening.close()

    def _answer(self) -> None:
        line, _address = self.listening.accept()
        with line:
            line.recv(65536)
            try:
                line.sendall(self.first)
                for _ in range(self.bits):
                    line.sendall(self.bit)
                    time.sleep(self.pause_s)
                line.sendall(b": y\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                self.was_cut = True


def test_a_system_that_answers_drop_by_drop_is_cut_off() -> None:
    with Dripping(b"HTTP/1.1 200 OK\r\n", b"X", bits=100, pause_s=0.03) as slow:
        caller = HttpHookCaller([slow.origin], lambda: False, deadline_s=0.2)
        with pytest.raises(HookFailed, match="too_slow"):
            caller.call(f"{slow.origin}/hook", b"{}", {})
    assert slow.was_cut


@pytest.mark.parametrize(
    ("status", "bit"),
    [
        (200, b"X" * 4096),
        (200, b"X: y\r\n" * 500),
        (100, b"\r\nHTTP/1.1 100 Continue\r\n" * 200),
    ],
)
def test_headers_without_end_are_not_read_to_the_end(status: int, bit: bytes) -> None:
    with Dripping(b"HTTP/1.1 %d X\r\n" % status, bit, bits=5000, pause_s=0) as endless:
        caller = HttpHookCaller([endless.origin], lambda: False)
        with pytest.raises(HookFailed, match="no_answer"):
            caller.call(f"{endless.origin}/hook", b"{}", {})
    assert endless.was_cut


def test_a_body_without_end_is_not_read_at_all() -> None:
    with Dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"X" * 4096, bits=5000, pause_s=0) as endless:
        HttpHookCaller([endless.origin], lambda: False).call(f"{endless.origin}/hook", b"{}", {})
    assert endless.was_cut


def test_a_name_that_is_never_found_ends_with_the_call(receiver: Receiver) -> None:
    found = threading.Event()

    def resolve(*_asked: object, **_more: object) -> list[tuple[object, ...]]:
        found.wait()
        return []

    caller = HttpHookCaller([receiver.origin], lambda: False, deadline_s=0.1, resolve=resolve)
    with pytest.raises(HookFailed, match="too_slow"):
        caller.call(f"{receiver.origin}/hook", b"{}", {})
    found.set()
    assert receiver.bodies == []


def test_an_address_that_refuses_leads_to_the_next_of_the_host(receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = closed.getsockname()
    kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
    caller = HttpHookCaller(
        [receiver.origin],
        lambda: False,
        resolve=lambda *_asked, **_more: [(*kind, dead), (*kind, receiver.server_address)],
    )
    caller.call(f"{receiver.origin}/hook?a=1", b"{}", {})
    assert receiver.bodies == [("/hook?a=1", b"{}")]


def test_under_tls_a_certificate_that_nobody_vouches_for_is_a_failure(receiver: Receiver) -> None:
    origin = receiver.origin.replace("http:", "https:")
    with pytest.raises(HookFailed, match="no_answer"):
        HttpHookCaller([origin], lambda: False).call(f"{origin}/hook", b"{}", {})
    assert receiver.bodies == []
