"""Expressions: each is understood, and speaks only of answers that are there by then."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from liff_app.procedures.engine.document import Kind
from liff_app.procedures.engine.expressions import Expr, ExpressionInvalid, parse
from liff_app.procedures.workbooks import formula_words, options, xlsform
from liff_app.procedures.workbooks.columns import SPOKEN
from liff_app.procedures.workbooks.faults import shortened
from liff_app.procedures.workbooks.findings import Desk, Desks
from liff_app.procedures.workbooks.grid import SURVEY, Row
from liff_app.procedures.workbooks.outline import Line
from liff_app.procedures.workbooks.spelling import nearest

_OWN: Final = "constraint"  # the one column where `.` says something
_FILTER: Final = "choice_filter"
_COLUMNS: Final = ("relevant", "constraint", "calculation", _FILTER, "repeat_count")
_SELECTS: Final = frozenset({Kind.CHOOSE_ONE, Kind.CHOOSE_MANY})
_OUTPUT: Final = re.compile(r"\$\{([^{}]*)\}")
_MOST_OUTPUTS: Final = 10  # in one text: so many answers of full length find room, see `wording`
_STANDARD: Final = frozenset({"name", "label"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an expression stands: its sheet, its line, its column, and what may be spoken of."""

    desk: Desk
    line: Line
    base: str
    at: int | None  # the column, where it is not the one of `base`
    lines: Mapping[str, Line]
    extras: Mapping[str, frozenset[str]]  # list -> its own columns

    def fault(self, code: str, message: str, suggestion: str = "") -> None:
        at = self.desk.place(self.line.row, self.base) if self.at is None else self.at
        self.desk.fault_at(code, message, self.line.row, at, suggestion)

    def names(self) -> list[str]:
        """What may be spoken of here: for near matches."""
        return [one.name for one in self.lines.values() if self.is_before(one) and one.is_question]

    def is_before(self, other: Line) -> bool:
        return other.order < self.line.order


def check(desks: Desks, lines: tuple[Line, ...], lists: Mapping[str, tuple[Row, ...]]) -> None:
    """Every expression of the survey sheet, and every `${…}` in words."""
    named: dict[str, Line] = {}
    for line in lines:
        named.setdefault(line.name, line)
    extras = _extras(desks.choices, lists)
    spoken = [
        (base, at)
        for base in SPOKEN[SURVEY]
        for at in desks.survey.columns.spoken.get(base, {}).values()
    ]
    for line in lines:
        if desks.findings.is_full:
            break
        place = partial(_Place, desks.survey, line, lines=named, extras=extras)
        for base, source in _sources(desks.survey, line):
            _check_source(place(base=base, at=None), source)
        for base, at in spoken:
            _check_output(place(base=base, at=at), line.row.cells.get(at, ""))
    _check_choice_words(desks.choices)


def _check_choice_words(desk: Desk) -> None:
    for row in desk.sheet.rows:
        for at in desk.columns.spoken.get("label", {}).values():
            if _OUTPUT.search(row.cells.get(at, "")):
                desk.fault_at("output", "選択肢の label では ${ } は使えません。", row, at)


def _extras(desk: Desk, lists: Mapping[str, tuple[Row, ...]]) -> dict[str, frozenset[str]]:
    """Which own columns the choices of each list fill."""
    own = {
        base: at for base, at in desk.columns.plain.items() if base not in options.CHOICE_COLUMNS
    }
    return {
        name: frozenset(base for base, at in own.items() if any(at in row.cells for row in rows))
        for name, rows in lists.items()
    }


def _sources(desk: Desk, line: Line) -> Iterator[tuple[str, str]]:
    """Column and text of every expression of that row."""
    for base in _COLUMNS:
        if desk.cell(line.row, base):
            yield base, desk.cell(line.row, base)
    required = options.required(desk.cell(line.row, "required"))
    if required:
        yield "required", required
    default = desk.cell(line.row, "default")
    if default and line.kind and xlsform.is_dynamic(default, str(line.kind)):
        yield "default", default


def _check_source(place: _Place, source: str) -> None:
    try:
        expr = parse(source)
    except ExpressionInvalid as error:
        meant = options.meant(source) if place.base == "required" else ""
        if meant:
            place.fault("yes_no", "required は yes か no、または条件の式です。", meant)
            return
        message = formula_words.sentence(error)
        code = f"expression_{error.code}"
        place.fault(code, message, formula_words.better(source, error, place.names()))
        return
    for one in dict.fromkeys(reference.name for reference in expr.places):
        _check_reference(place, one, wants_one=one in expr.singles)
    _check_own(place, expr)
    _check_columns(place, expr)
    _check_chosen(place, expr)


