"""Questions that several built-in categories ask."""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.reports.categories.model import Option, Question
from liff_app.reports.categories.stops import ambulance

LOOK_DAYS = 3  # working days until somebody has looked: 名取市 promises a visit in three (facts 1)


def kind(*options: Option) -> Question:
    """What is wrong with it."""
    return Question(code="kind", label=_("どうなっていますか"), options=options)


def danger(*options: Option) -> Question:
    """Whether somebody is hurt or may be: what a telephone is quicker for."""
    return Question(
        code="danger",
        label=_("いま、あぶないことがありますか"),
        options=(
            Option(code="none", label=_("いいえ")),
            Option(code="injured", label=_("けがをした人がいる"), stop=ambulance()),
            *options,
        ),
    )
