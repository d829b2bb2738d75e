"""From the tree of an expression to a function that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from liff_app.procedures.engine.expressions.functions import run_of
from liff_app.procedures.engine.expressions.patterns import compiled
from liff_app.procedures.engine.expressions.tree import (
    Call,
    Chain,
    ChosenColumn,
    ChosenLabel,
    Column,
    Constant,
    Matches,
    Minus,
    Node,
    Own,
    Position,
    Reference,
)
from liff_app.procedures.engine.expressions.values import (
    COMPARES,
    Chosen,
    Nodes,
    Value,
    as_text,
    as_truth,
    compare,
    reckon,
)

_NONE: Mapping[str, str] = {}
NAME, LABEL = "name", "label"  # columns that every list of choices has
Lists = Mapping[str, Mapping[str, Mapping[str, str]]]  # question -> choice -> column -> what stands


@dataclass(slots=True)
class Scene:
    """What an expression sees: the answers so far, and where it stands among them."""

    today: date
    values: dict[str, Value] = field(default_factory=dict)
    own: Value = None
    columns: Mapping[str, str] = field(default_factory=dict)  # of the choice that a filter looks at
    position: int | None = None  # from 1, in a repeat
    lists: Lists = field(default_factory=dict)


Run = Callable[[Scene], Value]
Step = tuple[str, Run]


def runner(node: Node) -> Run:
    """What the tree gives in a scene. It never raises, whatever the answers are."""
    match node:
        case Chain():
            return _chain(node)
        case Call():
            return _call(node)
        case Minus():
            return _minus(runner(node.operand))
        case Matches():
            return _matches(runner(node.value), node.pattern)
        case ChosenColumn() | ChosenLabel():
            return _looked_up(node)
        case _:
            return _leaf(node)


def _leaf(node: Constant | Reference | Column | Own | Position) -> Run:
    match node:
        case Constant():
            return _constant(node.value)
        case Reference():
            return _reference(node.name)
        case Column():
            return _column(node.name)
        case Own():
            return lambda scene: scene.own
        case Position():
            return lambda scene: scene.position


def _constant(value: str | int | Decimal) -> Run:
    return lambda _: value


def _reference(name: str) -> Run:
    return lambda scene: scene.values.get(name)


def _column(name: str) -> Run:
    return lambda scene: scene.columns.get(name)


def _minus(operand: Run) -> Run:
    return lambda scene: reckon("-", 0, operand(scene))


def _matches(value: Run, pattern: str) -> Run:
    found = compiled(pattern)
    return lambda scene: found.fullmatch(as_text(value(scene))) is not None


def _looked_up(node: ChosenColumn | ChosenLabel) -> Run:
    """That column of every choice the value names; of several values several."""
    question = node.question.name
    column = LABEL if isinstance(node, ChosenLabel) else node.column
    value = runner(node.value if isinstance(node, ChosenLabel) else node.question)

    def run(scene: Scene) -> Value:
        choices, chosen = scene.lists.get(question, {}), value(scene)
        if isinstance(chosen, Nodes):
            return Nodes(_cell(choices, as_text(one), column) for one in chosen)
        if isinstance(chosen, Chosen):
            cells = (_cell(choices, one, column) for one in chosen)
            if column == LABEL:
                return "、".join(as_text(cell) for cell in cells)
            return Nodes(cells)
        return _cell(choices, as_text(chosen), column)

    return run


def _cell(choices: Mapping[str, Mapping[str, str]], value: str, column: str) -> str | None:
    return choices.get(value, _NONE).get(column)


# --- operators -----------------------------------------------------------------------------------


def _chain(node: Chain) -> Run:
    first, rest = runner(node.first), [(sign, runner(one)) for sign, one in node.rest]
    sign, second = rest[0]
    if sign in {"or", "and"}:
        return _logic(sign, [first, *(one for _, one in rest)])
    step = compare if sign in COMPARES else reckon
    if len(rest) == 1:
        return lambda scene: step(sign, first(scene), second(scene))
    return _steps(step, first, rest)


def _logic(sign: str, operands: list[Run]) -> Run:
    if sign == "or":
        return lambda scene: any(as_truth(one(scene)) for one in operands)
    return lambda scene: all(as_truth(one(scene)) for one in operands)


def _steps(step: Callable[[str, Value, Value], Value], first: Run, rest: list[Step]) -> Run:
    """From left to right, in a loop: a chain may be as long as an expression."""

    def run(scene: Scene) -> Value:
        found = first(scene)
        for sign, operand in rest:
            found = step(sign, found, operand(scene))
        return found

    return run


def _call(node: Call) -> Run:
    arguments = [runner(one) for one in node.arguments]
    if node.name == "if":
        return _if(*arguments)
    if node.name == "today":
        return lambda scene: scene.today
    if node.name == "coalesce":
        return _coalesce(arguments)
    run = run_of(node.name)
    if len(arguments) == 1:
        only = arguments[0]
        return lambda scene: run(only(scene))
    return lambda scene: run(*[one(scene) for one in arguments])


def _if(condition: Run, then: Run, otherwise: Run) -> Run:
    return lambda scene: then(scene) if as_truth(condition(scene)) else otherwise(scene)


def _coalesce(arguments: list[Run]) -> Run:
    def run(scene: Scene) -> Value:
        found: Value = None
        for one in arguments:
            found = one(scene)
            if as_text(found):
                return found
        return found

    return run
