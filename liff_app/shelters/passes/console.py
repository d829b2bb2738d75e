"""`/console/shelters/passes`: sheets for the shelters' doors: made, printed, renewed, stopped."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock, qr
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.qr import QrSquare
from liff_app.shelters.passes import service, tokens
from liff_app.shelters.passes.service import PassLine, Sheet
from liff_app.staff.guard import colleague, note

bp = Blueprint("shelter_passes", __name__)

BATCH = 100  # sheets printed at once: drawing a QR code takes some 20 ms
MAX_DIGITS = 7
NOTED_ONE_BY_ONE = 20  # more sheets at once are named together, ids by a hundred in an event
NOTED_TOGETHER = 100


@bp.get("")
def index() -> ResponseReturnValue:
    """Every shelter the colleague answers for, and its sheet."""
    return _index()


@bp.errorhandler(InputInvalid)
def ask_again(error: InputInvalid) -> ResponseReturnValue:
    """The list again, with what is to be put right."""
    return _index(error), HTTPStatus.UNPROCESSABLE_ENTITY


def _index(refused: InputInvalid | None = None) -> str:
    found = service.board_of_passes(db.session, colleague().shelters())
    disaster, lines = found or (None, [])
    return render_template(
        "shelters/pass/index.html",
        disaster=disaster,
        lines=lines,
        missing=sum(line.made_at is None for line in lines),
        refused=refused,
        batches=[(at, min(at + BATCH, len(lines))) for at in range(0, len(lines), BATCH)],
    )


@bp.post("/sheets")
def print_sheets() -> ResponseReturnValue:
    """The sheets to print; a shelter that has none gets its pass now."""
    settings, now = current_app.config["SETTINGS"], clock.now()
    with transaction() as session:
        chosen = _chosen(session)
        made = service.make_all(
            session, by=colleague().actor, keys=settings.keys, now=now, shelters=chosen
        )
        session.flush()
        disaster, sheets = service.sheets(session, keys=settings.keys, shelters=chosen)
        _note(session, "shelter_pass.made", made)
        _note(session, "shelter_pass.printed", chosen)
    return render_template(
        "shelters/pass/sheets.html",
        disaster=disaster,
        sheets=[(sheet, _square(sheet), _typed(sheet)) for sheet in sheets],
        office_phone=settings.municipality_phone,
    )


@bp.post("/renew")
def renew() -> ResponseReturnValue:
    """The chosen shelters have new passes and the old sheets open nothing; asked for twice."""
    if request.form.get("sure") != "yes":
        return _ask("renew")
    settings, now = current_app.config["SETTINGS"], clock.now()
    with transaction() as session:
        chosen, by = _chosen(session), colleague().actor
        service.revoke(session, chosen, by=by, now=now)
        service.make_all(session, by=by, keys=settings.keys, now=now, shelters=chosen)
        _note(session, "shelter_pass.renewed", chosen)
    return redirect(url_for(".index"), 303)


@bp.post("/revoke")
def revoke() -> ResponseReturnValue:
    """The sheets of the chosen shelters open nothing any more; asked for twice."""
    if request.form.get("sure") != "yes":
        return _ask("revoke")
    with transaction() as session:
        chosen = _chosen(session)
        service.revoke(session, chosen, by=colleague().actor, now=clock.now())
        _note(session, "shelter_pass.revoked", chosen)
    return redirect(url_for(".index"), 303)


def _ask(action: str) -> str:
    """The second step: which sheets stop working."""
    chosen = set(_chosen(db.session))
    lines = [line for line in _lines(db.session) if line.shelter_id in chosen]
    return render_template("shelters/pass/sure.html", action=action, lines=lines)


def _lines(session: Session) -> list[PassLine]:
    """The colleague's shelters. Raises NotFound in normal times."""
    found = service.board_of_passes(session, colleague().shelters())
    if found is None:
        raise NotFound("no open disaster", title="始まっている災害はありません。")
    return found[1]


def _chosen(session: Session) -> list[str]:
    """The shelters the form names, all of them the colleague's. Raises NotFound, InputInvalid."""
    theirs = [line.shelter_id for line in _lines(session)]
    first = request.form.get("batch", "")
    if first.isdecimal() and len(first) < MAX_DIGITS:
        return theirs[int(first) : int(first) + BATCH]
    chosen = list(dict.fromkeys(request.form.getlist("shelter")))
    if not chosen:
        raise InputInvalid([FieldError("shelter", "missing", "避難所を選んでください。")])
    if not set(chosen) <= set(theirs):
        raise NotFound("not theirs", title="その避難所はありません。")
    return chosen


def _note(session: Session, action: str, shelters: Collection[str]) -> None:
    if len(shelters) <= NOTED_ONE_BY_ONE:
        for shelter_id in shelters:
            note(session, action, f"shelter:{shelter_id}")
        return
    ids = list(shelters)
    for at in range(0, len(ids), NOTED_TOGETHER):
        some = ids[at : at + NOTED_TOGETHER]
        told: dict[str, str | int | bool | None] = {"count": len(some), "shelters": ",".join(some)}
        note(session, action, "shelters", detail=told)


def _address(sheet: Sheet) -> str:
    public = current_app.config["SETTINGS"].public_url.rstrip("/")
    return f"{public}{url_for('shelter_phone.show', token=sheet.token)}"


def _square(sheet: Sheet) -> QrSquare:
    return qr.square(_address(sheet))


def _typed(sheet: Sheet) -> str:
    """The address as people type it: without the scheme, the pass in groups."""
    return f"{urlsplit(_address(sheet)).netloc}/s/{tokens.grouped(sheet.token)}"
