"""The choices sheet: each list has choices, each choice a name of its own and words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from liff_app.procedures.workbooks.faults import shortened
from liff_app.procedures.workbooks.findings import Desk
from liff_app.procedures.workbooks.grid import Row
from liff_app.procedures.workbooks.outline import Line
from liff_app.procedures.workbooks.spelling import narrow, nearest

MOST_IN_LIST: Final = 200
MOST_CHOICES: Final = 5_000
_LIST: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_VALUE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,39}")


def check(desk: Desk, lines: tuple[Line, ...], survey: Desk) -> Mapping[str, tuple[Row, ...]]:
    """Everything about choices, and about the questions that name a list; gives the lists."""
    lists: dict[str, list[Row]] = {}
    seen: dict[tuple[str, str], int] = {}
    for row in desk.sheet.rows:
        _check_row(desk, row, lists, seen)
    for name, rows in lists.items():
        if len(rows) > MOST_IN_LIST:
            desk.fault(
                "too_many_choices",
                f"「{shortened(name)}」の選択肢は{MOST_IN_LIST}件までです（いま{len(rows)}件）。",
                rows[MOST_IN_LIST],
                "list_name",
            )
    if sum(map(len, lists.values())) > MOST_CHOICES:
        desk.fault("too_many_choices", f"選択肢は全部で{MOST_CHOICES:,}件までです。")
    _check_used(desk, lists, lines, survey)
    return {name: tuple(rows) for name, rows in lists.items()}


def _check_row(
    desk: Desk, row: Row, lists: dict[str, list[Row]], seen: dict[tuple[str, str], int]
) -> None:
    list_name, value = desk.cell(row, "list_name"), desk.cell(row, "name")
    if not list_name:
        desk.fault("list_name_missing", "list_name がありません。", row, "list_name")
        return
    rows = lists.setdefault(list_name, [])
    if not rows and not _LIST.fullmatch(list_name):
        _bad_word(desk, row, "list_name", list_name, _LIST)
    if not value:
        desk.fault("choice_name_missing", "選択肢の name がありません。", row, "name")
    elif not _VALUE.fullmatch(value):
        _bad_word(desk, row, "name", value, _VALUE)
    elif seen.setdefault((list_name, value), row.number) != row.number:
        desk.fault(
            "choice_twice",
            f"「{shortened(list_name)}」の中で「{value}」は"
            f"{seen[list_name, value]}行目にもあります。",
            row,
            "name",
        )
    if not desk.columns.words(row, "label"):
        desk.fault("label_missing", "画面に出す文（label）がありません。", row, "label")
    rows.append(row)


def _bad_word(desk: Desk, row: Row, base: str, said: str, form: re.Pattern[str]) -> None:
    plain = re.sub(r"\s+", "_", narrow(said).strip())
    desk.fault(
        "choice_name_form" if base == "name" else "list_name_form",
        f"{base} は半角の英数字と _ だけで40文字までにします。画面に出す文は label に書きます。",
        row,
        base,
        plain if form.fullmatch(plain) else "",
    )


def _check_used(
    desk: Desk, lists: Mapping[str, list[Row]], lines: tuple[Line, ...], survey: Desk
) -> None:
    used = Counter(line.list_name for line in lines if line.list_name)
    for line in lines:
        if line.list_name and line.list_name not in lists:
            meant = nearest(line.list_name, lists)
            survey.fault(
                "list_unknown",
                f"choices シートに「{shortened(line.list_name)}」という一覧がありません。",
                line.row,
                "type",
                f"{survey.cell(line.row, 'type').split()[0]} {meant}" if meant else "",
            )
    for name, rows in lists.items():
        if name not in used:
            desk.warn(
                "list_unused",
                f"「{shortened(name)}」を使う質問がありません。",
                rows[0],
                "list_name",
            )
