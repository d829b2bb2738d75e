"""A small S3 store on loopback: objects in memory, and troubles on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

CHANGED = "2026-11-20T01:02:03.000Z"


class World:
    """What the store holds, and how it behaves."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.status = 0  # answered instead, with `code`; 0: as it should
        self.code = "InternalError"
        self.silent = threading.Event()  # set: takes the request and says nothing
        self.awake = threading.Event()  # set when the test is over, so that nobody waits
        self.calls: list[tuple[str, str, bool]] = []  # method, path, whether it was signed
        self.address = ""


class Answers(BaseHTTPRequestHandler):
    """S3's PUT, GET, HEAD, DeleteObjects and list (v2), as far as the product asks."""

    protocol_version = "HTTP/1.1"
    world: World

    def _begin(self) -> str | None:
        path = unquote(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        signed = self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=id/")
        self.world.calls.append((self.command, path, signed))
        self.body = body
        if self.world.silent.is_set():
            self.world.awake.wait(30)
            self.close_connection = True
            return None
        if self.world.status:
            self._send(self.world.status, f"<Error><Code>{self.world.code}</Code></Error>".encode())
            return None
        return path

    def _send(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"0"')
        self.send_header("Last-Modified", "Fri, 20 Nov 2026 01:02:03 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        path = self._begin()
        if path is not None:
            self.world.objects[path] = self.body
            self._send(200)

    def do_GET(self) -> None:
        path = self._begin()
        if path is None:
            return
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query:
            self._list(path, query["prefix"][0])
        elif path in self.world.objects:
            self._send(200, self.world.objects[path])
        else:
            self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def do_POST(self) -> None:
        """Deletion by a list of keys, which the client uses for a single one too."""
        path = self._begin()
        if path is None:
            return
        keys = [part.partition("</Key>")[0] for part in self.body.decode().split("<Key>")[1:]]
        for key in keys:
            self.world.objects.pop(f"{path.rstrip('/')}/{key}", None)
        told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._send(200, f"<DeleteResult>{told}</DeleteResult>".encode())

    def _list(self, bucket: str, prefix: str) -> None:
        rows = "".join(
            f"<Contents><Key>{escape(path.removeprefix(bucket.rstrip('/') + '/'))}</Key>"
            f"<LastModified>{CHANGED}</LastModified><Size>{len(data)}</Size>"
            '<ETag>"0"</ETag></Contents>'
            for path, data in self.world.objects.items()
            if path.removeprefix(bucket.rstrip("/") + "/").startswith(prefix)
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        self._send(200, body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Nothing: tests look at `World.calls`."""


@contextmanager
def running() -> Iterator[World]:
    """A store that answers at `world.address` (http://127.0.0.1:port)."""
    world = World()
    handler = type("Handler", (Answers,), {"world": world})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    world.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield world
    finally:
        world.awake.set()
        server.shutdown()
        server.server_close()
        thread.join()
