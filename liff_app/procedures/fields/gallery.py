"""A page with every kind of question in every state, for `/_components` and for the eye."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from liff_app.procedures.engine.document import (
    Choice,
    Document,
    Group,
    Kind,
    Normalise,
    Page,
    Question,
    Repeat,
    Settings,
    Text,
)
from liff_app.procedures.engine.evaluation import evaluate
from liff_app.procedures.fields.asking import Ask, Marked
from liff_app.procedures.fields.sentences import page_faults
from liff_app.procedures.fields.showing import Found, page_view
from liff_app.procedures.fields.views import ItemView, Offer, PageView, QuestionView
from liff_app.procedures.files.views import FileView

DAY = date(2026, 11, 22)
_ALWAYS = "true()"


def _ja(words: str) -> Text:
    return {"ja": words}


def _ask(name: str, kind: Kind, label: str, **more: object) -> Question:
    return Question(name=name, kind=kind, label=_ja(label), **more)  # type: ignore[arg-type]  # by name


def _choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=f"c{number}", label=_ja(label)) for number, label in enumerate(labels)
    )


_TOWNS = _choices(*(f"{number}丁目" for number in range(1, 21)))
_ITEMS = (
    _ask("note", Kind.NOTE, "はじめに、申請《しんせい》する人《ひと》のことを書きます。"),
    _ask("full_name", Kind.TEXT, "お名前", required=_ALWAYS, normalise=Normalise.NAME),
    _ask("kana", Kind.TEXT, "フリガナ", normalise=Normalise.KANA,
         hint=_ja("ひらがなでも入力できます。")),
    _ask("birth", Kind.DATE, "生年月日", required=_ALWAYS, appearance=frozenset({"birth"})),
    _ask("postal", Kind.TEXT, "郵便番号", normalise=Normalise.POSTAL, autofill="address"),
    _ask("address", Kind.TEXT, "住所"),
    _ask("phone", Kind.TEXT, "電話番号", normalise=Normalise.PHONE, required=_ALWAYS),
    _ask("why", Kind.LONG_TEXT, "わけ", constraint="string-length(.) <= 200"),
    Group(name="visit", label=_ja("来る日"), items=(
        _ask("day", Kind.DATE, "日にち"),
        _ask("hour", Kind.TIME, "時刻"),
    )),
    _ask("handover", Kind.CHOOSE_ONE, "受け取り方", choices=_choices("窓口", "郵送")),
    _ask("town", Kind.CHOOSE_ONE, "町", choices=_TOWNS),
    _ask("needs", Kind.CHOOSE_MANY, "いるもの", choices=_choices("手話", "点字", "大きい字")),
    _ask("photo", Kind.PHOTO, "写真", most_files=3),
    _ask("papers", Kind.FILE, "書類", required=_ALWAYS),
    _ask("sign", Kind.SIGNATURE, "署名"),
    _ask("place", Kind.PLACE, "場所"),
    Repeat(name="children", label=_ja("お子さん"), items=(
        _ask("child", Kind.TEXT, "お子さんの名前", normalise=Normalise.NAME),
    )),
    _ask("count", Kind.INTEGER, "枚数", parameters={"unit": "枚"}),
    _ask("fee", Kind.CALCULATED, "手数料", calculation="if(${count} > 0, ${count} * 300, 0)",
         is_fee=True),
    _ask("agree", Kind.CONSENT, "上の内容に同意します", required=_ALWAYS),
)  # fmt: skip
_PAGE = Page(name="all", label=_ja("質問の見本"), items=_ITEMS)
SAMPLE = Document(
    form_id="sample",
    title=_ja("質問の見本"),
    languages=("ja",),
    default_language="ja",
    settings=Settings(),
    pages=(_PAGE,),
)
SENT = FileView(
    id="0" * 32, name="傷んだ屋根.jpg", media_type="image/jpeg", size=312_000, width=1600,
    height=1200, pages=None, has_thumb=False, by="resident",
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
)  # fmt: skip
_ANSWERS = {
    "kana": "ヤマダ ハナコ",
    "postal": "1000001",
    "day": "2026-11-22",
    "hour": "14:30",
    "handover": "c0",
    "photo": [SENT.id],
    "place": {"lat": 33.53, "lon": 130.47, "text": "中央一丁目"},
    "children": [{"child": "山田 一郎"}, {}],
    "count": 4,
}


def page() -> PageView:
    """The page: answered, wrong and empty fields, a search, a correction, an earlier answer."""
    evaluated = evaluate(SAMPLE, _ANSWERS, today=DAY)
    offers = (
        Offer(step="postal:postal:0", label="まど県まど市中央"),
        Offer(step="postal:postal:1", label="まど県まど市本町"),
    )
    made = page_view(
        SAMPLE,
        _PAGE,
        evaluated,
        _ANSWERS,
        language="ja",
        errors=page_faults(SAMPLE, _PAGE, evaluated, "ja"),
        files={SENT.id: SENT},
        address=lambda _id, _thumb: "#main",
        found={"postal": Found(offers=offers, said="どの住所ですか。")},
    )
    return replace(made, items=tuple(_again(one) for one in made.items))


def _again(item: ItemView) -> ItemView:
    """Where something is to be put right, or was answered before."""
    if isinstance(item, QuestionView) and item.path == "full_name":
        return replace(item, recall="山田 花子")
    if isinstance(item, QuestionView) and item.path == "photo":
        picture = Marked(href="#main", width=1600, height=1200, x=400, y=300, w=500, h=400)
        return replace(item, asks=(Ask(comment="屋根が見えません。", picture=picture),))
    return item
