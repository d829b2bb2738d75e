"""`/console/reports/new`: somebody is on the telephone, and a colleague writes it down."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock, idempotency
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.reports import casework, filing
from liff_app.reports.categories import service as categories
from liff_app.reports.categories.model import Category, Stop
from liff_app.reports.console import case_fields, case_words
from liff_app.reports.console.case_changes import by
from liff_app.reports.filing import FileDraft, Receipt
from liff_app.reports.moment import disaster_on
from liff_app.reports.places import service as places
from liff_app.reports.vocabulary import PlaceWay, Priority, Source
from liff_app.staff.guard import colleague, note
from liff_app.towns import service as towns

bp = Blueprint("report_proxy", __name__)

JAPAN = [[24.0, 123.0], [45.5, 146.0]]  # what a map shows where no town list was imported
TEXTS = ("description", "place_text", "asset_number", "contact", "lat", "lon", "town", "key")


@dataclass(frozen=True, slots=True)
class _Place:
    lat: float
    lon: float
    way: PlaceWay


@bp.get("/new")
def new() -> ResponseReturnValue:
    """What it is about; then the form with that kind's questions."""
    kind = _kind(request.args.get("category", ""))
    if kind is None:
        kinds = categories.offered(db.session, disaster=disaster_on(db.session))
        return render_template("reports/console/proxy_kind.html", kinds=kinds)
    return _page(kind, {"key": secrets.token_hex(16), "priority": "1"})


@bp.post("/new")
def add() -> ResponseReturnValue:
    """The report is there, and its number can be read out; sent twice, it is there once."""
    kind = _kind(request.form.get("category", ""))
    if kind is None:
        return redirect(url_for(".new"), 303)  # no page of ours sends that
    typed = _typed(kind)
    idempotency.checked(typed["key"])  # no page of ours sends another
    try:
        receipt = _file(kind, typed)
    except categories.Stopped as stopped:
        return _page(kind, typed, errors=tuple(stopped.errors), stop=stopped.stop), 422
    except InputInvalid as invalid:
        return _page(kind, typed, errors=tuple(invalid.errors)), 422
    return redirect(url_for("report_case.show", ref=receipt.ref, done="filed"), 303)


def _file(kind: Category, typed: dict[str, str]) -> Receipt:
    settings, now = current_app.config["SETTINGS"], clock.now()
    priority = case_fields.priority(typed["priority"])
    place = _place(db.session, typed)
    draft = FileDraft(
        category=kind.code,
        description=typed["description"],
        lat=place.lat,
        lon=place.lon,
        place_way=place.way,
        place_text=typed["place_text"],
        asset_number=typed["asset_number"],
        answers={one.code: typed[f"answers.{one.code}"] for one in kind.questions},
        contact=typed["contact"],
        source=Source.CONSOLE,
    )
    with transaction() as session:
        receipt = filing.file_for_caller(
            session, draft, actor=colleague().actor, key=typed["key"], settings=settings, now=now
        )
        if not receipt.repeated:
            if priority is not Priority.NORMAL:
                casework.prioritise(session, receipt.ref, priority, **by(1))
            note(session, "report.filed", f"report:{receipt.ref}", persons=1)
    return receipt


def _place(session: Session, typed: dict[str, str]) -> _Place:
    """Where it is: the pin, else the thing with that number, else the middle of the town.

    Raises InputInvalid where none of them says it.
    """
    if typed["lat"] or typed["lon"]:
        lat, lon = case_fields.position()
        return _Place(lat, lon, PlaceWay.PIN)
    assets = places.find_assets(session, typed["asset_number"]) if typed["asset_number"] else []
    if len(assets) == 1:
        return _Place(assets[0].lat, assets[0].lon, PlaceWay.ASSET)
    code = current_app.config["SETTINGS"].municipality_code
    town = places.find_town(session, typed["town"], municipality_code=code)
    if town is None or town.lat is None or town.lon is None:
        message = _("場所を、町の名前か地図か管理番号で決めてください。")
        raise InputInvalid([FieldError("town", "required", message)])
    return _Place(town.lat, town.lon, PlaceWay.TOWN)


def _kind(code: str) -> Category | None:
    """The category of that code, None if there is none that is offered."""
    found = categories.find(db.session, code[:40])
    return found if found is not None and found.active else None


def _typed(kind: Category) -> dict[str, str]:
    names = (*TEXTS, "priority", *(f"answers.{one.code}" for one in kind.questions))
    return {name: request.form.get(name, "").strip() for name in names}


def _page(
    kind: Category,
    typed: dict[str, str],
    *,
    errors: tuple[FieldError, ...] = (),
    stop: Stop | None = None,
) -> str:
    settings = current_app.config["SETTINGS"]
    known = towns.of_municipality(db.session, settings.municipality_code)
    return render_template(
        "reports/console/proxy.html",
        kind=kind,
        choices={
            one.code: [(option.code, option.label) for option in one.options]
            for one in kind.questions
        },
        typed=typed,
        errors=errors,
        stop=stop,
        towns=[("", _("えらばない")), *((one.code, one.name) for one in known)],
        around_json=json.dumps([[one.lat, one.lon] for one in known] or JAPAN),
        priorities=[(str(int(one)), word()) for one, word in case_words.PRIORITY.items()],
        tiles_url=settings.map_tiles_url,
    )
