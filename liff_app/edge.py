"""The outermost layer: what every answer gets, whoever made it, at the cost of a few microseconds.

Headers that are the same for all, the request's id and the check of the Host are done here on plain
WSGI: as Flask hooks they cost more than finding the nearest shelter (ADR 0004).
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from liff_app import headers, telemetry
from liff_app.config import Settings
from liff_app.public_reply import Shortcut

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
BEGUN = "machimado.begun"
FOREIGN_HOST = "machimado.foreign_host"
LOOPBACK = frozenset({"127.0.0.1", "::1"})
OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
HEALTH = frozenset({"/livez", "/readyz", "/metrics"})
FORWARDED = (
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP"),
    *("HTTP_FORWARDED", "HTTP_VIA"),
)
Headers = list[tuple[str, str]]


class Edge:
    """Wraps the app: marks foreign hosts, names the request, completes the headers."""

    def __init__(
        self,
        app: WSGIApplication,
        settings: Settings,
        shortcuts: Mapping[str, Shortcut],
        count: Callable[[str, int, float], None],
    ) -> None:
        self._app = app
        self._shortcuts = shortcuts
        self._count = count
        self._hosts = _hosts(settings)
        self._scheme = urlsplit(settings.public_url).scheme
        self._always = headers.constant(settings)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the app does, with what every answer gets."""
        begun = environ[BEGUN] = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if given and _ID.fullmatch(given) else secrets.token_hex(8)
        named = ("X-Request-Id", request_id)
        # Residents come by the public address, however the proxy in front reaches us: an address
        # made for a redirect has its scheme, whatever a header says.
        environ["wsgi.url_scheme"] = self._scheme
        environ.pop("HTTP_X_FORWARDED_PROTO", None)
        if not self._may_ask(environ):
            environ[FOREIGN_HOST] = True  # the gate refuses it, in the product's own form
        elif environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"] in self._shortcuts:
            made = self._shortcuts[environ["PATH_INFO"]](environ)
            if made is not None:
                complete = [*made.headers, headers.NO_POLICY, named, *self._always]
                start_response(made.status, complete)
                status = int(made.status[:3])
                self._count(environ["PATH_INFO"], status, time.perf_counter() - begun)
                return [made.body]
        telemetry.name_request(request_id)

        def start(status: str, found: Headers, exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 - WSGI's
            names = {name.lower() for name, _ in found}
            if "content-security-policy" not in names:
                found.append(headers.NO_POLICY)
            if "cache-control" not in names:
                found.append(headers.NOT_KEPT)
            found.append(named)
            found.extend(self._always)
            return start_response(status, found, exc_info)

        return self._app(environ, start)

    def _may_ask(self, environ: WSGIEnvironment) -> bool:
        """Whether the Host is one that is answered to."""
        host = _host_name(environ.get("HTTP_HOST", ""))
        return host in self._hosts or _asks_for_health(environ, host)


def _host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    name, colon, port = host.rpartition(":")
    return name.lower() if colon and port.isdigit() else host.lower()


def _asks_for_health(environ: WSGIEnvironment, host: str) -> bool:
    """Whether this machine itself, and nobody through a proxy on it, asks how the process does."""
    return (
        environ["PATH_INFO"] in HEALTH
        and host in OWN_NAMES
        and environ.get("REMOTE_ADDR") in LOOPBACK
        and not any(name in environ for name in FORWARDED)
    )


def _hosts(settings: Settings) -> frozenset[str]:
    """Hosts that may be asked for: the public one and, away from production, this machine."""
    public = _host_name(urlsplit(settings.public_url).netloc)
    own = () if settings.is_production else ("localhost", "127.0.0.1")
    return frozenset({public, *own})
