"""Mapping files as bytes: load, check, write."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, Final, TypeVar

from liff_app.geo.codes import is_code
from liff_app.shelters.lists.errors import MappingUnreadable
from liff_app.shelters.lists.mapping import (
    CHECKS,
    FIELDS,
    FORMAT,
    VALUE_KINDS,
    ColumnMapping,
    Datum,
    IdRule,
)
from liff_app.shelters.vocabulary import Fits, Hazard, Role

_MAX_BYTES: Final = 256 * 1024
_TABLES: Final = ("columns", "hazards", "fixed_hazards", "labels", "checks", "values")
# Attribute names and the words of the file differ where a word is clearer there.
_WORDS: Final = {"id_rule": "id"}
_SCALARS: Final = tuple(item.name for item in fields(ColumnMapping) if item.name not in _TABLES)
_KNOWN: Final = {"format", *_TABLES, *(_WORDS.get(name, name) for name in _SCALARS)}
_Word = TypeVar("_Word", bound=StrEnum)


def load_mapping(data: bytes) -> ColumnMapping:
    """Read a mapping file, TOML or JSON. Raises MappingUnreadable, naming the faulty key."""
    document = _document(data)
    unknown = sorted(set(document) - _KNOWN)
    if unknown:
        raise _fault("、".join(unknown), "知らない項目です")
    if document.get("format") != FORMAT:
        raise _fault("format", f"{FORMAT} を指定してください")
    return ColumnMapping(
        name=_text(document, "name", required=True),
        title=_text(document, "title"),
        role=_word(Role, document.get("role", Role.SITE), "role"),
        id_rule=_word(IdRule, document.get("id", IdRule.CONTENT), "id"),
        attribution=_text(document, "attribution"),
        detect=_detect(document.get("detect", [])),
        header_line=_header_line(document),
        sheet=_text(document, "sheet") or None,
        municipality_code=_code(document),
        municipality_name=_text(document, "municipality_name"),
        datum=_word(Datum, document.get("datum", Datum.WORLD), "datum"),
        swapped=_flag(document, "swapped"),
        columns=_columns(document),
        hazards={
            _word(Hazard, key, "hazards"): _headings(value, f"hazards.{key}")
            for key, value in _table(document, "hazards").items()
        },
        fixed_hazards={
            _word(Hazard, key, "fixed_hazards"): _word(Fits, value, f"fixed_hazards.{key}")
            for key, value in _table(document, "fixed_hazards").items()
        },
        labels=_texts(_table(document, "labels"), "labels"),
        checks=_checked(_table(document, "checks"), "checks", CHECKS),
        values=_values(document),
    )


def dump_mapping(mapping: ColumnMapping) -> bytes:
    """Write a mapping as TOML, UTF-8; `load_mapping` gives back an equal one."""
    lines = [f"format = {FORMAT}"]
    for name in _SCALARS:
        value = getattr(mapping, name)
        if value is not None and value != "":
            lines.append(f"{_WORDS.get(name, name)} = {_written(value)}")
    for table in _TABLES[:-1]:
        lines.extend(_table_lines(table, getattr(mapping, table)))
    for kind, entries in mapping.values.items():
        lines.extend(_table_lines(f"values.{kind}", entries))
    return ("\n".join(lines) + "\n").encode()


def _table_lines(name: str, entries: Mapping[str, object]) -> Iterator[str]:
    if entries:
        yield ""
        yield f"[{name}]"
        for key, value in entries.items():
            yield f"{_quoted(key)} = {_written(value)}"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_written(item) for item in value) + "]"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """Quote for TOML: JSON's escapes are valid there, but DEL must be escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > _MAX_BYTES:
        raise MappingUnreadable("対応表ファイルが大きすぎます。")
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise MappingUnreadable(f"対応表ファイルを読めません（{error}）。") from error
    if not isinstance(document, dict):
        raise MappingUnreadable("対応表ファイルの形が違います。")
    return document


def _fault(key: str, reason: str) -> MappingUnreadable:
    return MappingUnreadable(f"対応表ファイルの「{key}」：{reason}。")


def _text(document: Mapping[str, Any], key: str, *, required: bool = False) -> str:
    value = document.get(key, "")
    if not isinstance(value, str) or (required and not value):
        raise _fault(key, "文字で指定してください")
    return value


def _flag(document: Mapping[str, Any], key: str) -> bool:
    value = document.get(key, False)
    if not isinstance(value, bool):
        raise _fault(key, "true か false を指定してください")
    return value


def _header_line(document: Mapping[str, Any]) -> int | None:
    value = document.get("header_line")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise _fault("header_line", "1以上の整数を指定してください")
    return value


def _code(document: Mapping[str, Any]) -> str | None:
    code = _text(document, "municipality_code") or None
    if code is not None and not is_code(code):
        raise _fault("municipality_code", "6桁の全国地方公共団体コードを指定してください")
    return code


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise _fault(key, "表で指定してください")
    return value


def _word(kind: type[_Word], value: object, key: str) -> _Word:
    try:
        return kind(str(value))
    except ValueError as error:
        choices = "、".join(kind)
        raise _fault(key, f"「{value}」は使えません（{choices}）") from error


def _headings(value: object, key: str) -> tuple[str, ...]:
    """Headings of one field: a text or a list of texts."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) and item for item in items):
        raise _fault(key, "見出しを文字か文字の並びで指定してください")
    return tuple(items)


def _detect(value: object) -> tuple[tuple[str, ...], ...]:
    """Alternatives, each a group of headings; a flat list is one alternative."""
    if isinstance(value, list) and value and all(isinstance(item, list) for item in value):
        return tuple(_headings(item, "detect") for item in value if item)
    group = _headings(value, "detect")
    return (group,) if group else ()


def _columns(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    table = _table(document, "columns")
    for key in table:
        if key not in FIELDS:
            raise _fault(f"columns.{key}", "知らない項目です")
    columns = {key: _headings(value, f"columns.{key}") for key, value in table.items()}
    if not columns.get("name"):
        raise _fault("columns.name", "名称の見出しは必ず指定してください")
    return columns


def _texts(table: Mapping[str, Any], key: str) -> dict[str, str]:
    if not all(isinstance(value, str) for value in table.values()):
        raise _fault(key, "文字で指定してください")
    return dict(table)


def _checked(table: Mapping[str, Any], key: str, allowed: frozenset[str]) -> dict[str, str]:
    texts = _texts(table, key)
    for name, value in texts.items():
        if value not in allowed:
            raise _fault(
                f"{key}.{name}", f"「{value}」は使えません（{'、'.join(sorted(allowed))}）"
            )
    return texts


def _values(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    kinds = _table(document, "values")
    for kind, entries in kinds.items():
        if kind not in VALUE_KINDS or not isinstance(entries, dict):
            raise _fault(f"values.{kind}", f"使えるのは {'、'.join(VALUE_KINDS)} です")
    return {
        kind: _checked(entries, f"values.{kind}", VALUE_KINDS[kind])
        for kind, entries in kinds.items()
    }
