"""The first step: a file comes in and is looked at, as often as needed."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.shelters.imports import columns, pages, queries, uploads
from liff_app.shelters.imports.forms import AdjustForm
from liff_app.shelters.imports.pages import Asked
from liff_app.shelters.imports.preview import points
from liff_app.shelters.imports.uploads import Upload
from liff_app.shelters.lists.errors import ListTooLarge, ListUnreadable
from liff_app.shelters.lists.mapping_files import dump_mapping
from liff_app.staff.guard import colleague, note

bp = Blueprint("list_imports", __name__)

MAX_REQUEST = 6 * 1024 * 1024  # a file of 5 MB and the form around it
Told = dict[str, str | int | bool | None]  # what an event of the log says further
DISCARDED = "list.discarded"  # action in the audit log
SHOWS = ("error", "warning", "all")


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """An upload may be larger than other requests; said before the guard reads its form."""
    if endpoint == "list_imports.accept":
        request.max_content_length = MAX_REQUEST


@bp.get("")
def index() -> ResponseReturnValue:
    """Every list with its editions, and the files that wait."""
    return index_page()


def index_page(errors: tuple[FieldError, ...] = ()) -> str:
    """The page, with what is wrong about a file that was just sent."""
    return render_template(
        "shelters/console/imports.html",
        page=pages.index_page(db.session),
        done=queries.edition(db.session, request.args.get("done", 0, int)),
        errors=errors,
    )


@bp.post("/uploads")
def accept() -> ResponseReturnValue:
    """A file is taken in and kept for a day; what cannot be read at all is not."""
    file = request.files.get("file")
    if file is None or not file.filename:
        message = _("ファイルをえらんでください。")
        return index_page((FieldError("file", "required", message),)), 422
    try:
        draft = uploads.look(db.session, file.read(), file.filename, town=pages.town())
    except ListUnreadable as error:
        return index_page((FieldError("file", error.code, unreadable(error)),)), 422
    with transaction() as session:
        gone = uploads.make_room(session, by=colleague().actor)
        upload_id = uploads.keep(session, draft, by=colleague().actor, now=clock.now())
        for one in gone:
            note(session, DISCARDED, f"upload:{one}", detail={"by_itself": True})
        note(session, "list.uploaded", f"upload:{upload_id}", detail={"bytes": len(draft.body)})
    return redirect(url_for(".show", upload_id=upload_id), 303)


def unreadable(error: ListUnreadable) -> str:
    """Why the file cannot be read, and what can be done with one that is only large."""
    if not isinstance(error, ListTooLarge):
        return error.message
    return _(
        "%(reason)s 大きな一覧は、サーバーで「shelters import ファイル」のコマンドで取り込めます。",
        reason=error.message,
    )


def upload_of(upload_id: str) -> Upload:
    """The upload. Raises NotFound."""
    return uploads.find(db.session, upload_id, now=clock.now())


@bp.get("/uploads/<upload_id>")
def show(upload_id: str) -> ResponseReturnValue:
    """What the file says, what it would change, and what is wrong with it."""
    upload = upload_of(upload_id)
    if upload.headings:  # first the question which column is which
        return redirect(url_for(".ask_columns", upload_id=upload_id), 302)
    return upload_page(upload)


def upload_page(upload: Upload, errors: tuple[FieldError, ...] = ()) -> str:
    """The preview of what is published if somebody confirms it."""
    wanted = request.args.get("problems", "")
    asked = Asked(
        problems=wanted if wanted in SHOWS else "all", everything="everything" in request.args
    )
    page = pages.upload_page(db.session, upload, asked)
    return render_template(
        "shelters/console/import_upload.html",
        page=page,
        errors=errors,
        options=pages.list_options(page.lists),
        tiles_url=pages.tiles_url(),
    )


@bp.post("/uploads/<upload_id>")
def adjust(upload_id: str) -> ResponseReturnValue:
    """The file is to be an edition of another list, or names another source."""
    form, upload = AdjustForm(), upload_of(upload_id)
    errors = form.faults()
    if errors:
        return upload_page(upload, tuple(errors)), 422
    with transaction() as session:
        uploads.adjust(
            session,
            upload_id,
            list_id=form.chosen(),
            attribution=form.attribution.data or "",
            only_own=bool(form.only_own.data),
            now=clock.now(),
        )
        told: Told = {"list": form.chosen(), "only_own": bool(form.only_own.data)}
        note(session, "list.upload_adjusted", f"upload:{upload_id}", detail=told)
    return redirect(url_for(".show", upload_id=upload_id, _anchor="difference"), 303)


@bp.post("/uploads/<upload_id>/discard")
def discard(upload_id: str) -> ResponseReturnValue:
    """The file is gone; nothing was published. The log says whose it was."""
    with transaction() as session:
        owner = uploads.discard(session, upload_id)
        if owner is not None:
            note(session, DISCARDED, f"upload:{upload_id}", detail={"uploaded_by": owner})
    return redirect(url_for(".index"), 303)


@bp.get("/uploads/<upload_id>/columns")
def ask_columns(upload_id: str) -> ResponseReturnValue:
    """Which heading of the file means what."""
    return columns_page(upload_of(upload_id))


def columns_page(upload: Upload, errors: tuple[FieldError, ...] = ()) -> str:
    """The questions, answered as the headings suggest or as they were before."""
    mapping, headings = pages.mapping_of(db.session, upload)
    return render_template(
        "shelters/console/import_columns.html",
        upload=upload,
        mapping=mapping,
        questions=columns.questions(mapping, headings),
        hazards=columns.hazard_questions(mapping, headings),
        roles=pages.role_options(),
        errors=errors,
    )


@bp.post("/uploads/<upload_id>/columns")
def answer_columns(upload_id: str) -> ResponseReturnValue:
    """The file is read by these columns from now on."""
    upload = upload_of(upload_id)
    try:
        mapping, headings = pages.mapping_of(db.session, upload)
        chosen = columns.answered(mapping, headings, request.form)
        draft = uploads.look(
            db.session, upload.body, upload.file_name, town=pages.town(), mapping=chosen
        )
    except InputInvalid as error:
        return columns_page(upload, tuple(error.errors)), 422
    except ListUnreadable as error:
        fault = FieldError("col-name", error.code, unreadable(error))
        return columns_page(upload, (fault,)), 422
    with transaction() as session:
        uploads.reshape(session, upload_id, draft, now=clock.now())
        told = {"columns": len(chosen.columns)}
        note(session, "list.columns_answered", f"upload:{upload_id}", detail=told)
    return redirect(url_for(".show", upload_id=upload_id), 303)


@bp.get("/uploads/<upload_id>/mapping.toml")
def mapping_file(upload_id: str) -> ResponseReturnValue:
    """The columns as a mapping file, for the command and for next year."""
    mapping, _headings = pages.mapping_of(db.session, upload_of(upload_id))
    named = replace(mapping, name=columns.NEW_NAME) if mapping.name == "suggested" else mapping
    with transaction() as session:
        told: Told = {"format": "toml", "columns": len(named.columns)}
        note(session, "list.mapping_exported", f"upload:{upload_id}", detail=told)
    return as_file(dump_mapping(named), "mapping.toml", "application/toml; charset=utf-8")


@bp.get("/uploads/<upload_id>/problems.csv")
def problems(upload_id: str) -> ResponseReturnValue:
    """Everything that is wrong with the file, for a spreadsheet."""
    read = uploads.read(db.session, upload_of(upload_id), town=pages.town())
    body = uploads.problem_csv(read)
    with transaction() as session:
        told: Told = {"format": "csv", "rows": len(read.edition.parsed.problems)}
        note(session, "list.problems_exported", f"upload:{upload_id}", detail=told)
    return as_file(body, "problems.csv", "text/csv; charset=utf-8")


def as_file(body: bytes, name: str, media_type: str) -> Response:
    """An answer that the browser saves under that name."""
    answer = Response(body, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/uploads/<upload_id>/points.json")
def upload_points(upload_id: str) -> ResponseReturnValue:
    """Where the rows are, for the map of the preview."""
    read = uploads.read(db.session, upload_of(upload_id), town=pages.town())
    found = pages.look_at(db.session, read.edition)
    return jsonify([asdict(one) for one in points(found)])
