"""What a report's page on the desk calls things: where it stands, what happened, who did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from liff_app.i18n import gettext as _
from liff_app.reports.vocabulary import EventKind, PlaceWay, Priority, Source, Status

Word = Callable[[], str]

# Where a report stands, as residents read it too.
STATUS: dict[Status, Word] = {
    Status.RECEIVED: lambda: _("受け付けました"),
    Status.CHECKING: lambda: _("確かめています"),
    Status.ASKED: lambda: _("おたずねしています"),
    Status.PLANNED: lambda: _("直す予定です"),
    Status.WORKING: lambda: _("作業しています"),
    Status.FIXED: lambda: _("直しました"),
    Status.NO_ACTION: lambda: _("対応しないことにしました"),
    Status.FORWARDED: lambda: _("ほかの担当に引き継ぎました"),
    Status.DUPLICATE: lambda: _("同じ通報とまとめました"),
    Status.WITHDRAWN: lambda: _("取り下げられました"),
    Status.REOPENED: lambda: _("もう一度見ています"),
}

# The button that takes a step there.
STEP: dict[Status, Word] = {
    Status.CHECKING: lambda: _("確かめ始める"),
    Status.ASKED: lambda: _("通報した人にたずねる"),
    Status.PLANNED: lambda: _("直す予定を知らせる"),
    Status.WORKING: lambda: _("作業を始める"),
    Status.FIXED: lambda: _("直しました"),
    Status.NO_ACTION: lambda: _("対応しない"),
    Status.FORWARDED: lambda: _("ほかの担当に引き継ぐ"),
    Status.REOPENED: lambda: _("もう一度見る"),
}

PRIORITY: dict[Priority, Word] = {
    Priority.URGENT: lambda: _("すぐに"),
    Priority.HIGH: lambda: _("急ぐ"),
    Priority.NORMAL: lambda: _("ふつう"),
    Priority.LOW: lambda: _("急がない"),
}

SOURCE: dict[Source, Word] = {
    Source.LIFF: lambda: _("LINEの画面"),
    Source.API: lambda: _("ほかのプログラム"),
    Source.CONSOLE: lambda: _("職員が代わりに入力"),
    Source.OPEN311: lambda: _("Open311"),
}

PLACE_WAY: dict[PlaceWay, Word] = {
    PlaceWay.POSITION: lambda: _("その場の位置情報"),
    PlaceWay.PIN: lambda: _("地図の印"),
    PlaceWay.TOWN: lambda: _("町の名前（町のまん中あたり）"),
    PlaceWay.ASSET: lambda: _("管理番号"),
    PlaceWay.PHOTO: lambda: _("写真の位置情報"),
}

EVENT: dict[EventKind, Word] = {
    EventKind.FILED: lambda: _("通報がありました"),
    EventKind.MOVED: lambda: _("段階が変わりました"),
    EventKind.ANSWERED: lambda: _("住民に答えました"),
    EventKind.REPLIED: lambda: _("通報した人から返事がありました"),
    EventKind.NOTED: lambda: _("メモを書きました"),
    EventKind.ASSIGNED: lambda: _("担当を決めました"),
    EventKind.PRIORITISED: lambda: _("急ぎ具合を変えました"),
    EventKind.DATED: lambda: _("期限を変えました"),
    EventKind.PLACED: lambda: _("場所を直しました"),
    EventKind.RECLASSIFIED: lambda: _("種類を変えました"),
    EventKind.MERGED: lambda: _("ほかの通報とまとめました"),
    EventKind.SPLIT: lambda: _("まとめたものから分けました"),
    EventKind.GATHERED: lambda: _("ほかの通報をここにまとめました"),
    EventKind.RELEASED: lambda: _("まとめていた通報を分けました"),
    EventKind.CHECKED: lambda: _("公開するものを決めました"),
    EventKind.HIDDEN: lambda: _("公開から外しました"),
    EventKind.SHOWN: lambda: _("公開に戻しました"),
    EventKind.PHOTO_ADDED: lambda: _("写真を足しました"),
    EventKind.TAKEN_BACK: lambda: _("通報した人が内容を取り消しました"),
    EventKind.FIX_CONFIRMED: lambda: _("「直った」と返事がありました"),
    EventKind.FIX_DENIED: lambda: _("「まだ直っていない」と返事がありました"),
}

# What nobody outside the town hall reads.
INTERNAL = frozenset(
    {
        EventKind.NOTED,
        EventKind.ASSIGNED,
        EventKind.PRIORITISED,
        EventKind.DATED,
        EventKind.PLACED,
        EventKind.RECLASSIFIED,
        EventKind.GATHERED,
        EventKind.RELEASED,
        EventKind.CHECKED,
    }
)


def actor_word(actor: str, names: Mapping[str, str]) -> str:
    """Who did it, for the history."""
    kind, _sign, one = actor.partition(":")
    if kind == "staff":
        return names.get(one) or _("もういない職員")
    return {"resident": _("住民"), "key": _("ほかのシステム")}.get(kind, _("自動"))


def event_word(kind: EventKind, to: Status | None) -> str:
    """What happened, in a few words; a step is told by where it led."""
    if kind is EventKind.MOVED and to is not None:
        return STATUS[to]()
    return EVENT[kind]()
