"""Short words for lists on the desk; a report's own page says the same in sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from liff_app.i18n import WEEKDAYS
from liff_app.i18n import gettext as _
from liff_app.reports.desk_filters import Order, State
from liff_app.reports.vocabulary import Status

Word = Callable[[], str]

STATUS: dict[Status, Word] = {
    Status.RECEIVED: lambda: _("受付"),
    Status.REOPENED: lambda: _("再開"),
    Status.CHECKING: lambda: _("確認中"),
    Status.ASKED: lambda: _("質問中"),
    Status.PLANNED: lambda: _("予定"),
    Status.WORKING: lambda: _("作業中"),
    Status.FIXED: lambda: _("完了"),
    Status.NO_ACTION: lambda: _("対応なし"),
    Status.FORWARDED: lambda: _("引き継ぎ"),
    Status.DUPLICATE: lambda: _("まとめた"),
    Status.WITHDRAWN: lambda: _("取り下げ"),
}
STATE: dict[State, Word] = {
    State.OPEN: lambda: _("終わっていない"),
    State.CLOSED: lambda: _("終わった"),
    State.ALL: lambda: _("すべて"),
}
ORDER: dict[Order, Word] = {
    Order.NEWEST: lambda: _("新しい順"),
    Order.OLDEST: lambda: _("古い順"),
    Order.DUE: lambda: _("期限の近い順"),
    Order.PRIORITY: lambda: _("急ぐ順"),
}
_HOUR, _DAY = 60, 1440  # minutes


def age(moment: datetime, now: datetime) -> str:
    """How long ago, rounded down."""
    minutes = max(0, (now - moment) // timedelta(minutes=1))
    if minutes < 1:
        return _("いま")
    if minutes < _HOUR:
        return _("%(n)s分前", n=minutes)
    if minutes < _DAY:
        return _("%(n)s時間前", n=minutes // _HOUR)
    return _("%(n)s日前", n=minutes // _DAY)


def day(one: date) -> str:
    """A day of the year: 11月22日（日）."""
    return f"{one.month}月{one.day}日（{WEEKDAYS[one.weekday()]}）"


def mark(status: str) -> str:
    """How a pin looks: something new, in hand, or over."""
    if status in (Status.RECEIVED, Status.REOPENED):
        return "new"
    return "over" if status in _OVER else "open"


_OVER = frozenset({Status.FIXED, Status.NO_ACTION, Status.FORWARDED, Status.DUPLICATE,
                   Status.WITHDRAWN})  # fmt: skip
