"""`/console/procedures/exports`: a procedure's submissions as a file; the log has who took it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from typing import IO

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import FileWrapper

from liff_app import clock
from liff_app.audit import procedure_words
from liff_app.clock import JST
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.periods import FIRST_YEAR, LAST_YEAR
from liff_app.procedures import scope
from liff_app.procedures.exports import collecting, files, table
from liff_app.procedures.exports.collecting import Wanted
from liff_app.procedures.exports.files import Form
from liff_app.procedures.models import Procedure
from liff_app.staff.guard import colleague, fresh, note

bp = Blueprint("procedure_exports", __name__)

STATES = {"": None, "open": True, "closed": False}


@bp.get("/<slug>")
def ask(slug: str) -> ResponseReturnValue:
    """What is to be taken out, in which form and for what."""
    fresh()
    return _page(slug, request.args, [])


@bp.post("/<slug>")
def take(slug: str) -> ResponseReturnValue:
    """The file, made whole before a byte of it goes out: a slow line must not hold the database."""
    fresh()
    try:
        wanted, form = _wanted(request.form), _form(request.form)
        file = _made(slug, wanted, form, _purpose(request.form))
    except InputInvalid as error:
        return _page(slug, request.form, error.errors), 422
    return _download(file, slug, form)


def _made(slug: str, wanted: Wanted, form: Form, purpose: str) -> IO[bytes]:
    who, keys = scope.scope_of(colleague()), current_app.config["SETTINGS"].keys
    procedure = collecting.procedure_of(db.session, slug, who)
    ids = collecting.found(db.session, procedure, wanted, who)
    if not 0 < len(ids) <= collecting.MOST_ROWS:
        raise InputInvalid([FieldError("since", "count", _refusal(len(ids)))])
    codes = "codes" in request.form
    with ExitStack() as failing:
        lines = table.lines(db.session, procedure, ids, keys=keys, codes=codes)
        file = failing.enter_context(files.written(form, lines))
        db.session.close()
        with transaction() as session:
            note(
                session, "procedure.exported", f"procedure:{slug}", persons=len(ids),
                detail={"format": form.value, "codes": codes, "purpose": purpose},
            )  # fmt: skip
        failing.pop_all()  # the answer closes it
    return file


def _refusal(count: int) -> str:
    if count == 0:
        return _("この条件に合う申請はありません。")
    return _("%(n)s件をこえます。期間をしぼってください。", n=f"{collecting.MOST_ROWS:,}")


def _wanted(asked: Mapping[str, str]) -> Wanted:
    return Wanted(
        since=_day(asked, "since"),
        until=_day(asked, "until"),
        is_open=STATES.get(asked.get("state", "")),
    )


def _day(asked: Mapping[str, str], name: str) -> date | None:
    text = asked.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise InputInvalid([FieldError(name, "date", _("日付を選びなおしてください。"))])
    return day


def _form(asked: Mapping[str, str]) -> Form:
    try:
        return Form(asked.get("format", ""))
    except ValueError:
        raise InputInvalid([FieldError("format", "choice", _("形をえらんでください。"))]) from None


def _purpose(asked: Mapping[str, str]) -> str:
    """Why the data leave, as a code for the log. Raises InputInvalid for none."""
    code = asked.get("purpose", "")
    if code not in dict(procedure_words.purposes()):
        message = _("何に使うかをえらんでください。")
        raise InputInvalid([FieldError("purpose", "required", message)])
    return code


def _page(slug: str, asked: Mapping[str, str], errors: list[FieldError]) -> str:
    procedure = collecting.procedure_of(db.session, slug, scope.scope_of(colleague()))
    return render_template(
        "procedures/console/exports.html",
        procedure=procedure,
        asked=asked,
        errors=errors,
        count=_count(procedure),
        most=collecting.MOST_ROWS,
        purposes=procedure_words.purposes(),
    )


def _count(procedure: Procedure) -> int:
    who = scope.scope_of(colleague())
    return len(collecting.found(db.session, procedure, Wanted(), who))


def _download(file: IO[bytes], slug: str, form: Form) -> Response:
    size = file.seek(0, 2)
    file.seek(0)
    answer = Response(
        FileWrapper(file), content_type=files.media_type(form), direct_passthrough=True
    )
    name = f"{slug}-{clock.now().astimezone(JST):%Y%m%d-%H%M}.{files.suffix(form)}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Length"] = str(size)
    answer.headers["Cache-Control"] = "no-store"
    return answer
