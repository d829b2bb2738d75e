"""What the page of the log must be told by features that stand above it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy.orm import Session

Names = Callable[[Session, Collection[str]], Mapping[str, str]]
Say = Callable[[Session, str], str]
Note = Callable[..., None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How the console names things and writes events, filled in when the app is made.

    `names`: for a kind of actor or subject (`staff`, `key`, `shelter`) gives names by id. `values`:
    for the name of a detail, what its codes are called, by the feature that wrote them. `note`
    writes an event by the colleague who asks; `fresh` raises where they must prove again who
    they are.
    """

    names: Mapping[str, Names]
    values: Mapping[str, Say]
    note: Note
    fresh: Callable[[], None]


def init_app(app: Flask, desk: Desk) -> None:
    """The app's desk is this one."""
    app.extensions["audit_desk"] = desk


def desk() -> Desk:
    """The desk of this app."""
    found: Desk = current_app.extensions["audit_desk"]
    return found


def names_of(session: Session, things: Collection[str]) -> dict[str, str]:
    """Names of those `kind:id` that have one; one read for each kind."""
    by_kind: dict[str, set[str]] = {}
    for thing in things:
        kind, _sign, one = thing.partition(":")
        if one:
            by_kind.setdefault(kind, set()).add(one)
    return {
        f"{kind}:{one}": name
        for kind, ids in by_kind.items()
        if kind in desk().names
        for one, name in desk().names[kind](session, ids).items()
    }
