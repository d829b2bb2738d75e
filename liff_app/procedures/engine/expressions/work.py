"""What working out an expression costs, in steps of about a microsecond on a slow core.

The same figures are charged while a form is evaluated (`running.py`) and added up beforehand for
the longest answers there can be (`engine/weighing.py`). Measured by `bench/workbooks.py --work`.
"""

from __future__ import annotations

from collections.abc import Sequence

from liff_app.letters import is_plain
from liff_app.procedures.engine.expressions.values import Chosen, Nodes, Value

# Of one pass over a form. A form of 500 questions takes a quarter at most; all of it is 0.3 s.
MOST_STEPS = 300_000
PER_STEP = 32  # code points that are copied or searched; their memory is bounded by it, too
PER_STEP_COUNTED = 4  # code points that become characters as people count them
PER_STEP_MATCHED = 400  # code points times instructions of a regular expression
ARGUMENTS_PER_STEP = 4


class TooMuchWork(Exception):
    """The form asks more of these answers than one pass may cost."""


def weight(value: Value) -> int:
    """The steps to look at a value once."""
    if isinstance(value, str):
        return len(value) // PER_STEP
    if isinstance(value, Nodes):
        return sum(1 + weight(one) for one in value)
    return len(value) if isinstance(value, Chosen) else 0


def calling(values: Sequence[Value]) -> int:
    """The steps to call a function with those values."""
    return 1 + len(values) // ARGUMENTS_PER_STEP + sum(map(weight, values))


def many(value: Value) -> int:
    """As how many values it counts in a comparison."""
    return max(1, len(value)) if isinstance(value, Nodes) else 1


def counting(text: str) -> int:
    """The steps to find the characters of a text."""
    return len(text) // (PER_STEP if is_plain(text) else PER_STEP_COUNTED)


def matching(length: int, size: int) -> int:
    """The steps to match so many code points against a pattern of so many instructions."""
    return length * size // PER_STEP_MATCHED
