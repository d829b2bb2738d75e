"""Categories as JSON and back: what is stored of one, or sent to a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from liff_app.reports.categories.model import (
    Category,
    Option,
    Question,
    QuestionKind,
    Stop,
    StopKind,
)
from liff_app.reports.vocabulary import Group

APART = ("code", "version")  # columns of their own


def pack(category: Category) -> dict[str, Any]:
    """Everything that a row holds as JSON."""
    packed = asdict(category)
    return {name: value for name, value in packed.items() if name not in APART}


def differing(category: Category, base: Category) -> dict[str, Any]:
    """What of the category is not as in `base`: the rest follows `base` when that gets better."""
    plain = pack(base)
    return {name: value for name, value in pack(category).items() if value != plain[name]}


def overlay(base: Category, body: Mapping[str, Any], *, version: int) -> Category:
    """The category that `body` makes of `base`."""
    read: dict[str, Any] = {name: value for name, value in body.items() if name in pack(base)}
    if "group" in read:
        read["group"] = Group(read["group"])
    if "stop" in read:
        read["stop"] = _stop(read["stop"])
    if "questions" in read:
        read["questions"] = tuple(_question(one) for one in read["questions"])
    whole = {name: getattr(base, name) for name in Category.__dataclass_fields__}
    return Category(**(whole | read | {"code": base.code, "version": version}))


def _stop(packed: Mapping[str, Any] | None) -> Stop | None:
    if packed is None:
        return None
    return Stop(**{**packed, "kind": StopKind(packed["kind"])})


def _question(packed: Mapping[str, Any]) -> Question:
    options = tuple(
        Option(code=one["code"], label=one["label"], stop=_stop(one["stop"]))
        for one in packed["options"]
    )
    return Question(**{**packed, "kind": QuestionKind(packed["kind"]), "options": options})
