"""What the desk calls things: where a case stands, what happened, who did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from liff_app.i18n import WEEKDAYS
from liff_app.i18n import gettext as _
from liff_app.procedures.desk.filters import Order, State
from liff_app.procedures.vocabulary import EventKind, Source, Status

Word = Callable[[], str]

STATUS: dict[Status, Word] = {
    Status.RECEIVED: lambda: _("受付"),
    Status.REVIEWING: lambda: _("審査中"),
    Status.RETURNED: lambda: _("差し戻し中"),
    Status.ACCEPTED: lambda: _("受理"),
    Status.REJECTED: lambda: _("不受理"),
    Status.COMPLETED: lambda: _("完了"),
    Status.WITHDRAWN: lambda: _("取下げ"),
    Status.LAPSED: lambda: _("期限切れで終了"),
}
# The choice that takes a step there.
STEP: dict[Status, Word] = {
    Status.REVIEWING: lambda: _("審査を始める"),
    Status.ACCEPTED: lambda: _("受理する（認める）"),
    Status.REJECTED: lambda: _("不受理にする（認めない）"),
    Status.COMPLETED: lambda: _("完了にする"),
    Status.WITHDRAWN: lambda: _("申し出により取り下げる"),
    Status.LAPSED: lambda: _("期限切れで終了にする"),
}
SOURCE: dict[Source, Word] = {
    Source.LIFF: lambda: _("LINE"),
    Source.COUNTER: lambda: _("窓口"),
    Source.TELEPHONE: lambda: _("電話"),
    Source.API: lambda: _("ほかのシステム"),
}
STATE: dict[State, Word] = {
    State.OPEN: lambda: _("終わっていない"),
    State.CLOSED: lambda: _("終わった"),
    State.ALL: lambda: _("すべて"),
}
ORDER: dict[Order, Word] = {
    Order.DUE: lambda: _("期限の近い順"),
    Order.NEWEST: lambda: _("新しい順"),
    Order.OLDEST: lambda: _("古い順"),
}
EVENT: dict[EventKind, Word] = {
    EventKind.SUBMITTED: lambda: _("申請がありました"),
    EventKind.MOVED: lambda: _("段階が変わりました"),
    EventKind.RETURNED: lambda: _("差し戻しました"),
    EventKind.RESUBMITTED: lambda: _("直した申請がありました"),
    EventKind.PROPOSED: lambda: _("決定を提案しました（承認待ち）"),
    EventKind.APPROVED: lambda: _("決定を承認しました"),
    EventKind.NOT_APPROVED: lambda: _("決定の提案を取り下げました"),
    EventKind.NOTED: lambda: _("メモを書きました"),
    EventKind.ANSWERED: lambda: _("申請した人に知らせました"),
    EventKind.ASSIGNED: lambda: _("担当を決めました"),
    EventKind.DATED: lambda: _("期限を変えました"),
    EventKind.DOCUMENT_ADDED: lambda: _("渡す書類を足しました"),
    EventKind.DOCUMENT_REMOVED: lambda: _("渡す書類を消しました"),
    EventKind.FORGOTTEN: lambda: _("保存期間が過ぎたので、内容を消しました"),
}
# What two people decide, where it is no status.
_DECIDED: dict[Status, Word] = {Status.REVIEWING: lambda: _("もう一度の審査")}
# What nobody outside the town hall reads.
INTERNAL = frozenset(
    {
        EventKind.PROPOSED,
        EventKind.NOT_APPROVED,
        EventKind.NOTED,
        EventKind.ASSIGNED,
        EventKind.DATED,
    }
)


def overdue() -> str:
    """What is still open after its due day: not what has lapsed, which is over."""
    return _("期限を過ぎた")


def actor_word(actor: str, names: Mapping[str, str]) -> str:
    """Who did it, for the history."""
    kind, _sign, one = actor.partition(":")
    if kind == "staff":
        return names.get(one) or _("もういない職員")
    return {"resident": _("申請した人"), "key": _("ほかのシステム")}.get(kind, _("自動"))


def event_word(kind: EventKind, to: Status | None) -> str:
    """What happened, in a few words; a step is told by where it led."""
    if to is not None and kind is EventKind.MOVED:
        return _("「%(status)s」にしました", status=STATUS[to]())
    if to is not None and kind is EventKind.APPROVED:
        return _("「%(status)s」を承認しました", status=decision_word(to))
    return EVENT[kind]()


def decision_word(to: Status) -> str:
    """What is decided by a step there."""
    return _DECIDED.get(to, STATUS[to])()


def day(one: date) -> str:
    """A day of the year: 11月22日（日）."""
    return f"{one.month}月{one.day}日（{WEEKDAYS[one.weekday()]}）"
