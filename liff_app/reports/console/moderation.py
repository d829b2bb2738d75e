"""What the public may see of a report: its words, its exact place, each photo, or nothing."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app.db import db
from liff_app.errors import NotFound
from liff_app.photos import service as photos
from liff_app.reports import case_queries, moderation
from liff_app.reports.acts import By
from liff_app.reports.console import walk
from liff_app.reports.console.case_changes import Done, change, mine

bp = Blueprint("report_moderation", __name__)
bp.url_defaults(walk.go_along)

ANSWERS = {"yes": True, "no": False}


@bp.post("/<ref>/publish")
def publish(ref: str) -> ResponseReturnValue:
    """The public sees the words or the exact place, or does not: what the form's button said."""

    def work(session: Session, by: By) -> Done:
        text, place = (ANSWERS.get(request.form.get(name, "")) for name in ("text", "place"))
        moderation.check_public(session, ref, text=text, place=place, **by)
        return Done(action="report.checked", detail={"text": text, "place": place})

    return change(ref, "publish", work)


@bp.post("/<ref>/hide")
def hide(ref: str) -> ResponseReturnValue:
    """The public sees nothing of it; whoever reported it reads the reason."""

    def work(session: Session, by: By) -> Done:
        moderation.hide(session, ref, request.form.get("reason", ""), **by)
        return Done(action="report.hidden")

    return change(ref, "hide", work)


@bp.post("/<ref>/show")
def show(ref: str) -> ResponseReturnValue:
    """The public sees it again, as far as it was released."""

    def work(session: Session, by: By) -> Done:
        moderation.show(session, ref, **by)
        return Done(action="report.shown")

    return change(ref, "show", work)


@bp.post("/<ref>/photos/<photo_id>/release")
def release(ref: str, photo_id: str) -> ResponseReturnValue:
    """The public sees the photo with the boxes it has; one without is asked about first."""
    if not case_queries.holds_photo(db.session, ref, photo_id, mine()):
        raise NotFound("no such photo")
    if not photos.photo_view(db.session, photo_id).boxes:
        return redirect(url_for("report_masking.ask", ref=ref, photo_id=photo_id), 303)
    return change(ref, "photo", lambda session, by: _check(session, ref, photo_id, by, public=True))


@bp.post("/<ref>/photos/<photo_id>/withhold")
def withhold(ref: str, photo_id: str) -> ResponseReturnValue:
    """The public sees the photo no longer."""
    return change(
        ref, "photo", lambda session, by: _check(session, ref, photo_id, by, public=False)
    )


def _check(session: Session, ref: str, photo_id: str, by: By, *, public: bool) -> Done:
    moderation.check_photo(session, ref, photo_id, public=public, **by)
    return Done(action="report.photo_checked", detail={"photo": photo_id, "published": public})
