"""Places without a position: listed, and shown by hand where they are."""

from __future__ import annotations

import json

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import FieldError, NotFound
from liff_app.shelters import refusals
from liff_app.shelters.differences import Difference
from liff_app.shelters.editions import HAND, Values
from liff_app.shelters.imports import pages, queries, service, uploads, words
from liff_app.shelters.imports.forms import PinForm
from liff_app.shelters.imports.upload_console import bp, upload_of
from liff_app.staff.guard import colleague, note


@bp.get("/unplaced")
def unplaced() -> ResponseReturnValue:
    """Published places of a list whose position the list does not give."""
    list_id = request.args.get("list", "")
    refusals.check_target(list_id)
    rows = queries.unplaced(db.session, list_id)
    return render_template(
        "shelters/console/import_unplaced.html",
        list_id=list_id,
        list_name=queries.list_names(db.session).get(list_id, list_id),
        rows=[(row, words.position(row)) for row in rows],
    )


@bp.get("/pins")
def ask_pin() -> ResponseReturnValue:
    """Ask where the place is."""
    return pin_page(PinForm())


def pin_page(form: PinForm, errors: tuple[FieldError, ...] = ()) -> str:
    """The question, with the place's name and address, and what is known of its position."""
    list_id, row = _asked()
    return render_template(
        "shelters/console/import_pin.html",
        list_id=list_id,
        row=row,
        position=words.position(row),
        by_hand=row["position_source"] == HAND,
        upload_id=request.args.get("upload", ""),
        back=_back(list_id),
        around_json=json.dumps(pages.around(db.session, row)),
        tiles_url=pages.tiles_url(),
        form=form,
        errors=errors,
    )


@bp.post("/pins")
def pin() -> ResponseReturnValue:
    """The place is there, now and in the editions to come."""
    form = PinForm()
    point, (list_id, row) = form.point(), _asked()
    if point is None:
        return pin_page(form, tuple(form.faults())), 422
    with transaction() as session:
        change = service.pin(
            session, list_id, row, lat=point.lat, lon=point.lon,
            by=colleague().actor, now=clock.now(),
        )  # fmt: skip
        _note(session, "list.pinned", list_id, change)
    return redirect(_back(list_id), 303)


@bp.post("/pins/remove")
def unpin() -> ResponseReturnValue:
    """Nobody says by hand where the place is."""
    list_id, row = _asked()
    with transaction() as session:
        change = service.unpin(
            session, list_id, row["source_id"], by=colleague().actor, now=clock.now()
        )
        _note(session, "list.unpinned", list_id, change)
    return redirect(_back(list_id), 303)


def _note(session: Session, action: str, list_id: str, change: Difference) -> None:
    detail = {"edition": change.edition_id, "changed": len(change.changed)}
    note(session, action, f"list:{list_id}", detail=detail)


def _asked() -> tuple[str, Values]:
    """The list and the row of the address, in the upload or as published. Raises NotFound."""
    source_id, upload_id = request.args.get("row", ""), request.args.get("upload", "")
    list_id = request.args.get("list", "")
    if not upload_id:
        return list_id, service.row_of(db.session, list_id, source_id)
    made = uploads.read(db.session, upload_of(upload_id), town=pages.town()).edition
    for row in made.rows():
        if row["source_id"] == source_id:
            return made.list_id, row
    raise NotFound("no such row", title="その場所は、このファイルにありません。")


def _back(list_id: str) -> str:
    upload_id = request.args.get("upload", "")
    if upload_id:
        return url_for(".show", upload_id=upload_id, _anchor="unplaced")
    return url_for(".unplaced", list=list_id)
