"""Sound workbooks made odd or hostile, the same for the same seed and number."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

from liff_app.procedures import samples
from liff_app.procedures.workbooks import reading, writing
from liff_app.procedures.workbooks.grid import SHEETS, SURVEY, Grid, Row, Sheet, writable
from tests.procedures.workbooks import archives, grids

Rng = random.Random

EXPRESSIONS = (
    "(" * 400 + "1" + ")" * 400,
    "(" * 3_000,
    ")" * 3_000,
    "doc('/etc/passwd')/x",
    "unparsed-text('file:///etc/passwd')",
    "environment-variable('SECRET_KEY')",
    "1 to 100000000",
    "count(for $x in 1 to 100000000 return $x)",
    "regex(., '^(a+)+$')",
    "regex(., '(?=x)(\\1)[')",
    "regex(., '" + "(a{1,100}){1,100}" * 3 + "')",
    "-" * 1_900 + "1",
    "1" + " + 1" * 480,
    "not(" * 60 + "true()" + ")" * 60,
    "9" * 1_500 + " * " + "9" * 400,
    "pow(10, 1000000000)",
    "repeat('a', 1000000000)",
    "${",
    "${}",
    "${meta}",
    "${kind",
    "//*[contains(., 'a')]",
    "../../../etc/passwd",
    "string-length(" * 30 + "'" + "あ" * 300 + "'" + ")" * 30,
    "if(1, 2",
    "‘sofa’ = “sofa”",
    "＄｛ｋｉｎｄ｝　＝　１",
    "' or 1=1 --",
    "concat(" + "'x', " * 300 + "'y')",
    "jr:choice-name(${kind}, '${kind}')",
    "instance('items')/root/item[name = ${kind}]/fee",
    "machimado:choice(${kind}, 'fee')",
    "date('9999-99-99') + 1e999",
    "1 div 0",
    "",
)
TOKENS = (
    "", " ", "=1+1", '=HYPERLINK("http://127.0.0.1")', "@SUM(A1)", "-", "'", '"', "<b>x</b>",
    "&amp;", "]]>", "\u202e", "\u200b", "葛\U000e0100", "\ufa19", "𠮷", "한", "é", "x" * 5_000,
    "あ" * 4_999, "yes", "no", "TRUE", "0", "-1", "1.5", "1e400", "nan", "２", "true()", "kind",
    "${kind}", "begin_group", "end_group", "begin_repeat", "end_repeat", "select_one items",
    "select_one", "select_one  nothing", "select_one_from_file x.csv", "select_multiple items",
    "text", "ｔｅｘｔ", "txet", "integer", "image", "note", "calculate", "hidden", "csv-external",
    "start", "audio", "meta", "data", "instanceID", "a b", "A", "名前", "_x0041_", "_x0000_", "\n",
    "a\nb", "../x", "file:///etc/passwd", "null", "None", "{0}", "%s", "{{x}}", "$PREFIX$",
    "select_one items or_other", "page", "page_kind", "kind_count", "日本語 (ja)", "English (en)",
)  # fmt: skip
HEADINGS = (
    "", "relevence", "type", "name", "ラベル", "label", "label::English", "label::English (en)",
    "label::日本語 (ja)", "label::(((((", "hint", "bind::machimado:pii", "bind::machimado:nothing",
    "bind::jr:preload", "media::image", "body::x", "instance::x", "trigger", "save_to", "image",
    "control::x", "ｒｅｌｅｖａｎｔ", "::", "a::b::c", "bind", "list_name", "namespaces", "form_id",
    "allow_choice_duplicates", "public_key", "submission_url", "x" * 2_000, "label:English (en)",
    "calculate", "caption", "read_only", "default", "choice_filter", "repeat_count", "parameters",
)  # fmt: skip
_FORMULA_COLUMNS = ("relevant", "constraint", "calculation", "required", "choice_filter", "default",
                    "repeat_count", "label::日本語 (ja)")  # fmt: skip


@cache
def bases() -> tuple[bytes, ...]:
    """The sound workbooks that are changed."""
    rich = grids.grid_of(
        grids.asked("integer", "pieces", required="yes", constraint=". >= 1 and . <= 10"),
        grids.asked("text", "who", normalise="name", pii="basic", relevant="${pieces} > 2"),
        grids.asked("calculate", "fee", calculation="${pieces} * 300", payment="yes"),
    )
    return (writing.write(rich), writing.blank("試し"), *map(samples.raw, samples.names()))


@cache
def _base_grids() -> tuple[Grid, ...]:
    return tuple(map(reading.open_workbook, bases()))


def mutated(number: int, seed: int) -> tuple[str, bytes]:
    """The workbook of that number: which level was changed, and its bytes."""
    rng = random.Random(f"{seed}:{number}")
    level = rng.choice(list(_LEVELS))
    return level, _LEVELS[level](rng)


def _of_bytes(change: Callable[[bytes, Rng], bytes]) -> Callable[[Rng], bytes]:
    def made(rng: Rng) -> bytes:
        raw = rng.choice(bases())
        for _ in range(rng.choice((1, 1, 1, 2))):
            try:
                raw = change(raw, rng)
            except archives.NO_ZIP:  # what was changed before is none any more
                return raw
        return raw

    return made


def _of_grid(change: Callable[[Grid, Rng], Grid]) -> Callable[[Rng], bytes]:
    def made(rng: Rng) -> bytes:
        grid = rng.choice(_base_grids())
        for _ in range(rng.choice((1, 1, 2, 5))):
            grid = change(grid, rng)
        return writing.write(grid)

    return made


def _cell(grid: Grid, rng: Rng) -> Grid:
    name = rng.choice(SHEETS)
    sheet = grid.sheet(name)
    numbers = [row.number for row in sheet.rows] or [2]
    place = rng.choice(numbers), rng.randrange(len(sheet.header) + 1)
    return grids.with_cell(grid, name, place, writable(rng.choice(TOKENS)).strip())


def _heading(grid: Grid, rng: Rng) -> Grid:
    name = rng.choice(SHEETS)
    at = rng.randrange(len(grid.sheet(name).header) + 1)
    return grids.with_cell(grid, name, (1, at), rng.choice(HEADINGS))


def _expression(grid: Grid, rng: Rng) -> Grid:
    sheet = grid.survey
    at = sheet.column(rng.choice(_FORMULA_COLUMNS))
    number = rng.choice([row.number for row in sheet.rows] or [2])
    if at is None:
        return grid
    return grids.with_cell(grid, SURVEY, (number, at), rng.choice(EXPRESSIONS).strip())


def _rows(grid: Grid, rng: Rng) -> Grid:
    name = rng.choice((SURVEY, SURVEY, *SHEETS))
    rows = list(grid.sheet(name).rows)
    if not rows:
        return grid
    match rng.randrange(6):
        case 0:
            rng.shuffle(rows)
        case 1:
            rows.pop(rng.randrange(len(rows)))
        case 2:
            rows.insert(rng.randrange(len(rows)), rng.choice(rows))
        case 3:
            one, other = rng.randrange(len(rows)), rng.randrange(len(rows))
            rows[one], rows[other] = rows[other], rows[one]
        case 4:
            rows = rows * rng.choice((2, 40, 300))
        case _:
            rows = [row for row in rows if rng.random() < 0.5]
    renumbered = tuple(Row(at, row.cells) for at, row in enumerate(rows[:7_000], start=2))
    return grids.with_sheet(grid, name, Sheet(grid.sheet(name).header, renumbered))


def _far(grid: Grid, rng: Rng) -> Grid:
    place = rng.choice(((6_001, 0), (900, 1), (2, 119), (2, 121), (50_000, 0), (2, 16_000)))
    return grids.with_cell(grid, rng.choice(SHEETS), place, "x")


def _sheets(rng: Rng) -> bytes:
    """Sheets renamed, hidden, missing, doubled, many."""
    parts = archives.parts_of(rng.choice(bases()))
    book = parts["xl/workbook.xml"]
    name = rng.choice(SHEETS).encode()
    match rng.randrange(5):
        case 0:
            other = rng.choice((b"Survey", b"surveys", b"Sheet1", "調査".encode(), b"SURVEY", b""))
            book = book.replace(b'name="' + name, b'name="' + other)
        case 1:
            state = rng.choice((b"hidden", b"veryHidden", b"nowhere"))
            book = book.replace(b'name="' + name, b'state="' + state + b'" name="' + name)
        case 2:
            book = book.replace(b'name="choices"', b'name="survey"')
        case 3:
            sheet = book[book.index(b"<sheet ") : book.index(b"/>", book.index(b"<sheet ")) + 2]
            book = book.replace(sheet, sheet * rng.choice((0, 2, 60)))
        case _:
            book = book.replace(b'r:id="rId1"', b'r:id="' + rng.choice((b"rId9", b"")) + b'"')
    return archives.packed(parts | {"xl/workbook.xml": book})


_LEVELS: dict[str, Callable[[Rng], bytes]] = {
    "bytes": _of_bytes(archives.bytes_changed),
    "entries": _of_bytes(archives.entries_changed),
    "xml": _of_bytes(archives.xml_changed),
    "cells": _of_grid(_cell),
    "headings": _of_grid(_heading),
    "rows": _of_grid(_rows),
    "far": _of_grid(_far),
    "expressions": _of_grid(_expression),
    "sheets": _sheets,
}
