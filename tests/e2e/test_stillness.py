"""A page that arrives piece by piece never moves what a person already reads or aims at."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from .conftest import Phones
from .servers import Town

pytestmark = pytest.mark.e2e

# Longer than a frame of 16 ms, so that every state between two pieces is painted.
PAUSE_S = 0.03
NOTE_SHIFTS = """() => {
  window.shifts = [];
  const place = (box) => [box.x, box.y, box.width, box.height].map(Math.round).join(' ');
  const name = (node) => (node ? (node.outerHTML || node.data || '').slice(0, 60) : 'gone');
  new PerformanceObserver((seen) => {
    for (const one of seen.getEntries()) {
      window.shifts.push(...one.sources.map((moved) =>
        `${name(moved.node)}: ${place(moved.previousRect)} -> ${place(moved.currentRect)}`));
    }
  }).observe({ type: 'layout-shift', buffered: true });
}"""


def _pieces(page: str) -> Iterator[bytes]:
    """The head at once, then every tag and every word between two tags by itself."""
    head = page.index("<body")
    yield page[:head].encode()
    waiting = ""
    for piece in re.findall(r"<[^>]*>|[^<]+", page[head:]):
        waiting += piece
        if piece.strip():
            yield waiting.encode()
            waiting = ""
    yield waiting.encode() or b"\n"


@contextmanager
def _dripping(town: Town) -> Iterator[str]:
    """The town behind a network that lets a page through piece by piece; gives its address."""

    class Drip(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            with urllib.request.urlopen(town.url + self.path, timeout=10) as answer:  # noqa: S310 - loopback
                kind, body = answer.headers["Content-Type"], answer.read()
            whole = "text/html" not in kind
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for piece in [body] if whole else _pieces(body.decode()):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                time.sleep(0 if whole else PAUSE_S)
            self.wfile.write(b"0\r\n\r\n")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Drip)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_page_that_arrives_piece_by_piece_stays_still(phones: Phones, town: Town) -> None:
    with _dripping(town) as address:
        visit = phones(address, "Pixel 7")
        visit.context.set_default_timeout(120_000)
        visit.page.add_init_script(f"({NOTE_SHIFTS})()")
        visit.page.goto("/shelters", wait_until="commit")
        visit.ready()
        visit.page.wait_for_timeout(300)
        assert visit.page.evaluate("() => window.shifts") == []
