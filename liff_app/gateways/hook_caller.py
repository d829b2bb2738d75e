"""Calls to other systems that asked to be told. Only to addresses that the settings allow."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from typing import Protocol
from urllib.parse import urlsplit

from liff_app.gateways.line_jwks import fetch_once

TIMEOUT_S = 5.0


class HookFailed(Exception):
    """The system did not take the call; it may later. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HookCaller(Protocol):
    """What is asked of it."""

    def call(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """The system has taken the body (2xx). Raises HookFailed."""


def is_allowed(url: str, origins: Sequence[str]) -> bool:
    """Whether the address lies below one of the origins, and hides nothing.

    A name before the host, a backslash or a control character would mean one host to us and
    another to whoever connects.
    """
    if any(ord(one) <= ord(" ") or one in "\\\x7f#" or not one.isascii() for one in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return "@" not in parts.netloc and f"{parts.scheme}://{parts.netloc}" in origins


class HttpHookCaller:
    """Calls by HTTP, follows nothing, waits `TIMEOUT_S` at most for each step."""

    def __init__(self, origins: Sequence[str], in_transaction: Callable[[], bool]) -> None:
        self._origins = origins
        self._in_transaction = in_transaction

    def call(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """POST the body. Raises HookFailed for whatever is no 2xx."""
        if self._in_transaction():
            raise RuntimeError("no network inside a transaction")
        if not is_allowed(url, self._origins):
            raise HookFailed("not_allowed")
        request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310 - the list allows https, and http outside production
        try:
            fetch_once(request, TIMEOUT_S)
        except urllib.error.HTTPError as error:
            error.close()
            raise HookFailed(f"status_{error.code}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise HookFailed("no_answer") from error


class RecordingHookCaller:
    """For tests: what was called, and how it answers next."""

    def __init__(self, in_transaction: Callable[[], bool]) -> None:
        self._in_transaction = in_transaction
        self.calls: list[tuple[str, bytes, dict[str, str]]] = []
        self.failures: list[str] = []  # reasons, for the next calls

    def call(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Noted. Raises HookFailed while there are failures left."""
        if self._in_transaction():
            raise RuntimeError("no network inside a transaction")
        self.calls.append((url, body, dict(headers)))
        if self.failures:
            raise HookFailed(self.failures.pop(0))
