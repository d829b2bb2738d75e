"""The error family of the product, and the only place that turns errors into answers.

DomainError
├── NotFound            404   there is no such thing, or it is not yours
├── InputInvalid        422   fields are wrong; `errors` says which
├── NotSignedIn         401   a session or key is needed
├── NotAllowed          403   signed in, but not for this
├── Conflict            409   somebody else was faster
├── KeyReused           422   the same Idempotency-Key with another body
├── TooMany             429   slow down
├── StorageFull         507   there is no room for a file; everything else still works
└── Unavailable         503   something outside is down; try again
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import ClassVar

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException

from liff_app import telemetry


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is wrong: its name, a stable code, a sentence in Japanese."""

    field: str
    code: str
    message: str


class DomainError(Exception):
    """Something a service refuses to do. Knows no HTTP; `code` is stable, `title` Japanese."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "処理できませんでした。"

    def __init__(
        self, detail: str = "", *, title: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(detail)
        self.shown_title = title or self.title
        self.shown_code = code or self.code

    def members(self) -> dict[str, object]:
        """What a program is told besides, as further members of problem+json."""
        return {}


class NotFound(DomainError):
    """There is no such thing, or it belongs to somebody else: the answer is the same."""

    code = "not_found"
    title = "お探しのページや情報は見つかりませんでした。"


class InputInvalid(DomainError):
    """Input that cannot be used. `errors` names every field at once."""

    code = "input_invalid"
    title = "入力に誤りがあります。"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(", ".join(f"{e.field}:{e.code}" for e in errors))
        self.errors = list(errors)


class NotSignedIn(DomainError):
    """No valid session, token or key came with the request."""

    code = "not_signed_in"
    title = "ログインが必要です。"


class NotAllowed(DomainError):
    """Signed in, but this is not theirs to do."""

    code = "not_allowed"
    title = "この操作はできません。"


class Conflict(DomainError):
    """The thing changed in the meantime."""

    code = "conflict"
    title = "ほかの人が先に変更しました。新しい内容を確かめてください。"


class KeyReused(DomainError):
    """The same Idempotency-Key came with another body."""

    code = "idempotency_key_reused"
    title = "同じ受付番号で、ちがう内容が送られました。"


class TooMany(DomainError):
    """Too many tries in a short time."""

    code = "too_many"
    title = "短い間に何度も送られました。少し待ってからお試しください。"


class StorageFull(DomainError):
    """A file finds no room. What needs no file still works."""

    code = "storage_full"
    title = "いま写真やファイルをお預かりできません。文章だけなら送れます。"


class Unavailable(DomainError):
    """Something outside the product does not answer."""

    code = "unavailable"
    title = "いま利用できません。しばらくしてからお試しください。"


STATUS: dict[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    InputInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

HTTP_TITLES: dict[int, tuple[str, str]] = {
    400: ("bad_request", "送られた内容を読み取れませんでした。"),
    403: ("not_allowed", "この操作はできません。"),
    404: ("not_found", "お探しのページや情報は見つかりませんでした。"),
    405: ("method_not_allowed", "この操作は使えません。"),
    413: ("too_large", "送られた内容が大きすぎます。"),
    415: ("unsupported_media_type", "この形式は受け付けていません。"),
    429: ("too_many", "短い間に何度も送られました。少し待ってからお試しください。"),
    500: ("internal_error", "申し訳ありません。こちらの不具合で表示できませんでした。"),
    503: ("unavailable", "いま利用できません。しばらくしてからお試しください。"),
}
RETRY_AFTER_SECONDS = 30
OPEN_PREFIX = "/api/v1/shelters"  # other sites' scripts read it, and what it refuses


@dataclass(frozen=True, slots=True)
class Problem:
    """What is answered, before it becomes JSON or a page."""

    status: int
    code: str
    title: str
    errors: tuple[FieldError, ...] = ()
    members: Mapping[str, object] = field(default_factory=dict)


def init_app(app: Flask, to_sign_in: Callable[[], ResponseReturnValue]) -> None:
    """Answer every error in one shape; `to_sign_in` leads a page's visitor to the sign-in."""

    @app.errorhandler(NotSignedIn)
    def not_signed_in(error: NotSignedIn) -> ResponseReturnValue:
        is_sent = request.method not in ("GET", "HEAD")
        if request.path.startswith("/api/") or (is_sent and not _is_console()):
            return respond(_from_domain(error))
        return to_sign_in()

    @app.errorhandler(DomainError)
    def domain(error: DomainError) -> Response:
        return answer(error)

    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(PoolExhausted, _database_busy)
    app.register_error_handler(HTTPException, _http)


def _database_busy(error: Exception) -> Response:
    cause = error.orig if isinstance(error, OperationalError) else error
    telemetry.log().error("database_unavailable", error=type(cause).__name__)
    return respond(Problem(503, *HTTP_TITLES[503]))


def _http(error: HTTPException) -> ResponseReturnValue:
    """What Flask and Werkzeug refuse, keeping the headers that say what would be taken."""
    crash = getattr(error, "original_exception", None)
    if isinstance(crash, OperationalError | PoolExhausted):  # raised while a session was saved
        return _database_busy(crash)
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # a redirect, or an answer made on purpose
    server = error.code >= HTTPStatus.INTERNAL_SERVER_ERROR
    code, title = HTTP_TITLES.get(error.code, HTTP_TITLES[500 if server else 400])
    answer = respond(Problem(error.code, code, title))
    for name in ("Allow", "Retry-After"):
        kept = error.get_response().headers.get(name)
        if kept:
            answer.headers[name] = kept
    return answer


def answer(error: DomainError) -> Response:
    """What is answered to an error, for a handler of a feature's own that has no page for it."""
    return respond(_from_domain(error))


def _from_domain(error: DomainError) -> Problem:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    errors = tuple(error.errors) if isinstance(error, InputInvalid) else ()
    return Problem(status.value, error.shown_code, error.shown_title, errors, error.members())


def respond(problem: Problem) -> Response:
    """The problem as RFC 9457 JSON under /api/, as a page elsewhere."""
    if request.path.startswith("/api/"):
        answer = _as_json(problem)
        if request.path.startswith(OPEN_PREFIX) and request.method != "PUT":
            answer.headers["Access-Control-Allow-Origin"] = "*"
    else:
        name = "console" if _is_console() else "error"
        page = render_template(
            f"errors/{name}.html", error=problem, request_id=telemetry.request_id()
        )
        answer = Response(page, problem.status, mimetype="text/html")
    if problem.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="machimado"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_console() -> bool:
    return request.path.startswith("/console/")


def _as_json(problem: Problem) -> Response:
    body: dict[str, object] = {
        **problem.members,
        "type": "about:blank",
        "status": problem.status,
        "code": problem.code,
        "title": problem.title,
        "request_id": telemetry.request_id(),
    }
    if problem.errors:
        body["errors"] = [asdict(error) for error in problem.errors]
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, problem.status, content_type="application/problem+json")
