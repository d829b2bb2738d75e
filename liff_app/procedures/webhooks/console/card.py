"""Systems that are told no more, on the dashboard of who can see to it."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.procedures.webhooks import service
from liff_app.staff.cards import Card
from liff_app.staff.guard import Colleague


def make_card(session: Session, _me: Colleague, _now: datetime) -> Card | None:
    """Which procedure's system to look at first, where one was switched off; else nothing."""
    stopped = service.given_up(session)
    if not stopped:
        return None
    return Card(
        title=_("ほかのシステムへの知らせ"),
        text=_("届かないので止めた知らせがあります。"),
        href=url_for("procedure_hooks.index", slug=stopped[0]),
        action=_("知らせる相手を見る"),
        figures=((_("止めた相手"), _("%(n)s件", n=len(stopped))),),
        urgent=True,
    )
