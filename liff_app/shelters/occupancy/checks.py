"""What a change must be to be taken at all, whatever the place's state."""

from __future__ import annotations

import json
import re

from liff_app import idempotency
from liff_app.errors import FieldError, InputInvalid
from liff_app.shelters.occupancy.changes import Change
from liff_app.shelters.occupancy.vocabulary import EventKind

MAX_NOTE = 500
MAX_PEOPLE = 100_000  # more than the largest stadium; a slip of the finger is caught before
MAX_REASON = 200
_DEVICE = re.compile(r"[0-9A-Za-z_-]{8,40}")
TOO_MANY = FieldError("people", "range", "人数は0〜100,000で入れてください。")


def check(change: Change) -> None:
    """Raises InputInvalid naming every fault at once."""
    if change.request_key is not None:
        idempotency.checked(change.request_key)
    errors = [*_of_people(change), *_of_texts(change)]
    if errors:
        raise InputInvalid(errors)


def _of_people(change: Change) -> list[FieldError]:
    errors = []
    if change.people is not None and not 0 <= change.people <= MAX_PEOPLE:
        errors.append(TOO_MANY)
    if change.people_change is not None:
        if change.people is not None:
            errors.append(FieldError("people_change", "both", "人数と増減の一方を送ってください。"))
        if abs(change.people_change) > MAX_PEOPLE:
            errors.append(FieldError("people_change", "range", "増減が大きすぎます。"))
    return errors


def _of_texts(change: Change) -> list[FieldError]:
    errors = []
    if change.note is not None and len(change.note.strip()) > MAX_NOTE:
        errors.append(FieldError("note", "length", "ひとことは500字までで入れてください。"))
    if change.device is not None and not _DEVICE.fullmatch(change.device):
        errors.append(FieldError("device", "format", "英数字8〜40字の端末の印が必要です。"))
    return errors


def check_reason(reason: str) -> None:
    """Raises InputInvalid for a reason too long to be read."""
    if len(reason.strip()) > MAX_REASON:
        raise InputInvalid([FieldError("reason", "length", "理由は200字までで入れてください。")])


def fingerprint(shelter_id: str, change: Change, kind: EventKind | None) -> bytes:
    """Digest of what is said: not of how long it waited, nor of what the author had seen by then.

    A phone that never got the answer sends the same again, later and wiser.
    """
    said = {
        "shelter": shelter_id,
        "opening": change.opening,
        "people": change.people,
        "people_change": change.people_change,
        "level": change.level,
        "level_cleared": change.level_cleared,
        "note": change.note,
        "needs_added": sorted(change.needs_added),
        "needs_removed": sorted(change.needs_removed),
        "kind": kind,
    }
    return idempotency.fingerprint(json.dumps(said, sort_keys=True).encode())


def undo_fingerprint(shelter_id: str, event_id: int) -> bytes:
    """Digest of an undo."""
    return idempotency.fingerprint(b"undo", shelter_id.encode(), str(event_id).encode())
