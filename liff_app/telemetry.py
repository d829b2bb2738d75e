"""Request ids, JSON logs without personal data, and metrics.

A log line is a constant event name plus allow-listed fields. Never a LINE user id, a position, a
photo's name, message text, a token, a query string or a body.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog
from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram

ALLOWED_FIELDS = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "request_id",
        "method",
        "route",
        "status",
        "ms",
        "audience",
        "count",
        "rows",
        "kind",
        "list",
        "version",
        "job",
        "reason",
        "code",
        "env",
        "port",
        "error",
        "fault",
        "where",
        "seconds",
        "name",
        "pid",
        "schema",
    ]
)
_request_id: ContextVar[str] = ContextVar("request_id", default="")
SLOW_MS = 1000.0


class Metrics:
    """Counters of one process, in a registry of their own so that tests may make many apps."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "machimado_requests",
            "Answers given, by route and class of status.",
            ["route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "machimado_request_seconds",
            "Time from the first line of the request to the answer.",
            registry=self.registry,
        )
        self._children: dict[tuple[str, int], Any] = {}

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count one answer. Children are kept, because `labels()` costs more than counting."""
        key = (route, status // 100)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self.requests.labels(route, f"{status // 100}xx")
        child.inc()
        self.seconds.observe(seconds)


def configure_logging(level: str) -> None:
    """One JSON object per line on standard error, also for what libraries log."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_request_id,
            _only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=_stderr_logger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _stderr_logger(*_args: object) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)


def log() -> Any:  # noqa: ANN401 - structlog's own type
    """The logger. Call with a constant event name and allow-listed keywords."""
    return structlog.get_logger()


def request_id() -> str:
    """Id of the request being answered, empty outside one."""
    return _request_id.get()


def name_request(request_id: str) -> None:
    """Every log line of this thread bears the id from now on."""
    _request_id.set(request_id)


def init_app(app: Flask) -> None:
    """Count every answer; log the slow and the failed ones."""
    metrics = app.extensions["metrics"] = Metrics()

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - request.environ["machimado.begun"]
        route = request.url_rule.rule if request.url_rule else "unknown"
        metrics.count(route, response.status_code, seconds)
        if response.status_code >= 500 or seconds * 1000 > SLOW_MS:  # noqa: PLR2004 - status class
            log().warning(
                "request_troubled",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        return response


def _add_request_id(
    _logger: object, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if _request_id.get():
        fields["request_id"] = _request_id.get()
    return fields


def _only_allowed(
    _logger: object, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: value for name, value in fields.items() if name in ALLOWED_FIELDS}


class _LibraryFormatter(logging.Formatter):
    """What a library logs, cut to where it happened and of which kind: its text may hold input."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {"event": "library", "level": record.levelname.lower()}
        fields["where"] = f"{record.name}:{record.lineno}"
        if record.exc_info and record.exc_info[0]:
            fields["error"] = record.exc_info[0].__name__
            fields["where"] = _innermost(record.exc_info[2]) or fields["where"]
        rendered = structlog.processors.JSONRenderer(ensure_ascii=False)
        return str(rendered(None, "", _add_request_id(None, "", fields)))


def _innermost(traceback: Any) -> str:  # noqa: ANN401 - TracebackType or None
    """File and line of our own code nearest to the failure, without values."""
    found = ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if "liff_app" in code.co_filename:
            found = f"{code.co_filename.rpartition('liff_app')[2]}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return found
