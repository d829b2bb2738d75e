"""The finder's answers as bytes: pieces of JSON made once, and the two files the phone sorts.

Serialising ten places costs more than finding them, so each place's text is made once, in two
pieces around the distance, and an answer is joined from pieces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from liff_app.shelters.places import DisasterView, Place, Policy, Purpose
from liff_app.shelters.rules import Standing
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening

_DIGITS: Final = 6  # decimals of a degree: 0.1 m
_MINUTE: Final = timedelta(minutes=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIELDS: Final = (
    *("id", "name", "kana", "address", "lat", "lon", "kind", "fits", "always"),
    *("capacity", "remarks", "target", "floors", "phone"),
)
_FIT_LETTERS: Final = {Fits.YES: "y", Fits.CONDITIONAL: "c", Fits.NO: "n", Fits.UNKNOWN: "u"}
_OPENING_LETTERS: Final = {
    Opening.UNOPENED: "u",
    Opening.PREPARING: "p",
    Opening.OPEN: "o",
    Opening.CLOSED: "c",
    Opening.ALWAYS: "a",
}
_LEVEL_LETTERS: Final = {Level.EMPTY: "e", Level.SOME: "s", Level.CROWDED: "c", Level.FULL: "f"}


class Published(NamedTuple):
    """A file for the phone. `version` changes exactly when what it says changes."""

    version: str
    body: bytes


def degrees(value: float) -> float:
    """Round a coordinate to what is published, so that server and phone measure the same point."""
    return round(value, _DIGITS)


def head_bytes(place: Place) -> bytes:
    """Write a place's JSON up to its distance."""
    return _open_ended(
        {
            "id": place.id,
            "name": place.name,
            "kana": place.kana,
            "address": place.address,
            "lat": degrees(place.lat),
            "lon": degrees(place.lon),
            "kind": place.kind,
            "distance_m": 0,
        }
    ).removesuffix(b"0")


def tail_bytes(place: Place, standing: Standing, hazard: Hazard | None) -> bytes:
    """Write a place's JSON after its walking time, for one hazard asked or for none."""
    fits = {one: fit_of(place, one) for one in Hazard} if hazard is None else fit_of(place, hazard)
    return b"," + _bytes(
        {
            "fits": fits,
            "opening": standing.opening,
            "level": standing.level,
            "people": standing.people,
            "capacity": place.capacity,
            "updated_at": standing.updated_at and _iso(standing.updated_at),
            "stale": standing.stale,
            "remarks": place.remarks,
        }
    ).removeprefix(b"{")


def opening_bytes(
    disaster: DisasterView | None, hazard: Hazard | None, purpose: Purpose, *, far: bool
) -> bytes:
    """Write an answer's JSON up to its first place; `]}` closes it."""
    envelope = {"disaster": _disaster(disaster), "hazard": hazard, "purpose": purpose, "far": far}
    return _open_ended(envelope) + b',"shelters":['


def fit_of(place: Place, hazard: Hazard) -> Fits:
    """Give a place's fitness for a hazard; not stated is UNKNOWN."""
    return place.fits.get(hazard, Fits.UNKNOWN)


def snapshot_bytes(
    places: Iterable[Place], *, code: str, name: str, attributions: Sequence[str]
) -> Published:
    """Write snapshot.json: one row for each public place, in the order given.

    `code` and `name` are the municipality's; `attributions` are to be shown with the data.
    """
    content = {
        "municipality": {"code": code, "name": name},
        "attributions": list(attributions),
        "hazards": list(Hazard),
        "fields": _FIELDS,
        "rows": [_row(place) for place in places if place.public],
    }
    version = _version(content)
    return Published(version, _bytes({"version": version, **content}))


def status_bytes(
    rows: Sequence[tuple[Standing, str]],
    *,
    snapshot: str,
    disaster: DisasterView | None,
    policy: Policy,
    now: datetime,
) -> Published:
    """Write status.json: state and note of each row of the snapshot of that version.

    The version leaves out `at`: a file written again without news keeps it.
    """
    content = {
        "snapshot": snapshot,
        "disaster": _disaster(disaster),
        "stale_after_min": policy.stale_after // _MINUTE,
        "far_m": policy.far_m,
        "opening": "".join(
            "-" if one.opening is None else _OPENING_LETTERS.get(one.opening, "-")
            for one, _ in rows
        ),
        "level": "".join("-" if s.level is None else _LEVEL_LETTERS[s.level] for s, _ in rows),
        "people": [one.people for one, _ in rows],
        "updated": [
            None if one.updated_at is None else (one.updated_at - _EPOCH) // _MINUTE
            for one, _ in rows
        ],
        "notes": {str(row): note for row, (_, note) in enumerate(rows) if note},
    }
    version = _version(content)
    return Published(version, _bytes({"version": version, "at": _iso(now), **content}))


def _row(place: Place) -> list[str | float | int | bool | None]:
    fits = "".join(_FIT_LETTERS[fit_of(place, hazard)] for hazard in Hazard)
    return [
        *(place.id, place.name, place.kana, place.address),
        *(degrees(place.lat), degrees(place.lon), place.kind, fits, place.always_open),
        *(place.capacity, place.remarks, place.target, place.floors, place.phone),
    ]


def _disaster(disaster: DisasterView | None) -> dict[str, object] | None:
    if disaster is None:
        return None
    return {
        "id": disaster.id,
        "name": disaster.name,
        "hazards": list(disaster.hazards),
        "drill": disaster.drill,
        "area": disaster.area,
        "started_at": _iso(disaster.started_at),
    }


def _iso(moment: datetime) -> str:
    """Write a moment in UTC with whole seconds, as in 2025-11-22T05:05:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _open_ended(content: object) -> bytes:
    return _bytes(content).removesuffix(b"}")


def _version(content: object) -> str:
    # 64 bits: two versions of one town's file never meet by chance.
    return sha256(_bytes(content)).hexdigest()[:16]
