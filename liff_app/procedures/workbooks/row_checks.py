"""Cells of the survey sheet that are no expressions: words, defaults, cells nobody reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Final

from liff_app.procedures.engine.document import FILE_KINDS, UNASKED, Kind
from liff_app.procedures.workbooks import formula_words, options, xlsform
from liff_app.procedures.workbooks.columns import SPOKEN
from liff_app.procedures.workbooks.faults import shortened
from liff_app.procedures.workbooks.findings import Desk, Desks
from liff_app.procedures.workbooks.grid import SETTINGS, Row
from liff_app.procedures.workbooks.outline import Line
from liff_app.procedures.workbooks.spelling import nearest

MOST_WORDS: Final = 2_000
MOST_LONG_WORDS: Final = 4_000  # of purposes and such, on the settings sheet
_APPEARANCES: Final = ("multiline", "signature", "birth")
_OTHER_APPEARANCES: Final = frozenset(
    {"field-list", "minimal", "quick", "horizontal", "columns", "likert", "numbers", "new", "maps"}
)
# Which cells a row does not read, by what it is.
_UNREAD: Final[Mapping[str, tuple[str, ...]]] = {
    "group": ("required", "constraint", "calculation", "default", "choice_filter", "repeat_count"),
    "repeat": ("required", "constraint", "calculation", "default", "choice_filter"),
    "note": ("required", "constraint", "calculation", "default", "choice_filter", "repeat_count"),
    "calculate": ("required", "constraint", "default", "choice_filter", "repeat_count"),
    "choice": ("calculation", "repeat_count"),
    "question": ("calculation", "choice_filter", "repeat_count"),
}
_PARAMETERS: Final = re.compile(r"[a-z][a-z_\-]*=[^\s,;=]+(?:[\s,;]+[a-z][a-z_\-]*=[^\s,;=]+)*")
_NO_DEFAULT: Final = FILE_KINDS | UNASKED | {Kind.PLACE, Kind.CONSENT}


def check(desks: Desks, lines: tuple[Line, ...], lists: Mapping[str, tuple[Row, ...]]) -> None:
    """Every line, and the length of every text of the three sheets."""
    survey = desks.survey
    for line in lines:
        _check_unread(survey, line)
        _check_label(survey, line)
        _check_appearance(survey, line)
        _check_parameters(survey, line)
        _check_default(survey, line, desks.choices, lists)
        if line.kind is Kind.CALCULATED and not survey.cell(line.row, "calculation"):
            survey.fault("calculation_missing", "計算式がありません。", line.row, "calculation")
    for desk in desks:
        _check_lengths(desk)


def _sort(line: Line) -> str:
    if line.opens:
        return line.opens
    if line.kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_MANY}:
        return "choice"
    return {Kind.NOTE: "note", Kind.CALCULATED: "calculate"}.get(line.kind or Kind.TEXT, "question")


def _check_unread(desk: Desk, line: Line) -> None:
    for base in _UNREAD[_sort(line)]:
        if desk.cell(line.row, base):
            desk.fault(
                "cell_unread",
                f"この type の行では {base} は使えません。消してください。",
                line.row,
                base,
            )


def _check_label(desk: Desk, line: Line) -> None:
    has_words = desk.columns.words(line.row, "label")
    if has_words or line.kind is Kind.CALCULATED:
        return
    if line.opens:
        desk.warn("group_label", "見出し（label）がありません。", line.row, "label")
    else:
        desk.fault("label_missing", "画面に出す文（label）がありません。", line.row, "label")


def _check_appearance(desk: Desk, line: Line) -> None:
    for one in desk.cell(line.row, "appearance").split():
        if one not in _APPEARANCES and one not in _OTHER_APPEARANCES:
            desk.warn(
                "appearance_unknown",
                f"appearance の「{shortened(one)}」は、ここでは使われません。",
                line.row,
                "appearance",
                nearest(one, _APPEARANCES),
            )


def _check_parameters(desk: Desk, line: Line) -> None:
    said = desk.cell(line.row, "parameters")
    if said and not _PARAMETERS.fullmatch(said):
        message = "parameters は「名前=値」の形で、空白で区切って書きます。"
        desk.fault("parameters", message, line.row, "parameters")


def _check_default(
    desk: Desk, line: Line, choices: Desk, lists: Mapping[str, tuple[Row, ...]]
) -> None:
    said = desk.cell(line.row, "default")
    if not said or line.kind is None or line.opens:
        return
    if line.kind in _NO_DEFAULT:
        if _sort(line) == "question":
            message = "この type の質問に default は使えません。"
            desk.fault("cell_unread", message, line.row, "default")
        return
    if xlsform.is_dynamic(said, str(line.kind)):
        return
    values = [choices.cell(row, "name") for row in lists.get(line.list_name, ())]
    written = options.default(said, is_dynamic=False) or ""
    if not formula_words.is_sound(written):  # too long, or with a ${ that nobody closed
        desk.fault("default", "この文は default に使えません。", line.row, "default")
    elif not _is_possible(said, line.kind, values):
        desk.fault(
            "default",
            f"「{shortened(said)}」は、この質問の答えになりません。",
            line.row,
            "default",
            nearest(said, values),
        )


def _is_possible(said: str, kind: Kind, values: list[str]) -> bool:
    """Whether a plain value could be the answer to a question of that kind."""
    if kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_MANY}:
        wanted = said.split() if kind is Kind.CHOOSE_MANY else [said]
        return set(wanted) <= set(values)
    if kind in {Kind.INTEGER, Kind.DECIMAL}:
        return options.is_number(said) and (kind is Kind.DECIMAL or "." not in said)
    if kind in {Kind.DATE, Kind.TIME}:
        return _is_iso(said, date if kind is Kind.DATE else time)
    return True


def _is_iso(said: str, kind: type[date | time]) -> bool:
    try:
        kind.fromisoformat(said)
    except ValueError:
        return False
    return True


def _check_lengths(desk: Desk) -> None:
    """Words on the screen have an end."""
    most = MOST_LONG_WORDS if desk.name == SETTINGS else MOST_WORDS
    places = [at for base in SPOKEN[desk.name] for at in desk.columns.spoken.get(base, {}).values()]
    for row in desk.sheet.rows:
        for at in places:
            if len(row.cells.get(at, "")) > most:
                desk.fault_at("too_long", f"文は{most:,}文字までです。", row, at)
