"""A category of damage as residents meet it: its words, its questions, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from liff_app.reports.vocabulary import Group


class StopKind(StrEnum):
    """Why a form ends without a report."""

    EMERGENCY = "emergency"  # somebody must come now: a telephone call, not a form
    NOT_OURS = "not_ours"  # somebody else is in charge of the thing


class QuestionKind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What stands in place of the sending button: where to turn instead.

    `phone` is dialled as it stands ("" if there is none to dial), `phone_label` is its button.
    """

    kind: StopKind
    title: str
    text: str
    phone: str = ""
    phone_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the answers to choose from; with a stop, choosing it ends the form."""

    code: str
    label: str
    stop: Stop | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked besides place, words and photos. A text has no options."""

    code: str
    label: str
    kind: QuestionKind = QuestionKind.CHOICE
    options: tuple[Option, ...] = ()
    required: bool = False
    hint: str = ""

    def option(self, code: str) -> Option | None:
        """The option of that code, None if there is none."""
        return next((one for one in self.options if one.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of damage.

    `number_label` names the number that such things carry (灯具番号), "" where they carry none.
    `due_days` are working days until an answer is promised inside the town hall, None: no date.
    `version` is 0 for a built-in one that nobody changed.
    """

    code: str
    name: str
    group: Group = Group.EVERYDAY
    icon: str = "report"
    hint: str = ""
    number_label: str = ""
    questions: tuple[Question, ...] = ()
    stop: Stop | None = None
    department_id: str | None = None
    due_days: int | None = None
    active: bool = True
    order: int = 0
    version: int = 0

    def question(self, code: str) -> Question | None:
        """The question of that code, None if there is none."""
        return next((one for one in self.questions if one.code == code), None)
