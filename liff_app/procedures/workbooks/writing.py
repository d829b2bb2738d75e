"""From a grid to an .xlsx that a clerk likes to open: the same grid, byte for byte the same file.

What is read back is the grid that was written; colours, widths and the sheet of hints are beside
it. Cells are texts, whatever they begin with: none becomes a formula, a link or a date.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from liff_app.procedures.workbooks.faults import Fault
from liff_app.procedures.workbooks.grid import (
    HINTS,
    SHEETS,
    SURVEY,
    Grid,
    Sheet,
    number_of,
    sheet_of,
    writable,
)

NAMESPACES: Final = 'machimado="urn:machimado:form:1"'
_NOBODY_S_DAY: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # the file says no time of writing
_TAB: Final = {"survey": "#0017C1", "choices": "#197A4B", "settings": "#6F4F00"}
_WIDTHS: Final = {
    "type": 22,
    "name": 20,
    "list_name": 18,
    "label": 34,
    "hint": 34,
    "relevant": 30,
    "constraint": 30,
    "constraint_message": 30,
    "calculation": 34,
    "form_title": 30,
    "machimado_summary": 40,
    "machimado_consent": 50,
}
_WIDTH: Final = 16
_HINTS: Final = (
    ("このブックの使い方", ""),
    ("survey", "質問を上から順に1行ずつ書きます。begin_group から end_group までが1ページです。"),
    ("choices", "選択肢の一覧です。list_name を survey の select_one の後ろに書きます。"),
    ("settings", "手続きの名前、利用目的、受付番号の文字などを書きます。"),
    ("type", "text、integer、decimal、date、time、select_one、select_multiple、image、file、"),
    ("", "geopoint、note、acknowledge、calculate、begin_group、begin_repeat が使えます。"),
    ("name", "英小文字で始まる短い名前です。一度公開したら変えないでください。"),
    ("label::日本語 (ja)", "画面に出る文です。ほかの言語は label::English (en) のように足します。"),
    ("relevant", "その質問を出す条件です。例：${kind} = 'sofa'"),
    ("required", "yes と書くと必須になります。"),
    ("constraint", "答えの条件です。答えは「.」で表します。例：. >= 1 and . <= 10"),
    ("bind::machimado:…", "まちまど独自の列です。ほかのソフトでは無視されます。"),
    ("", f"このシート「{HINTS}」は読み込まれません。"),
)
_START_HEADER: Final = (
    "type",
    "name",
    "label::日本語 (ja)",
    "hint::日本語 (ja)",
    "required",
    "required_message::日本語 (ja)",
    "relevant",
    "constraint",
    "constraint_message::日本語 (ja)",
    "calculation",
    "default",
    "appearance",
    "choice_filter",
    "repeat_count",
    "parameters",
    "bind::machimado:normalise",
    "bind::machimado:pii",
    "bind::machimado:prefill",
)


def write(grid: Grid, marked: Iterable[Fault] = ()) -> bytes:
    """The workbook. Characters that no workbook can hold are left out.

    Cells named in `marked` are coloured, with what is wrong as a note.
    """
    # Imported here: its 3 MB are for exports alone.
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped; above

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": _NOBODY_S_DAY.replace(tzinfo=None)})
        formats = {name: book.add_format(look) for name, look in _LOOKS.items()}
        for name in SHEETS:
            _write_sheet(book.add_worksheet(name), name, grid.sheet(name), formats)
        for (name, row, column), faults in _by_cell(marked).items():
            page = book.get_worksheet_by_name(name)
            _mark(page, (row, column), grid.sheet(name), faults, formats["wrong"])
        _write_hints(book.add_worksheet(HINTS), formats)
    return file.getvalue()


_LOOKS: Final[Mapping[str, Mapping[str, object]]] = {
    "head": {"bold": True, "bg_color": "#E8F1FE", "border": 1, "border_color": "#999999"},
    "own": {"bold": True, "bg_color": "#FFF4D6", "border": 1, "border_color": "#999999"},
    "cell": {"text_wrap": True, "valign": "top", "num_format": "@"},
    "edge": {"text_wrap": True, "valign": "top", "num_format": "@", "bg_color": "#F2F2F2"},
    "wrong": {"text_wrap": True, "valign": "top", "num_format": "@", "bg_color": "#FFC7C7"},
}


def _write_sheet(page: Any, name: str, sheet: Sheet, formats: Mapping[str, Any]) -> None:  # noqa: ANN401 - untyped
    page.set_tab_color(_TAB[name])
    page.freeze_panes(1, 2 if name == SURVEY else 0)
    for at, heading in enumerate(sheet.header):
        page.set_column(at, at, _WIDTHS.get(heading.partition("::")[0], _WIDTH), formats["cell"])
        if heading:
            page.write_string(0, at, writable(heading), formats["own" if _own(heading) else "head"])
    for row in sheet.rows:
        is_edge = name == SURVEY and _is_edge(sheet.value(row, "type"))
        look = formats["edge" if is_edge else "cell"]
        for at, text in sorted(row.cells.items()):
            page.write_string(row.number - 1, at, writable(text), look)


def _by_cell(marked: Iterable[Fault]) -> dict[tuple[str, int, int], list[str]]:
    """What is wrong with each cell; with a row as a whole, with its first one."""
    found: dict[tuple[str, int, int], list[str]] = {}
    for one in marked:
        if one.sheet in SHEETS and one.row:
            place = (one.sheet, one.row, number_of(one.column) if one.column else 0)
            found.setdefault(place, []).append(one.sentence)
    return found


def _mark(page: Any, place: tuple[int, int], sheet: Sheet, said: list[str], look: Any) -> None:  # noqa: ANN401 - untyped
    """The cell in another colour, and the sentences as its note."""
    number, at = place
    row = next((one for one in sheet.rows if one.number == number), None)
    cells = dict(enumerate(sheet.header)) if number == 1 else row.cells if row else {}
    page.write_string(number - 1, at, writable(cells.get(at, "")), look)
    page.write_comment(number - 1, at, "\n".join(said), {"x_scale": 2.5, "y_scale": 1.5})


def _own(heading: str) -> bool:
    return "machimado" in heading


def _is_edge(kind: str) -> bool:
    return kind.startswith(("begin", "end"))


def _write_hints(page: Any, formats: Mapping[str, Any]) -> None:  # noqa: ANN401 - untyped
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 80)
    for at, (what, words) in enumerate(_HINTS):
        page.write_string(at, 0, what, formats["head" if at == 0 else "cell"])
        page.write_string(at, 1, words, formats["cell"])


def blank(title: str) -> bytes:
    """A workbook to begin with: one page that asks for a name, ready to be compiled."""
    return write(blank_grid(title))


def blank_grid(title: str) -> Grid:
    """The grid of `blank`. `title` is the procedure's name as residents read it."""
    label, hint = _START_HEADER[2], _START_HEADER[3]
    survey: Sequence[Mapping[str, str]] = (
        {"type": "begin_group", "name": "applicant", label: "申請する方"},
        {
            "type": "text",
            "name": "applicant_name",
            label: "お名前",
            hint: "例：山田 花子",
            "required": "yes",
            "required_message::日本語 (ja)": "お名前を入力してください。",
            "bind::machimado:normalise": "name",
            "bind::machimado:pii": "basic",
            "bind::machimado:prefill": "name",
        },
        {"type": "end_group"},
    )
    settings = {
        "form_title": title,
        "form_id": "new_form",
        "version": "1",
        "default_language": "日本語 (ja)",
        "namespaces": NAMESPACES,
        "machimado_kind": "application",
        "machimado_prefix": "申",
        "machimado_consent::日本語 (ja)": "入力された内容は、この手続きのためにだけ使います。",
    }
    return Grid(
        survey=sheet_of(_START_HEADER, survey),
        choices=sheet_of(("list_name", "name", label), ()),
        settings=sheet_of(tuple(settings), (settings,)),
    )
