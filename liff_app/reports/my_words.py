"""What residents read about their reports: short, plain, one idea each."""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.reports import rules
from liff_app.reports.my_queries import Moment
from liff_app.reports.vocabulary import EventKind, Status

# How a status looks: its word never stands alone, and its colour even less.
SHAPES: dict[Status, str] = {
    Status.RECEIVED: "new",
    Status.REOPENED: "new",
    Status.CHECKING: "going",
    Status.PLANNED: "going",
    Status.WORKING: "going",
    Status.ASKED: "asks",
    Status.FIXED: "done",
}


def status(one: Status) -> str:
    """Where it stands, as a short word."""
    return {
        Status.RECEIVED: _("受け付けました"),
        Status.CHECKING: _("確かめています"),
        Status.ASKED: _("お返事を待っています"),
        Status.PLANNED: _("直す予定です"),
        Status.WORKING: _("作業をしています"),
        Status.FIXED: _("直しました"),
        Status.NO_ACTION: _("対応しません"),
        Status.FORWARDED: _("引き継ぎました"),
        Status.DUPLICATE: _("ほかの件といっしょに進めます"),
        Status.WITHDRAWN: _("取り下げました"),
        Status.REOPENED: _("もう一度、対応します"),
    }[one]


def shape(one: Status) -> str:
    """Code of the status's sign and colour."""
    return SHAPES.get(one, "over")


def is_open(one: Status) -> bool:
    """Whether somebody may still join it."""
    return one in rules.OPEN


def moment(one: Moment) -> str:
    """What happened, in a sentence; the town's or the resident's own words stand beside it."""
    if one.kind is EventKind.MOVED and one.status is not None:
        return _step(one, one.status)
    return {
        EventKind.FILED: _("知らせを受け付けました"),
        EventKind.ANSWERED: _("役所からのお返事"),
        EventKind.REPLIED: _("お返事を送りました") if one.own else _("お返事がありました"),
        EventKind.MERGED: _("同じ件の知らせと、いっしょに進めることになりました"),
        EventKind.SPLIT: _("ほかの件と分けて進めることになりました"),
        EventKind.PHOTO_ADDED: _("写真を足しました"),
        EventKind.TAKEN_BACK: _("送った人が、書いたことや写真を消しました"),
        EventKind.FIX_CONFIRMED: _("「直った」と答えました")
        if one.own
        else _("「直った」という答えがありました"),
        EventKind.FIX_DENIED: _("「まだ」と答えました。もう一度、対応します")
        if one.own
        else _("「まだ」という答えがありました。もう一度、対応します"),
        EventKind.HIDDEN: _("ほかの人には見えないようにしました"),
        EventKind.SHOWN: _("ほかの人にも見えるようにしました"),
    }.get(one.kind, _("進みました"))


def _step(one: Moment, to: Status) -> str:
    if to is Status.FORWARDED and one.receiver:
        return _("%(name)sに引き継ぎました", name=one.receiver)
    if to is Status.CHECKING:
        return _("担当の者が、確かめ始めました")
    if to is Status.ASKED:
        return _("役所から、おたずねがあります")
    if to is Status.WORKING:
        return _("作業を始めました")
    return status(to)


def done(code: str) -> str:
    """What the resident has just done, and what follows."""
    return {
        "fixed": _("「直った」と受け付けました。ありがとうございました。"),
        "not_yet": _("「まだ」と受け付けました。担当の者が、もう一度見ます。"),
        "replied": _("お返事を送りました。"),
        "photo": _("写真を足しました。"),
        "text_gone": _("書いたことを消しました。"),
        "photo_gone": _("写真を消しました。"),
        "withdrawn": _("取り下げました。"),
        "joined": _("「わたしも」と受け付けました。進んだら、LINEでお知らせします。"),
    }.get(code, "")
