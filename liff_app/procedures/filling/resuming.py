"""「あとで続ける」: a message in LINE that leads back to the draft and tells nothing of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.messaging import outbox
from liff_app.procedures.filling import languages, submitting
from liff_app.procedures.filling.drafts import KEPT, Draft

__all__ = ["remind"]


def remind(session: Session, draft: Draft, *, now: datetime) -> None:
    """The resident is sent the way back to the draft, once a day for each."""
    if draft.resident_id is None:
        return
    document = draft.form.document
    title = languages.said(document, document.title).plain
    said = _("書きかけの手続きは、ここから続けられます。")
    about = _("「%(title)s」の件", title=title)
    kept = _("%(n)s日のあいだ、残しておきます。", n=KEPT.days)
    text = f"{said}\n{about}\n{kept}"
    label = _("続きを書く")
    try:
        outbox.require_tellable(text, link=None, link_label=label)
    except ValueError:  # a form whose title is an address
        text = f"{said}\n{kept}"
    # Of what is to be anonymous nothing here leads to the draft that was sent.
    nameless = submitting.is_nameless(draft.form, is_test=draft.is_test)
    way = draft.form.slug if nameless else f"drafts/{draft.ref}"
    day = now.astimezone(JST).date()
    outbox.queue(
        session,
        resident_id=draft.resident_id,
        text=text,
        link=f"/procedures/{way}",
        link_label=label,
        event=f"procedure-draft:{way.removeprefix('drafts/')}:{day}",
        now=now,
    )
