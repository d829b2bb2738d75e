"""Thousands of odd and hostile workbooks: each accepted or refused with a sentence.

`python -m bench.workbooks --mutations 10000` sends so many through the compiler as a web process
would, with a witness in every child that sees what it opens or connects to, and examines what comes
back. It ends with 1 if one crashed, hung, was answered without a sentence or touched anything.
`--figures` prints what compiling costs, `--work` how long a pass over a form takes that spends all
it may; `--flaws` shows that the examination catches flaws.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from contextlib import suppress

from liff_app.procedures import samples
from liff_app.procedures.engine.document import Choice, Document, Kind
from liff_app.procedures.engine.evaluation import TooMuchWork, evaluate
from liff_app.procedures.workbooks import writing
from liff_app.procedures.workbooks.compiling import Compiler
from tests.procedures.ground import document, ja, page, question
from tests.procedures.workbooks import examining, mutations, watched

TIMES = 20
SEED = 2026
_SAY_EVERY = 1_000


def figures() -> None:
    """Print what one workbook costs, from its bytes to the document and back over the line."""
    compiler = Compiler()
    begun = time.perf_counter()
    compiler.compile(writing.blank("試し"))
    print(f"first workbook, start of the program: {1000 * (time.perf_counter() - begun):.0f} ms")
    print(f"{'workbook':20}{'kB':>6}{'wall p50 ms':>13}{'questions':>11}{'samples':>9}")
    for name in samples.names():
        raw = samples.raw(name)
        walls = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            found = compiler.compile(raw)
            walls.append(1000 * (time.perf_counter() - begun))
        assert found.document, [one.sentence for one in found.faults]
        questions = sum(1 for _ in found.document.questions())
        print(
            f"{name:20}{len(raw) / 1000:6.0f}{statistics.median(walls):13.0f}"
            f"{questions:11}{len(found.samples):9}"
        )
    compiler.close()


HOSTILE = (
    "substr(concat(name, ${q0}), 3) = ''",
    "string-length(concat(name, ${q0}, ${q0})) > 3",
    "concat(name, ${q0}, ${q0}) = 'x'",
    "contains(concat(name, ${q0}), 'z')",
    "regex(concat(name, ${q0}), '.*(a.{0,200}b.{0,200}){2}c')",
    "regex(concat(name, ${q0}), '(a|b|葛)*a(a|b|葛){12}')",
    "name = 1 + 2 - 3 + 4 and name != label and label = 'x'",
    "selected(concat(name, ' ', ${q0}), label) or count-selected(${q0}) + name > 3",
)
ANSWERS = ("", "ab" * 2_000, "葛\U000e0100" * 4_000, "👨\u200d👩" * 4_000, "🇯" * 8_000)


def work() -> None:
    """Print what a step takes where a filter of 200 choices asks for more than a pass may cost."""
    choices = tuple(Choice(value=f"c{at}", label=ja(f"札{at}")) for at in range(200))
    for source in HOSTILE:
        asked = (
            question(f"s{at}", Kind.CHOOSE_ONE, choices=choices, choice_filter=source)
            for at in range(400)
        )
        form = document(page("a", question("q0", Kind.LONG_TEXT)), page("b", *asked))
        spent = [_spent(form, {"q0": answer}) for answer in ANSWERS]
        print(f"{source[:60]:60} slowest pass {max(spent):.2f} s of the processor")


def _spent(form: Document, answers: dict[str, str]) -> float:
    """Seconds of the second pass: the first one understands the expressions."""
    for _ in range(2):
        begun = time.process_time()
        with suppress(TooMuchWork):
            evaluate(form, answers, today=examining.DAY)
        seconds = time.process_time() - begun
    return seconds


def hostile(count: int, seed: int, first: int = 0) -> examining.Tally:
    """So many mutations through the compiler; prints as it goes."""
    tally = examining.Tally()
    compiler = Compiler(watched.PATIENT, watched.PROGRAM)
    compiler.compile(writing.blank("試し"))  # the start of the program is no workbook's time
    for number in range(first, first + count):
        level, raw = mutations.mutated(number, seed)
        before = len(tally.wrong)
        examining.examine(compiler, raw, f"{level} {number}", tally)
        for one in tally.wrong[before:]:
            print(f"  wrong: {one}", flush=True)
        if tally.count % _SAY_EVERY == 0:
            print(
                f"  {tally.count}: {tally.accepted} accepted, {len(tally.wrong)} wrong", flush=True
            )
    compiler.close()
    return tally


def told(tally: examining.Tally) -> bool:
    """Print what became of them; whether nothing was wrong."""
    print(f"workbooks {tally.count}, accepted {tally.accepted}")
    for code, count in tally.refused.most_common():
        print(f"  refused {count:6}  {code}")
    print(f"slowest {tally.slowest:.2f} s ({tally.slowest_what})")
    print(f"crashes, hangs, silences, touches: {len(tally.wrong)}")
    for one in tally.wrong[:50]:
        print(f"  {one}")
    return not tally.wrong


def flaws() -> bool:
    """Whether each planted flaw is caught."""
    caught = True
    for flaw, program in watched.FLAWED.items():
        compiler, tally = Compiler(watched.PATIENT, program), examining.Tally()
        examining.examine(compiler, writing.blank("試し"), flaw, tally)
        compiler.close()
        print(f"{flaw:10} {', '.join(tally.wrong) or dict(tally.refused)}")
        caught = caught and (bool(tally.wrong) or "too_much_memory" in tally.refused)
    return caught


def main() -> int:
    """Parse the words of the command line and do what they say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutations", type=int, default=0)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--flaws", action="store_true")
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--work", action="store_true")
    asked = parser.parse_args()
    good = True
    if asked.flaws:
        good = flaws() and good
    if asked.mutations:
        good = told(hostile(asked.mutations, asked.seed, asked.first)) and good
    if asked.work:
        work()
    if asked.figures or not (asked.flaws or asked.mutations or asked.work):
        figures()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
