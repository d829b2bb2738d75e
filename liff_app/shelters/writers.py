"""Who may change a place's state, however they come: a pass, a colleague, or another system's key.

One guard for all three, so that one address serves them. What travels by itself (the console's
cookie) needs a form token and an Origin of ours; a key or a pass is shown on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g, request

from liff_app import limits
from liff_app.db import db
from liff_app.errors import NotAllowed, NotFound, NotSignedIn
from liff_app.shelters.passes import service as passes
from liff_app.shelters.passes.guard import count_said
from liff_app.staff import guard, system_guard
from liff_app.staff.guard import Needs
from liff_app.staff.vocabulary import Role

__all__ = ["PassInvalid", "Writer", "shelter_writer", "writer"]

WRONG_A_MINUTE = 60  # wrong passes from one address; phones send theirs in the address instead


class PassInvalid(NotSignedIn):
    """What came as Bearer is no pass that opens anything."""

    code = "pass_invalid"
    title = "このQRコードは使えません。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Somebody who may change states: all of them, or of `shelters` alone, which others lack.

    `disaster_id` is set where they speak of that disaster only.
    """

    actor: str
    shelters: frozenset[str] | None = None
    disaster_id: str | None = None

    def check(self, shelter_id: str) -> None:
        """Raises NotFound for a place that is not theirs: it looks like one that is not there."""
        if self.shelters is not None and shelter_id not in self.shelters:
            raise NotFound("not theirs", title="その避難所はありません。")


def writer() -> Writer:
    """Who sent this request; set by the guard."""
    return cast("Writer", g.shelter_writer)


def shelter_writer(app: Flask, needs: Needs) -> Callable[[], None]:
    """The guard of SHELTER_WRITER for an app with that table."""
    app.extensions["writer_needs"] = needs

    def check() -> None:
        """Sets `writer()`. Raises NotSignedIn, NotAllowed, TooMany, or a key's own errors."""
        g.shelter_writer = _by_key() or _by_pass() or _by_session()

    return check


def _by_key() -> Writer | None:
    key = system_guard.shown_key()
    if key is None:
        return None
    need = current_app.extensions["writer_needs"].get(request.endpoint or "")
    system_guard.require(need.scope if need else None)
    return Writer(actor=key.actor)


def _by_pass() -> Writer | None:
    scheme, _, typed = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    try:
        shown = typed if scheme.lower() == "bearer" else ""
        found = passes.open_pass(db.session, shown, keys=current_app.config["SETTINGS"].keys)
    except passes.PassOver:
        raise  # it was one: its phone learns that it is over
    except NotFound:
        counts = current_app.extensions["limits"]
        about = f"bearer:{request.remote_addr}"
        limits.allow(counts, about, most=WRONG_A_MINUTE, window_seconds=60)
        raise PassInvalid("no such pass") from None
    count_said(found)
    mine = frozenset({found.shelter_id})
    return Writer(actor=found.author, shelters=mine, disaster_id=found.disaster_id)


def _by_session() -> Writer:
    colleague = guard.colleague()
    need = current_app.extensions["writer_needs"].get(request.endpoint or "")
    if need is None or not need.roles & colleague.roles or not colleague.may(Role.SHELTER_STAFF):
        raise NotAllowed("no grant to change shelters")
    return Writer(actor=colleague.actor, shelters=colleague.shelters())
