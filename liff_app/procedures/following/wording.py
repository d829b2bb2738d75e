"""What applicants read about their submissions: short, plain, one idea each."""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.procedures.following.reading import Moment
from liff_app.procedures.vocabulary import EventKind, Status

# How a status looks: its word never stands alone, and its colour even less.
SHAPES: dict[Status, str] = {
    Status.RECEIVED: "new",
    Status.REVIEWING: "going",
    Status.RETURNED: "asks",
    Status.ACCEPTED: "done",
    Status.COMPLETED: "done",
}


def status(one: Status) -> str:
    """Where it stands, as a short word."""
    return {
        Status.RECEIVED: _("受け付けました"),
        Status.REVIEWING: _("確かめています"),
        Status.RETURNED: _("直してほしいところがあります"),
        Status.ACCEPTED: _("認められました"),
        Status.REJECTED: _("認められませんでした"),
        Status.COMPLETED: _("手続きが終わりました"),
        Status.WITHDRAWN: _("取り下げました"),
        Status.LAPSED: _("期限が過ぎて終わりました"),
    }[one]


def shape(one: Status) -> str:
    """Code of the status's sign and colour."""
    return SHAPES.get(one, "over")


def moment(one: Moment) -> str:
    """What happened, in a sentence; the town hall's own words stand beside it."""
    told = {
        EventKind.SUBMITTED: _("申請を送りました"),
        EventKind.RETURNED: _("直してほしいところの連絡がありました"),
        EventKind.RESUBMITTED: _("直して、もう一度送りました"),
        EventKind.ANSWERED: _("役所からのお知らせ"),
    }.get(one.kind)
    if told is not None:
        return told
    return status(one.to) if one.to is not None else ""


def next_step(one: Status) -> str:
    """What happens now, for whoever waits."""
    return {
        Status.RECEIVED: _("職員がこれから確かめます。変わったことは、LINEでお知らせします。"),
        Status.REVIEWING: _("職員が確かめています。変わったことは、LINEでお知らせします。"),
        Status.RETURNED: _("下の「直すところを見る」から、直して送ってください。"),
        Status.ACCEPTED: _("手続きを進めています。終わったら、LINEでお知らせします。"),
    }.get(one, "")
