"""Parts of a photo are painted black by hand before the public sees it.

The boxes are drawn with a pointer, or typed as percent of the picture: both arrive as the same
fields. What is painted is painted into the pixels of the public copy. Where the town has installed
the face model, it proposes boxes; a person looks and decides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextlib import suppress

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.photos import faces
from liff_app.photos import service as photos
from liff_app.photos.faces import Finder, Proposal
from liff_app.photos.rules import Box
from liff_app.reports import case_queries, moderation
from liff_app.reports.acts import By
from liff_app.reports.case_queries import Case, CasePhoto
from liff_app.reports.console.case_changes import Done, change, mine

bp = Blueprint("report_masking", __name__)

MOST_BOXES = 12  # number plates and faces of a whole street
EMPTY_ROWS = 3  # to be filled where there is no script
SIDES = ("left", "top", "width", "height")
FULL = 100.0  # percent
Row = dict[str, str]


@bp.get("/<ref>/photos/<photo_id>/mask")
def ask(ref: str, photo_id: str) -> ResponseReturnValue:
    """The photo, and the boxes that are on it."""
    case, photo = _photo(ref, photo_id)
    return _page(case, photo, [_row(box) for box in photo.view.boxes])


@bp.post("/<ref>/photos/<photo_id>/mask")
def mask(ref: str, photo_id: str) -> ResponseReturnValue:
    """The public sees the photo with exactly these boxes, black."""
    case, photo = _photo(ref, photo_id)
    store = current_app.extensions["file_store"]
    rows = _typed()
    try:
        _require_any(rows)
        drawn = photos.draw(db.session, store, photo_id, _boxes(rows), now=clock.now())
    except InputInvalid as invalid:
        return _page(case, photo, rows, tuple(invalid.errors)), 422

    def work(session: Session, by: By) -> Done:
        moderation.check_photo(session, ref, photo_id, public=True, **by)
        photos.mask(session, store, photo_id, drawn.boxes, now=by["now"], drawn=drawn)
        return Done(action="report.photo_masked", detail={"photo": photo_id, "count": len(rows)})

    return change(ref, "photo", work)


@bp.post("/<ref>/photos/<photo_id>/mask/faces")
def propose(ref: str, photo_id: str) -> ResponseReturnValue:
    """The same page with boxes where the model sees faces, added to those that were typed.

    Nothing is changed, hidden or let out: the person sends the form, or does not.
    """
    _photo(ref, photo_id)
    rows = _typed()[:MOST_BOXES]
    store = current_app.extensions["file_store"]
    copy = photos.read(db.session, store, photo_id, "large", public=False)
    db.session.close()  # looking takes seconds, and holds no connection
    found = faces.propose(_finder(), copy, _readable(rows), most=MOST_BOXES - len(rows))
    case, photo = _photo(ref, photo_id)
    return _page(case, photo, [*rows, *map(_candidate, found.boxes)], found=found)


def _finder() -> Finder | None:
    """Whoever looks for faces here; None where the extra is not installed."""
    known = current_app.extensions
    if "face_finder" not in known:
        known["face_finder"] = faces.finder()
    finder: Finder | None = known["face_finder"]
    return finder


def _readable(rows: Sequence[Row]) -> list[Box]:
    """The boxes that were typed; none where one of them is no box, which sending will tell."""
    with suppress(InputInvalid):
        return _boxes(rows)
    return []


def _photo(ref: str, photo_id: str) -> tuple[Case, CasePhoto]:
    case = case_queries.case(db.session, ref, mine())
    found = next((one for one in case.photos if one.view.id == photo_id), None)
    if found is None:
        raise NotFound("no such photo")
    return case, found


def _page(
    case: Case,
    photo: CasePhoto,
    rows: list[Row],
    errors: tuple[FieldError, ...] = (),
    found: Proposal | None = None,
) -> str:
    spare: list[Row] = [dict.fromkeys((*SIDES, "proposed"), "") for _spare in range(EMPTY_ROWS)]
    return render_template(
        "reports/console/mask.html",
        case=case,
        photo=photo,
        rows=[*rows, *spare][: max(MOST_BOXES, len(rows))],
        most=MOST_BOXES,
        errors=errors,
        offers_faces=_finder() is not None,
        found=found,
    )


def _row(box: Box) -> Row:
    """A box as its fields hold it: percent of the picture, to a thousandth."""
    sides = {side: f"{part * FULL:.3f}" for side, part in zip(SIDES, box, strict=True)}
    return sides | {"proposed": ""}


def _candidate(box: Box) -> Row:
    """A box that the model proposes: drawn so that one sees what lies below."""
    return _row(box) | {"proposed": "yes"}


def _typed() -> list[Row]:
    """The boxes of the form; rows that were left empty are none."""
    columns = [[_plain(one) for one in request.form.getlist(side)] for side in SIDES]
    count = min(map(len, columns))
    rows = [
        dict(zip(SIDES, (column[at] for column in columns), strict=True)) for at in range(count)
    ]
    return [row | {"proposed": ""} for row in rows if any(row.values())][: MOST_BOXES + 1]


def _require_any(rows: Sequence[Row]) -> None:
    """Raises InputInvalid where nothing is hidden and the form does not say that this is meant."""
    if not rows and request.form.get("bare") != "yes":
        message = _("かくす場所がありません。ぬらずに公開するときは、下の印を付けてください。")
        raise InputInvalid([FieldError("bare", "required", message)])


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip().rstrip("%")[:12]


def _boxes(rows: Sequence[Row]) -> list[Box]:
    """The boxes as parts of the picture. Raises InputInvalid."""
    try:
        read = [[float(row[side]) / FULL for side in SIDES] for row in rows]
    except ValueError:
        read = []
        rows = [{}] * (MOST_BOXES + 1)
    if len(rows) > MOST_BOXES:
        message = _("かくす場所は、%(n)sか所まで、0〜100の数字で入れてください。", n=MOST_BOXES)
        raise InputInvalid([FieldError("boxes", "invalid", message)])
    return [(left, top, width, height) for left, top, width, height in read]
