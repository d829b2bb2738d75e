"""What may become of any workbook at all: a sound document, or sentences. Used by the bench too."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from liff_app.procedures.engine.document import from_json, to_json
from liff_app.procedures.engine.evaluation import evaluate
from liff_app.procedures.workbooks.compiling import Compiled, Compiler
from tests.procedures.workbooks.watched import TOUCHED

DAY = date(2026, 4, 1)
_JAPANESE = re.compile(r"[ぁ-んァ-ン一-龥].*[。」]", re.DOTALL)
CRASHES = frozenset({"compiler_died", TOUCHED})
HANGS = frozenset({"too_slow"})


@dataclass(slots=True)
class Tally:
    """What became of many workbooks."""

    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # by the code of the first fault
    slowest: float = 0.0
    slowest_what: str = ""
    wrong: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """All of them."""
        return self.accepted + sum(self.refused.values())


def examine(compiler: Compiler, raw: bytes, what: str, tally: Tally) -> None:
    """One workbook more; whatever may not be is written down."""
    begun = time.perf_counter()
    found = compiler.compile(raw, today=DAY)
    seconds = time.perf_counter() - begun
    if seconds > tally.slowest:
        tally.slowest, tally.slowest_what = seconds, what
    tally.wrong += [f"{what}: {one}" for one in troubles(found)]
    if found.document is not None:
        tally.accepted += 1
    else:
        tally.refused[found.faults[0].code if found.faults else "nothing"] += 1


def troubles(found: Compiled) -> list[str]:
    """What may not be: a crash, a hang, silence, a document that does not work."""
    wrong = [one.code for one in found.faults if one.code in CRASHES | HANGS]
    wrong += [
        f"no sentence: {one.code}"
        for one in (*found.faults, *found.warnings)
        if not _JAPANESE.search(one.message) or len(one.sentence) > 1_000
    ]
    if (found.document is None) is not bool(found.faults):
        wrong.append("neither accepted nor refused")
    if found.document is not None:
        if from_json(to_json(found.document)) != found.document:
            wrong.append("another document after JSON")
        evaluate(found.document, {}, today=DAY)
    return wrong
