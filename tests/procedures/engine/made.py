"""Forms made at random, each expression with its meaning told a second time, in Python.

`Look` is how a meaning asks for an answer: of a question in the same repeat the same instance's,
of one in another repeat the list of all visible ones. None is no answer.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from liff_app.procedures.engine.document import (
    Choice,
    Document,
    Group,
    Item,
    Kind,
    Page,
    Question,
    Repeat,
    Settings,
)


class Look(Protocol):
    """How a meaning asks for answers."""

    @property
    def position(self) -> int | None: ...

    @property
    def own(self) -> Any: ...  # noqa: ANN401 - an answer

    def __call__(self, name: str) -> Any: ...  # noqa: ANN401 - an answer


Meaning = Callable[[Look], Any]
ASKED = (
    Kind.TEXT,
    Kind.INTEGER,
    Kind.INTEGER,
    Kind.DECIMAL,
    Kind.DATE,
    Kind.CHOOSE_ONE,
    Kind.CHOOSE_ONE,
    Kind.CHOOSE_MANY,
    Kind.CONSENT,
    Kind.PHOTO,
    Kind.TIME,
    Kind.PLACE,
    Kind.NOTE,
)
CHOICES = ("red", "blue", "white")


def ref(name: str) -> str:
    """How an expression asks for it."""
    return f"${{{name}}}"


@dataclass
class Made:
    """A form and what its expressions mean."""

    document: Document
    meanings: dict[str, Meaning]


@dataclass
class Maker:
    """Makes one form; remembers what was asked before."""

    rng: random.Random
    meanings: dict[str, Meaning] = field(default_factory=dict)
    asked: list[tuple[str, Kind, str | None]] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)
    within: str | None = None
    serial: int = 0

    def form(self) -> Made:
        pages = [self.page() for _ in range(self.rng.randint(2, 4))]
        pages.append(Page(name=self.name("page"), items=(self.fee(), self.question())))
        document = Document(
            form_id="made",
            title={"ja": "ためし"},
            languages=("ja",),
            default_language="ja",
            settings=Settings(),
            pages=tuple(pages),
        )
        return Made(document, self.meanings)

    def name(self, stem: str) -> str:
        self.serial += 1
        return f"{stem}{self.serial}"

    def tell(self, source: str, meaning: Meaning) -> str:
        self.meanings[source] = meaning
        return source

    # --- parts -----------------------------------------------------------------------------------

    def page(self) -> Page:
        relevant = self.condition(0.35)
        items: list[Item] = [self.item() for _ in range(self.rng.randint(1, 3))]
        if self.rng.random() < 0.5:
            items.append(self.repeat())
        return Page(name=self.name("page"), relevant=relevant, items=tuple(items))

    def item(self) -> Item:
        if self.rng.random() < 0.25:
            relevant = self.condition(0.6)
            items = tuple(self.item() for _ in range(self.rng.randint(1, 3)))
            return Group(name=self.name("group"), relevant=relevant, items=items)
        return self.calculated() if self.rng.random() < 0.2 else self.question()

    def repeat(self) -> Repeat:
        name, relevant, count = self.name("rep"), self.condition(0.4), None
        numbers = self.known(Kind.INTEGER)
        if numbers and self.rng.random() < 0.3:
            number = self.rng.choice(numbers)
            count = self.tell(ref(number), lambda look: look(number))
        self.within = name
        items = tuple(self.item() for _ in range(self.rng.randint(1, 3)))
        self.within = None
        self.repeats.append(name)
        least = self.rng.choice([0, 0, 1])
        return Repeat(name=name, relevant=relevant, count=count, least=least, most=4, items=items)

    def question(self) -> Question:
        kind = self.rng.choice(ASKED)
        name, relevant = self.name("q"), self.condition(0.55)
        required = self.tell("true()", lambda _: True) if self.rng.random() < 0.4 else None
        choosing = kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_MANY}
        question = Question(
            name=name,
            kind=kind,
            relevant=relevant,
            required=required or self.condition(0.2),
            constraint=self.constraint(kind),
            choices=self.choices() if choosing else (),
            choice_filter=self.filter() if choosing else None,
            most_files=2,
        )
        self.asked.append((name, kind, self.within))
        return question

    def choices(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(value=one, label={"ja": one}, extra={"kin": self.rng.choice(CHOICES)})
            for one in CHOICES
        )

    def filter(self) -> str | None:
        colours = self.known(Kind.CHOOSE_ONE)
        if not colours or self.rng.random() < 0.6:
            return None
        other = self.rng.choice(colours)
        return self.tell(f"kin = {ref(other)}", lambda look: look.own["kin"] == look(other))

    def constraint(self, kind: Kind) -> str | None:
        if self.rng.random() < 0.5:
            return None
        if kind is Kind.INTEGER:
            return self.tell(". >= 0 and . <= 6", lambda look: 0 <= look.own <= 6)
        if kind is Kind.DATE:
            return self.tell(". <= today()", lambda look: look.own <= "2026-11-23")
        if kind is Kind.TEXT:
            return self.tell("string-length(.) < 5", lambda look: len(look.own) < 5)
        return None

    # --- expressions -----------------------------------------------------------------------------

    def known(self, *kinds: Kind) -> list[str]:
        """Earlier questions that can be asked for here as one answer."""
        return [
            name
            for name, kind, within in self.asked
            if kind in kinds and within in {None, self.within}
        ]

    def condition(self, chance: float, depth: int = 0) -> str | None:
        if self.rng.random() > chance:
            return None
        if depth < 2 and self.rng.random() < 0.3:
            return self.joined(depth)
        return self.simple()

    def joined(self, depth: int) -> str | None:
        one, other = self.condition(1, depth + 1), self.condition(1, depth + 1)
        if one is None or other is None:
            return one or other
        first, second = self.meanings[one], self.meanings[other]
        match self.rng.choice(["and", "or", "not"]):
            case "and":
                return self.tell(f"({one}) and ({other})", lambda at: first(at) and second(at))
            case "or":
                return self.tell(f"({one}) or ({other})", lambda at: first(at) or second(at))
            case _:
                return self.tell(f"not({one})", lambda at: not first(at))

    def simple(self) -> str | None:
        makers = [self.by_list, self.by_answer]
        if self.within is not None:
            makers.append(self.by_position)
        return self.rng.choice(makers)()

    def by_position(self) -> str | None:
        return self.tell("position(..) = 1", lambda look: look.position == 1)

    def by_list(self) -> str | None:
        if not self.repeats:
            return self.by_answer()
        repeat, most = self.rng.choice(self.repeats), self.rng.randint(0, 3)
        return self.tell(f"count({ref(repeat)}) > {most}", lambda look: look(repeat) > most)

    def by_answer(self) -> str | None:
        known = [
            (name, kind)
            for name, kind, within in self.asked
            if within in {None, self.within} and kind is not Kind.NOTE
        ]
        return self.about(*self.rng.choice(known)) if known else None

    def about(self, name: str, kind: Kind) -> str:
        """A condition on one answer."""
        about = {
            Kind.INTEGER: self.compared,
            Kind.DECIMAL: self.compared,
            Kind.CALCULATED: self.compared,
            Kind.CHOOSE_ONE: self.coloured,
            Kind.CHOOSE_MANY: self.coloured,
            Kind.DATE: self.dated,
            Kind.CONSENT: self.agreed,
        }
        return about.get(kind, self.answered)(name, kind)

    def coloured(self, name: str, kind: Kind) -> str:
        at, colour = ref(name), self.rng.choice(CHOICES)
        if kind is Kind.CHOOSE_MANY:
            return self.tell(
                f"selected({at}, '{colour}')", lambda look: colour in (look(name) or [])
            )
        if self.rng.random() < 0.5:
            return self.tell(f"{at} = '{colour}'", lambda look: look(name) == colour)
        return self.tell(f"{at} != '{colour}'", lambda look: look(name) != colour)

    def dated(self, name: str, _: Kind) -> str:
        return self.tell(
            f"{ref(name)} <= '2026-06-15'", lambda look: (look(name) or "9") <= "2026-06-15"
        )

    def agreed(self, name: str, _: Kind) -> str:
        return self.tell(f"{ref(name)} = 'OK'", lambda look: look(name) is True)

    def answered(self, name: str, _: Kind) -> str:
        if self.rng.random() < 0.5:
            return self.tell(f"{ref(name)} = ''", lambda look: look(name) is None)
        return self.tell(f"{ref(name)} != ''", lambda look: look(name) is not None)

    def compared(self, name: str, _: Kind) -> str:
        at, number = ref(name), self.rng.randint(0, 5)
        if self.rng.random() < 0.3:  # an empty answer is neither equal nor unequal to a number
            return self.tell(
                f"{at} != {number}", lambda look: look(name) is not None and look(name) != number
            )
        return self.tell(
            f"{at} > {number}", lambda look: look(name) is not None and look(name) > number
        )

    # --- calculations ----------------------------------------------------------------------------

    def calculated(self) -> Question:
        name, relevant = self.name("calc"), self.condition(0.3)
        source = self.rng.choice([self.total, self.product, self.chosen])()
        self.asked.append((name, Kind.CALCULATED, self.within))
        return Question(name=name, kind=Kind.CALCULATED, relevant=relevant, calculation=source)

    def fee(self) -> Question:
        """What is to be paid: the sum of whatever was asked for as a number."""
        name = self.name("fee")
        self.asked.append((name, Kind.CALCULATED, None))
        return Question(
            name=name,
            kind=Kind.CALCULATED,
            label={"ja": "手数料"},
            calculation=self.total(),
            is_fee=True,
        )

    def total(self) -> str:
        names = [
            name
            for name, kind, within in self.asked
            if kind in {Kind.INTEGER, Kind.DECIMAL} and (within is None or within != self.within)
        ]
        if not names:
            return self.tell("7", lambda _: 7)
        return self.tell(
            f"sum({', '.join(ref(name) for name in names)})",
            lambda look: sum(
                (Decimal(one) for name in names for one in listed(look(name))), Decimal(0)
            ),
        )

    def product(self) -> str:
        names = self.known(Kind.INTEGER)
        if not names:
            return self.total()
        name = self.rng.choice(names)
        return self.tell(
            f"coalesce({ref(name)}, 0) * 300 + 5", lambda look: (look(name) or 0) * 300 + 5
        )

    def chosen(self) -> str:
        condition = self.condition(1)
        if condition is None:
            return self.total()
        holds = self.meanings[condition]
        return self.tell(f"if({condition}, 500, '')", lambda look: 500 if holds(look) else None)


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - an answer
    """The answers that there are: of many instances all, of one question one."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one is not None]


def made_form(seed: int) -> Made:
    """The form of that number."""
    return Maker(random.Random(seed)).form()
