"""The shelters on the dashboard."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.shelters.console.attention import Counts, Show
from liff_app.shelters.console.desk import desk
from liff_app.shelters.console.pages import address
from liff_app.staff.cards import Card
from liff_app.staff.guard import Colleague


def make_card(session: Session, _me: Colleague, now: datetime) -> Card:
    """How many places are open, and which of them somebody must look at."""
    glance = desk().now(session, now)
    told = glance.counts
    if glance.disaster is None:
        return Card(
            title=_("避難所"),
            text=_("いまは災害時ではありません。"),
            href=url_for("shelter_board.show"),
            action=_("避難所の一覧を見る"),
            figures=((_("登録"), _("%(n)sか所", n=f"{told.places:,}")),),
        )
    is_urgent = bool(told.left or told.stale or told.full)
    return Card(
        title=_("【訓練】避難所") if glance.disaster.drill else _("避難所"),
        text=_urgent_words(told) if is_urgent else glance.disaster.name,
        href=address("shelter_board.show", {"show": Show.STALE.value} if told.stale else {}),
        action=_("避難所の状況を見る"),
        figures=(
            (_("開設"), _("%(n)sか所", n=f"{told.open:,}")),
            (_("避難者"), _("%(n)s人", n=f"{told.people:,}")),
            (_("古い情報"), _("%(n)s件", n=f"{told.stale:,}")),
            (_("満員"), _("%(n)sか所", n=f"{told.full:,}")),
        ),
        urgent=is_urgent,
    )


def _urgent_words(told: Counts) -> str:
    if told.left:
        return _("閉鎖なのに人がいるところが%(n)sか所あります。", n=told.left)
    return _("情報が古いところや満員のところがあります。")
