"""How often one resident may begin, attach and send: new things count, repeats of one never."""

from __future__ import annotations

from flask import current_app

from liff_app import limits
from liff_app.errors import TooMany
from liff_app.limits import Counter

HOUR = 3600  # seconds
BEGUN_AN_HOUR = 30
SENT_AN_HOUR = 10  # of one form (facts on procedures, section 7)
FILES_AN_HOUR = 60


def admit_begin(owner: str) -> None:
    """Count a new draft. Raises TooMany."""
    limits.allow(_counts(), f"procedure-begin:{owner}", most=BEGUN_AN_HOUR, window_seconds=HOUR)


def admit_file(owner: str) -> None:
    """Count a file that is looked into next. Raises TooMany."""
    limits.allow(_counts(), f"procedure-file:{owner}", most=FILES_AN_HOUR, window_seconds=HOUR)


def admit_sending(owner: str, procedure_id: str, draft_ref: str) -> None:
    """Count a sending. Raises TooMany; the same draft sent again costs nothing."""
    counts = _counts()
    refused = f"procedure-no:{draft_ref}"
    if counts.hit(f"procedure-try:{draft_ref}", HOUR) > 1:
        if counts.seen(refused, HOUR):
            raise TooMany("procedure")
        return
    if counts.hit(f"procedure-send:{owner}:{procedure_id}", HOUR) > SENT_AN_HOUR:
        counts.hit(refused, HOUR)
        raise TooMany("procedure")


def _counts() -> Counter:
    counts: Counter = current_app.extensions["limits"]
    return counts
