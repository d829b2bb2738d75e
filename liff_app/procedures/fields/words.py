"""An answer in words: as pages, messages to the applicant and sheets for print repeat it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from liff_app.i18n import gettext as _
from liff_app.procedures.engine.document import Document, Kind, Normalise, Question, words
from liff_app.procedures.fields import eras, folding
from liff_app.procedures.fields.ruby import words_of

__all__ = ["answer_words", "date_words", "label_of", "number_words", "postal_words", "yen"]

_JAPANESE = frozenset({"ja", "ja-simple"})
_BETWEEN = "、"


def answer_words(question: Question, value: Any, document: Document, language: str) -> str:  # noqa: ANN401 - any of nine kinds
    """The answer as its applicant would say it; empty where there is none.

    Of a value that an older edition offered and this one does not, the value itself. Files are
    told by how many there are: their names stand in `FileView`.
    """
    if value is None or value in ("", []):
        return ""
    teller = _TELLERS.get(question.kind)
    return teller(question, value, document, language) if teller else str(value)


def label_of(question: Question, value: str, document: Document, language: str) -> str:
    """The label of one of the choices, without readings; the value itself if there is none."""
    for one in question.choices:
        if one.value == value:
            return words_of(words(one.label, language, document.default_language)).plain or value
    return value


def date_words(value: str, language: str = "ja") -> str:
    """A day in words: 令和8年11月22日（日）; in other languages 2026-11-22."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return eras.said(day) if language in _JAPANESE else value


def number_words(value: float | Decimal, unit: str = "") -> str:
    """A number with its thousands apart, and its unit: 1,200円."""
    exact = Decimal(str(value))
    return f"{exact:,f}{unit}"


def yen(amount: int) -> str:
    """An amount of money: 1,200円."""
    return _("%(amount)s円", amount=f"{amount:,}")


def postal_words(code: str) -> str:
    """A postal code as it stands on a letter: 〒100-0001."""
    return f"〒{code[:3]}-{code[3:]}" if len(code) == 7 and code.isdigit() else code  # noqa: PLR2004 - of a code


def _text(question: Question, value: Any, _document: Document, _language: str) -> str:  # noqa: ANN401 - see above
    match question.normalise:
        case Normalise.PHONE:
            return folding.national(str(value))
        case Normalise.POSTAL:
            return postal_words(str(value))
    return str(value)


def _number(question: Question, value: Any, _document: Document, _language: str) -> str:  # noqa: ANN401 - see above
    unit = question.parameters.get("unit", "円" if question.is_fee else "")
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return number_words(value, unit) if is_number else str(value)


def _date(_question: Question, value: Any, _document: Document, language: str) -> str:  # noqa: ANN401 - see above
    return date_words(str(value), language)


def _time(_question: Question, value: Any, _document: Document, language: str) -> str:  # noqa: ANN401 - see above
    hour, _colon, minute = str(value).partition(":")
    if language not in _JAPANESE or not (hour.isdigit() and minute.isdigit()):
        return str(value)
    return _("%(hour)s時%(minute)s分", hour=int(hour), minute=minute)


def _one(question: Question, value: Any, document: Document, language: str) -> str:  # noqa: ANN401 - see above
    return label_of(question, str(value), document, language)


def _many(question: Question, value: Any, document: Document, language: str) -> str:  # noqa: ANN401 - see above
    chosen = value if isinstance(value, list) else [value]
    between = _BETWEEN if language in _JAPANESE else ", "
    return between.join(label_of(question, str(one), document, language) for one in chosen)


def _files(_question: Question, value: Any, _document: Document, _language: str) -> str:  # noqa: ANN401 - see above
    count = len(value) if isinstance(value, list) else 1
    return _("ファイル %(n)s件", n=count)


def _place(_question: Question, value: Any, _document: Document, _language: str) -> str:  # noqa: ANN401 - see above
    if not isinstance(value, Mapping):
        return str(value)
    point = _("北緯%(lat)s 東経%(lon)s", lat=value.get("lat", ""), lon=value.get("lon", ""))
    text = str(value.get("text", ""))
    return f"{text}（{point}）" if text else point


def _consent(_question: Question, value: Any, _document: Document, _language: str) -> str:  # noqa: ANN401 - see above
    return _("同意しました") if value is True else ""


_TELLERS: Mapping[Kind, Callable[[Question, Any, Document, str], str]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.INTEGER: _number,
    Kind.DECIMAL: _number,
    Kind.CALCULATED: _number,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.CHOOSE_ONE: _one,
    Kind.CHOOSE_MANY: _many,
    Kind.PHOTO: _files,
    Kind.FILE: _files,
    Kind.SIGNATURE: _files,
    Kind.PLACE: _place,
    Kind.CONSENT: _consent,
}
