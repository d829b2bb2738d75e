"""How often one person may begin, attach and send. Colleagues type for a whole queue of people."""

from __future__ import annotations

from flask import current_app

from liff_app import limits
from liff_app.errors import TooMany
from liff_app.limits import Counter

HOUR = 3600  # seconds
BEGUN_AN_HOUR = 30
SENT_AN_HOUR = 10  # of one form (facts on procedures, section 7)
TRIED_AN_HOUR = 60  # of one form: to look through all answers may take the server 0.1 s
FILES_AN_HOUR = 60
COLLEAGUES_AN_HOUR = 600  # of each: one in six seconds is more than hands at a counter can do


def admit_begin(owner: str) -> None:
    """Count a new draft. Raises TooMany."""
    limits.allow(_counts(), f"procedure-begin:{owner}", most=BEGUN_AN_HOUR, window_seconds=HOUR)


def admit_file(owner: str, *, by_colleague: bool = False) -> None:
    """Count a file that is looked into next. Raises TooMany."""
    most = COLLEAGUES_AN_HOUR if by_colleague else FILES_AN_HOUR
    limits.allow(_counts(), f"procedure-file:{owner}", most=most, window_seconds=HOUR)


def admit_try(owner: str, procedure_id: str, *, by_colleague: bool = False) -> None:
    """Count that answers are looked through next, sent or refused. Raises TooMany."""
    most = COLLEAGUES_AN_HOUR if by_colleague else TRIED_AN_HOUR
    key = f"procedure-tried:{owner}:{procedure_id}"
    limits.allow(_counts(), key, most=most, window_seconds=HOUR)


def admit_sending(
    owner: str, procedure_id: str, draft_ref: str, *, by_colleague: bool = False
) -> None:
    """Count a sending. Raises TooMany; the same draft sent again costs nothing.

    What a program calls its draft counts for that owner and that form alone.
    """
    counts, of_form = _counts(), f"{owner}:{procedure_id}"
    refused = f"procedure-no:{of_form}:{draft_ref}"
    if counts.hit(f"procedure-try:{of_form}:{draft_ref}", HOUR) > 1:
        if counts.seen(refused, HOUR):
            raise TooMany("procedure")
        return
    most = COLLEAGUES_AN_HOUR if by_colleague else SENT_AN_HOUR
    if counts.hit(f"procedure-send:{of_form}", HOUR) > most:
        counts.hit(refused, HOUR)
        raise TooMany("procedure")


def _counts() -> Counter:
    counts: Counter = current_app.extensions["limits"]
    return counts
