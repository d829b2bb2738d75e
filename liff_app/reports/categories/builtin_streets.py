"""What is found along streets: the built-in categories for it."""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.reports.categories.model import Category, Option, Question
from liff_app.reports.categories.questions import LOOK_DAYS, danger, kind
from liff_app.reports.categories.stops import (
    electric_wire,
    not_ours,
    police,
    road_number,
)


def road() -> Category:
    """Roads, with whoever is in charge of each asked first."""
    return Category(
        code="road",
        name=_("道路"),
        icon="road",
        hint=_("穴、段差、ひび、側溝のふた、ガードレール"),
        due_days=LOOK_DAYS,
        order=10,
        questions=(
            danger(
                Option(code="accident", label=_("車や人が事故になりそう"), stop=road_number()),
            ),
            Question(
                code="owner",
                label=_("どの道ですか"),
                hint=_("わからなければ、そのまま送れます。"),
                options=(
                    Option(code="unknown", label=_("まちの中の道・わからない")),
                    Option(
                        code="national",
                        label=_("国道・高速道路"),
                        stop=not_ours(
                            _("国道と高速道路は、国や高速道路会社が直します"),
                            _("道路緊急ダイヤルに電話してください。24時間、無料です。"),
                            "#9910",
                            _("道路緊急ダイヤル #9910 に電話する"),
                        ),
                    ),
                    Option(
                        code="prefecture",
                        label=_("県道・都道・府道・道道"),
                        stop=not_ours(
                            _("この道は、都道府県の土木事務所が直します"),
                            _("道路緊急ダイヤルに電話してください。担当につながります。"),
                            "#9910",
                            _("道路緊急ダイヤル #9910 に電話する"),
                        ),
                    ),
                    Option(
                        code="private",
                        label=_("私道"),
                        stop=not_ours(
                            _("私道は、持ち主が直します"),
                            _("持ち主や管理組合に知らせてください。"),
                        ),
                    ),
                ),
            ),
            kind(
                Option(code="hole", label=_("穴・へこみ")),
                Option(code="step", label=_("段差・ひび")),
                Option(code="gutter", label=_("側溝・ふた")),
                Option(code="rail", label=_("ガードレール・さく")),
                Option(code="line", label=_("白線が消えている")),
                Option(code="fallen", label=_("物が落ちている")),
                Option(code="other", label=_("そのほか")),
            ),
        ),
    )


def light() -> Category:
    """Street lights, which carry numbers."""
    return Category(
        code="light",
        name=_("街灯・防犯灯"),
        icon="light",
        hint=_("つかない、ちらつく、こわれている"),
        number_label=_("灯具の番号"),
        due_days=LOOK_DAYS,
        order=20,
        questions=(
            kind(
                Option(code="off", label=_("つかない")),
                Option(code="flicker", label=_("ちらつく")),
                Option(code="always_on", label=_("昼もついている")),
                Option(code="broken", label=_("こわれている・かたむいている")),
                Option(code="wire", label=_("電線が切れている・たれている"), stop=electric_wire()),
                Option(code="other", label=_("そのほか")),
            ),
        ),
    )


def sign() -> Category:
    """Signs and mirrors; many belong to the police or to companies."""
    return Category(
        code="sign",
        name=_("標識・カーブミラー"),
        icon="sign",
        hint=_("案内板、カーブミラー、掲示板"),
        number_label=_("ミラーなどの番号"),
        due_days=LOOK_DAYS,
        order=50,
        questions=(
            Question(
                code="kind",
                label=_("何がこわれていますか"),
                options=(
                    Option(code="mirror", label=_("カーブミラー")),
                    Option(code="guide", label=_("案内板・掲示板")),
                    Option(
                        code="signal",
                        label=_("信号機"),
                        stop=police(
                            _("信号機のことは警察です"),
                            _("消えている・こわれているときは、110番に電話してください。"),
                        ),
                    ),
                    Option(
                        code="rule",
                        label=_("「止まれ」や速度の標識"),
                        stop=not_ours(
                            _("「止まれ」や速度の標識は、警察が直します"),
                            _("近くの警察署に知らせてください。"),
                        ),
                    ),
                    Option(
                        code="pole",
                        label=_("電柱・電柱の看板"),
                        stop=not_ours(
                            _("電柱は、電力会社や電話会社のものです"),
                            _("電柱の札に書いてある会社に知らせてください。"),
                        ),
                    ),
                    Option(code="other", label=_("そのほか")),
                ),
            ),
        ),
    )


def tree() -> Category:
    """Trees and grass along streets."""
    return Category(
        code="tree",
        name=_("街路樹・草"),
        icon="tree",
        hint=_("枝がのびている、たおれそう"),
        due_days=LOOK_DAYS,
        order=70,
        questions=(
            Question(
                code="owner",
                label=_("どこの木ですか"),
                options=(
                    Option(code="public", label=_("道・公園の木、わからない")),
                    Option(
                        code="private",
                        label=_("家や会社の庭の木"),
                        stop=not_ours(
                            _("私有地の木は、持ち主が切ります"),
                            _(
                                "持ち主に伝えてください。道にたおれそうなときは「道・公園の木」をえらんで送ってください。"
                            ),
                        ),
                    ),
                ),
            ),
            kind(
                Option(code="branch", label=_("枝がのびている・かくしている")),
                Option(code="falling", label=_("たおれそう・枯れている")),
                Option(code="wire", label=_("電線にかかっている"), stop=electric_wire()),
                Option(code="grass", label=_("草がのびている")),
                Option(code="other", label=_("そのほか")),
            ),
        ),
    )
