"""The language of XLSForm's expressions, as far as forms here speak it.

Written and meant as in ODK: `${kind} = 'sofa' and ${pieces} > 2`. What there is:

- `or and = != < <= > >= + - * div mod`, a minus, brackets, 'texts' and "texts", numbers, `.` for
  the question's own answer; in a choice filter plain names for the columns of the choices.
- `${name}` is the answer. Inside a repeat it is this instance's, outside all instances'; in a place
  that wants one value the first of them counts (`Expr.singles` tells such places).
- The functions of `FUNCTIONS`. A column of what was chosen, such as its price:
  `instance('items')/root/item[name = ${item}]/fee` as ODK writes it, or shorter
  `machimado:choice(${item}, 'fee')`. With answers of many instances both give many, for `sum`.

What it means, where ODK leaves it open or calculates in floating point:

- An empty answer equals `''` and no number and no date; every comparison of it with one of those is
  false, `!=` too. As a condition it is false.
- Reckoning is exact to 60 digits. What cannot be reckoned is empty: a division by zero, an empty or
  wordy operand. Whole results are whole numbers. `sum`, `max`, `min` and `join` pass over
  what is empty.
- Days compare as days, and in reckoning are days since 1970-01-01: `date(today() + 7)`.
- Texts are counted in characters as people see them. Texts over 16,000 and numbers over 10^30 are
  empty; numbers under 10^-100 are zero.
- What says the same of every choice of a filter is worked out once for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from liff_app.procedures.engine.expressions.functions import FUNCTIONS, LISTS, Arity
from liff_app.procedures.engine.expressions.hoisting import hoisted
from liff_app.procedures.engine.expressions.parsing import MAX_DEPTH, parse_tree
from liff_app.procedures.engine.expressions.running import Run, runner
from liff_app.procedures.engine.expressions.scene import Scene
from liff_app.procedures.engine.expressions.tokens import MAX_LENGTH, ExpressionInvalid
from liff_app.procedures.engine.expressions.tree import (
    Call,
    ChosenColumn,
    ChosenLabel,
    Column,
    Constant,
    Matches,
    Node,
    Own,
    Position,
    Reference,
    children,
    walk,
)
from liff_app.procedures.engine.expressions.values import Value
from liff_app.procedures.engine.expressions.work import MOST_STEPS, TooMuchWork

__all__ = [
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MOST_STEPS",
    "Arity",
    "Expr",
    "ExpressionInvalid",
    "Scene",
    "TooMuchWork",
    "Value",
    "constant",
    "filter_tree",
    "parse",
    "references",
]


@dataclass(frozen=True, slots=True, eq=False)
class Expr:
    """An expression that was understood. Positions count characters of `source` from 0."""

    source: str
    tree: Node
    run: Run
    references: frozenset[str]  # the names in `${…}`
    places: tuple[Reference, ...]  # each of them where it stands, in order
    singles: frozenset[str]  # those of them that stand where one value is wanted
    functions: frozenset[str]
    columns: tuple[Column, ...]  # plain names, for choice filters only
    chosen_columns: tuple[ChosenColumn, ...]
    chosen_labels: tuple[ChosenLabel, ...]
    patterns: tuple[str, ...]  # of regex()
    uses_own: bool
    uses_position: bool


@lru_cache(maxsize=8192)
def parse(source: str) -> Expr:
    """The expression, ready to run. Raises ExpressionInvalid."""
    tree = parse_tree(source)
    nodes = tuple(walk(tree))
    places = tuple(one for one in nodes if isinstance(one, Reference))
    return Expr(
        source=source,
        tree=tree,
        run=runner(tree),
        references=frozenset(one.name for one in places),
        places=places,
        singles=frozenset(_singles(tree, takes_list=False)),
        functions=frozenset(one.name for one in nodes if isinstance(one, Call)),
        columns=tuple(one for one in nodes if isinstance(one, Column)),
        chosen_columns=tuple(one for one in nodes if isinstance(one, ChosenColumn)),
        chosen_labels=tuple(one for one in nodes if isinstance(one, ChosenLabel)),
        patterns=tuple(one.pattern for one in nodes if isinstance(one, Matches)),
        uses_own=any(isinstance(one, Own) for one in nodes),
        uses_position=any(isinstance(one, Position) for one in nodes),
    )


@lru_cache(maxsize=1024)
def filter_tree(source: str) -> Node:
    """The tree of a choice filter, as it is run. Raises ExpressionInvalid."""
    return hoisted(parse(source).tree)


def references(expr: Expr) -> frozenset[str]:
    """The names of the questions and repeats that it asks for."""
    return expr.references


def constant(source: str) -> str | None:
    """The text or number that the whole expression is, None if it is anything more."""
    tree = parse(source).tree
    return str(tree.value) if isinstance(tree, Constant) else None


def _singles(node: Node, *, takes_list: bool) -> list[str]:
    """The references that stand where one value is wanted."""
    if isinstance(node, Reference):
        return [] if takes_list else [node.name]
    if isinstance(node, ChosenLabel):  # its question is a name, not an answer
        return _singles(node.value, takes_list=False)
    passes = isinstance(node, Call) and node.name in LISTS
    inner = passes or (isinstance(node, ChosenColumn) and takes_list)
    return [name for child in children(node) for name in _singles(child, takes_list=inner)]
