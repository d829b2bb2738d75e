"""Keys of other systems in words."""

from __future__ import annotations

from datetime import date

from liff_app.i18n import gettext as _
from liff_app.staff.vocabulary import KeyScope


def scope_words() -> dict[KeyScope, str]:
    """What each scope lets a system do."""
    return {
        KeyScope.SHELTERS_READ: _("避難所の状況を読む（公開していない項目も）"),
        KeyScope.SHELTERS_WRITE: _("避難所の開設・人数を書く"),
        KeyScope.REPORTS_READ: _("通報を読む"),
        KeyScope.REPORTS_WRITE: _("通報を書く"),
        KeyScope.SUBMISSIONS_READ: _("申請と、その答えを読む"),
        KeyScope.AUDIT_READ: _("監査の記録を読む"),
    }


def state_words() -> dict[str, str]:
    """Whether a key still opens something."""
    return {"live": _("使えます"), "expired": _("期限切れ"), "revoked": _("停止")}


def day_words(day: date) -> str:
    """The last day of a key, with its year."""
    return _("%(y)s年%(m)s月%(d)s日", y=day.year, m=day.month, d=day.day)
