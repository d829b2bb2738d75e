"""The rows of the survey sheet as an outline: what each is, its name, what it stands in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from liff_app.procedures.engine.document import Kind
from liff_app.procedures.workbooks import kinds
from liff_app.procedures.workbooks.building import page_name
from liff_app.procedures.workbooks.faults import shortened
from liff_app.procedures.workbooks.findings import Desk
from liff_app.procedures.workbooks.grid import Row
from liff_app.procedures.workbooks.spelling import narrow, nearest

MOST_QUESTIONS: Final = 500
MOST_PAGES: Final = 60
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ALONE: Final = re.compile(r"\$\{[^{}]*\}")  # a count that pyxform needs no helper for
_RESERVED: Final = frozenset({"meta", "data", "instance_id", "instanceid"})
_MOST_DEPTH: Final = 3  # page, group, group within
_REPEAT: Final = "repeat"


@dataclass(frozen=True, slots=True)
class Line:
    """A row that begins something or asks something. `order` counts from 0 over all of them."""

    row: Row
    order: int
    name: str
    opens: str  # group, repeat or ""
    kind: Kind | None
    list_name: str
    within: tuple[str, ...]  # names of what it stands in, outermost first
    repeat: str  # the repeat it stands in, "" outside

    @property
    def is_question(self) -> bool:
        """Whether it has an answer: a note has none, nor has a group."""
        return self.kind is not None and self.kind is not Kind.NOTE


@dataclass(slots=True)
class _Open:
    """A begun group or repeat that waits for its end."""

    line: Line
    count: int = 0  # questions and notes inside


def lines_of(desk: Desk) -> tuple[Line, ...]:
    """Every line, with whatever is wrong about types, names and nesting written down."""
    lines: list[Line] = []
    stack: list[_Open] = []
    for row in desk.sheet.rows:
        if desk.findings.is_full:
            break
        said = desk.cell(row, "type")
        found = kinds.typed(said)
        if found is None:
            _unknown_type(desk, row, said)
        elif found.closes:
            _close(desk, row, found.closes, stack)
        else:
            line = _line(desk, row, found, lines, stack)
            lines.append(line)
            _place(desk, line, stack)
    for one in stack:
        end = f"end_{one.line.opens}"
        desk.fault("not_closed", f"この行に対応する {end} がありません。", one.line.row, "type")
    _check_names(desk, lines)
    _check_sizes(desk, lines)
    return tuple(lines)


def _line(desk: Desk, row: Row, found: kinds.Typed, lines: list[Line], stack: list[_Open]) -> Line:
    appearance = frozenset(desk.cell(row, "appearance").split())
    kind = kinds.kind_of(found.kind, appearance) if found.kind else None
    within = tuple(one.line.name for one in stack)
    repeat = next((one.line.name for one in reversed(stack) if one.line.opens == _REPEAT), "")
    return Line(
        row=row,
        order=len(lines),
        name=desk.cell(row, "name"),
        opens=found.opens,
        kind=kind,
        list_name=found.list_name,
        within=within,
        repeat=repeat,
    )


def _place(desk: Desk, line: Line, stack: list[_Open]) -> None:
    """Into what is open; whether it may stand there."""
    if not line.opens:
        for one in stack:
            one.count += 1
        return
    if line.opens == _REPEAT and line.repeat:
        desk.fault("repeat_in_repeat", "繰り返しの中に、繰り返しは置けません。", line.row, "type")
    elif line.opens == _REPEAT and len(stack) > 1:
        desk.fault(
            "repeat_too_deep",
            "繰り返しは、ページのすぐ下に置いてください。中のグループには置けません。",
            line.row,
            "type",
        )
    elif len(stack) >= _MOST_DEPTH:
        desk.fault("too_deep", f"グループは{_MOST_DEPTH}段までです。", line.row, "type")
    stack.append(_Open(line))


def _close(desk: Desk, row: Row, closes: str, stack: list[_Open]) -> None:
    if not stack:
        desk.fault(
            "not_opened", f"対応する begin_{closes} が、この行より上にありません。", row, "type"
        )
        return
    opened = stack.pop()
    if opened.line.opens != closes:
        desk.fault(
            "wrong_end",
            f"{opened.line.row.number}行目の begin_{opened.line.opens} が閉じていません。",
            row,
            "type",
            f"end_{opened.line.opens}",
        )
    elif not opened.count:
        desk.fault("empty_group", "中に質問がありません。", opened.line.row, "type")


def _unknown_type(desk: Desk, row: Row, said: str) -> None:
    """A row whose type is none of ours: why, and which may be meant."""
    if not said:
        desk.fault("type_missing", "type がありません。使わない行は消してください。", row, "type")
        return
    if said.rsplit(maxsplit=1)[-1] == kinds.OR_OTHER:
        desk.fault(
            "type_refused",
            "or_other は使えません。選択肢に「その他」を足し、"
            "relevant をつけた text の質問を続けてください。",
            row,
            "type",
            said.removesuffix(kinds.OR_OTHER).strip(),
        )
        return
    reason = kinds.why_not(said)
    if reason:
        desk.fault("type_refused", reason, row, "type")
        return
    first, _, rest = narrow(said).partition(" ")
    meant = nearest(said, kinds.OFFERED) or nearest(first, kinds.OFFERED)
    if meant in kinds.SELECTS:
        meant = f"{meant} {rest.strip()}" if rest.strip() and meant != said else ""
        message = "「select_one 一覧名」と書きます。一覧名は choices シートの list_name です。"
        desk.fault("type_unknown", message, row, "type", meant)
        return
    message = (
        f"「{shortened(said)}」という type はありません。使えるのは {kinds.OFFERED_WORDS} です。"
    )
    desk.fault("type_unknown", message, row, "type", meant)


def _check_names(desk: Desk, lines: list[Line]) -> None:
    """Every line has a name of its own, over the whole form."""
    rows: dict[str, int] = {}
    for line in lines:
        if not line.name:
            desk.fault("name_missing", "name がありません。", line.row, "name")
        elif not NAME.fullmatch(line.name):
            _bad_name(desk, line)
        elif line.name in _RESERVED:
            desk.fault(
                "name_reserved", f"「{shortened(line.name)}」は使えない名前です。", line.row, "name"
            )
        elif line.name in rows:
            desk.fault(
                "name_twice",
                f"「{shortened(line.name)}」は{rows[line.name]}行目でも使われています。"
                "名前はフォーム全体で1つずつです。",
                line.row,
                "name",
            )
        rows.setdefault(line.name, line.row.number)
    _check_made_names(desk, lines, rows)


def _check_made_names(desk: Desk, lines: list[Line], rows: Mapping[str, int]) -> None:
    """Names that the compiler and pyxform make of a line's own are free."""
    for line in lines:
        alone = page_name(line.name)
        counted = desk.cell(line.row, "repeat_count")
        made = {f"{line.name}_count"} if counted and not _ALONE.fullmatch(counted) else set()
        for taken in ({alone} if not line.within and line.opens != "group" else set()) | made:
            if taken in rows:
                desk.fault(
                    "name_reserved",
                    f"「{shortened(taken)}」は{rows[taken]}行目で使われています。ほかの名前にしてください。",
                    line.row,
                    "name",
                )


def _bad_name(desk: Desk, line: Line) -> None:
    plain = re.sub(r"[\s\-.]+", "_", narrow(line.name).strip().lower())
    desk.fault(
        "name_form",
        "name は英小文字で始め、英小文字・数字・_ だけで40文字までにします。",
        line.row,
        "name",
        plain if NAME.fullmatch(plain) else "",
    )


def _check_sizes(desk: Desk, lines: list[Line]) -> None:
    counted = Counter("page" if not line.within else "" for line in lines)
    questions = [line for line in lines if line.kind]
    if not any(line.is_question for line in lines):
        desk.fault("no_questions", "質問が1つもありません。")
    if len(questions) > MOST_QUESTIONS:
        extra = questions[MOST_QUESTIONS]
        desk.fault("too_many_questions", f"質問は{MOST_QUESTIONS}問までです。", extra.row, "type")
    if counted["page"] > MOST_PAGES:
        desk.fault("too_many_pages", f"ページは{MOST_PAGES}までです。グループにまとめてください。")
