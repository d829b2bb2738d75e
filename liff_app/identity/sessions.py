"""Flask's `session`, kept on the server: the cookie is an opaque key and nothing else.

Flask's own signed cookie still worked after logout when replayed. Reading is lazy: a public page
that never asks for the session costs no query and sets no cookie.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.identity import service


class ServerSession(SessionMixin):
    """The values of one session, loaded when first asked for."""

    def __init__(self, request: Request, cookie: str) -> None:
        self._request = request
        self._cookie = cookie
        self._token: str | None = None
        self._token_known = "HTTP_COOKIE" not in request.environ
        self.modified = False
        self.accessed = False
        self._loaded: service.OpenSession | None = None
        self._values: dict[str, Any] | None = None

    @property
    def token(self) -> str | None:
        """The cookie's value, read when first asked for."""
        if not self._token_known:
            self.token = self._request.cookies.get(self._cookie)
        return self._token

    @token.setter
    def token(self, value: str | None) -> None:
        self._token, self._token_known = value, True

    @property
    def resident_id(self) -> str | None:
        """The signed-in resident, None for nobody."""
        self._load()
        return self._loaded.resident_id if self._loaded else None

    @property
    def is_live(self) -> bool:
        """Whether a stored session stands behind this."""
        self._load()
        return self._loaded is not None

    def _load(self) -> dict[str, Any]:
        if self._values is None:
            self.accessed = True
            if self.token:
                self._loaded = service.find_session(db.session, self.token, now=clock.now())
            self._values = dict(self._loaded.values) if self._loaded else {}
        return self._values

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - a session holds any JSON value
        return self._load()[key]

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401 - same
        self._load()[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        del self._load()[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())


class ServerSessions(SessionInterface):
    """Opens and saves `ServerSession`s. `secure` says whether the site is https."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure
        # `__Host-` binds the cookie to this host and https; plain http may not use it.
        self.cookie = "__Host-machimado" if secure else "machimado"

    def open_session(self, app: Flask, request: Request) -> ServerSession:  # noqa: ARG002 - Flask's
        """A session not looked at yet."""
        return ServerSession(request, self.cookie)

    def save_session(
        self,
        app: Flask,  # noqa: ARG002 - Flask's
        session: SessionMixin,
        response: Response,
    ) -> None:
        """Store what changed. The cookie is set when a session begins and cleared when it ends."""
        if not isinstance(session, ServerSession) or not session.modified:
            return
        with transaction() as database:
            kept = (
                session.token
                and session.is_live
                and service.keep_values(database, session.token, dict(session))
            )
            if not kept:
                session.token, _ = service.start_session(
                    database, None, now=clock.now(), values=dict(session)
                )
                self.set_cookie(response, session.token)

    def set_cookie(self, response: Response, token: str) -> None:
        """Hand the session's key to the browser."""
        response.set_cookie(
            self.cookie,
            token,
            max_age=int(service.RESIDENT_SESSION.total_seconds()),
            secure=self.secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )

    def clear_cookie(self, response: Response) -> None:
        """Ask the browser to forget the key."""
        response.delete_cookie(
            self.cookie, path="/", secure=self.secure, httponly=True, samesite="Lax"
        )
