"""The answers worth trying for a question, the simplest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from liff_app.procedures.engine.document import (
    FILE_KINDS,
    Choice,
    Kind,
    Normalise,
    Question,
    Repeat,
)
from liff_app.procedures.engine.expressions.values import day_of, is_time
from liff_app.procedures.engine.paths.examples import example
from liff_app.procedures.engine.paths.hints import Hints, Number, near

MOST = 40  # answers tried for one question
_SUBSETS = 4  # up to so many choices every selection of them is tried
_DAYS = 40_000  # a number next to a date that is less may count days
_YEARS = 150  # or years of an age
_LENGTH = 4_000
_INSTANCES = 6  # a repeat is tried with up to so many
_WHOLE_LIST = 60
_PLAIN = "みほん"
_BY_FOLDING = {
    Normalise.NAME: "窓 花子",
    Normalise.KANA: "マド ハナコ",
    Normalise.POSTAL: "0000001",
    Normalise.PHONE: "+81300000000",
    Normalise.EMAIL: "mihon@example.jp",
    Normalise.DIGITS: "1",
}
_BORN = date(1980, 4, 1)
_CLOCK = 24 * 60


class Trying:
    """Answers to try in the questions of one document."""

    def __init__(self, hints: Hints, today: date) -> None:
        self._hints = hints
        self._today = today
        self.cut: set[str] = set()  # questions of which not everything worth trying was tried

    def answers(
        self, question: Question, left: Sequence[Choice], beside: Iterable[object] = ()
    ) -> list[Any]:
        """What to try; `left` are the choices there are, `beside` answers it is compared with."""
        found = _distinct(self._of_kind(question, left, list(beside)))
        if len(found) > MOST:
            self.cut.add(question.name)
        return found[:MOST]

    def instances(self, repeat: Repeat, *, counts: bool) -> list[int]:
        """With how many instances to try a repeat, none of them more than it takes.

        `counts`: something behind it depends on what is in it.
        """
        hinted = [int(one) for one in near(self._hints.numbers[repeat.name])]
        wanted = [max(repeat.least, 1), repeat.least]
        wanted += [repeat.least + 1, *hinted] if counts else []
        if any(one > _INSTANCES for one in hinted):
            self.cut.add(repeat.name)
        most = min(repeat.most, _INSTANCES)
        return _distinct(one for one in wanted if repeat.least <= one <= max(most, repeat.least))

    def _of_kind(
        self, question: Question, left: Sequence[Choice], beside: list[object]
    ) -> Iterator[Any]:
        kind = question.kind
        if kind is Kind.CHOOSE_ONE:
            return iter(self._choices(question, left))
        if kind is Kind.CHOOSE_MANY:
            return self._selections(question, left)
        if kind in FILE_KINDS:
            most = question.most_files if self._hints.numbers[question.name] else 1
            return ([f"mihon{place}" for place in range(count)] for count in range(1, most + 1))
        if kind is Kind.PLACE:
            return iter([{"lat": 35.0, "lon": 135.0}])
        if kind is Kind.CONSENT:
            return iter([True])
        return self._typed(question, beside)

    def _typed(self, question: Question, beside: list[object]) -> Iterator[Any]:
        if question.kind in {Kind.INTEGER, Kind.DECIMAL}:
            return self._numbers(question, beside)
        if question.kind is Kind.DATE:
            return (day.isoformat() for day in self._days(question, beside))
        if question.kind is Kind.TIME:
            return self._times(question, beside)
        return self._texts(question, beside)

    # --- choices ---------------------------------------------------------------------------------

    def _choices(self, question: Question, left: Sequence[Choice]) -> list[str]:
        """Every choice that is told from others, and one of those that nothing asks for."""
        values = [one.value for one in left]
        if question.name in self._hints.whole:
            if len(values) > _WHOLE_LIST:
                self.cut.add(question.name)
            return values[:_WHOLE_LIST]
        named = self._hints.words[question.name]
        plain = [one for one in values if one not in named][:1]
        return plain + [one for one in values if one in named]

    def _selections(self, question: Question, left: Sequence[Choice]) -> Iterator[list[str]]:
        """Selections told apart by which of the choices are in that anything asks for.

        Of the others it only counts how many there are.
        """
        values = [one.value for one in left]
        is_told = question.name in self._hints.whole
        named = values if is_told else [v for v in values if v in self._hints.words[question.name]]
        others = [one for one in values if one not in named]
        counts = {int(one) for one in near(self._hints.numbers[question.name])}
        if len(named) > _SUBSETS:
            self.cut.add(question.name)
        for size in (*range(min(len(named), _SUBSETS) + 1), len(named)):
            for chosen in combinations(named, size):
                for more in sorted({0, 1} | {one - size for one in counts}):
                    if 0 <= more <= len(others) and size + more > 0:
                        picked = {*chosen, *others[:more]}
                        yield [one for one in values if one in picked]

    # --- what is typed ---------------------------------------------------------------------------

    def _numbers(self, question: Question, beside: list[object]) -> Iterator[Number]:
        hinted = set(self._hints.numbers[question.name])
        hinted |= {number for one in self._hints.words[question.name] if (number := _number(one))}
        for number in (1, 2, 0, *near(hinted), *near(_numbers_in(beside))):
            if question.kind is Kind.DECIMAL or number == int(number):
                yield number if question.kind is Kind.DECIMAL else int(number)

    def _days(self, question: Question, beside: list[object]) -> Iterator[date]:
        today, hints = self._today, self._hints
        if "birth" in question.appearance:
            yield _BORN
        said = [*hints.words[question.name], *(one for one in beside if isinstance(one, str))]
        for day in (day for one in said if (day := day_of(one))):
            yield from _around(day)
        yield from (today + timedelta(days=days) for days in (0, 1, -1, 7, -7, 30, -30))
        for number in hints.numbers[question.name]:
            yield from self._counted_days(int(number))
        if question.name in hints.vague:
            yield from (today + timedelta(days=days) for days in range(2, 7))

    def _counted_days(self, number: int) -> Iterator[date]:
        """Days that a number next to a date may mean: so many days from today, or years ago."""
        if abs(number) > _DAYS:
            return
        yield from _around(self._today + timedelta(days=number))
        yield from _around(self._today - timedelta(days=number))
        if 0 < number <= _YEARS and self._today.year > number:
            year = self._today.year - number
            yield from _around(self._today.replace(year=year, day=min(self._today.day, 28)))
            yield from _around(_same_day(self._today, year))

    def _times(self, question: Question, beside: list[object]) -> Iterator[str]:
        yield "09:00"
        said = [*self._hints.words[question.name], *(one for one in beside if isinstance(one, str))]
        for one in said:
            if is_time(one):
                minutes = int(one[:2]) * 60 + int(one[3:])
                for minute in (minutes, minutes + 1, minutes - 1):
                    yield f"{minute % _CLOCK // 60:02d}:{minute % 60:02d}"

    def _texts(self, question: Question, beside: list[object]) -> Iterator[str]:
        hints = self._hints
        plain = _BY_FOLDING.get(question.normalise, _PLAIN) if question.normalise else _PLAIN
        yield plain
        for pattern in sorted(hints.patterns[question.name]):
            found = example(pattern)
            if found:
                yield found
        yield from sorted(one for one in hints.words[question.name] if one)
        yield from (one for one in beside if isinstance(one, str))
        if question.name in hints.measured:
            for length in near(hints.numbers[question.name]):
                if 0 < length <= _LENGTH:
                    yield (plain * int(length))[: int(length)]
        elif hints.numbers[question.name]:
            yield from (str(one) for one in near(hints.numbers[question.name]))


def _around(day: date) -> Iterator[date]:
    yield from (day, day + timedelta(days=1), day - timedelta(days=1))


def _same_day(day: date, year: int) -> date:
    """That day of another year; of 29 February the day after."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(year, 3, 1) if is_leap_day else day.replace(year=year)


def _number(said: str) -> Number | None:
    return int(said) if said.lstrip("-").isdecimal() else None


def _numbers_in(values: list[object]) -> list[Number]:
    return [one for one in values if isinstance(one, int | Decimal) and not isinstance(one, bool)]


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for one in values:
        if one not in found:
            found.append(one)
    return found
