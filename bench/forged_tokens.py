"""Print what a verifier of LINE ID tokens lets through: forged, mutated and good tokens.

    python -m bench.forged_tokens [--mutations 100000] [--seed 20251122]

Every count of zero is worth something only because the same tokens get through verifiers with
a planted flaw; those are counted too. The exit status is 1 if anything is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from importlib.metadata import version

from tests.gateways.forged_tokens import matrix
from tests.gateways.token_attack import (
    FLAWED,
    NoSignatureCheck,
    Outcome,
    attack,
    mutations,
    verifier,
)
from tests.gateways.token_mint import NOW, good_tokens

GOOD = 1000
EXPIRED = 2  # of the matrix; right in all but their hour, so they are told so


def main() -> int:
    """Run all and print one JSON object; give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20251122)
    asked = parser.parse_args()
    named = attack(verifier(), matrix().items())
    mutated = attack(verifier(), mutations(asked.mutations, asked.seed))
    caught = {name: len(attack(make(), matrix().items()).accepted) for name, make in FLAWED.items()}
    unsigned = attack(verifier(NoSignatureCheck), mutations(1000, asked.seed))
    accepted, microseconds = _good()
    as_wanted = (
        not (named.accepted or named.uncaught or mutated.accepted or mutated.uncaught)
        and len(named.expired) == EXPIRED
        and accepted == GOOD
        and all(caught.values())
        and bool(unsigned.accepted)
    )
    report = {
        "python": platform.python_version(),
        "joserfc": version("joserfc"),
        "cryptography": version("cryptography"),
        "seed": asked.seed,
        "named": _counts(named),
        "mutated": _counts(mutated),
        "good": {"tried": GOOD, "accepted": accepted, "cpu_us_each": microseconds},
        "planted_flaws_accept": caught,
        "no_signature_check_accepts_of_1000_mutations": len(unsigned.accepted),
        "as_wanted": as_wanted,
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 0 if as_wanted else 1


def _counts(outcome: Outcome) -> dict[str, object]:
    return {
        "tried": outcome.tried,
        "accepted": len(outcome.accepted),
        "uncaught": len(outcome.uncaught),
        "told_expired": len(outcome.expired),
        "examples": (outcome.accepted + outcome.uncaught)[:5],
    }


def _good() -> tuple[int, int]:
    """Count the good tokens accepted; CPU time of one verification in microseconds."""
    login, tokens = verifier(), good_tokens(GOOD)
    before = time.process_time_ns()
    accepted = sum(1 for token in tokens if login.verify(token, now=NOW).sub)
    return accepted, (time.process_time_ns() - before) // 1000 // GOOD


if __name__ == "__main__":
    sys.exit(main())
