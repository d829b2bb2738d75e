"""A second opinion on what answers mean: asked from the end, each answer by asking for others.

The product walks forward once and puts down what it sees. This one starts from a path and asks, as
often as it likes, whether that is visible and what it answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from liff_app.procedures.engine.document import Group, Item, Kind, Page, Question, Repeat
from tests.procedures.engine.made import Made


@dataclass
class At:
    """Where a meaning stands, and its way to ask."""

    form: Naive
    within: str | None
    index: int | None
    own: Any = None

    @property
    def position(self) -> int | None:
        return None if self.index is None else self.index + 1

    def __call__(self, name: str) -> Any:  # noqa: ANN401 - an answer
        return self.form.look(name, self)


class Naive:
    """What a form's answers mean, found out by asking."""

    def __init__(self, made: Made, answers: dict[str, Any]) -> None:
        self.meanings, self.answers = made.meanings, answers
        self.above: dict[str, list[Page | Group | Repeat]] = {}
        self.items: dict[str, Question | Repeat] = {}
        self.within: dict[str, str | None] = {}
        self.known: dict[tuple[str, int | None], Any] = {}
        for page in made.document.pages:
            for item in page.items:
                self._enter(item, [page], None)

    def _enter(self, item: Item, above: list[Page | Group | Repeat], within: str | None) -> None:
        self.above[item.name] = above
        self.within[item.name] = within
        if not isinstance(item, Group):
            self.items[item.name] = item
        if not isinstance(item, Question):
            inner = item.name if isinstance(item, Repeat) else within
            for child in item.items:
                self._enter(child, [*above, item], inner)

    # --- visibility ------------------------------------------------------------------------------

    def is_visible(self, name: str, index: int | None) -> bool:
        """Whether its own condition and those of all it stands in hold."""
        at = At(self, self.within[name], index)
        for outer in self.above[name]:
            outside = isinstance(outer, Page | Repeat) or self.within[outer.name] is None
            place = At(self, None, None) if outside else at
            if not self.holds(outer.relevant, place):
                return False
        return self.holds(self.items[name].relevant, at)

    def holds(self, source: str | None, at: At) -> bool:
        return source is None or bool(self.meanings[source](at))

    def instances(self, name: str) -> int:
        """How many instances a visible repeat has."""
        repeat = self.items[name]
        assert isinstance(repeat, Repeat)
        if not self.is_visible(name, None):
            return 0
        wanted = len(self.answers.get(name, []))
        if repeat.count is not None:
            wanted = max(0, int(self.meanings[repeat.count](At(self, None, None)) or 0))
        return min(wanted, repeat.most)

    def paths(self) -> list[tuple[str, int | None]]:
        """Every visible question in document order, with its instance."""
        found: list[tuple[str, int | None]] = []
        for name, item in self.items.items():
            if isinstance(item, Repeat):
                inside = [one for one, within in self.within.items() if within == name]
                found += [
                    (one, index)
                    for index in range(self.instances(name))
                    for one in inside
                    if one in self.items and self.is_visible(one, index)
                ]
            elif self.within[name] is None and self.is_visible(name, None):
                found.append((name, None))
        return found

    # --- answers ---------------------------------------------------------------------------------

    def look(self, name: str, at: At) -> Any:  # noqa: ANN401 - an answer
        item, within = self.items[name], self.within[name]
        if isinstance(item, Repeat):
            return self.instances(name)
        if within is None or within == at.within:
            return self.value(name, None if within is None else at.index)
        return [
            self.value(name, index)
            for index in range(self.instances(within))
            if self.is_visible(name, index)
        ]

    def value(self, name: str, index: int | None) -> Any:  # noqa: ANN401 - an answer
        """The answer that counts; None for hidden, empty and wrong ones."""
        if (name, index) not in self.known:
            self.known[name, index] = self._value(name, index)
        return self.known[name, index]

    def _value(self, name: str, index: int | None) -> Any:  # noqa: ANN401 - an answer
        if not self.is_visible(name, index):
            return None
        question = self.items[name]
        assert isinstance(question, Question)
        if question.kind is Kind.CALCULATED:
            return whole(
                self.meanings[question.calculation or ""](At(self, self.within[name], index))
            )
        kept, _ = self.judged(question, index)
        return kept

    def judged(self, question: Question, index: int | None) -> tuple[Any, str | None]:
        """The answer as it is kept, and what is wrong with it."""
        raw = self.raw(question.name, index)
        if raw in (None, "", []) or question.kind is Kind.NOTE:
            return None, None
        return judge(question, raw, self.left(question, index))

    def raw(self, name: str, index: int | None) -> Any:  # noqa: ANN401 - an answer
        if index is None:
            return self.answers.get(name)
        given = self.answers.get(self.within[name] or "", [])
        return given[index].get(name) if index < len(given) else None

    def left(self, question: Question, index: int | None) -> list[str]:
        """The choices that the filter leaves."""
        source = question.choice_filter
        within = self.within[question.name]
        return [
            one.value
            for one in question.choices
            if source is None or self.meanings[source](At(self, within, index, one.extra))
        ]

    # --- all of it -------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """What would be sent."""
        sent: dict[str, Any] = {}
        for name, item in self.items.items():
            if isinstance(item, Repeat) and self.instances(name):
                sent[name] = [{} for _ in range(self.instances(name))]
        for name, index in self.paths():
            value, within = self.value(name, index), self.within[name]
            if value is not None and within is None:
                sent[name] = value
            elif value is not None:
                sent[within or ""][index or 0][name] = value
        return sent

    def problems(self) -> set[tuple[str, str]]:
        """What is wrong with visible answers."""
        found: set[tuple[str, str]] = set()
        for name, index in self.paths():
            code = self.problem(name, index)
            path = name if index is None else f"{self.within[name]}/{index}/{name}"
            found |= {(path, code)} if code else set()
        return found

    def problem(self, name: str, index: int | None) -> str | None:
        question = self.items[name]
        assert isinstance(question, Question)
        if question.kind in {Kind.NOTE, Kind.CALCULATED}:
            return None
        kept, code = self.judged(question, index)
        at = At(self, self.within[name], index, kept)
        if (
            code is None
            and kept is None
            and question.required
            and self.holds(question.required, at)
        ):
            return "required"
        if code is None and kept is not None and not self.holds(question.constraint, at):
            return "constraint"
        return code

    def fee(self) -> int | None:
        paid = [
            int(self.value(name, index))
            for name, index in self.paths()
            if getattr(self.items[name], "is_fee", False) and self.value(name, index) is not None
        ]
        return max(0, sum(paid)) if paid else None


