"""Headings: each is a column there is, stands once, and speaks a language that has a code."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from liff_app.procedures.workbooks.columns import (
    MEMOS,
    OWN,
    OWN_COLUMNS,
    PLAIN,
    SPOKEN,
    Heading,
    headings,
    language_code,
)
from liff_app.procedures.workbooks.faults import shortened
from liff_app.procedures.workbooks.findings import Desk, Desks
from liff_app.procedures.workbooks.grid import CHOICES, SURVEY
from liff_app.procedures.workbooks.spelling import nearest
from liff_app.procedures.workbooks.writing import NAMESPACES

_EXTRA: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_DECLARED: Final = re.compile(r"(?:^|\s)machimado\s*=\s*[\"']urn:machimado:form:1[\"'](?=\s|$)")
_NEEDED: Final = {SURVEY: ("type", "name"), CHOICES: ("list_name", "name")}


def check(desks: Desks) -> None:
    """Every heading of the three sheets, and what must be declared for them."""
    for desk in desks:
        found = headings(desk.name, desk.sheet)
        for one in found:
            _check_one(desk, one)
        _check_doubles(desk, found)
        _check_needed(desk, found)
        _check_nameless(desk)
    _check_namespace(desks)
    _check_default_language(desks)


def known(name: str) -> list[str]:
    """Every heading a sheet may have, languages left out."""
    own = [OWN + one for one in OWN_COLUMNS] if name == SURVEY else []
    return [*PLAIN[name], *SPOKEN[name], *own]


def _check_one(desk: Desk, one: Heading) -> None:
    if one.base in SPOKEN[desk.name]:
        if one.said and not one.code:
            desk.heading_fault(
                "language_unknown",
                f"「{shortened(one.said)}」に言語の記号がありません。"
                "「日本語 (ja)」「やさしい日本語 (ja-simple)」「English (en)」のように書きます。",
                one.at,
            )
        return
    if one.base in known(desk.name) or one.base in MEMOS:
        return
    if desk.name == CHOICES and _EXTRA.fullmatch(one.base) and one.base != "media":
        return  # a column of the list's own
    desk.heading_fault(
        "column_unknown",
        f"「{shortened(one.text)}」という列はありません。",
        one.at,
        _meant(desk, one),
    )


def _meant(desk: Desk, one: Heading) -> str:
    """The heading that may be meant, with the language that was written."""
    base, mark, said = one.text.partition("::")
    whole = nearest(one.text, known(desk.name))
    if whole:
        return whole
    tail = one.text.rpartition(":")[2]
    if desk.name == SURVEY and nearest(tail, OWN_COLUMNS):
        return OWN + nearest(tail, OWN_COLUMNS)
    spoken = nearest(base, SPOKEN[desk.name]) if mark else ""
    return f"{spoken}::{said.strip()}" if spoken else ""


def _check_doubles(desk: Desk, found: tuple[Heading, ...]) -> None:
    """The same column twice: also the same language under two names."""
    seen: Counter[tuple[str, str]] = Counter()
    for one in found:
        if one.base in MEMOS:
            continue
        seen[one.base, one.code or one.said] += 1
        if seen[one.base, one.code or one.said] > 1:
            desk.heading_fault(
                "column_twice", f"「{shortened(one.text)}」の列が2つあります。", one.at
            )


def _check_needed(desk: Desk, found: tuple[Heading, ...]) -> None:
    if not desk.sheet.header and not desk.sheet.rows:
        return
    there = {one.base for one in found}
    for base in _NEEDED.get(desk.name, ()):
        if base not in there:
            desk.fault("column_missing", f"「{base}」の列がありません。1行目に見出しが必要です。")


def _check_nameless(desk: Desk) -> None:
    """Cells under no heading say nothing to anybody."""
    named = {at for at, text in enumerate(desk.sheet.header) if text}
    for row in desk.sheet.rows:
        for at in row.cells:
            if at not in named:
                desk.fault_at("no_heading", "見出しのない列に文字があります。", row, at)
                return


def _check_namespace(desks: Desks) -> None:
    """Own columns need their prefix declared, or other tools refuse the form."""
    uses = any(one.base.startswith(OWN) for one in headings(SURVEY, desks.survey.sheet))
    row = desks.settings.sheet.rows[0] if desks.settings.sheet.rows else None
    said = desks.settings.cell(row, "namespaces") if row else ""
    if uses and not _DECLARED.search(said):
        desks.settings.fault(
            "namespace_missing",
            "bind::machimado: の列を使うときは、settings シートの namespaces 列に"
            f" {NAMESPACES} と書いてください。",
            row,
            "namespaces",
            "" if said else NAMESPACES,
        )


def _check_default_language(desks: Desks) -> None:
    rows = desks.settings.sheet.rows
    grid_said = desks.settings.cell(rows[0], "default_language") if rows else ""
    if grid_said and not language_code(grid_said):
        desks.settings.fault(
            "language_unknown",
            "default_language は「日本語 (ja)」のように、言語の記号をつけて書きます。",
            rows[0],
            "default_language",
        )
    elif grid_said and language_code(grid_said) != desks.languages.default:
        desks.settings.fault(
            "default_language_unused",
            f"「{shortened(grid_said)}」の列がありません。label の列の言語と同じにしてください。",
            rows[0],
            "default_language",
        )
