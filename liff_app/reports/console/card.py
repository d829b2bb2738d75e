"""The reports on the dashboard: what is new, what nobody read, what is late, what is not fixed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import NotAllowed
from liff_app.i18n import gettext as _
from liff_app.reports import desk_filters, desk_queries, scope
from liff_app.reports.console import filters as query
from liff_app.reports.console import inbox_page
from liff_app.reports.desk_filters import Filters, Order
from liff_app.reports.scope import Scope
from liff_app.reports.vocabulary import Status
from liff_app.staff.cards import Card
from liff_app.staff.guard import Colleague

NEW = Filters(status=Status.RECEIVED)
UNREAD = Filters(unread=True)
LATE = Filters(overdue=True, order=Order.DUE)
AGAIN = Filters(status=Status.REOPENED)


def make_card(session: Session, me: Colleague, now: datetime) -> Card | None:
    """How much of the colleague's own departments waits; 「まだ」 and what is late are urgent."""
    try:
        who = scope.scope_of(me)
    except NotAllowed:
        return None
    today = now.astimezone(JST).date()
    new, unread, late, again = (
        _count(session, one, who, me, today) for one in (NEW, UNREAD, LATE, AGAIN)
    )
    first = AGAIN if again else LATE if late else UNREAD if unread else Filters()
    return Card(
        title=_("通報"),
        text=_text(again=again, late=late, unread=unread),
        href=inbox_page.address(query.write(first)),
        action=_("通報を見る"),
        figures=(
            (_("新しい受付"), inbox_page.count_words(new)),
            (_("未読"), inbox_page.count_words(unread)),
            (_("期限切れ"), inbox_page.count_words(late)),
            (_("まだ（再開）"), inbox_page.count_words(again)),
        ),
        urgent=bool(again or late),
    )


def _count(session: Session, asked: Filters, who: Scope, me: Colleague, today: date) -> int:
    return desk_queries.count(session, desk_filters.conditions(asked, who, me.id, today=today))


def _text(*, again: int, late: int, unread: int) -> str:
    if again:
        return _("「まだ直っていない」という返事があります。")
    if late:
        return _("期限を過ぎた通報があります。")
    return _("まだ読んでいない通報があります。") if unread else _("読んでいない通報はありません。")
