"""Who reported, in words: a colleague's name, the QR code of a place, another system."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.staff import names as staff

KIND_WORDS: Mapping[str, Callable[[], str]] = {
    "pass": lambda: _("現場用QR"),
    "key": lambda: _("他システム"),
    "command": lambda: _("コマンド"),
    "system": lambda: _("自動"),
}


def names(session: Session) -> Mapping[str, str]:
    """Names of all colleagues by account id, those who have left too."""
    return staff.names(session)


def words(author: str, known: Mapping[str, str]) -> str:
    """The author of a report as the console shows them."""
    kind, _sign, one = author.partition(":")
    if kind == "staff":
        return known.get(one) or _("職員")
    said = KIND_WORDS.get(kind)
    return said() if said else author
