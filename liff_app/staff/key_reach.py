"""The procedures that a key may be let read. What there are is known above: `surfaces` says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from liff_app.staff.api_keys import KeyView
from liff_app.staff.rules import Colleague


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A procedure whose submissions can be read, as the pages and commands of keys name it."""

    id: str
    slug: str
    title: str


ListReadable = Callable[[Session, Colleague | None], Sequence[Readable]]


def readable(session: Session, colleague: Colleague | None) -> Sequence[Readable]:
    """What that colleague may let a key read, at most what they read themselves. None: all.

    In the town's order.
    """
    found: ListReadable = current_app.extensions["key_procedures"]
    return found(session, colleague)


def detail_of(view: KeyView, known: Sequence[Readable]) -> dict[str, str]:
    """What the log says of a new key."""
    named = " ".join(one.slug for one in known if one.id in view.procedures)
    return {"scopes": " ".join(view.scopes)} | ({"procedures": named} if named else {})
