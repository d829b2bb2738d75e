"""Needs in words."""

from __future__ import annotations

from collections.abc import Callable

from liff_app.i18n import gettext as _
from liff_app.shelters.occupancy.vocabulary import Need

NEED_WORDS: dict[Need, Callable[[], str]] = {
    Need.WATER: lambda: _("水"),
    Need.FOOD: lambda: _("食べ物"),
    Need.BLANKETS: lambda: _("毛布"),
    Need.MEDICAL: lambda: _("医療"),
    Need.TOILET: lambda: _("トイレ"),
    Need.POWER: lambda: _("電気"),
    Need.BABY: lambda: _("赤ちゃん用品"),
    Need.PRIVACY: lambda: _("間仕切り"),
}
