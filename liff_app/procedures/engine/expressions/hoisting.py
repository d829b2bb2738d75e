"""Parts of a choice filter that say the same of every choice: they are worked out once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from liff_app.procedures.engine.expressions.tree import (
    Call,
    Chain,
    ChosenLabel,
    Column,
    Matches,
    Minus,
    Node,
    Once,
    children,
    walk,
)


def hoisted(tree: Node) -> Node:
    """The same tree, with every part that names no column of the choices as a `Once`."""
    return _hoisted(tree, count())


def _hoisted(node: Node, numbers: Iterator[int]) -> Node:
    if children(node) and not any(isinstance(one, Column) for one in walk(node)):
        return Once(node, next(numbers))
    match node:
        case Chain():
            rest = tuple((sign, _hoisted(one, numbers)) for sign, one in node.rest)
            return Chain(_hoisted(node.first, numbers), rest)
        case Call():
            return replace(node, arguments=tuple(_hoisted(one, numbers) for one in node.arguments))
        case Minus():
            return Minus(_hoisted(node.operand, numbers))
        case Matches() | ChosenLabel():
            return replace(node, value=_hoisted(node.value, numbers))
        case _:
            return node
