"""`/liff/procedures/remembered`: earlier answers that may be offered again."""

from __future__ import annotations

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.procedures.filling import remembering
from liff_app.procedures.filling.answering import unkept

bp = Blueprint("procedure_remembered", __name__)


@bp.get("")
def index() -> ResponseReturnValue:
    """Everything that is kept to be offered again, and where it comes from."""
    keys = current_app.config["SETTINGS"].keys
    kept = remembering.kept(db.session, g.resident_id, keys=keys)
    years = remembering.KEPT.days // 365
    page = render_template(
        "procedures/remembered.html", kept=kept, years=years, done="done" in request.args
    )
    return unkept(page)


@bp.post("/forget")
def forget() -> ResponseReturnValue:
    """One answer is forgotten, or all of them; again: nothing happens."""
    wanted = request.form.get("what", "")
    with transaction() as session:
        if wanted == "everything":
            remembering.forget_all(session, g.resident_id)
        else:
            _forget_one(session, wanted)
    return redirect(url_for(".index", done="1"), 303)


def _forget_one(session: Session, prefill: str) -> None:
    try:
        remembering.forget(session, g.resident_id, prefill)
    except NotFound:
        return  # forgotten by an earlier tap
