"""The second step: what would happen in words, and then it happens. Forward, back and away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import Conflict, NotFound
from liff_app.i18n import gettext as _
from liff_app.shelters.console import authors
from liff_app.shelters.differences import Difference
from liff_app.shelters.editions import EditionKind, Publishable
from liff_app.shelters.imports import pages, queries, service, uploads
from liff_app.shelters.imports.forms import PublishForm
from liff_app.shelters.imports.preview import Preview
from liff_app.shelters.imports.queries import EditionLine
from liff_app.shelters.imports.service import ListChanged
from liff_app.shelters.imports.upload_console import bp, upload_of
from liff_app.shelters.imports.words import KIND_WORDS, list_name
from liff_app.staff.guard import colleague, note

Publish = Callable[[Session, Preview], Difference]
ACTIONS = {
    EditionKind.IMPORT: "list.published",
    EditionKind.REPUBLISH: "list.republished",
    EditionKind.WITHDRAW: "list.withdrawn",
}
LARGE_ROWS = 20_000  # some seconds of a request
TOO_LARGE = "大きな一覧です。コマンド shelters republish か shelters withdraw を使ってください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One of the three: what would be published of which list, and the way back."""

    made: Publishable
    back: str
    name: str

    @property
    def kind(self) -> EditionKind:
        """Which of the three it is."""
        return self.made.about.kind


def found_edition(edition_id: int) -> EditionLine:
    """The edition of that number. Raises NotFound."""
    found = queries.edition(db.session, edition_id)
    if found is None:
        raise NotFound(f"no edition {edition_id}", title="その版はありません。")
    return found


def is_large(line: EditionLine) -> bool:
    """Whether looking at the edition, or at what is published instead, is the command's work."""
    newest = service.latest(db.session, line.list_id)
    return max(line.imported, newest.imported) > LARGE_ROWS


def small_edition(edition_id: int) -> EditionLine:
    """The edition of that number. Raises NotFound, or Conflict for one too large for a page."""
    line = found_edition(edition_id)
    if is_large(line):
        raise Conflict("too large for a page", title=TOO_LARGE, code="list_too_large")
    return line


@bp.get("/editions/<int:edition_id>")
def edition(edition_id: int) -> ResponseReturnValue:
    """What an edition was, and what publishing it again would change."""
    line = found_edition(edition_id)
    fixed = line.is_field or is_large(line)
    made = None if fixed else service.republication(db.session, edition_id)
    return render_template(
        "shelters/console/import_edition.html",
        line=line,
        kind=KIND_WORDS[line.kind](),
        who=authors.words(line.published_by, authors.names(db.session)),
        found=pages.look_at(db.session, made) if made else None,
    )


def _of_upload(upload_id: str) -> Act:
    read = uploads.read(db.session, upload_of(upload_id), town=pages.town())
    about = read.edition.about
    return Act(
        made=read.edition,
        back=url_for(".show", upload_id=upload_id),
        name=list_name(about.list_id, about.preset, about.attribution),
    )


def _of_edition(edition_id: int) -> Act:
    line = small_edition(edition_id)
    return Act(
        made=service.republication(db.session, line.id),
        back=url_for(".edition", edition_id=edition_id),
        name=line.list_name,
    )


def _of_list(edition_id: int) -> Act:
    line = small_edition(edition_id)
    return Act(
        made=service.withdrawal(db.session, line.list_id),
        back=url_for(".edition", edition_id=edition_id),
        name=line.list_name,
    )


@bp.get("/uploads/<upload_id>/publish")
def ask_publish(upload_id: str) -> ResponseReturnValue:
    """What publishing the file would do, in words."""
    return confirm_page(_of_upload(upload_id))


@bp.post("/uploads/<upload_id>/publish")
def publish(upload_id: str) -> ResponseReturnValue:
    """The file is the list. Sent twice, it is published once."""
    try:
        act = _of_upload(upload_id)
    except NotFound:
        return redirect(url_for(".index"), 303)

    def go(session: Session, found: Preview) -> Difference:
        return service.publish_upload(
            session, upload_id, found.made, seen=found.seen, by=colleague().actor, now=clock.now()
        )

    return carry_out(act, go)


@bp.get("/editions/<int:edition_id>/publish")
def ask_republish(edition_id: int) -> ResponseReturnValue:
    """What going back to this edition would do, in words."""
    return confirm_page(_of_edition(edition_id))


@bp.post("/editions/<int:edition_id>/publish")
def republish(edition_id: int) -> ResponseReturnValue:
    """The edition's rows are the list again."""
    return carry_out(_of_edition(edition_id), _as_seen)


@bp.get("/editions/<int:edition_id>/withdraw")
def ask_withdraw(edition_id: int) -> ResponseReturnValue:
    """What withdrawing the edition's list would do, in words."""
    return confirm_page(_of_list(edition_id))


@bp.post("/editions/<int:edition_id>/withdraw")
def withdraw(edition_id: int) -> ResponseReturnValue:
    """The list has no place any more."""
    return carry_out(_of_list(edition_id), _as_seen)


def _as_seen(session: Session, found: Preview) -> Difference:
    return service.publish(
        session, found.made, seen=found.seen, by=colleague().actor, now=clock.now()
    )


def confirm_page(act: Act, *, error: str | None = None) -> str:
    """The outcome in words, with the button that brings it about."""
    return render_template(
        "shelters/console/import_confirm.html",
        act=act,
        about=act.made.about,
        found=pages.look_at(db.session, act.made),
        error=error,
    )


def carry_out(act: Act, go: Publish) -> ResponseReturnValue:
    """What was shown and confirmed is done; what is another by now is shown instead."""
    form, found = PublishForm(), pages.look_at(db.session, act.made)
    if found.change.is_empty:
        return redirect(url_for(".index"), 303)
    if form.mark.data != found.mark:
        return confirm_page(act, error=ListChanged.title), 409
    if not form.sure.data:
        return confirm_page(act, error=_("確かめた印を付けてください。")), 422
    try:
        with transaction() as session:
            change = go(session, found)
            told = service.note_of(act.made, change)
            note(session, ACTIONS[act.kind], f"list:{act.made.about.list_id}", detail=told)
    except Conflict as conflict:
        return confirm_page(act, error=conflict.shown_title), 409
    return redirect(url_for(".index", done=change.edition_id), 303)
