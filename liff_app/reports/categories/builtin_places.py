"""Parks, rivers, water, rubbish and the rest: the built-in categories for them."""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.reports.categories.model import Category, Option, Question, QuestionKind
from liff_app.reports.categories.questions import LOOK_DAYS, danger, kind
from liff_app.reports.categories.stops import (
    ambulance,
    dangerous_thing,
    gas,
    not_ours,
    police,
)


def park() -> Category:
    """Parks and what children play on."""
    return Category(
        code="park",
        name=_("公園"),
        icon="park",
        hint=_("遊具、ベンチ、トイレ、さく"),
        due_days=LOOK_DAYS,
        order=30,
        questions=(
            danger(
                Option(code="soon", label=_("遊具で、すぐけがをしそう"), stop=dangerous_thing()),
            ),
            kind(
                Option(code="play", label=_("遊具")),
                Option(code="bench", label=_("ベンチ・あずまや")),
                Option(code="toilet", label=_("トイレ")),
                Option(code="tap", label=_("水飲み場")),
                Option(code="fence", label=_("さく・門")),
                Option(code="grass", label=_("草・木")),
                Option(code="other", label=_("そのほか")),
            ),
        ),
    )


def river() -> Category:
    """Rivers and ditches."""
    return Category(
        code="river",
        name=_("川・水路"),
        icon="river",
        hint=_("護岸、さく、ごみ、油"),
        due_days=LOOK_DAYS,
        order=40,
        questions=(
            danger(
                Option(
                    code="overflow",
                    label=_("水があふれそう"),
                    stop=ambulance(
                        _("川からはなれてください"),
                        _("高い所へ逃げてください。人の命にかかわるときは119番です。"),
                    ),
                ),
            ),
            kind(
                Option(code="bank", label=_("護岸がくずれている")),
                Option(code="fence", label=_("さくがこわれている")),
                Option(code="waste", label=_("ごみがたまっている")),
                Option(code="oil", label=_("油・色・におい")),
                Option(code="grass", label=_("草・木")),
                Option(code="other", label=_("そのほか")),
            ),
        ),
    )


def water() -> Category:
    """Water mains and sewers."""
    return Category(
        code="water",
        name=_("水道・下水"),
        icon="water",
        hint=_("道で水がもれている、マンホール"),
        due_days=LOOK_DAYS,
        order=60,
        questions=(
            Question(
                code="kind",
                label=_("どうなっていますか"),
                options=(
                    Option(code="leak", label=_("道で水がもれている")),
                    Option(code="manhole", label=_("マンホールのふた・段差")),
                    Option(code="drain", label=_("下水があふれる・におう")),
                    Option(
                        code="home",
                        label=_("家の中の水もれ"),
                        stop=not_ours(
                            _("家の中の水もれは、水道の工事店が直します"),
                            _("指定工事店に電話してください。元せんを閉めると水が止まります。"),
                        ),
                    ),
                    Option(code="gas", label=_("ガスのにおいがする"), stop=gas()),
                    Option(code="other", label=_("そのほか")),
                ),
            ),
        ),
    )


def dumping() -> Category:
    """Rubbish where it does not belong."""
    return Category(
        code="dumping",
        name=_("不法投棄・ごみ"),
        icon="dumping",
        hint=_("すてられた家電、タイヤ、ごみ"),
        due_days=LOOK_DAYS,
        order=80,
        questions=(
            Question(
                code="now",
                label=_("すてている人がいますか"),
                options=(
                    Option(code="no", label=_("いいえ")),
                    Option(
                        code="yes",
                        label=_("いま、すてている"),
                        stop=police(
                            _("近づかないでください"),
                            _("声をかけずに、110番に電話してください。"),
                        ),
                    ),
                ),
            ),
            Question(
                code="kind",
                label=_("何がありますか"),
                options=(
                    Option(code="appliance", label=_("家電・家具")),
                    Option(code="tyre", label=_("タイヤ・車・自転車")),
                    Option(code="bags", label=_("ごみぶくろ")),
                    Option(code="rubble", label=_("工事のごみ")),
                    Option(code="animal", label=_("動物の死がい")),
                    Option(code="other", label=_("そのほか")),
                ),
            ),
        ),
    )


def other() -> Category:
    """Whatever fits nowhere."""
    return Category(
        code="other",
        name=_("そのほか"),
        icon="other",
        hint=_("どれかわからないとき"),
        due_days=LOOK_DAYS,
        order=90,
        questions=(
            Question(
                code="what",
                label=_("何がありますか"),
                kind=QuestionKind.TEXT,
                hint=_("例：バス停のいす"),
            ),
        ),
    )
