"""What the database and the file store hold after lines have broken, against what was sent."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field

from flask import Flask
from PIL import Image, ImageChops
from sqlalchemy import ColumnElement, func, select

from bench import cut_town
from liff_app import clock
from liff_app.db import Base, db
from liff_app.messaging.models import LineMessage
from liff_app.photos import service as photos
from liff_app.photos.models import Photo
from liff_app.reports import filing
from liff_app.reports.models import Report, ReportEvent, ReportFollower, ReportPhoto
from liff_app.reports.my_queries import one_mine


@dataclass(slots=True)
class Expected:
    """One submission, and the receipt that answered it."""

    resident_id: str
    number: int
    raws: list[bytes] = field(default_factory=list)
    ref: str = ""
    receipt: str = ""


def everything(app: Flask, expected: list[Expected], wrong: list[str]) -> dict[str, int]:
    """Counts of what there is; what is not as it must be is added to `wrong`."""
    db.session.rollback()
    sent = len(expected)
    kept = sum(len(one.raws) for one in expected)
    counts = {
        "reports": _count(Report),
        "events": _count(ReportEvent),
        "photos on reports": _count(ReportPhoto),
        "followers": _count(ReportFollower),
        "messages": _count(LineMessage),
    }
    # A repeat that ran beside the first try may have kept its picture in vain; the sweep takes it.
    spare = _count(Photo, Photo.claimed_by.is_(None))
    of_each = Counter(one.resident_id for one in expected)
    told = sum(min(filing.TOLD_A_DAY, count) for count in of_each.values())
    wanted = {"reports": sent, "photos on reports": kept, "followers": sent, "messages": told}
    wrong += [
        f"{name}: {counts[name]}, not {many}"
        for name, many in wanted.items()
        if counts[name] != many
    ]
    if len({one.receipt for one in expected}) != sent:
        wrong.append("a number was given twice")
    whole = sum(_is_whole(app, one, wrong) for one in expected)
    files = {one.key for one in app.extensions["file_store"].list("photos")}
    named = {
        key for row in db.session.scalars(select(Photo)) for key in (row.large_key, row.thumb_key)
    }
    wrong += [f"{len(named - files)} files are missing"] if named - files else []
    return counts | {"whole": whole, "spare photos": spare, "spare files": len(files - named)}


def _count(model: type[Base], *only: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*only)) or 0


def _is_whole(app: Flask, one: Expected, wrong: list[str]) -> bool:
    """Whether the report stands as it was sent, with its number and every pixel of its photos."""
    if not one.ref:
        return False
    found = one_mine(db.session, one.ref, one.resident_id, now=clock.now())
    faults = []
    if found.number != one.receipt:
        faults.append("another number")
    if found.text != cut_town.words(one.number)["description"]:
        faults.append("other words")
    stored = [
        photos.read(db.session, app.extensions["file_store"], photo.id, "large", public=False)
        for photo in found.photos
    ]
    uncut = [photos.prepare(raw).large for raw in one.raws]
    if len(stored) != len(uncut) or not all(
        _same_pixels(a, b) for a, b in zip(stored, uncut, strict=False)
    ):
        faults.append("photos differ from the uncut ones")
    wrong += [f"{one.number}: {fault}" for fault in faults]
    return not faults


def _same_pixels(one: bytes, other: bytes) -> bool:
    first, second = (Image.open(io.BytesIO(raw)).convert("RGB") for raw in (one, other))
    return first.size == second.size and ImageChops.difference(first, second).getbbox() is None