def _check_reference(place: _Place, name: str, *, wants_one: bool) -> None:
    """Whether that name may be spoken of here."""
    quoted = f"「{shortened(name)}」"
    line = place.lines.get(name)
    if line is None:
        message = f"{quoted}という質問はありません。"
        place.fault("reference_unknown", message, nearest(name, place.names()))
    elif line.order == place.line.order:
        place.fault("reference_self", "自分の答えは「.」で表します。制約（constraint）で使えます。")
    elif not place.is_before(line) or name in place.line.within:
        place.fault(
            "reference_later",
            f"{quoted}は{line.row.number}行目にあり、この質問より後です。"
            "式では、前の質問だけを使えます。",
        )
    elif line.opens == "group" or line.kind is Kind.NOTE:
        place.fault("reference_no_answer", f"{quoted}には答えがありません。")
    elif wants_one and line.opens:
        place.fault(
            "reference_repeat",
            f"{quoted}は繰り返しです。count(${{{shortened(name)}}}) のように使います。",
        )
    elif wants_one and line.repeat and line.repeat != place.line.repeat:
        place.fault(
            "reference_inside",
            f"{quoted}は繰り返し「{shortened(line.repeat)}」の中にあり、答えがいくつもあります。"
            f"sum(${{{shortened(name)}}}) のようにまとめて使います。",
        )


def _check_own(place: _Place, expr: Expr) -> None:
    if expr.uses_own and place.base != _OWN:
        place.fault("own_answer", "「.」（自分の答え）は constraint だけで使えます。")
    if expr.uses_position and not place.line.repeat:
        place.fault("position", "position(..) は繰り返しの中だけで使えます。")
    if place.base == _OWN and not expr.uses_own:
        place.desk.warn(
            "constraint_without_own",
            "自分の答え「.」が出てきません。ほかの質問だけで決まる条件です。",
            place.line.row,
            place.base,
        )


def _check_columns(place: _Place, expr: Expr) -> None:
    """Plain names are columns of the choices, and mean something in filters only."""
    known = place.extras.get(place.line.list_name, frozenset()) | _STANDARD
    for name in dict.fromkeys(one.name for one in expr.columns):
        if place.base != _FILTER:
            meant = nearest(name, place.names())
            place.fault(
                "bare_name",
                f"「{shortened(name)}」は何か分かりません。"
                "質問は ${名前}、文字は '文字' と書きます。",
                f"${{{meant}}}" if meant else "",
            )
        elif name not in known:
            place.fault(
                "choice_column",
                f"選択肢「{shortened(place.line.list_name)}」に「{shortened(name)}」という列がありません。",
                nearest(name, known),
            )


def _check_chosen(place: _Place, expr: Expr) -> None:
    """A column or the label of what was chosen: of a question with choices, and a column it has."""
    for label in expr.chosen_labels:
        _is_select(place, label.question.name)
    for chosen in expr.chosen_columns:
        line = _is_select(place, chosen.question.name)
        if line is None:
            continue
        if chosen.list_name not in {None, line.list_name}:
            place.fault(
                "choice_list",
                f"「{shortened(line.name)}」の一覧は「{shortened(str(chosen.list_name))}」ではありません。",
                line.list_name,
            )
        known = place.extras.get(line.list_name, frozenset()) | _STANDARD
        if line.list_name in place.extras and chosen.column not in known:
            place.fault(
                "choice_column",
                f"選択肢「{shortened(line.list_name)}」に「{shortened(chosen.column)}」という列がありません。",
                nearest(chosen.column, known),
            )


def _is_select(place: _Place, name: str) -> Line | None:
    """The question with choices of that name; one that has none is written down."""
    line = place.lines.get(name)
    if line is not None and line.kind not in _SELECTS and line.kind is not None:
        place.fault("not_a_choice", f"「{shortened(name)}」は選択の質問ではありません。")
    return line if line is not None and line.kind in _SELECTS else None


def _check_output(place: _Place, words: str) -> None:
    """`${…}` in words is replaced by one answer that is there already, and by few of them."""
    if len(_OUTPUT.findall(words)) > _MOST_OUTPUTS:
        place.fault("too_many_outputs", f"1つの文で使える ${{ }} は{_MOST_OUTPUTS}個までです。")
    for found in _OUTPUT.finditer(words):
        name = found[1].strip()
        if name == place.line.name and place.base == "constraint_message":
            continue
        _check_reference(place, name, wants_one=True)
