"""An expression as a tree. Long chains of one operator lie flat, so depth is only brackets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Constant:
    """A number or a text as written."""

    value: str | int | Decimal


@dataclass(frozen=True, slots=True)
class Own:
    """`.`: the value of the question that the expression belongs to."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`: the answer to a question, or the instances of a repeat."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Column:
    """A plain name: a column of the choice that a filter looks at."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class ChosenColumn:
    """A column of what was chosen: `instance('items')/root/item[name = ${item}]/fee`."""

    question: Reference
    column: str
    list_name: str | None  # as written, None where the expression names no list


@dataclass(frozen=True, slots=True)
class ChosenLabel:
    """`jr:choice-name(value, '${question}')`: the label of that question's choice."""

    value: Node
    question: Reference


@dataclass(frozen=True, slots=True)
class Matches:
    """`regex(value, 'pattern')`: the whole value, by RE2."""

    value: Node
    pattern: str


@dataclass(frozen=True, slots=True)
class Position:
    """`position(..)`: which instance of the repeat this is, from 1."""

    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the list with its arguments."""

    name: str
    arguments: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Minus:
    """A minus before something."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands of one precedence from left to right: `a + b - c`."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Once:
    """A part of a choice filter that says the same of every choice; `number` tells it from others.

    The parser makes none: see `hoisting.py`.
    """

    node: Node
    number: int


Node = (
    Constant
    | Own
    | Reference
    | Column
    | ChosenColumn
    | ChosenLabel
    | Matches
    | Position
    | Call
    | Minus
    | Chain
    | Once
)


def children(node: Node) -> tuple[Node, ...]:
    """What stands directly in it."""
    match node:
        case Chain():
            return (node.first, *(operand for _, operand in node.rest))
        case Call():
            return node.arguments
        case Minus(only) | Matches(only, _) | ChosenColumn(only, _, _) | Once(only, _):
            return (only,)
        case ChosenLabel():
            return (node.value, node.question)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """It and everything in it."""
    yield node
    for child in children(node):
        yield from walk(child)
