"""A category as it stands in the form: every field as typed, so that nothing typed is lost.

Fields are named by where they stand: `q0-label` is the first question's, `q0-o1-stop-title` the
title of where its second option leads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from liff_app.reports.categories.model import Category, Option, Question, QuestionKind, Stop
from liff_app.reports.vocabulary import Group

MOST_QUESTIONS, MOST_OPTIONS = 8, 16  # a form that asks more is not filled in on a telephone


@dataclass(slots=True)
class TypedStop:
    """Where an option, or the category, leads; `kind` "" where it leads nowhere."""

    kind: str = ""
    title: str = ""
    text: str = ""
    phone: str = ""
    phone_label: str = ""


@dataclass(slots=True)
class TypedOption:
    """One of the answers."""

    code: str = ""
    label: str = ""
    stop: TypedStop = field(default_factory=TypedStop)


@dataclass(slots=True)
class TypedQuestion:
    """A question."""

    code: str = ""
    label: str = ""
    kind: str = QuestionKind.CHOICE.value
    required: bool = False
    hint: str = ""
    options: list[TypedOption] = field(default_factory=list)


@dataclass(slots=True)
class TypedCategory:
    """The whole form. `version` is the one that was shown."""

    name: str = ""
    hint: str = ""
    icon: str = "report"
    group: str = Group.EVERYDAY.value
    order: str = "100"
    active: bool = True
    department: str = ""
    due_days: str = ""
    number_label: str = ""
    version: str = "0"
    stop: TypedStop = field(default_factory=TypedStop)
    questions: list[TypedQuestion] = field(default_factory=list)


def of_form(form: Mapping[str, str]) -> TypedCategory:
    """What was sent, at most as many questions and options as there may be."""
    plain = ("name", "hint", "icon", "group", "order", "department", "due_days", "number_label")
    said = {name: form.get(name, "").strip() for name in (*plain, "version")}
    return TypedCategory(
        **said,
        active="active" in form,
        stop=_stop_of(form, "stop"),
        questions=_each(form, "q", MOST_QUESTIONS, _question_of),
    )


def _question_of(form: Mapping[str, str], at: str) -> TypedQuestion:
    return TypedQuestion(
        code=form.get(f"{at}-code", ""),
        label=form.get(f"{at}-label", "").strip(),
        kind=form.get(f"{at}-kind", ""),
        required=f"{at}-required" in form,
        hint=form.get(f"{at}-hint", "").strip(),
        options=_each(form, f"{at}-o", MOST_OPTIONS, _option_of),
    )


def _option_of(form: Mapping[str, str], at: str) -> TypedOption:
    return TypedOption(
        code=form.get(f"{at}-code", ""),
        label=form.get(f"{at}-label", "").strip(),
        stop=_stop_of(form, f"{at}-stop"),
    )


def _stop_of(form: Mapping[str, str], at: str) -> TypedStop:
    return TypedStop(
        **{
            name: form.get(f"{at}-{name}", "").strip()
            for name in ("kind", "title", "text", "phone", "phone_label")
        }
    )


T = TypeVar("T")


def _each(
    form: Mapping[str, str], at: str, most: int, read: Callable[[Mapping[str, str], str], T]
) -> list[T]:
    return [read(form, f"{at}{n}") for n in range(most) if f"{at}{n}-label" in form]


def of_category(category: Category) -> TypedCategory:
    """The form as the category stands."""
    return TypedCategory(
        name=category.name,
        hint=category.hint,
        icon=category.icon,
        group=category.group.value,
        order=str(category.order),
        active=category.active,
        department=category.department_id or "",
        due_days="" if category.due_days is None else str(category.due_days),
        number_label=category.number_label,
        version=str(category.version),
        stop=_typed_stop(category.stop),
        questions=[_typed_question(one) for one in category.questions],
    )


def _typed_question(question: Question) -> TypedQuestion:
    return TypedQuestion(
        code=question.code,
        label=question.label,
        kind=question.kind.value,
        required=question.required,
        hint=question.hint,
        options=[_typed_option(one) for one in question.options],
    )


def _typed_option(option: Option) -> TypedOption:
    return TypedOption(option.code, option.label, _typed_stop(option.stop))


def _typed_stop(stop: Stop | None) -> TypedStop:
    if stop is None:
        return TypedStop()
    return TypedStop(stop.kind.value, stop.title, stop.text, stop.phone, stop.phone_label)


# --- steps of somebody without scripts: a question more, one less, one up -------------------------


def take_step(typed: TypedCategory, step: str) -> None:
    """The form after a button like `add-q`, `drop-q0`, `up-q1-o2`; any other changes nothing."""
    verb, *places = step.split("-")
    numbers = [int(one[1:]) for one in places if one[1:].isdecimal()]
    if verb == "add":
        _add(typed, places, numbers)
        return
    rows: list[TypedQuestion] | list[TypedOption] = typed.questions
    if len(numbers) > 1:
        if numbers[0] >= len(typed.questions):
            return
        rows = typed.questions[numbers[0]].options
    if numbers and numbers[-1] < len(rows):
        _move(rows, verb, numbers[-1])


def _add(typed: TypedCategory, places: list[str], numbers: list[int]) -> None:
    if places == ["q"] and len(typed.questions) < MOST_QUESTIONS:
        typed.questions.append(TypedQuestion(options=[TypedOption(), TypedOption()]))
    elif numbers and numbers[0] < len(typed.questions):
        options = typed.questions[numbers[0]].options
        if len(options) < MOST_OPTIONS:
            options.append(TypedOption())


def _move(rows: list[TypedQuestion] | list[TypedOption], verb: str, at: int) -> None:
    if verb == "drop":
        del rows[at]
    elif verb == "up" and at > 0:
        rows.insert(at - 1, rows.pop(at))  # type: ignore[arg-type]  # of the same list
