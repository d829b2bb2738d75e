"""`/console/shelters/<id>`: one place as it stands, its history, and how it is changed."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.shelters import service
from liff_app.shelters.checkin import sums
from liff_app.shelters.checkin.console import seen
from liff_app.shelters.checkin.words import party_words
from liff_app.shelters.console import authors, history
from liff_app.shelters.console.change_forms import ChangeForm, UndoForm
from liff_app.shelters.console.place_pages import Told, place_page
from liff_app.shelters.lists import exports
from liff_app.shelters.occupancy import service as occupancy
from liff_app.staff.guard import colleague, note

bp = Blueprint("shelter_place", __name__)

MAX_REASON = 200


@bp.get("/<shelter_id>")
def show(shelter_id: str) -> ResponseReturnValue:
    """The place now, its chart and its events."""
    return _page(shelter_id, None, Told())


@bp.post("/<shelter_id>/change")
def change(shelter_id: str) -> ResponseReturnValue:
    """The place is as typed; whoever was slower sees both and decides."""
    _check_theirs(shelter_id)
    form = ChangeForm()
    try:
        _record(shelter_id, form)
    except occupancy.VersionConflict as conflict:
        form.rebase(conflict.status)
        return _page(shelter_id, form, Told(conflict=conflict.status)), 409
    except occupancy.PeopleImprobable as asked:
        return _page(shelter_id, form, Told(errors=asked.errors, improbable=True)), 422
    except InputInvalid as invalid:
        return _page(shelter_id, form, Told(errors=invalid.errors)), 422
    return redirect(url_for(".show", shelter_id=shelter_id), 303)


def _record(shelter_id: str, form: ChangeForm) -> None:
    if faults := form.faults():
        raise InputInvalid(faults)
    with transaction() as session:
        outcome = occupancy.change(
            session, shelter_id, form.to_change(), by=colleague().actor, now=clock.now(),
            policy=service.policy(),
        )  # fmt: skip
        if not outcome.repeated:
            note(session, occupancy.CHANGED, f"shelter:{shelter_id}", detail=outcome.detail())


@bp.post("/<shelter_id>/undo")
def undo(shelter_id: str) -> ResponseReturnValue:
    """One report, whoever made it, is taken back with a reason."""
    _check_theirs(shelter_id)
    form = UndoForm()
    try:
        _take_back(shelter_id, form)
    except occupancy.VersionConflict as conflict:
        return _page(shelter_id, None, Told(conflict=conflict.status, undo=form)), 409
    except InputInvalid as invalid:
        return _page(shelter_id, None, Told(errors=invalid.errors, undo=form)), 422
    return redirect(url_for(".show", shelter_id=shelter_id, _anchor="events"), 303)


def _take_back(shelter_id: str, form: UndoForm) -> None:
    reason = (form.reason.data or "").strip()
    if not 0 < len(reason) <= MAX_REASON:
        message = _("取り消す理由を%(n)s字までで入れてください。", n=MAX_REASON)
        raise InputInvalid([FieldError(f"reason-{form.event_id()}", "length", message)])
    with transaction() as session:
        outcome = occupancy.undo(
            session, shelter_id, form.event_id(), by=colleague().actor, now=clock.now(),
            policy=service.policy(), anyones=True, reason=reason,
        )  # fmt: skip
        if not outcome.repeated:
            note(session, occupancy.UNDONE, f"shelter:{shelter_id}", detail=outcome.detail())


@bp.get("/<shelter_id>/history.csv")
def history_csv(shelter_id: str) -> ResponseReturnValue:
    """Every event of the page's disaster, for a spreadsheet; the log has that it was taken out.

    For those who may see the check-in of the place: each family that came is a line.
    """
    if not _sees_checkin(shelter_id):
        raise NotFound(
            "not theirs", title=_("その避難所の記録は、あなたの権限では書き出せません。")
        )
    occupancy.current(db.session, shelter_id, now=clock.now(), policy=service.policy())
    events = occupancy.history(db.session, shelter_id, limit=None)
    rows = history.csv_rows(events, authors.names(db.session))
    with transaction() as session:
        note(
            session, "shelter.history_exported", f"shelter:{shelter_id}",
            detail={"format": "csv", "rows": len(rows)},
        )  # fmt: skip
    answer = Response(exports.table_csv(history.COLUMNS, rows), content_type="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{shelter_id}.csv")
    return answer


def _check_theirs(shelter_id: str) -> None:
    """Raises NotFound for a place the colleague may not change, as for one that is not there."""
    mine = colleague().shelters()
    if mine is not None and shelter_id not in mine:
        raise NotFound("not theirs", title=_("その避難所は、あなたの権限では変えられません。"))


def _sees_checkin(shelter_id: str) -> bool:
    theirs = seen()
    return theirs is None or shelter_id in theirs


def _page(shelter_id: str, form: ChangeForm | None, told: Told) -> str:
    mine = colleague().shelters()
    page = place_page(
        shelter_id, form, told, is_mine=mine is None or shelter_id in mine, now=clock.now()
    )
    may_see = _sees_checkin(shelter_id)
    checkin = sums.of_shelter(db.session, shelter_id) if may_see else None
    return render_template(
        "shelters/console/place.html",
        page=page,
        may_export=may_see,
        checkin=checkin,
        checkin_needs=party_words(checkin.inside) if checkin else "",
    )
