"""What is the same for every department's reports: read by every reviewer, changed by few.

A category says which department is in charge and whom residents call; a sentence may be told by
every department. Who works for one department reads them.
"""

from __future__ import annotations

from flask import Blueprint, request

from liff_app.errors import NotAllowed
from liff_app.i18n import gettext as _
from liff_app.staff.guard import colleague
from liff_app.staff.vocabulary import Role

READING = frozenset({"GET", "HEAD"})


def may_change() -> bool:
    """Whether the colleague may: as administrator, or as reviewer of every department."""
    return any(
        one.role is Role.ADMINISTRATOR
        or (one.role is Role.REPORT_REVIEWER and one.department is None)
        for one in colleague().grants
    )


def guards(bp: Blueprint, *, also: frozenset[str] = frozenset()) -> None:
    """Whatever the pages of `bp` change, and the endpoints `also`, are refused to everybody else.

    For all of them at once, so that a change that is added later is guarded, too.
    """

    def check() -> None:
        if request.method in READING and request.endpoint not in also:
            return
        if not may_change():
            title = _("変えられるのは、管理者か、すべての部署の通報を見る人だけです。")
            raise NotAllowed("not for one department's reviewers", title=title)

    bp.before_request(check)