def whole(value: Any) -> Any:  # noqa: ANN401 - an answer
    """A whole number as int."""
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


Verdict = tuple[Any, str | None]


def judge(question: Question, raw: Any, left: list[str]) -> Verdict:  # noqa: ANN401 - an answer
    """One answer, judged by its kind alone."""
    match question.kind:
        case Kind.CHOOSE_ONE | Kind.CHOOSE_MANY:
            return judge_choice(question, raw, left)
        case Kind.INTEGER | Kind.DECIMAL:
            return judge_number(question.kind, raw)
        case Kind.TEXT:
            fine = isinstance(raw, str) and "\0" not in raw and "\ud800" not in raw
            return ((raw if raw.strip() else None), None) if fine else (None, "type")
        case Kind.CONSENT:
            return (True, None) if raw is True else (None, None if raw is False else "type")
        case Kind.PHOTO | Kind.PLACE:
            return judge_thing(question.kind, raw)
        case _:
            return (raw, None) if is_moment(question.kind, raw) else (None, "type")


def judge_choice(question: Question, raw: Any, left: list[str]) -> Verdict:  # noqa: ANN401 - any JSON
    offered, is_one = [one.value for one in question.choices], question.kind is Kind.CHOOSE_ONE
    wanted = [raw] if is_one else raw
    if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        return None, "type"
    if not set(wanted) <= set(offered):
        return None, "choice"
    kept = [one for one in left if one in wanted]
    return (kept[0] if is_one and kept else kept or None), None


def judge_number(kind: Kind, raw: Any) -> Verdict:  # noqa: ANN401 - an answer
    number = isinstance(raw, int | float | Decimal) and not isinstance(raw, bool)
    if not number or raw != raw or raw in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN
        return None, "type"
    if abs(raw) > 2**53 - 1:
        return None, "range"
    exact = Decimal(str(raw))
    if kind is Kind.DECIMAL:
        return exact, None
    return (int(exact), None) if exact == int(exact) else (None, "type")


def judge_thing(kind: Kind, raw: Any) -> Verdict:  # noqa: ANN401 - an answer
    if kind is Kind.PHOTO:
        fine = isinstance(raw, list) and all(isinstance(one, str) for one in raw)
        code = "too_many" if fine and len(raw) > 2 else None
    else:
        fine = isinstance(raw, dict) and set(raw) <= {"lat", "lon", "text"} and "lat" in raw
        code = "range" if fine and abs(raw["lat"]) > 90 else None
    code = code if fine else "type"
    return (None if code else raw), code


def is_moment(kind: Kind, raw: object) -> bool:
    """Whether it is a day of the calendar, or a time of the day."""
    if not isinstance(raw, str) or len(raw) != (10 if kind is Kind.DATE else 5):
        return False
    try:
        date.fromisoformat(raw if kind is Kind.DATE else "2026-01-01")
        hour, minute = ("0", "0") if kind is Kind.DATE else raw.split(":")
    except ValueError:
        return False
    return 0 <= int(hour) < 24 and 0 <= int(minute) < 60
