"""The categories that are offered first while a disaster is on."""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.reports.categories.model import Category, Option, Question
from liff_app.reports.categories.questions import kind
from liff_app.reports.categories.stops import ambulance, electric_wire, gas, not_ours
from liff_app.reports.vocabulary import Group

LOOK_DAYS = 1  # while a disaster is on somebody looks by the next working day at the latest


def builtin() -> tuple[Category, ...]:
    """The disaster's categories, in the language of the request."""
    return (_road(), _landslide(), _flood(), _building(), _lifeline(), _other())


def _people(*options: Option) -> Question:
    return Question(
        code="people",
        label=_("助けがいる人がいますか"),
        options=(
            Option(code="none", label=_("いいえ・わからない")),
            Option(
                code="trapped",
                label=_("けがをした人、動けない人がいる"),
                stop=ambulance(),
            ),
            *options,
        ),
    )


def _road() -> Category:
    return Category(
        code="d_road",
        name=_("道路がふさがっている"),
        group=Group.DISASTER,
        icon="road_blocked",
        hint=_("木や土砂、ひび、橋のいたみ"),
        due_days=LOOK_DAYS,
        order=10,
        questions=(
            _people(),
            kind(
                Option(code="tree", label=_("木や物がたおれている")),
                Option(code="earth", label=_("土砂が出ている")),
                Option(code="crack", label=_("ひび・段差・穴")),
                Option(code="bridge", label=_("橋がいたんでいる")),
                Option(code="snow", label=_("雪")),
                Option(code="other", label=_("そのほか")),
            ),
            Question(
                code="passable",
                label=_("通れますか"),
                options=(
                    Option(code="none", label=_("だれも通れない")),
                    Option(code="walk", label=_("歩きなら通れる")),
                    Option(code="car", label=_("車も通れる")),
                    Option(code="unknown", label=_("わからない")),
                ),
            ),
        ),
    )


def _landslide() -> Category:
    return Category(
        code="d_landslide",
        name=_("土砂くずれ"),
        group=Group.DISASTER,
        icon="landslide",
        hint=_("がけ、山、石垣"),
        due_days=LOOK_DAYS,
        order=20,
        questions=(
            _people(
                Option(
                    code="moving",
                    label=_("いま動いている・音がする"),
                    stop=ambulance(
                        _("すぐに、がけや山からはなれてください"),
                        _("安全な所から119番に電話してください。写真はとらないでください。"),
                    ),
                ),
            ),
            kind(
                Option(code="fallen", label=_("くずれた")),
                Option(code="crack", label=_("ひび・水が出ている")),
                Option(code="wall", label=_("石垣・ブロックがくずれた")),
                Option(code="other", label=_("そのほか")),
            ),
        ),
    )


def _flood() -> Category:
    return Category(
        code="d_flood",
        name=_("水があふれている"),
        group=Group.DISASTER,
        icon="inland_flood",
        hint=_("道や家が水につかっている"),
        due_days=LOOK_DAYS,
        order=30,
        questions=(
            _people(),
            Question(
                code="depth",
                label=_("水の深さ"),
                hint=_("水に入ってはからないでください。"),
                options=(
                    Option(code="ankle", label=_("くるぶしまで")),
                    Option(code="knee", label=_("ひざまで")),
                    Option(code="above", label=_("ひざより深い")),
                    Option(code="unknown", label=_("わからない")),
                ),
            ),
        ),
    )


def _building() -> Category:
    return Category(
        code="d_building",
        name=_("建物があぶない"),
        group=Group.DISASTER,
        icon="earthquake",
        hint=_("かたむき、かべ、かわら、看板"),
        due_days=LOOK_DAYS,
        order=40,
        questions=(
            _people(Option(code="gas", label=_("ガスのにおいがする"), stop=gas())),
            kind(
                Option(code="leaning", label=_("かたむいている・くずれた")),
                Option(code="falling", label=_("かわらや看板が落ちそう")),
                Option(code="wall", label=_("ブロックべい")),
                Option(code="other", label=_("そのほか")),
            ),
            Question(
                code="whose",
                label=_("だれの建物ですか"),
                hint=_("り災証明は、別の申請です。"),
                options=(
                    Option(code="public", label=_("役所・学校など")),
                    Option(code="private", label=_("家・店・会社")),
                    Option(code="unknown", label=_("わからない")),
                ),
            ),
        ),
    )


def _lifeline() -> Category:
    return Category(
        code="d_lifeline",
        name=_("電柱・水道など"),
        group=Group.DISASTER,
        icon="power",
        hint=_("断水、下水、たおれた電柱"),
        due_days=LOOK_DAYS,
        order=50,
        questions=(
            kind(
                Option(code="no_water", label=_("水が出ない")),
                Option(code="leak", label=_("道で水がふき出している")),
                Option(code="drain", label=_("下水があふれる・マンホールがうき出た")),
                Option(code="pole", label=_("電柱がかたむいている")),
                Option(code="wire", label=_("電線が切れている"), stop=electric_wire()),
                Option(code="gas", label=_("ガスのにおいがする"), stop=gas()),
                Option(
                    code="power",
                    label=_("停電"),
                    stop=not_ours(
                        _("停電のことは電力会社です"),
                        _("電力会社のページで、直る見こみを見られます。"),
                    ),
                ),
                Option(code="other", label=_("そのほか")),
            ),
        ),
    )


def _other() -> Category:
    return Category(
        code="d_other",
        name=_("災害のそのほか"),
        group=Group.DISASTER,
        icon="other",
        hint=_("どれかわからないとき"),
        due_days=LOOK_DAYS,
        order=60,
        questions=(_people(),),
    )
