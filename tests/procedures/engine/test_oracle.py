"""Where XLSForm's language and XPath 2.0 mean the same, elementpath says the same."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import elementpath
import pytest

from liff_app.procedures.engine.expressions import Scene, Value, parse

ANSWERS: dict[str, Value] = {
    "one": 1,
    "seven": 7,
    "minus": -4,
    "half": Decimal("0.5"),
    "third": Decimal("2.25"),
    "town": "さくら町",
    "word": "sofa",
    "blank": "",
}
NUMBERS = ("one", "seven", "minus", "half", "third")
TEXTS = ("town", "word", "blank")
ROOT = ET.Element("root")
SIGNS = ("=", "!=", "<", "<=", ">", ">=")
SHARES, EACH = 5, 200


class Said(NamedTuple):
    """The same expression in our language and in XPath 2.0."""

    ours: str
    theirs: str


def put(template: str, *parts: Said) -> Said:
    """The template around the parts, alike in both."""
    return Said(
        template.format(*(one.ours for one in parts)),
        template.format(*(one.theirs for one in parts)),
    )


class Saying:
    """Makes expressions that both languages have, each sort with the right sort within.

    Divisors are such that the quotient is exact in both; a division by zero is an error there.
    """

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def leaf(self, names: tuple[str, ...], literals: tuple[str, ...]) -> Said:
        if self.rng.random() < 0.5:
            name = self.rng.choice(names)
            return Said(f"${{{name}}}", f"${name}")
        literal = self.rng.choice(literals)
        return Said(literal, literal)

    def number(self, depth: int) -> Said:
        if depth == 0 or self.rng.random() < 0.15:
            return self.leaf(NUMBERS, ("0", "2", "3.5", "10", "0.25"))
        return self.rng.choice([self.reckoned, self.called])(depth - 1)

    def reckoned(self, depth: int) -> Said:
        one, other = self.number(depth), self.number(depth)
        divisor = self.rng.choice(["div 4", "div 0.5", "mod 3", "mod 2.5", "div -2"])
        return self.rng.choice(
            [
                put(f"({{}} {self.rng.choice('+-*')} {{}})", one, other),
                put("({} + {} * 3 - {})", one, other, one),
                put(f"({{}} {divisor})", one),
                put("-({})", one),
            ]
        )

    def called(self, depth: int) -> Said:
        one, other, asked = self.number(depth), self.number(depth), self.condition(depth)
        alone = self.rng.choice(["round", "floor", "ceiling", "abs"])
        name = self.rng.choice(["max", "min", "sum"])
        return self.rng.choice(
            [
                put(f"{alone}({{}})", one),
                put("string-length({})", self.text(depth)),
                Said(
                    f"if({asked.ours}, {one.ours}, {other.ours})",
                    f"(if ({asked.theirs}) then {one.theirs} else {other.theirs})",
                ),
                Said(
                    f"{name}({one.ours}, {other.ours})", f"{name}(({one.theirs}, {other.theirs}))"
                ),
            ]
        )

    def text(self, depth: int) -> Said:
        if depth == 0 or self.rng.random() < 0.3:
            return self.leaf(TEXTS, ("'so'", '"町"', "''"))
        return put("concat({}, {}, 'x')", self.text(depth - 1), self.text(depth - 1))

    def condition(self, depth: int) -> Said:
        if depth == 0:
            return self.rng.choice([Said("true()", "true()"), Said("false()", "false()")])
        return self.rng.choice([self.joined, self.compared, self.asked])(depth - 1)

    def joined(self, depth: int) -> Said:
        one, other = self.condition(depth), self.condition(depth)
        template = self.rng.choice(["({} or {} and {})", "(not({}) and ({} or {}))"])
        return put(template, one, other, one)

    def compared(self, depth: int) -> Said:
        if self.rng.random() < 0.5:
            sign = self.rng.choice(["=", "!="])
            return put(f"({{}} {sign} {{}})", self.text(depth), self.text(depth))
        sign = self.rng.choice(SIGNS)
        return put(f"({{}} {sign} {{}})", self.number(depth), self.number(depth))

    def asked(self, depth: int) -> Said:
        name = self.rng.choice(["contains", "starts-with", "ends-with", "boolean"])
        if name == "boolean":
            return put("boolean({})", self.text(depth))
        return put(f"{name}({{}}, {{}})", self.text(depth), self.text(depth))


def ours(said: Said) -> Value:
    return parse(said.ours).run(Scene(today=date(2026, 11, 23), values=dict(ANSWERS)))


def theirs(said: Said) -> object:
    parser, variables = elementpath.XPath2Parser, dict[str, Any](ANSWERS)
    found = elementpath.select(ROOT, said.theirs, variables=variables, parser=parser)
    return found[0] if isinstance(found, list) else found


@pytest.mark.parametrize("share", range(SHARES))
def test_elementpath_gives_the_same(share: int) -> None:
    saying, met = Saying(share), Counter[type]()
    for _ in range(EACH):
        said = saying.rng.choice([saying.number, saying.text, saying.condition])(4)
        if len(said.ours) > 1_900:
            continue
        found, expected = ours(said), theirs(said)
        met[type(found)] += 1
        assert found == expected, said
        assert isinstance(found, bool) == isinstance(expected, bool), said
    assert min(met[sort] for sort in (int, Decimal, bool, str)) >= 5, met


@pytest.mark.parametrize(
    ("source", "theirs_is"),
    [("${seven} - 2", "$seven - 2"), ("${half} * 3", "$half * 3"), ("10 div 4", "10 div 4")],
)
def test_a_language_that_reckons_otherwise_would_be_caught(source: str, theirs_is: str) -> None:
    """The comparison sees a difference of one in the last place."""
    off = Said(f"{source} + 0.0000000001", theirs_is)
    assert ours(off) != theirs(off)
    assert ours(Said(source, theirs_is)) == theirs(Said(source, theirs_is))
