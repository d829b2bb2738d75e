"""Words of categories for the console: drawings, groups, kinds of questions and of stops."""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.reports.categories.model import QuestionKind, StopKind
from liff_app.reports.vocabulary import Group


def icons() -> dict[str, str]:
    """What each drawing of `components/icon.html` shows, of those that fit a category."""
    return {
        "road": _("道"),
        "light": _("街灯"),
        "park": _("遊具"),
        "river": _("川"),
        "sign": _("ミラー"),
        "water": _("水"),
        "tree": _("木"),
        "dumping": _("ごみ"),
        "road_blocked": _("通行止め"),
        "landslide": _("がけ"),
        "inland_flood": _("雨と水"),
        "flood": _("水につかる家"),
        "earthquake": _("こわれた家"),
        "power": _("電気"),
        "fire": _("火"),
        "toilet": _("トイレ"),
        "people": _("人"),
        "report": _("注意"),
        "other": _("点3つ"),
    }


def groups() -> list[tuple[str, str]]:
    """When a category is offered, as a choice."""
    return [
        (Group.EVERYDAY.value, _("いつも")),
        (Group.DISASTER.value, _("災害のあいだだけ")),
    ]


def question_kinds() -> list[tuple[str, str]]:
    """How a question is answered, as a choice."""
    return [
        (QuestionKind.CHOICE.value, _("1つえらぶ")),
        (QuestionKind.TEXT.value, _("文字で書く")),
    ]


def stop_kinds() -> list[tuple[str, str]]:
    """What choosing an answer leads to, as a choice."""
    return [
        ("", _("そのまま通報を続ける")),
        (StopKind.EMERGENCY.value, _("急ぎなので電話してもらう")),
        (StopKind.NOT_OURS.value, _("担当がちがうので案内する")),
    ]


def changed() -> dict[str, str]:
    """What of a category can be changed, by the name of its field."""
    return {
        "name": _("名前"),
        "group": _("いつ出すか"),
        "icon": _("絵"),
        "hint": _("説明"),
        "number_label": _("番号の名前"),
        "questions": _("質問"),
        "stop": _("行き先"),
        "department_id": _("部署"),
        "due_days": _("日数"),
        "active": _("出すかどうか"),
        "order": _("順番"),
    }
