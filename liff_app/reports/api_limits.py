"""How often one resident may report: a limit on new things, never on repeats of the same one."""

from __future__ import annotations

from flask import current_app

from liff_app import limits
from liff_app.errors import TooMany
from liff_app.limits import Counter
from liff_app.photos.service import Refusal

HOUR = 3600  # seconds
DAY = 24 * HOUR
REPORTS_AN_HOUR = 10  # a walk through the neighbourhood; facts on reports, section 4: publish it
REPORTS_A_DAY = 30  # each may cost the town a message
PHOTOS_AN_HOUR = 30


def admit_report(resident_id: str, key: str) -> None:
    """Count a new report. Raises TooMany; a repeat of the same key costs nothing."""
    _admit("report", resident_id, key, REPORTS_AN_HOUR)
    _admit("report-day", resident_id, key, REPORTS_A_DAY, DAY)


def admit_photo(resident_id: str) -> None:
    """Count a photo that is decoded next, the same bytes too. Raises TooMany."""
    limits.allow(_counts(), f"report-photo:{resident_id}", most=PHOTOS_AN_HOUR, window_seconds=HOUR)


def refuse_photo(resident_id: str, digest: str, refusal: Refusal) -> None:
    """Those bytes were refused: for the rest of the hour `refused_photo` says why."""
    _counts().hit(f"photo-{refusal.value}:{resident_id}:{digest}", HOUR)


def refused_photo(resident_id: str, digest: str) -> Refusal | None:
    """Why those bytes were refused in this hour, None if they were not."""
    names = {one: f"photo-{one.value}:{resident_id}:{digest}" for one in Refusal}
    return next((one for one, name in names.items() if _counts().seen(name, HOUR)), None)


def _admit(kind: str, resident_id: str, key: str, most: int, window: int = HOUR) -> None:
    """Twenty repeats at once are one try: only the first to come counts, and only one is first."""
    counts = _counts()
    tried, refused = f"{kind}-try:{resident_id}:{key}", f"{kind}-no:{resident_id}:{key}"
    if counts.hit(tried, window) > 1:
        if counts.seen(refused, window):
            raise TooMany(kind)
        return
    if counts.hit(f"{kind}:{resident_id}", window) > most:
        counts.hit(refused, window)
        raise TooMany(kind)


def _counts() -> Counter:
    counts: Counter = current_app.extensions["limits"]
    return counts
