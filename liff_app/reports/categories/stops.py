"""Where a form ends: the sentences that several categories share.

119, 110 and #9910 are the same in the whole country; every other number is the town's to fill in.
"""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.reports.categories.model import Stop, StopKind


def ambulance(title: str = "", text: str = "") -> Stop:
    """Fire brigade and ambulance."""
    return Stop(
        kind=StopKind.EMERGENCY,
        title=title or _("119番に電話してください"),
        text=text or _("人の命にかかわるときは、この通報よりも電話が早いです。"),
        phone="119",
        phone_label=_("119番に電話する"),
    )


def police(title: str, text: str) -> Stop:
    """The police."""
    return Stop(
        kind=StopKind.EMERGENCY,
        title=title,
        text=text,
        phone="110",
        phone_label=_("110番に電話する"),
    )


def road_number() -> Stop:
    """The roads' own emergency number, day and night."""
    return Stop(
        kind=StopKind.EMERGENCY,
        title=_("道路緊急ダイヤルに電話してください"),
        text=_("24時間、無料です。けがをした人がいるときは119番、事故は110番です。"),
        phone="#9910",
        phone_label=_("道路緊急ダイヤル #9910 に電話する"),
    )


def electric_wire() -> Stop:
    """A wire on the ground may kill: the power company, whose number the town fills in."""
    return Stop(
        kind=StopKind.EMERGENCY,
        title=_("電線にさわらないでください"),
        text=_("はなれて、電力会社に電話してください。火が出ているときは119番です。"),
    )


def gas() -> Stop:
    """A smell of gas: the gas company, whose number the town fills in."""
    return Stop(
        kind=StopKind.EMERGENCY,
        title=_("火を使わず、その場をはなれてください"),
        text=_(
            "スイッチにもさわらないでください。はなれた所から、ガス会社か119番に電話してください。"
        ),
    )


def dangerous_thing() -> Stop:
    """Something that will hurt somebody soon: the town hall at once, by telephone."""
    return Stop(
        kind=StopKind.EMERGENCY,
        title=_("近づかず、役所に電話してください"),
        text=_("すぐに止めに行きます。けがをした人がいるときは119番です。"),
    )


def not_ours(title: str, text: str, phone: str = "", phone_label: str = "") -> Stop:
    """Somebody else is in charge."""
    return Stop(
        kind=StopKind.NOT_OURS, title=title, text=text, phone=phone, phone_label=phone_label
    )
