"""Settings and own columns: each value is one there is, and what must be said is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from liff_app.procedures.engine.document import FILE_KINDS, Kind, Normalise, Pii
from liff_app.procedures.workbooks import options
from liff_app.procedures.workbooks.faults import shortened
from liff_app.procedures.workbooks.findings import Desk
from liff_app.procedures.workbooks.grid import Row
from liff_app.procedures.workbooks.outline import NAME, Line
from liff_app.procedures.workbooks.spelling import narrow, nearest

_DAYS: Final = 36_500
_MOST_FILES: Final = 10
_MOST_INSTANCES: Final = 50
_MOST_TITLE: Final = 120
_MOST_HEADING: Final = 60
_FORM_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PREFIX: Final = re.compile(r"[^\W\d_]{1,3}")
_TEST: Final = "試"  # stands before the prefix of forms that are only tried
_KINDS: Final = ("application", "survey")
_NUMBERS: Final[Mapping[str, range]] = {
    "machimado_minutes": range(1, 241),
    "machimado_due_days": range(1, 366),
    "machimado_retention_days": range(1, _DAYS + 1),
    "machimado_suppress_under": range(1, 1_001),
}
_TRUTHS: Final = (
    "machimado_two_person",
    "machimado_anonymous",
    "machimado_once_a_person",
    "machimado_results_public",
)
_SURVEY_ONLY: Final = ("machimado_anonymous", "machimado_once_a_person", "machimado_results_public")


def check_settings(desk: Desk) -> None:
    """The one row of the settings sheet."""
    if not desk.sheet.rows:
        desk.fault(
            "settings_missing",
            "settings シートの2行目に、form_title、form_id、machimado_consent などが必要です。",
        )
        return
    row = desk.sheet.rows[0]
    if len(desk.sheet.rows) > 1:
        desk.fault("settings_rows", "settings は2行目だけです。", desk.sheet.rows[1])
    _check_names(desk, row)
    _check_kind(desk, row)
    for base, allowed in _NUMBERS.items():
        _check_number(desk, row, base, allowed)
    for base in _TRUTHS:
        _check_truth(desk, row, base)


def _check_names(desk: Desk, row: Row) -> None:
    title, form_id = desk.cell(row, "form_title"), desk.cell(row, "form_id")
    if not title:
        desk.fault("title_missing", "手続きの名前（form_title）がありません。", row, "form_title")
    elif len(title) > _MOST_TITLE:
        desk.fault("too_long", f"form_title は{_MOST_TITLE}文字までです。", row, "form_title")
    if not _FORM_ID.fullmatch(form_id):
        plain = re.sub(r"[\s\-.]+", "_", narrow(form_id).strip().lower())
        desk.fault(
            "form_id",
            "form_id は英小文字で始め、英小文字・数字・_ だけで40文字までにします。",
            row,
            "form_id",
            plain if _FORM_ID.fullmatch(plain) else "",
        )
    prefix = desk.cell(row, "machimado_prefix")
    if prefix and (not _PREFIX.fullmatch(prefix) or prefix.startswith(_TEST)):
        desk.fault(
            "prefix",
            "受付番号の文字は、数字や記号を使わず1〜3文字です。「試」では始められません。",
            row,
            "machimado_prefix",
        )


def _check_kind(desk: Desk, row: Row) -> None:
    kind = desk.cell(row, "machimado_kind")
    if kind and kind not in _KINDS:
        desk.fault(
            "kind",
            "machimado_kind は application（申請）か survey（アンケート）です。",
            row,
            "machimado_kind",
            nearest(kind, _KINDS),
        )
    if not desk.columns.words(row, "machimado_consent"):
        tell = desk.warn if kind == "survey" else desk.fault
        tell(
            "consent_missing",
            "利用目的（machimado_consent）がありません。"
            "書いていただく情報を何のために使うかを、住民が読む文で書いてください。",
            row,
            "machimado_consent",
        )
    if kind != "survey":
        for base in _SURVEY_ONLY:
            if options.is_yes(desk.cell(row, base)):
                desk.fault("survey_only", f"{base} はアンケートだけで使えます。", row, base)
        return
    _check_results(desk, row)
    if options.is_yes(desk.cell(row, "machimado_two_person")):
        desk.fault(
            "application_only",
            "アンケートには決定がないので、2人での承認は使えません。",
            row,
            "machimado_two_person",
        )


def _check_results(desk: Desk, row: Row) -> None:
    """Whoever answers again and again could push a count to where one neighbour moves it."""
    public, once = "machimado_results_public", "machimado_once_a_person"
    if options.is_yes(desk.cell(row, public)) and not options.is_yes(desk.cell(row, once)):
        message = f"結果を見せる（{public}）なら、1人1回（{once}）も yes にします。"
        desk.fault("results_once", message, row, once, "yes")


def _check_number(desk: Desk, row: Row, base: str, allowed: range) -> None:
    said = desk.cell(row, base)
    number = int(said) if said.isdecimal() and len(said) <= len(str(_DAYS)) + 1 else -1
    if said and (number not in allowed or not said.isascii()):
        plain = narrow(said)
        desk.fault(
            "number",
            f"{base.rpartition(':')[2]} は{allowed[0]}から{allowed[-1]:,}までの整数です。",
            row,
            base,
            plain if plain != said and plain.isdecimal() and int(plain) in allowed else "",
        )


def _check_truth(desk: Desk, row: Row, base: str) -> None:
    said = desk.cell(row, base).lower()
    if said and said not in options.YES | options.NO:
        desk.fault("yes_no", f"{base} は yes か no です。", row, base, options.meant(said))


# --- own columns ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """A column that says one of several words, and of which kinds of question."""

    words: tuple[str, ...]
    fits: Callable[[Line], bool]


def _is_text(line: Line) -> bool:
    return line.kind in {Kind.TEXT, Kind.LONG_TEXT}


def _has_answer(line: Line) -> bool:
    return line.is_question


def _takes_files(line: Line) -> bool:
    return line.kind in FILE_KINDS


def _is_repeat(line: Line) -> bool:
    return line.opens == "repeat"


def _may_be_paid(line: Line) -> bool:
    return line.kind in {Kind.INTEGER, Kind.CALCULATED} and not line.repeat


_YES_NO: Final = tuple(options.YES | options.NO)
_WORDS: Final[Mapping[str, _Word]] = {
    "normalise": _Word(tuple(Normalise), _is_text),
    "pii": _Word(tuple(Pii), _has_answer),
    "mask": _Word(_YES_NO, _has_answer),
    "payment": _Word(_YES_NO, _may_be_paid),
    "correctable": _Word(_YES_NO, _has_answer),
}
_OWN_NUMBERS: Final[Mapping[str, tuple[range, Callable[[Line], bool]]]] = {
    "retention": (range(1, _DAYS + 1), _has_answer),
    "files": (range(1, _MOST_FILES + 1), _takes_files),
    "least": (range(_MOST_INSTANCES + 1), _is_repeat),
    "most": (range(1, _MOST_INSTANCES + 1), _is_repeat),
}
_MISFITS: Final[Mapping[str, str]] = {
    "normalise": "normalise は text の質問だけで使えます。",
    "payment": "料金の質問は、繰り返しの外の integer か calculate にしてください。",
    "files": "files は image と file の質問だけで使えます。",
    "least": "least は begin_repeat の行だけで使えます。",
    "most": "most は begin_repeat の行だけで使えます。",
}


def check_own(desk: Desk, lines: tuple[Line, ...]) -> None:
    """Our own columns of every line."""
    paid = ""
    names = {line.name: line for line in lines if line.is_question}
    for line in lines:
        for base, word in _WORDS.items():
            _check_word(desk, line, base, word)
        for base, (allowed, fits) in _OWN_NUMBERS.items():
            if _fits(desk, line, base, fits=fits(line)):
                _check_number(desk, line.row, f"bind::machimado:{base}", allowed)
        _check_least(desk, line)
        _check_free(desk, line, names)
        if options.is_yes(desk.columns.own(line.row, "payment")):
            if paid:
                desk.fault(
                    "payment_twice",
                    f"料金の質問（payment）は1つだけです。「{shortened(paid)}」にもついています。",
                    line.row,
                    "payment",
                )
            paid = paid or line.name


def check_anonymous(settings: Desk, survey: Desk, lines: tuple[Line, ...]) -> None:
    """A survey that promises to name nobody should not ask who somebody is."""
    rows = settings.sheet.rows
    if not rows or not options.is_yes(settings.cell(rows[0], "machimado_anonymous")):
        return
    for line in lines:
        if line.kind in FILE_KINDS:
            survey.fault(
                "anonymous_file",
                "匿名のアンケートでは、写真・ファイル・署名は使えません。だれのものか分かってしまいます。",
                line.row,
                "type",
            )
        if survey.columns.own(line.row, "pii") not in {"", Pii.NONE}:
            survey.warn(
                "anonymous_asks",
                "匿名のアンケートですが、個人についての情報（pii）を尋ねています。",
                line.row,
                "pii",
            )


def _fits(desk: Desk, line: Line, base: str, *, fits: bool) -> bool:
    """Whether the cell says something that its row can use; a misfit is written down."""
    said = desk.columns.own(line.row, base)
    if said and not fits:
        message = _MISFITS.get(base, f"{base} は答えのある質問だけで使えます。")
        desk.fault("own_misfit", message, line.row, base)
    return bool(said) and fits


def _check_word(desk: Desk, line: Line, base: str, word: _Word) -> None:
    said = desk.columns.own(line.row, base)
    if not _fits(desk, line, base, fits=word.fits(line)):
        return
    if (said.lower() if word.words is _YES_NO else said) in word.words:
        return
    if word.words is _YES_NO:
        desk.fault("yes_no", f"{base} は yes か no です。", line.row, base, options.meant(said))
    else:
        offered = "、".join(word.words)
        meant = nearest(said, word.words)
        desk.fault("own_value", f"{base} は {offered} のどれかです。", line.row, base, meant)


def _check_least(desk: Desk, line: Line) -> None:
    if not _is_repeat(line):
        return
    least = options.whole(desk.columns.own(line.row, "least"), options.LEAST)
    most = options.whole(desk.columns.own(line.row, "most"), options.MOST)
    if least > most:
        desk.fault(
            "least_over_most", f"最少（{least}）が最多（{most}）を超えています。", line.row, "least"
        )


def _check_free(desk: Desk, line: Line, names: Mapping[str, Line]) -> None:
    """Columns with words of their own: headings of exports, and what fills what."""
    heading = desk.columns.own(line.row, "export_heading")
    if len(heading) > _MOST_HEADING:
        message = f"export_heading は{_MOST_HEADING}文字までです。"
        desk.fault("too_long", message, line.row, "export_heading")
    prefill = desk.columns.own(line.row, "prefill")
    if prefill and not NAME.fullmatch(prefill):
        desk.fault("own_value", "prefill は英小文字の短い名前です。", line.row, "prefill")
    autofill = options.bare_name(desk.columns.own(line.row, "autofill"))
    target = names.get(autofill)
    if autofill and (target is None or not _is_text(target) or target.repeat != line.repeat):
        desk.fault(
            "autofill",
            "autofill には、住所が入る text の質問の名前を書きます。",
            line.row,
            "autofill",
            nearest(autofill, [name for name, one in names.items() if _is_text(one)]),
        )
