"""Reports over lines that break at a byte: exactly one each, photos whole, one number always.

    python -m bench.cuts [--database URL] [--cuts 500] [--doubles 20] [--crowds 5] [--seed N]
                         [--flaw keyless]

A real web server, and in front of it a proxy that cuts connections at seeded byte positions of the
request and of the answer. Residents send words as JSON, photos one by one, and words with photos as
one form, and send again with the same key until they are answered; some tap twice, some phones
repeat twenty times at once. Then reports, files and answers are compared. The exit status is 1 if
anything is not as it must be; with `--flaw keyless` every try has a key of its own, and the exit
status is 0 only if that was found.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask

from bench import cut_town, towns
from bench.cut_checked import Expected, everything
from bench.cut_town import OK, Phone, Request, Sending
from bench.cutting import Cut, Line, line
from liff_app import create_app, schema
from liff_app.config import read
from liff_app.db import db

EACH_PHONE = 6  # submissions of one resident; ten an hour are allowed
ANSWER_BYTES = 1100  # about what an answer is long, head and body; later cuts befall nobody
KINDS = ("text", "photo", "form")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is tried."""

    database: str | None = None
    cuts: int = 500
    doubles: int = 20
    crowds: int = 5
    seed: int = 20251122
    flaw: str | None = None


@dataclass(slots=True)
class Seen:
    """What the phones saw."""

    answers: Counter[str] = field(default_factory=Counter)
    cuts: Counter[str] = field(default_factory=Counter)
    positions: set[tuple[str, str, int]] = field(default_factory=set)
    broken: int = 0
    expected: list[Expected] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0
    found: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Trial:
    """The town under test and the dice."""

    app: Flask
    port: int
    line: Line
    plan: Plan
    dice: random.Random
    seen: Seen
    phones: int = 0
    sent: int = 0
    phone: Phone | None = None

    def next_phone(self) -> Phone:
        """A resident who has not reached the hour's limit."""
        if self.phone is None or self.sent % EACH_PHONE == 0:
            self.phones += 1
            self.phone = cut_town.sign_in(self.app, self.port, self.phones)
        self.sent += 1
        return self.phone

    def key(self) -> Callable[[], str]:
        """Gives the key of one submission: always the same, or with the flaw never."""
        one = secrets.token_hex(16)
        if self.plan.flaw == "keyless":
            return lambda: secrets.token_hex(16)
        return lambda: one


def attempt(plan: Plan) -> Seen:
    """Try it, and count."""
    seen = Seen()
    with towns.environment(plan.database) as environ:
        app = create_app(read(environ))
        with app.app_context():
            schema.upgrade(db.engine)
        server = towns.web(environ)
        with towns.running([server]), app.app_context():
            assert server.port is not None
            begun = time.monotonic()
            with line(server.port) as cutting:
                dice = random.Random(plan.seed)
                _send(Trial(app, server.port, cutting, plan, dice, seen))
            seen.seconds = time.monotonic() - begun
            seen.found = everything(app, seen.expected, seen.wrong)
            db.session.close()
            db.engine.dispose()
    for answer, times in seen.answers.items():
        if answer.startswith("answer 5") and "503" not in answer:
            seen.wrong.append(f"{times} × {answer}")
    return seen


def _send(trial: Trial) -> None:
    for number in range(trial.plan.cuts):
        _one(trial, number, KINDS[number % len(KINDS)])
    for number in range(trial.plan.doubles):
        _together(trial, 10_000 + number, 2)
    for number in range(trial.plan.crowds):
        _together(trial, 20_000 + number, 20)


