"""`/console/disasters`: a disaster or drill is begun, amended and ended, each in two steps."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock, idempotency
from liff_app.db import db, transaction
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.idempotency import Answer
from liff_app.shelters.board import Moment
from liff_app.shelters.console.desk import desk
from liff_app.shelters.disasters import pages, records, service
from liff_app.shelters.disasters.forms import DRILL, OTHER, REAL, DisasterForm
from liff_app.shelters.disasters.queries import DisasterLine
from liff_app.shelters.service import board
from liff_app.staff.guard import colleague, note
from liff_app.staff.vocabulary import Role

bp = Blueprint("disaster_console", __name__)

Told = dict[str, str | int | bool | None]
NOT_SURE = "確かめた印を付けてください。"


def moment() -> Moment:
    """The shelters as residents see them now."""
    return board().now(db.session, clock.now())


@bp.get("")
def index() -> ResponseReturnValue:
    """What is on, and what was."""
    disasters = pages.pieces(db.session)
    return render_template(
        "shelters/console/disasters.html",
        on=next((one for one in disasters if one.ended_at is None), None),
        past=[one for one in disasters if one.ended_at is not None],
        may_change=colleague().may(Role.ADMINISTRATOR),
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    """The first step of a start."""
    if service.current(db.session):
        return redirect(url_for(".index"), 302)
    return form_page(DisasterForm())


@bp.post("/new")
def check() -> ResponseReturnValue:
    """The second step: everything in words, and what will come of it. Nothing has changed yet."""
    form = DisasterForm()
    form.take_towns(moment().towns)
    errors = form.faults()
    if errors:
        return form_page(form, errors=errors), 422
    if form.key.data:  # back from the second step, to mend something
        return form_page(form)
    return confirm_page(form)


@bp.post("")
def start() -> ResponseReturnValue:
    """It begins; the same form sent twice begins it once."""
    form = DisasterForm()
    errors = form.faults()
    if errors:
        return form_page(form, errors=errors), 422
    if not form.sure.data:
        return confirm_page(form, error=_(NOT_SURE)), 422
    with transaction() as session:
        _start_once(session, form)
    return redirect(url_for(".index"), 303)


def _start_once(session: Session, form: DisasterForm) -> None:
    draft, now = form.to_draft(), clock.now()

    def earn() -> Answer:
        disaster = service.start(session, draft, by=colleague().actor, now=now)
        told: Told = {"drill": draft.drill, "hazards": disaster.hazards, "checkin": draft.checkin}
        note(session, "disaster.started", f"disaster:{disaster.id}", detail=told)
        return Answer(303, disaster.id)

    idempotency.once(
        session,
        owner=colleague().actor,
        key=idempotency.checked(form.key.data or ""),
        content=idempotency.fingerprint(repr(draft).encode()),
        now=now,
        earn=earn,
    )


@bp.get("/<disaster_id>/amend")
def amend(disaster_id: str) -> ResponseReturnValue:
    """What can be changed of the open one."""
    line = service.find(db.session, disaster_id)
    if line.ended_at is not None:
        return redirect(url_for(".show", disaster_id=disaster_id), 302)
    return form_page(filled(line), disaster=line)


@bp.post("/<disaster_id>/amend")
def save(disaster_id: str) -> ResponseReturnValue:
    """The open one is as typed. Raises Conflict if it is over by now."""
    form = DisasterForm()
    form.take_towns(moment().towns)
    errors = form.faults(kind_asked=False)
    if errors:
        line = service.find(db.session, disaster_id)
        return form_page(form, disaster=line, errors=errors), 422
    with transaction() as session:
        _amend(session, form, disaster_id)
    return redirect(url_for(".index"), 303)


def _amend(session: Session, form: DisasterForm, disaster_id: str) -> None:
    changed = service.amend(
        session,
        form.to_amendment(),
        by=colleague().actor,
        now=clock.now(),
        disaster_id=disaster_id,
    )
    if changed:
        told = {"changed": ",".join(sorted(changed))}
        note(session, "disaster.amended", f"disaster:{disaster_id}", detail=told)


@bp.get("/<disaster_id>/stop")
def ask_stop(disaster_id: str) -> ResponseReturnValue:
    """The first step of the end: what will come of it, in words."""
    line = service.find(db.session, disaster_id)
    if line.ended_at is not None:
        return redirect(url_for(".show", disaster_id=disaster_id), 302)
    return stop_page(line)


@bp.post("/<disaster_id>/stop")
def stop(disaster_id: str) -> ResponseReturnValue:
    """It is over; sent twice it ends once, and never another one."""
    if not DisasterForm().sure.data:
        return stop_page(service.find(db.session, disaster_id), error=_(NOT_SURE)), 422
    now = clock.now()
    with transaction() as session:
        ended = service.stop(session, by=colleague().actor, now=now, disaster_id=disaster_id)
        if ended.ended_at == now:  # ended by this request, not by the one before
            note(session, "disaster.stopped", f"disaster:{ended.id}", detail={"drill": ended.drill})
    return redirect(url_for(".index"), 303)


def stop_page(line: DisasterLine, error: str | None = None) -> str:
    """The page that asks whether to end it."""
    return _rendered(
        "disaster_stop.html",
        disaster=pages.piece(line, {}),
        reach=pages.reach(moment(), line.hazards),
        there=pages.still_there(desk().now(db.session, clock.now())),
        error=error,
    )


def form_page(
    form: DisasterForm,
    *,
    disaster: DisasterLine | None = None,
    errors: list[FieldError] | None = None,
) -> str:
    """The form; for an open `disaster` to amend it."""
    return _rendered(
        "disaster_form.html",
        form=form,
        disaster=disaster,
        errors=errors or [],
        fault=defaultdict(str, {one.field: one.message for one in errors or []}),
        hazards=pages.hazard_lines(),
        towns=moment().towns.towns,
        codes={"real": REAL, "drill": DRILL, "other": OTHER},
    )


def confirm_page(form: DisasterForm, error: str | None = None) -> str:
    """The page that says what a start will bring."""
    draft = form.to_draft()
    return _rendered(
        "disaster_confirm.html",
        draft=draft,
        banner=pages.draft_banner(draft),
        hidden=form.as_hidden(),
        reach=pages.reach(moment(), draft.hazards),
        error=error,
    )


def _rendered(name: str, **context: Any) -> str:  # noqa: ANN401 - what a template takes
    return render_template(f"shelters/console/{name}", **context)


bp.get("/<disaster_id>")(records.show)
bp.get("/<disaster_id>/places.csv")(records.places_csv)
bp.get("/<disaster_id>/counts.csv")(records.counts_csv)
bp.get("/<disaster_id>/eei.csv")(records.eei_csv)


def filled(line: DisasterLine) -> DisasterForm:
    """The form as the open disaster stands."""
    codes = [hazard.value for hazard in line.hazards]
    return DisasterForm(
        formdata=None,
        name=line.name,
        chief=codes[0] if codes else OTHER,
        others=codes[1:],
        area=line.area,
        kind=DRILL if line.drill else REAL,
        checkin=line.checkin,
    )
