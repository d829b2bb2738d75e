"""What of a typed category cannot be, and the category it makes."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace

from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.reports.categories.model import (
    Category,
    Option,
    Question,
    QuestionKind,
    Stop,
    StopKind,
)
from liff_app.reports.categories.typed import (
    TypedCategory,
    TypedOption,
    TypedQuestion,
    TypedStop,
)
from liff_app.reports.categories.words import icons
from liff_app.reports.vocabulary import Group
from liff_app.working_days import LONGEST_DAYS

MAX_NAME, MAX_HINT, MAX_LABEL, MAX_TEXT = 20, 40, 40, 200
MAX_ORDER = 9999
_PHONE = re.compile(r"[0-9#*+]{2,20}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")
# Control, format (they turn the direction of writing), undecodable, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def faults(typed: TypedCategory, *, departments: Collection[str]) -> list[FieldError]:
    """Everything that is wrong, in the order of the form."""
    found = [
        *_line("name", typed.name, MAX_NAME, required=True),
        *_line("hint", typed.hint, MAX_HINT),
        *_line("number_label", typed.number_label, MAX_NAME),
        *_numbers(typed),
    ]
    if typed.icon not in icons():
        found.append(FieldError("icon", "unknown", _("絵を1つえらんでください。")))
    if typed.group not in {one.value for one in Group}:
        found.append(FieldError("group", "unknown", _("いつ出すかをえらんでください。")))
    if typed.department and typed.department not in departments:
        found.append(FieldError("department", "unknown", _("部署をもう一度えらんでください。")))
    found += _of_stop("stop", typed.stop)
    for n, question in enumerate(typed.questions):
        found += _of_question(f"q{n}", question)
    return found


def _numbers(typed: TypedCategory) -> Iterator[FieldError]:
    if _whole(typed.order) not in range(MAX_ORDER + 1):
        yield FieldError("order", "range", _("順番は0から9999までの数で入れてください。"))
    if typed.due_days and _whole(typed.due_days) not in range(1, LONGEST_DAYS + 1):
        text = _("日数は1から%(most)sまでの数で入れてください。", most=LONGEST_DAYS)
        yield FieldError("due_days", "range", text)


def _of_question(at: str, typed: TypedQuestion) -> Iterator[FieldError]:
    yield from _line(f"{at}-label", typed.label, MAX_LABEL, required=True)
    yield from _line(f"{at}-hint", typed.hint, MAX_HINT)
    if typed.kind not in {one.value for one in QuestionKind}:
        yield FieldError(f"{at}-kind", "unknown", _("答え方をえらんでください。"))
    if typed.kind != QuestionKind.CHOICE:
        return
    if not any(one.label for one in typed.options):
        yield FieldError(f"{at}-label", "options", _("答えを1つは足してください。"))
    for n, option in enumerate(typed.options):
        if option.label or option.stop.kind:
            yield from _line(f"{at}-o{n}-label", option.label, MAX_LABEL, required=True)
        yield from _of_stop(f"{at}-o{n}-stop", option.stop)


def _of_stop(at: str, typed: TypedStop) -> Iterator[FieldError]:
    if not typed.kind:
        if any((typed.title, typed.text, typed.phone, typed.phone_label)):
            text = _("行き先をえらぶか、書いた文を消してください。")
            yield FieldError(f"{at}-kind", "required", text)
        return
    if typed.kind not in {one.value for one in StopKind}:
        yield FieldError(f"{at}-kind", "unknown", _("行き先をえらんでください。"))
    yield from _line(f"{at}-title", typed.title, MAX_LABEL, required=True)
    yield from _line(f"{at}-text", typed.text, MAX_TEXT)
    yield from _line(f"{at}-phone_label", typed.phone_label, MAX_LABEL)
    if typed.phone and not _PHONE.fullmatch(phone_of(typed.phone)):
        yield FieldError(f"{at}-phone", "phone", _("電話番号は数字で入れてください。"))
    if typed.phone_label and not typed.phone:
        yield FieldError(f"{at}-phone", "required", _("電話番号を入れてください。"))


def _line(at: str, text: str, most: int, *, required: bool = False) -> Iterator[FieldError]:
    if required and not text:
        yield FieldError(at, "required", _("文字を入れてください。"))
    elif len(text) > most:
        yield FieldError(at, "too_long", _("%(most)s字までで入れてください。", most=most))
    elif any(unicodedata.category(letter) in _UNSEEN for letter in text):
        yield FieldError(at, "unseen", _("改行や目に見えない文字は使えません。"))


def phone_of(text: str) -> str:
    """The number as it is dialled: narrow digits, without brackets, hyphens and spaces."""
    return re.sub(r"[\s()\-‐-―−ー]+", "", unicodedata.normalize("NFKC", text))


def _whole(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text)
    return int(plain) if re.fullmatch(r"[0-9]{1,6}", plain) else None


# --- the category it makes ------------------------------------------------------------------------


def to_category(typed: TypedCategory, code: str) -> Category:
    """The category as typed; call it only where there are no faults.

    Questions and options keep their codes, on which stored answers hang; new ones get new codes.
    """
    return Category(
        code=code,
        name=typed.name,
        group=Group(typed.group),
        icon=typed.icon,
        hint=typed.hint,
        number_label=typed.number_label,
        questions=_questions(typed.questions),
        stop=_stop(typed.stop),
        department_id=typed.department or None,
        due_days=_whole(typed.due_days),
        active=typed.active,
        order=_whole(typed.order) or 0,
        version=_whole(typed.version) or 0,
    )


def _questions(typed: list[TypedQuestion]) -> tuple[Question, ...]:
    codes = _codes([one.code for one in typed], "q")
    return tuple(
        Question(
            code=code,
            label=one.label,
            kind=QuestionKind(one.kind),
            options=_options(one) if one.kind == QuestionKind.CHOICE else (),
            required=one.required,
            hint=one.hint,
        )
        for one, code in zip(typed, codes, strict=True)
    )


def _options(typed: TypedQuestion) -> tuple[Option, ...]:
    kept: list[TypedOption] = [one for one in typed.options if one.label]
    codes = _codes([one.code for one in kept], "o")
    return tuple(
        Option(code=code, label=one.label, stop=_stop(one.stop))
        for one, code in zip(kept, codes, strict=True)
    )


def _stop(typed: TypedStop) -> Stop | None:
    if not typed.kind:
        return None
    made = Stop(
        kind=StopKind(typed.kind),
        title=typed.title,
        text=typed.text,
        phone=phone_of(typed.phone),
        phone_label=typed.phone_label,
    )
    if made.phone and not made.phone_label:
        return replace(made, phone_label=_("%(phone)s に電話する", phone=typed.phone))
    return made


def _codes(given: list[str], prefix: str) -> list[str]:
    """A code for each: the given one where it is one, and nobody before has it."""
    made: list[str] = []
    for code in given:
        fits = _CODE.fullmatch(code) and code not in made
        made.append(code if fits else f"{prefix}{secrets.token_hex(4)}")
    return made
