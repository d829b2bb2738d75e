"""Words that a language lacks: warnings, because another language stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from liff_app.procedures.workbooks.columns import SPOKEN
from liff_app.procedures.workbooks.faults import Fault, shortened
from liff_app.procedures.workbooks.findings import Desk, Desks
from liff_app.procedures.workbooks.grid import SETTINGS, Row, letter

_MOST_ROWS: Final = 8  # named in one sentence
_TITLE: Final = "machimado_title"  # its default is the cell form_title


def check(desks: Desks) -> None:
    """Each language has every text that the default language has, and the default has them all."""
    for desk in desks:
        for base in SPOKEN[desk.name]:
            if base != _TITLE:
                _check_default(desk, base, desks.languages.default)
            for code in desks.languages.codes[1:]:
                _check_language(desk, base, code, desks.languages.default)


def _check_default(desk: Desk, base: str, default: str) -> None:
    for row in desk.sheet.rows:
        said = desk.columns.words(row, base)
        if said and default not in said:
            at = desk.columns.spoken[base].get(default)
            message = f"{base} に、もとになる言語（{default}）の文がありません。"
            desk.fault_at("words_missing", message, row, at)


def _check_language(desk: Desk, base: str, code: str, default: str) -> None:
    at = desk.columns.spoken.get(base, {}).get(code)
    missing = list(_missing(desk, base, code, default))
    if not missing:
        return
    heading = desk.sheet.header[at] if at is not None else f"{base}（{code}）"
    numbers = "、".join(f"{row.number}" for row in missing[:_MOST_ROWS])
    more = "など" if len(missing) > _MOST_ROWS else ""
    where = "" if desk.name == SETTINGS else f"（{numbers}行目{more}）"
    desk.findings.warnings.append(
        Fault(
            code="translation_missing",
            message=f"{shortened(heading)} の文が{len(missing)}件ありません{where}。"
            "ほかの言語の文が出ます。",
            sheet=desk.name,
            row=missing[0].number,
            column="" if at is None else letter(at),
            heading=shortened(heading) if at is not None else "",
        )
    )


def _missing(desk: Desk, base: str, code: str, default: str) -> Iterator[Row]:
    for row in desk.sheet.rows:
        said = desk.columns.words(row, base)
        if (said.get(default) or base == _TITLE) and code not in said:
            yield row
