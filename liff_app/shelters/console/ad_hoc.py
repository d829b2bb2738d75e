"""`/console/shelters/new`: a place that stands on no list is added, amended and withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import FieldError, NotAllowed
from liff_app.i18n import gettext as _
from liff_app.shelters import service
from liff_app.shelters.console import ad_hoc_places, pages
from liff_app.shelters.console.ad_hoc_forms import AdHocForm
from liff_app.shelters.console.ad_hoc_places import AdHocDraft, Neighbour
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.changes import Change, Outcome
from liff_app.shelters.vocabulary import Opening
from liff_app.shelters.words import HAZARD_WORDS
from liff_app.staff.guard import colleague, note
from liff_app.towns.service import TownNames

bp = Blueprint("ad_hoc_shelter", __name__)


@bp.get("/new")
def new() -> ResponseReturnValue:
    """An empty form."""
    _check_everywhere()
    form = AdHocForm(formdata=None)
    form.begin()
    return _page(form)


@bp.post("/new")
def add() -> ResponseReturnValue:
    """The place is there; what may be another one's double is asked about first."""
    _check_everywhere()
    form = AdHocForm()
    if errors := form.faults(_towns(), None):
        return _page(form, errors=errors), 422
    draft = form.to_draft(_towns(), None)
    if (asked := _questions(form, draft)) is not None:
        return _page(form, near=asked, far=ad_hoc_places.is_far(db.session, draft)), 422
    with transaction() as session:
        shelter_id, opened = _put(session, draft, form.source_id()), None
        if form.open_now.data and disasters.current(session):
            opened = _open(session, shelter_id, form.source_id())
        _note_put(session, "shelter.added", shelter_id, draft)
        if opened and not opened.repeated:
            note(session, occupancy.CHANGED, f"shelter:{shelter_id}", detail=opened.detail())
    return redirect(url_for("shelter_place.show", shelter_id=shelter_id), 303)


@bp.get("/<shelter_id>/edit")
def edit(shelter_id: str) -> ResponseReturnValue:
    """The form as the place was described."""
    _check_everywhere()
    source_id = ad_hoc_places.source_of(db.session, shelter_id)
    form = AdHocForm(formdata=None)
    form.fill(ad_hoc_places.draft_of(db.session, source_id))
    return _page(form, shelter_id=shelter_id)


@bp.post("/<shelter_id>/edit")
def save(shelter_id: str) -> ResponseReturnValue:
    """The place is as described now."""
    _check_everywhere()
    source_id = ad_hoc_places.source_of(db.session, shelter_id)
    before = ad_hoc_places.draft_of(db.session, source_id)
    form = AdHocForm()
    if errors := form.faults(_towns(), before):
        return _page(form, shelter_id=shelter_id, errors=errors), 422
    draft = form.to_draft(_towns(), before)
    if (asked := _questions(form, draft, but=shelter_id)) is not None:
        far = ad_hoc_places.is_far(db.session, draft)
        return _page(form, shelter_id=shelter_id, near=asked, far=far), 422
    with transaction() as session:
        _put(session, draft, source_id)
        _note_put(session, "shelter.amended", shelter_id, draft)
    return redirect(url_for("shelter_place.show", shelter_id=shelter_id), 303)


@bp.post("/<shelter_id>/withdraw")
def withdraw(shelter_id: str) -> ResponseReturnValue:
    """The place is gone for residents and from the board; its history stays."""
    _check_everywhere()
    form = AdHocForm()
    if not form.sure.data:
        message = _("取りやめるときは、確かめた印を付けてください。")
        return _edit_with(shelter_id, [FieldError("sure", "missing", message)]), 422
    with transaction() as session:
        who, now = colleague().actor, clock.now()
        ad_hoc_places.withdraw(session, shelter_id, by=who, now=now)
        note(session, "shelter.withdrawn", f"shelter:{shelter_id}")
    return redirect(url_for("shelter_board.show"), 303)


def _check_everywhere() -> None:
    """Raises NotAllowed for who may change some shelters only: a new one is none of theirs."""
    if colleague().shelters() is not None:
        raise NotAllowed("not for one shelter's staff")


def _put(session: Session, draft: AdHocDraft, source_id: str) -> str:
    settings = current_app.config["SETTINGS"]
    return ad_hoc_places.put(
        session, draft, source_id=source_id, by=colleague().actor, now=clock.now(),
        town=(settings.municipality_code, settings.municipality_name),
    )  # fmt: skip


def _note_put(session: Session, action: str, shelter_id: str, draft: AdHocDraft) -> None:
    note(session, action, f"shelter:{shelter_id}", detail={"published": draft.publish})


def _open(session: Session, shelter_id: str, key: str) -> Outcome:
    opened = Change(opening=Opening.OPEN, request_key=key)
    return occupancy.change(
        session, shelter_id, opened, by=colleague().actor, now=clock.now(), policy=service.policy()
    )


def _questions(
    form: AdHocForm, draft: AdHocDraft, but: str | None = None
) -> list[Neighbour] | None:
    """What must be asked before: neighbours that may be the same, an empty list for a far pin.

    None where there is nothing to ask, or the author has answered already. A namesake within
    200 m is always refused: lists would take the two for one.
    """
    if but is None and ad_hoc_places.stands(db.session, form.source_id()):
        return None  # sent twice: the place itself is no double
    near = ad_hoc_places.neighbours(db.session, draft, but=but)
    if any(one.is_same for one in near):
        return near
    if form.sure.data:
        return None
    return near if near or ad_hoc_places.is_far(db.session, draft) else None


def _edit_with(shelter_id: str, errors: Sequence[FieldError]) -> str:
    source_id = ad_hoc_places.source_of(db.session, shelter_id)
    form = AdHocForm(formdata=None)
    form.fill(ad_hoc_places.draft_of(db.session, source_id))
    return _page(form, shelter_id=shelter_id, errors=errors)


def _towns() -> TownNames:
    return service.board().now(db.session, clock.now()).towns


def _page(
    form: AdHocForm,
    *,
    shelter_id: str | None = None,
    errors: Sequence[FieldError] = (),
    near: Sequence[Neighbour] | None = None,
    far: bool = False,
) -> str:
    disaster = disasters.current(db.session)
    moment = service.board().now(db.session, clock.now())
    return render_template(
        "shelters/console/ad_hoc.html",
        form=form,
        shelter_id=shelter_id,
        errors=errors,
        near=near,
        far=far,
        refused=any(one.is_same for one in near or ()),
        disaster=pages.banner(disaster),
        towns=moment.towns.towns,
        hazards=[(one.value, label()) for one, (label, _hint) in HAZARD_WORDS.items()],
        snapshot_url=url_for("shelters_api.snapshot", v=moment.snapshot_version),
        tiles_url=current_app.config["SETTINGS"].map_tiles_url,
    )
