"""Procedures that cannot be begun now, over or not yet open: who asks for them is told so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.procedures import forms
from liff_app.procedures.forms import Form

__all__ = ["NotOpen", "open_form"]


class NotOpen(NotFound):
    """It is known and takes nothing now. `begins`: when it will, None once it is over."""

    code = "not_open"
    title = "この手続きは、いま受け付けていません。"

    def __init__(self, form: Form, begins: datetime | None) -> None:
        super().__init__("not open now")
        self.form, self.begins = form, begins


def open_form(session: Session, slug: str, *, now: datetime) -> Form:
    """The form that residents may begin at that address.

    Raises NotOpen for one that was open once or will be, NotFound for what nobody has published.
    """
    try:
        return forms.open_form(session, slug, now=now)
    except NotFound:
        known = forms.announced(session, slug, now=now)
        if known is None:
            raise
        raise NotOpen(*known) from None
