"""The threaded server, bound to this machine."""

from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    """Writes no line per request: the phone's panel shows them."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""

    def connection_dropped(
        self, error: BaseException, environ: dict[str, Any] | None = None
    ) -> None:
        """Read no further request from a connection that a scripted trouble has cut."""
        super().connection_dropped(error, environ)
        # Without this the thread waits for more, and the socket is never really closed.
        self.close_connection = True


def bind(app: Flask, port: int = 0) -> BaseWSGIServer:
    """Return a server on 127.0.0.1, listening but not yet serving; port 0 takes a free one.

    Call `serve_forever`, and `shutdown` from another thread.
    """
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)
