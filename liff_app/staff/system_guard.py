"""How the gate checks that a request comes from another system, and one that may.

A key travels as `Authorization: Bearer mmk_…`. Nothing sends it by itself, so there is no form
token and no Origin to check.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app, g, request

from liff_app import clock, limits
from liff_app.db import db, transaction
from liff_app.errors import NotAllowed, NotSignedIn
from liff_app.staff import api_keys
from liff_app.staff.api_keys import KeyView
from liff_app.staff.guard import Needs
from liff_app.staff.vocabulary import KeyScope

__all__ = ["KeyInvalid", "ScopeMissing", "caller", "require", "shown_key", "system"]

MOST = 120  # requests of one key in a window: two a second, all day
WINDOW_SECONDS = 60


class KeyInvalid(NotSignedIn):
    """No key came, or one that opens nothing: unknown, wrong, expired and revoked look alike."""

    code = "key_invalid"
    title = "鍵が使えません。発行した町に確かめてください。"


class ScopeMissing(NotAllowed):
    """The key is good, but not for this."""

    code = "scope_missing"
    title = "この鍵では、この操作はできません。"


def system(app: Flask, needs: Needs) -> Callable[[], None]:
    """The guard of SYSTEM for an app with that table."""
    app.extensions["system_needs"] = needs

    def check() -> None:
        """Raises KeyInvalid, TooMany, or ScopeMissing, also where the endpoint has no line."""
        need = needs.get(request.endpoint or "")
        require(need.scope if need else None)

    return check


def shown_key() -> KeyView | None:
    """The live key that came with the request; None where none came. Looked up and counted once.

    For an address that opens to keys as well as to people. Raises KeyInvalid for a key that opens
    nothing, and TooMany.
    """
    if "api_key" not in g:
        g.api_key = _look_up()
    found: KeyView | None = g.api_key
    return found


def require(scope: KeyScope | None) -> KeyView:
    """The key that came, if it has the scope. Raises KeyInvalid, TooMany or ScopeMissing."""
    found = shown_key()
    if found is None:
        raise KeyInvalid("no key")
    if scope is None or scope not in found.scopes:
        raise ScopeMissing(f"no {scope}")
    return found


def caller() -> KeyView:
    """The key behind this request, inside a view for SYSTEM. Raises KeyInvalid elsewhere."""
    found = shown_key()
    if found is None:
        raise KeyInvalid("no key")
    return found


def _look_up() -> KeyView | None:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not api_keys.looks_like_key(text):
        return None
    now = clock.now()
    found = api_keys.find(db.session, text, now=now)
    if found is None:
        raise KeyInvalid("opens nothing")
    # Counted once it is known to be the key: who only knows its id cannot use up its tries.
    counts = current_app.extensions["limits"]
    limits.allow(counts, found.actor, most=MOST, window_seconds=WINDOW_SECONDS)
    if api_keys.is_worth_noting(found, now):
        with transaction() as session:
            api_keys.used(session, found.id, now=now)
    return found
