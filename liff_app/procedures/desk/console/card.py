"""The procedures on the dashboard: what is new, unread, late, and waits for a second colleague."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import NotAllowed
from liff_app.i18n import gettext as _
from liff_app.procedures import scope
from liff_app.procedures.desk import filters, queries
from liff_app.procedures.desk.console import asked as query
from liff_app.procedures.desk.console import words
from liff_app.procedures.desk.console.inbox_page import count_words
from liff_app.procedures.desk.filters import Filters
from liff_app.procedures.scope import Scope
from liff_app.procedures.vocabulary import Status
from liff_app.staff.cards import Card
from liff_app.staff.guard import Colleague

NEW = Filters(status=Status.RECEIVED)
UNREAD = Filters(unread=True)
LATE = Filters(overdue=True)
PROPOSED = Filters(proposed=True)


def make_card(session: Session, me: Colleague, now: datetime) -> Card | None:
    """How much of the colleague's own departments waits; what is late is urgent."""
    try:
        who = scope.scope_of(me)
    except NotAllowed:
        return None
    today = now.astimezone(JST).date()
    new, unread, late, proposed = (
        _count(session, one, who, me, today) for one in (NEW, UNREAD, LATE, PROPOSED)
    )
    first = LATE if late else PROPOSED if proposed else UNREAD if unread else Filters()
    return Card(
        title=_("手続き"),
        text=_text(late=late, proposed=proposed, unread=unread),
        href=query.address(query.write(first)),
        action=_("申請を見る"),
        figures=(
            (_("新しい受付"), count_words(new)),
            (_("未読"), count_words(unread)),
            (words.overdue(), count_words(late)),
            (_("承認待ち"), count_words(proposed)),
        ),
        urgent=bool(late),
    )


def _count(session: Session, asked: Filters, who: Scope, me: Colleague, today: date) -> int:
    return queries.count(session, filters.conditions(asked, who, me.id, today=today))


def _text(*, late: int, proposed: int, unread: int) -> str:
    if late:
        return _("期限を過ぎた申請があります。")
    if proposed:
        return _("承認を待っている決定があります。")
    return _("まだ読んでいない申請があります。") if unread else _("読んでいない申請はありません。")
