"""By what a question is asked: which macro, which keyboard, how wide, and what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liff_app.procedures.engine.document import Kind, Normalise, Question
from liff_app.procedures.engine.eras import era_of
from liff_app.procedures.fields import folding
from liff_app.procedures.fields.eras import COMMON
from liff_app.procedures.fields.typed import boxes, unit_of

MANY_CHOICES = 12  # more are a list to search, not buttons
NEWEST_ERA = "R"
# Scripts that make a field easier; without them each is a plain field.
_FILES = ("form_files",)
_PLACE = ("form_place", "report_form_fields")
MODULES: Mapping[str, tuple[str, ...]] = {
    "area": ("form_count",),
    "select": ("form_select",),
    "photo": _FILES,
    "file": _FILES,
    "signature": ("form_signature",),
    "place": _PLACE,
}
CSS_ALWAYS = ("css/components/form.css", "css/components/form_fields.css")
_MORE = ("css/components/form_more.css",)
CSS: Mapping[str, tuple[str, ...]] = dict.fromkeys(("photo", "file", "signature", "place"), _MORE)
_INPUTS: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.LONG_TEXT: "area",
    Kind.INTEGER: "text",
    Kind.DECIMAL: "text",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.CHOOSE_ONE: "radios",
    Kind.CHOOSE_MANY: "boxes",
    Kind.PHOTO: "photo",
    Kind.FILE: "file",
    Kind.SIGNATURE: "signature",
    Kind.PLACE: "place",
    Kind.NOTE: "note",
    Kind.CONSENT: "consent",
    Kind.CALCULATED: "shown",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question is asked."""

    input: str
    width: str = "long"
    unit: str = ""
    inputmode: str | None = None
    autocomplete: str | None = None


_FOLDED: Mapping[Normalise, Asked] = {
    Normalise.NAME: Asked("text", "medium", autocomplete="name"),
    Normalise.KANA: Asked("text", "medium", autocomplete="off"),
    Normalise.POSTAL: Asked("text", "short", inputmode="numeric", autocomplete="postal-code"),
    Normalise.PHONE: Asked("text", "medium", inputmode="tel", autocomplete="tel"),
    Normalise.EMAIL: Asked("text", "long", inputmode="email", autocomplete="email"),
    Normalise.DIGITS: Asked("text", "medium", inputmode="numeric", autocomplete="off"),
}


def asked_by(question: Question) -> Asked:
    """How that question is asked."""
    if question.kind is Kind.TEXT and question.normalise:
        return _FOLDED[question.normalise]
    if question.kind is Kind.INTEGER:
        return Asked("text", "short", unit_of(question), inputmode="numeric", autocomplete="off")
    if question.kind is Kind.DECIMAL:
        return Asked("text", "short", unit_of(question), inputmode="decimal", autocomplete="off")
    if question.kind is Kind.CHOOSE_ONE and _is_list(question):
        return Asked("select")
    return Asked(_INPUTS[question.kind])


def value_of(question: Question, value: object) -> str:
    """What stands in the one box of a question: as typed, or as folded and told back."""
    if value is None or isinstance(value, list | dict):
        return ""
    if value is True:
        return "true"
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)):f}"
    text = str(value)
    if question.normalise is Normalise.PHONE:
        return folding.national(text)
    if question.normalise is Normalise.POSTAL and len(text) == 7:  # noqa: PLR2004 - digits of a code
        return f"{text[:3]}-{text[3:]}"
    return text


def parts_of(
    question: Question, value: object, path: str, raw: Mapping[str, str]
) -> dict[str, str]:
    """What stands in the boxes of a question with several, by their part; what was typed first."""
    names = boxes(question, path)
    if len(names) == 1:
        return {}
    if any(name in raw for name in names):
        return {name[len(path) + 1 :]: raw.get(name, "") for name in names}
    match question.kind:
        case Kind.DATE:
            return _date_parts(question, value)
        case Kind.TIME:
            hour, _colon, minute = str(value or "").partition(":")
            return {"hour": hour, "minute": minute}
        case _:
            return _place_parts(value)


def _date_parts(question: Question, value: object) -> dict[str, str]:
    """A birthday's era is not guessed: who overlooks it would be born in this one."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        era = "" if "birth" in question.appearance else NEWEST_ERA
        return {"era": era, "y": "", "m": "", "d": ""}
    found = era_of(day)
    number = found.year_of(day) if found else day.year
    year = "元" if found and number == 1 else str(number)
    code = found.code if found else COMMON
    return {"era": code, "y": year, "m": str(day.month), "d": str(day.day)}


def _place_parts(value: object) -> dict[str, str]:
    place = value if isinstance(value, Mapping) else {}
    named = {"lat": "lat", "lon": "lon", "accuracy": "accuracy_m", "text": "text"}
    return {part: str(place.get(name, "")) for part, name in named.items()}


def _is_list(question: Question) -> bool:
    return len(question.choices) > MANY_CHOICES or "minimal" in question.appearance
