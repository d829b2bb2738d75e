"""One posted question as an answer of its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from liff_app.i18n import gettext as _
from liff_app.procedures.engine.document import Kind, Normalise, Question
from liff_app.procedures.fields import eras, folding
from liff_app.procedures.fields.unreadable import Unreadable

Form = MultiDict[str, str]
LONGEST = 20_000  # code points of one box; what a form may hold is the evaluator's to say
PARTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.DATE: ("era", "y", "m", "d"),
    Kind.TIME: ("hour", "minute"),
    Kind.PLACE: ("lat", "lon", "accuracy", "text"),
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CLOCK = re.compile(r"(午前|午後|AM|PM)?(\d{1,2})(?::|時)(?:(\d{1,2})分?)?", re.IGNORECASE)
_HOURS, _MINUTES, _NOON = 24, 60, 12
_NOT_FOLDED_NUMBERS = frozenset({Normalise.PHONE, Normalise.POSTAL, Normalise.EMAIL})
_DECIMALS = 6  # of a degree: 0.1 m


def boxes(question: Question, path: str) -> tuple[str, ...]:
    """Names of the fields in which the question is answered."""
    parts = PARTS.get(question.kind)
    return tuple(f"{path}.{part}" for part in parts) if parts else (path,)


def read(question: Question, form: Form, path: str) -> Any:  # noqa: ANN401 - any of nine kinds
    """The answer that stands in the form; None where nothing does. Raises Unreadable."""
    reader = _READERS.get(question.kind)
    return reader(question, form, path) if reader else None


def _typed(form: Form, box: str) -> str:
    """What one box holds."""
    text = form.get(box, "")
    if len(text) > LONGEST:
        raise Unreadable("too_long", _("長すぎます。短くしてください。"))
    return text


def _text(question: Question, form: Form, path: str) -> str | None:
    typed = folding.trimmed(_typed(form, path).replace("\r\n", "\n"))
    if not typed:
        return None
    lone = "" if question.kind is Kind.LONG_TEXT else "\n"
    if _CONTROL.search(typed) or (lone and lone in typed):
        raise Unreadable(
            "control", _("目に見えない文字が入っています。消してから入力してください。")
        )
    if question.normalise not in _NOT_FOLDED_NUMBERS and folding.is_individual_number(typed):
        told = _("個人番号（マイナンバー）は書かないでください。この手続きには使いません。")
        raise Unreadable("individual_number", told)
    fold = folding.FOLDED.get(question.normalise) if question.normalise else None
    return fold(typed) if fold else typed


def _integer(question: Question, form: Form, path: str) -> int | None:
    typed = folding.trimmed(_typed(form, path))
    return folding.integer(typed, unit_of(question)) if typed else None


def _decimal(question: Question, form: Form, path: str) -> object:
    typed = folding.trimmed(_typed(form, path))
    return folding.decimal(typed, unit_of(question)) if typed else None


def unit_of(question: Question) -> str:
    """What stands behind a number: 円 of what is to be paid, else what the form names."""
    return question.parameters.get("unit", "円" if question.is_fee else "")


def _date(_question: Question, form: Form, path: str) -> str | None:
    era, year, month, day = (_typed(form, box) for box in boxes(_question, path))
    found = eras.read_date(
        era.strip(), folding.numerals(year), folding.numerals(month), folding.numerals(day)
    )
    return found.isoformat() if found else None


def _time(_question: Question, form: Form, path: str) -> str | None:
    hour, minute = (folding.numerals(_typed(form, box)) for box in boxes(_question, path))
    if not hour and not minute:
        return None
    found = _CLOCK.fullmatch(hour if not minute else f"{hour.removesuffix('時')}:{minute}")
    if found is None:
        raise Unreadable("time", _("時刻を数字で入力してください。例：14 時 30 分"), part="hour")
    return _clock(found[1] or "", int(found[2]), int(found[3] or 0))


def _clock(half: str, hour: int, minute: int) -> str:
    if half and not 0 <= hour <= _NOON:
        raise Unreadable("time", _("時刻を数字で入力してください。例：14 時 30 分"), part="hour")
    if half:
        hour = hour % _NOON + (_NOON if half.upper() in ("午後", "PM") else 0)
    if not hour < _HOURS:
        raise Unreadable("time", _("時は0から23で入力してください。"), part="hour")
    if not minute < _MINUTES:
        raise Unreadable("time", _("分は0から59で入力してください。"), part="minute")
    return f"{hour:02d}:{minute:02d}"


def _one(question: Question, form: Form, path: str) -> str | None:
    value = _typed(form, path)
    if value and all(value != one.value for one in question.choices):
        raise Unreadable("choice", _("ならんでいる中から、えらびなおしてください。"))
    return value or None


def _many(question: Question, form: Form, path: str) -> list[str] | None:
    chosen = set(form.getlist(path)) - {""}
    if chosen - {one.value for one in question.choices}:
        raise Unreadable("choice", _("ならんでいる中から、えらびなおしてください。"))
    return [one.value for one in question.choices if one.value in chosen] or None


def _consent(_question: Question, form: Form, path: str) -> bool | None:
    return True if form.get(path) == "true" else None


def _place(question: Question, form: Form, path: str) -> dict[str, object] | None:
    lat, lon, accuracy, text = (_typed(form, box).strip() for box in boxes(question, path))
    if not lat and not lon:
        return None
    try:
        found: dict[str, object] = {"lat": _degrees(lat, 90), "lon": _degrees(lon, 180)}
        if accuracy:
            found["accuracy_m"] = min(100_000, max(0, round(float(accuracy))))
    except (ValueError, OverflowError):
        told = _("場所を読み取れませんでした。もう一度えらんでください。")
        raise Unreadable("place", told, part="find") from None
    return found | ({"text": text[:200]} if text else {})


def _degrees(typed: str, most: int) -> float:
    value = float(typed)
    if not -most <= value <= most:  # NaN fails too
        raise ValueError("no degrees")
    return round(value, _DECIMALS)


_READERS: Mapping[Kind, Callable[[Question, Form, str], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.CHOOSE_ONE: _one,
    Kind.CHOOSE_MANY: _many,
    Kind.CONSENT: _consent,
    Kind.PLACE: _place,
}
