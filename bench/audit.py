"""Print how many tamperings with the audit log go unseen: none may.

    python -m bench.audit [--tamperings 1000] [--flawed 104] [--events 240] [--seed N] [--url URL]

The zero is worth something only because the same tamperings get past verifiers with a planted
flaw; those are counted too. The exit status is 1 if anything is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from liff_app import schema
from tests.audit.flawed import FLAWED
from tests.audit.tampering import Log, Verifier, kinds, passes, product, write_log


def main() -> int:
    """Run all and print one JSON object; give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tamperings", type=int, default=1000)
    parser.add_argument("--flawed", type=int, default=104, help="tamperings of each planted flaw")
    parser.add_argument("--events", type=int, default=240)
    parser.add_argument("--seed", type=int, default=20251122)
    parser.add_argument("--url", help="an empty database; a SQLite file of its own if not given")
    asked = parser.parse_args()
    with _log(asked.url, asked.events, asked.seed) as session:
        log = Log.of(session)
        before = time.process_time_ns()
        sound = product(session, log)
        microseconds = (time.process_time_ns() - before) // 1000 // asked.events
        unseen = _unseen(session, product, log, asked.tamperings, asked.seed)
        past_flawed = {
            name: sum(_unseen(session, flawed, log, asked.flawed, asked.seed).values())
            for name, flawed in FLAWED.items()
        }
        untouched = Log.of(session) == log and product(session, log).broken is None
    as_wanted = (
        sound.broken is None and sound.counted == asked.events
        and untouched and not unseen and all(past_flawed.values())
    )  # fmt: skip
    report = {
        "python": platform.python_version(),
        "database": session.get_bind().dialect.name,
        "seed": asked.seed,
        "events": sound.counted,
        "cpu_us_per_event": microseconds,
        "tamperings": dict(sorted(Counter(kinds(asked.tamperings)).items())),
        "tried": asked.tamperings,
        "found": asked.tamperings - sum(unseen.values()),
        "unseen": dict(unseen),
        f"unseen_of_{asked.flawed}_by_planted_flaws": past_flawed,
        "as_wanted": as_wanted,
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 0 if as_wanted else 1


@contextmanager
def _log(url: str | None, events: int, seed: int) -> Iterator[Session]:
    """A session on a log written through the product's own `record`."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(url or f"sqlite:///{Path(folder) / 'town.db'}")
        schema.upgrade(engine)
        with Session(engine) as session:
            write_log(session, events, seed)
            session.commit()
        with Session(engine) as session:
            yield session
        engine.dispose()


def _unseen(session: Session, verifier: Verifier, log: Log, count: int, seed: int) -> Counter[str]:
    """How many tamperings of each kind the verifier lets pass."""
    return Counter(
        kind
        for number, kind in enumerate(kinds(count))
        if passes(session, verifier, kind, log, seed + number)
    )


if __name__ == "__main__":
    sys.exit(main())
