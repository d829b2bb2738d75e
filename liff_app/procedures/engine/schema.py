"""The JSON Schema of what a form sends: the contract of the API and of exports.

It says less than the form does: whether a question is asked depends on other answers, so only what
is always asked is required here. Two things hold, both ways tested:

- Whatever `evaluate` would send without a problem is valid by the schema.
- Where a single answer is not valid by its schema, `evaluate` tells a problem or does not keep it.

Left to the evaluator alone: relevance, constraints, filters, whether a date exists, and lengths of
text, which it counts in characters as people see them and JSON Schema in code points.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from liff_app.procedures.engine.answers import (
    INTEGER_MOST,
    LONG_TEXT_MOST,
    MOST_CODE_POINTS,
    PLACE_TEXT_MOST,
    RADIUS_MOST,
    TEXT_MOST,
    most_files,
)
from liff_app.procedures.engine.document import (
    Document,
    Group,
    Item,
    Kind,
    Page,
    Question,
    Repeat,
    Text,
    words,
)
from liff_app.procedures.engine.program import MOST_INSTANCES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def json_schema(document: Document) -> Schema:
    """The schema (2020-12) of the answers as they are sent, with labels as titles."""
    language = document.default_language
    return {
        "$schema": DIALECT,
        "$id": f"urn:machimado:procedures:{document.form_id}",
        "title": words(document.title, language, language),
        **_object(document.pages, language),
    }


def _object(items: Iterable[Page | Item], language: str) -> Schema:
    """The answers of these items, groups dissolved."""
    leaves = list(_leaves(items, is_certain=True))
    required = [item.name for item, is_certain in leaves if is_certain and _is_required(item)]
    return {
        "type": "object",
        "properties": {item.name: _property(item, language) for item, _ in leaves},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _leaves(
    items: Iterable[Page | Item], *, is_certain: bool
) -> Iterable[tuple[Question | Repeat, bool]]:
    """What has an answer of its own, and whether it is asked whatever the other answers are."""
    for item in items:
        certain = is_certain and item.relevant is None
        if isinstance(item, Page | Group):
            yield from _leaves(item.items, is_certain=certain)
        elif isinstance(item, Repeat) or item.kind is not Kind.NOTE:
            yield item, certain


def _is_required(item: Question | Repeat) -> bool:
    if isinstance(item, Repeat):
        return item.count is None and item.least > 0
    always = item.required is not None and item.required.strip() == "true()"
    return always and item.kind is not Kind.CALCULATED


def _property(item: Question | Repeat, language: str) -> Schema:
    told = _told("title", item.label, language) | _told("description", item.hint, language)
    if isinstance(item, Question):
        return told | _answer(item)
    return told | {
        "type": "array",
        "items": _object(item.items, language),
        "minItems": 1 if item.count is not None else max(1, item.least),
        "maxItems": min(item.most, MOST_INSTANCES),
    }


def _told(key: str, text: Text, language: str) -> Schema:
    found = words(text, language, language)
    return {key: found} if found else {}


def _answer(question: Question) -> Schema:
    """The schema of one answer."""
    values = [choice.value for choice in question.choices]
    match question.kind:
        case Kind.CHOOSE_ONE:
            return {"enum": values}
        case Kind.CHOOSE_MANY:
            return _several({"enum": values}, len(values))
        case Kind.PHOTO | Kind.FILE | Kind.SIGNATURE:
            name = {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"}
            return _several(name, most_files(question))
        case _:
            return dict(_PLAIN[question.kind])


def _several(item: Schema, most: int) -> Schema:
    return {"type": "array", "items": item, "minItems": 1, "maxItems": most, "uniqueItems": True}


def _text(most: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": most * MOST_CODE_POINTS}


def _number(kind: str, least: int, most: int) -> Schema:
    return {"type": kind, "minimum": least, "maximum": most}


_PLAIN: dict[Kind, Schema] = {
    Kind.TEXT: _text(TEXT_MOST),
    Kind.LONG_TEXT: _text(LONG_TEXT_MOST),
    Kind.INTEGER: _number("integer", -INTEGER_MOST, INTEGER_MOST),
    Kind.DECIMAL: _number("number", -INTEGER_MOST, INTEGER_MOST),
    Kind.DATE: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    Kind.TIME: {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    Kind.CONSENT: {"const": True},
    Kind.CALCULATED: {"type": ["string", "number"], "readOnly": True},
    Kind.PLACE: {
        "type": "object",
        "properties": {
            "lat": _number("number", -90, 90),
            "lon": _number("number", -180, 180),
            "accuracy_m": _number("number", 0, RADIUS_MOST),
            "text": _text(PLACE_TEXT_MOST),
        },
        "required": ["lat", "lon"],
        "additionalProperties": False,
    },
}