def _one(trial: Trial, number: int, kind: str) -> None:
    """One submission, cut at least once, then repeated over a line that holds."""
    phone, key = trial.next_phone(), trial.key()
    raws = [cut_town.picture(number)] if kind == "photo" else []
    raws = [cut_town.picture(number + n * 100_000) for n in (1, 2)] if kind == "form" else raws
    expected = Expected(phone.resident_id, number, raws)
    trial.seen.expected.append(expected)
    if kind == "photo":  # the words come first, over a line that holds
        first = cut_town.deliver(
            trial.line, phone, cut_town.as_text(number), [], trial.key(), trial.seen.answers
        )
        _noted(trial, expected, first)
        request = cut_town.as_photo(str(first.body["id"]), raws[0])
    else:
        request = cut_town.as_form(number, raws) if raws else cut_town.as_text(number)
    length = len(cut_town.raw_request(phone, request, key()))
    cuts = _cuts(trial, length)
    for cut in cuts:
        trial.seen.cuts[f"{kind} {cut.side}"] += 1
        trial.seen.positions.add((kind, cut.side, cut.after))
    sending = _deliver(trial, phone, request, cuts, key)
    again = _deliver(trial, phone, request, [], key)
    trial.seen.broken += sending.broken
    if sending.body != again.body:
        trial.seen.wrong.append(f"{number}: a repeat was answered otherwise")
    if kind != "photo":
        _noted(trial, expected, sending)
    elif sending.status not in OK:
        trial.seen.wrong.append(f"{number}: photo answered {sending.status} {sending.body}")


def _deliver(
    trial: Trial, phone: Phone, request: Request, cuts: list[Cut], key: Callable[[], str]
) -> Sending:
    return cut_town.deliver(trial.line, phone, request, cuts, key, trial.seen.answers)


def _cuts(trial: Trial, length: int) -> list[Cut]:
    """One to three breaks, anywhere in the request or in the answer, the ends included."""
    dice, found = trial.dice, []
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        if dice.random() < 0.6:
            after = dice.choice((dice.randrange(length + 1), length - dice.randrange(3)))
            found.append(Cut("request", after, hard=dice.random() < 0.5))
        else:
            found.append(Cut("answer", dice.randrange(ANSWER_BYTES), hard=dice.random() < 0.5))
    return found


def _noted(trial: Trial, expected: Expected, sending: Sending) -> None:
    if sending.status not in OK:
        trial.seen.wrong.append(f"{expected.number}: answered {sending.status} {sending.body}")
        return
    expected.ref, expected.receipt = str(sending.body["id"]), str(sending.body["number"])


def _together(trial: Trial, number: int, times: int) -> None:
    """The same form so many times at once: a double tap, or a phone that has lost patience."""
    phone, key = trial.next_phone(), trial.key()
    raws = [cut_town.picture(number)]
    request = cut_town.as_form(number, raws)
    expected = Expected(phone.resident_id, number, raws)
    trial.seen.expected.append(expected)
    ready, answers = threading.Barrier(times), []

    def tap() -> None:
        ready.wait()
        answers.append(_deliver(trial, phone, request, [], key))

    threads = [threading.Thread(target=tap) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    trial.seen.cuts[f"{times} at once"] += 1
    _noted(trial, expected, answers[0])
    if len({str(one.body) for one in answers}) != 1 or len(answers) != times:
        trial.seen.wrong.append(f"{number}: {times} at once were answered differently")


def shown(plan: Plan, seen: Seen) -> str:
    """What was seen, in lines."""
    kind = "PostgreSQL" if plan.database else "SQLite"
    lines = [
        f"{kind}, {plan.cuts} submissions with cuts, seed {plan.seed}"
        + (f", FLAW {plan.flaw}" if plan.flaw else ""),
        f"cuts: {dict(sorted(seen.cuts.items()))}; {len(seen.positions)} different positions",
        f"tries without a whole answer: {seen.broken}; {seen.seconds:.1f} s",
        f"answers: {dict(sorted(seen.answers.items()))}",
        f"found: {seen.found}",
        *(f"WRONG: {one}" for one in seen.wrong[:5]),
        "wrong: none" if not seen.wrong else f"wrong: {len(seen.wrong)}",
    ]
    return "\n".join(lines)


def main() -> int:
    """Print the report; give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = Plan()
    parser.add_argument("--database", help="a PostgreSQL server on which a database may be made")
    for name in ("cuts", "doubles", "crowds", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    parser.add_argument("--flaw", choices=("keyless",))
    plan = Plan(**vars(parser.parse_args()))
    seen = attempt(plan)
    print(shown(plan, seen))
    return int(bool(seen.wrong) is (plan.flaw is None))


if __name__ == "__main__":
    sys.exit(main())
