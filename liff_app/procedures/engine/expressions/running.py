"""From the tree of an expression to a function that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from liff_app.letters import letters
from liff_app.procedures.engine.expressions.functions import joined, run_of
from liff_app.procedures.engine.expressions.patterns import compiled
from liff_app.procedures.engine.expressions.scene import Scene
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
    Once,
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
from liff_app.procedures.engine.expressions.work import (
    PER_STEP,
    calling,
    counting,
    many,
    matching,
    weight,
)

_NONE: Mapping[str, str] = {}
NAME, LABEL = "name", "label"  # columns that every list of choices has
Run = Callable[[Scene], Value]
Step = tuple[str, Run]


def runner(node: Node) -> Run:
    """What the tree gives in a scene. Raises TooMuchWork, and nothing else for any answers."""
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


def _leaf(node: Constant | Reference | Column | Own | Position | Once) -> Run:
    match node:
        case Once():
            return _once(node)
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


def _once(node: Once) -> Run:
    run, number = runner(node.node), node.number

    def kept(scene: Scene) -> Value:
        if number not in scene.once:
            scene.once[number] = run(scene)
        return scene.once[number]

    return kept


def _minus(operand: Run) -> Run:
    return lambda scene: reckon("-", 0, operand(scene))


def _matches(value: Run, pattern: str) -> Run:
    found = compiled(pattern)

    def run(scene: Scene) -> Value:
        text = as_text(value(scene))
        scene.spend(1 + matching(len(text), found.programsize))
        return found.fullmatch(text) is not None

    return run


def _looked_up(node: ChosenColumn | ChosenLabel) -> Run:
    """That column of every choice the value names; of several values several."""
    question = node.question.name
    column = LABEL if isinstance(node, ChosenLabel) else node.column
    value = runner(node.value if isinstance(node, ChosenLabel) else node.question)

    def run(scene: Scene) -> Value:
        choices, chosen = scene.lists.get(question, {}), value(scene)
        scene.spend(1 + weight(chosen))
        if isinstance(chosen, Nodes):
            return Nodes(_cell(choices, as_text(one), column) for one in chosen)
        if isinstance(chosen, Chosen):
            cells = (_cell(choices, one, column) for one in chosen)
            if column == LABEL:
                return _spent(scene, joined("、", (as_text(cell) for cell in cells)))
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
    step = _compared if sign in COMPARES else _reckoned
    if len(rest) == 1:
        return lambda scene: step(scene, sign, first(scene), second(scene))
    return _steps(step, first, rest)


def _compared(scene: Scene, sign: str, left: Value, right: Value) -> Value:
    scene.spend(many(left) * many(right))
    return compare(sign, left, right)


def _reckoned(scene: Scene, sign: str, left: Value, right: Value) -> Value:
    scene.spend(1)
    return reckon(sign, left, right)


def _logic(sign: str, operands: list[Run]) -> Run:
    decides = any if sign == "or" else all

    def run(scene: Scene) -> Value:
        scene.spend(len(operands))
        return decides(as_truth(one(scene)) for one in operands)

    return run


def _steps(step: Callable[[Scene, str, Value, Value], Value], first: Run, rest: list[Step]) -> Run:
    """From left to right, in a loop: a chain may be as long as an expression."""

    def run(scene: Scene) -> Value:
        found = first(scene)
        for sign, operand in rest:
            found = step(scene, sign, found, operand(scene))
        return found

    return run


def _call(node: Call) -> Run:
    arguments = [runner(one) for one in node.arguments]
    match node.name:
        case "if":
            return _if(*arguments)
        case "today":
            return lambda scene: scene.today
        case "coalesce":
            return _coalesce(arguments)
        case "string-length":
            return _length(*arguments)
        case "substr":
            return _substr(arguments)
        case _:
            return _plain_call(node.name, arguments)


def _plain_call(name: str, arguments: list[Run]) -> Run:
    function = run_of(name)

    def run(scene: Scene) -> Value:
        values = [one(scene) for one in arguments]
        scene.spend(calling(values))
        return _spent(scene, function(*values))

    return run


def _spent(scene: Scene, made: Value) -> Value:
    """What was made, the memory for a text paid."""
    if isinstance(made, str):
        scene.spend(len(made) // PER_STEP)
    return made


def _length(value: Run) -> Run:
    """How many characters: of an answer counted once, of what was put together every time."""

    def run(scene: Scene) -> Value:
        text = as_text(value(scene))
        known = scene.lengths.get(text)
        if known is not None:
            scene.spend(1)
            return known
        is_answer = text in scene.lengths
        scene.spend(1 if is_answer else 1 + counting(text))
        found = letters(text)
        if is_answer:
            scene.lengths[text] = found
        return found

    return run


def _substr(arguments: list[Run]) -> Run:
    function = run_of("substr")

    def run(scene: Scene) -> Value:
        text, *places = (one(scene) for one in arguments)
        text = as_text(text)
        scene.spend(1 + counting(text))
        return function(text, *places)

    return run


def _if(condition: Run, then: Run, otherwise: Run) -> Run:
    def run(scene: Scene) -> Value:
        scene.spend(1)
        return then(scene) if as_truth(condition(scene)) else otherwise(scene)

    return run


def _coalesce(arguments: list[Run]) -> Run:
    def run(scene: Scene) -> Value:
        found: Value = None
        for one in arguments:
            found = one(scene)
            scene.spend(1 + weight(found))
            if as_text(found):
                return found
        return found

    return run
