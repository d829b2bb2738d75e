"""What a page shows, and how a whole sending is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from liff_app.errors import FieldError
from liff_app.procedures.engine.defaults import with_defaults
from liff_app.procedures.engine.document import (
    Document,
    Group,
    Kind,
    Normalise,
    Page,
    Pii,
    Question,
    Repeat,
)
from liff_app.procedures.engine.evaluation import evaluate
from liff_app.procedures.fields import gallery
from liff_app.procedures.fields.sentences import all_faults, page_faults
from liff_app.procedures.fields.showing import page_view, summary
from liff_app.procedures.fields.views import GroupView, ItemView, PageView, QuestionView, RepeatView
from liff_app.procedures.fields.words import answer_words
from liff_app.procedures.files.views import FileView
from tests.procedures.ground import choices, document, ja, question

DAY = date(2026, 11, 22)
FILE = FileView(
    id="ab" * 16, name="住民票.pdf", media_type="application/pdf", size=1_400_000, width=None,
    height=None, pages=3, has_thumb=False, by="resident",
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
)  # fmt: skip
PARTNER = {"ja": "配偶者の名前", "ja-simple": "夫《おっと》か妻《つま》の名前", "en": "Partner"}
NEEDED = {"ja": "名前《なまえ》がいります", "en": "Needed"}
PAGE = Page(
    name="one",
    label=ja("ご家族"),
    items=(
        question("kind", Kind.CHOOSE_ONE, choices=choices("alone", "family"), required="true()"),
        question("partner", relevant="${kind} = 'family'", required="true()",
                 label=PARTNER),
        question("phone", normalise=Normalise.PHONE),
        question("birth", Kind.DATE, appearance=frozenset({"birth"})),
        Group(name="hall", label=ja("窓口"), items=(question("day", Kind.DATE),)),
        question("papers", Kind.FILE, most_files=2),
        Repeat(name="children", label=ja("お子さん"), most=2, least=1, items=(
            question("child", label=ja("${kind}の子"), required="true()"),
        )),
        question("note", Kind.NOTE, label=ja("${kind}ですね")),
        question("fee", Kind.CALCULATED, calculation="300", is_fee=True, label=ja("手数料")),
        question("silent", Kind.CALCULATED, calculation="1", label={}),
    ),
)  # fmt: skip
FORM = document(PAGE)


def shown(
    answers: dict[str, Any],
    language: str = "ja",
    form: Document = FORM,
    **more: Any,  # noqa: ANN401 - any argument
) -> PageView:
    evaluated = evaluate(form, answers, today=DAY)
    return page_view(form, form.pages[0], evaluated, answers, language=language, **more)


def at(view: PageView, path: str) -> QuestionView:
    def every(items: tuple[ItemView, ...]) -> Iterator[QuestionView]:
        for item in items:
            match item:
                case QuestionView():
                    yield item
                case GroupView():
                    yield from every(item.items)
                case RepeatView():
                    for one in item.instances:
                        yield from every(one.items)

    return next(one for one in every(view.items) if one.path == path)


def test_hidden_questions_are_neither_shown_nor_asked() -> None:
    alone = shown(with_defaults(FORM, {"kind": "alone"}, DAY))
    family = shown(with_defaults(FORM, {"kind": "family"}, DAY))
    assert "partner" not in alone.asked.split()
    assert family.asked.split() == [
        "kind", "partner", "phone", "birth", "day", "papers", "children/0/child"
    ]  # fmt: skip
    assert at(family, "partner").required


def test_labels_speak_the_chosen_language_and_the_answers() -> None:
    view = shown({"kind": "family"}, "ja-simple")
    assert at(view, "partner").label.plain == "夫か妻の名前"
    assert at(view, "partner").label.parts == (
        ("夫", "おっと"), ("か", ""), ("妻", "つま"), ("の名前", "")
    )  # fmt: skip
    assert at(shown({"kind": "family"}, "en"), "partner").label.plain == "Partner"
    assert at(view, "note").label.plain == "familyですですね"
    assert at(view, "fee").words == "300円"


def test_what_was_typed_and_not_understood_stands_in_its_boxes() -> None:
    raw = {"birth.era": "H", "birth.y": "31", "birth.m": "5", "birth.d": "1", "phone": "12"}
    view = shown({}, raw=raw, errors=[FieldError("birth", "date_era", "ありません。")])
    assert at(view, "birth").parts == {"era": "H", "y": "31", "m": "5", "d": "1"}
    assert at(view, "birth").error == "ありません。"
    assert at(view, "phone").value == "12"
    assert [one.message for one in view.errors] == ["birth：ありません。"]


def test_answers_stand_as_people_write_them() -> None:
    view = shown({"phone": "+819012345678", "birth": "2019-05-01", "day": "1850-01-02"})
    assert at(view, "phone").value == "090-1234-5678"
    assert at(view, "birth").parts == {"era": "R", "y": "元", "m": "5", "d": "1"}
    assert at(view, "day").parts == {"era": "AD", "y": "1850", "m": "1", "d": "2"}
    assert at(shown({}), "birth").parts["era"] == ""  # a birthday's era is not guessed
    assert at(shown({}), "day").parts["era"] == "R"


def test_children_are_added_and_removed_between_least_and_most() -> None:
    def children(count: int) -> RepeatView:
        view = shown({"children": [{}] * count})
        return next(one for one in view.items if isinstance(one, RepeatView))

    one, two = children(1), children(2)
    assert (one.addable, one.instances[0].removable) == (True, False)
    assert (two.addable, two.instances[0].removable) == (False, True)
    assert [each.title for each in two.instances] == ["お子さん 1", "お子さん 2"]


def test_a_correction_opens_what_it_names_and_shows_the_rest_in_words() -> None:
    answers = {
        "kind": "family",
        "partner": "山田 花子",
        "papers": [FILE.id],
        "phone": "+81312345678",
    }
    view = shown(
        answers, only={"phone"}, files={FILE.id: FILE}, address=lambda one, _t: f"/f/{one}"
    )
    assert view.asked == "phone"
    partner, papers = at(view, "partner"), at(view, "papers")
    assert (partner.input, partner.words, partner.locked) == ("shown", "山田 花子", True)
    assert [(one.href, one.detail) for one in papers.files] == [
        (f"/f/{FILE.id}", "PDF 3ページ 1.4MB")
    ]
    assert not any(one.addable for one in view.items if isinstance(one, RepeatView))


def test_many_choices_are_a_list_and_few_are_buttons() -> None:
    many = document(
        Page(name="p", items=(
            question("a", Kind.CHOOSE_ONE, choices=choices(*(f"c{n}" for n in range(13)))),
            question("b", Kind.CHOOSE_ONE, choices=choices(*(f"c{n}" for n in range(12)))),
            question("c", Kind.CHOOSE_ONE, choices=choices("x"), appearance=frozenset({"minimal"})),
        ))
    )  # fmt: skip
    view = shown({"a": "c3"}, form=many)
    assert [at(view, one).input for one in "abc"] == ["select", "radios", "select"]
    assert [one.value for one in at(view, "a").choices if one.chosen] == ["c3"]
    assert view.modules == ("form_select",)


def test_scripts_and_sheets_are_those_the_page_needs() -> None:
    assert shown({}).css[-1] == "css/components/form_more.css"
    plain = document(Page(name="p", items=(question("a"),)))
    assert shown({}, form=plain).modules == ()
    assert shown({}, form=plain).css == (
        "css/components/form.css",
        "css/components/form_fields.css",
    )
    assert not shown({}, form=plain).has_files


@pytest.mark.parametrize(
    ("constraint", "most"),
    [(None, 4000), ("string-length(.) <= 400", 400), ("string-length( . ) < 10 and . != 'x'", 9),
     (". != 'x'", 4000)],
)  # fmt: skip
def test_how_many_letters_are_left_follows_the_constraint(
    constraint: str | None, most: int
) -> None:
    form = document(Page(name="p", items=(question("a", Kind.LONG_TEXT, constraint=constraint),)))
    assert at(shown({}, form=form), "a").most_letters == most


def test_faults_stand_in_the_order_of_the_page_one_for_a_question() -> None:
    answers = {"kind": "family", "children": [{"child": "x"}, {}]}
    evaluated = evaluate(FORM, answers, today=DAY)
    read = [FieldError("phone", "phone", "電話番号を"), FieldError("partner", "control", "消して")]
    found = page_faults(FORM, PAGE, evaluated, "ja", read)
    assert [(one.field, one.code) for one in found] == [
        ("partner", "control"), ("phone", "phone"), ("children/1/child", "required")
    ]  # fmt: skip
    assert [one.field for one in all_faults(FORM, evaluated, "ja")] == [
        "partner",
        "children/1/child",
    ]


def test_the_forms_own_words_are_preferred_in_the_chosen_language() -> None:
    form = document(
        Page(name="p", items=(
            question("a", required="true()", required_message=NEEDED),
            question("b", Kind.INTEGER, constraint=". < 5", constraint_message=ja("4まで")),
            question("c", Kind.INTEGER, constraint=". < 5"),
        ))
    )  # fmt: skip
    evaluated = evaluate(form, {"b": 9, "c": 9}, today=DAY)
    assert [one.message for one in all_faults(form, evaluated, "ja")] == [
        "名前がいります", "4まで", "この答えは使えません。確かめて、直してください。"
    ]  # fmt: skip
    assert all_faults(form, evaluated, "en")[0].message == "Needed"


def test_every_answer_is_repeated_page_by_page() -> None:
    answers = {
        "kind": "family", "partner": "\ufa19谷", "birth": "1989-01-07", "papers": [FILE.id],
        "children": [{"child": "一郎"}, {"child": "二郎"}],
    }  # fmt: skip
    evaluated = evaluate(FORM, answers, today=DAY)
    (section,) = summary(FORM, evaluated, "ja", {FILE.id: FILE})
    assert section.title == "ご家族"
    told = [(line.path, line.label, line.words) for line in section.lines]
    assert told == [
        ("kind", "kind", "familyです"),
        ("partner", "配偶者の名前", "\ufa19谷"),
        ("phone", "phone", ""),
        ("birth", "birth", "昭和64年1月7日（土）"),
        ("day", "day", ""),
        ("papers", "papers", "ファイル 1件"),
        ("children/0/child", "familyですの子", "一郎"),
        ("children/1/child", "familyですの子", "二郎"),
        ("fee", "手数料", "300円"),
    ]
    assert [one.title for one in section.blocks] == ["", "窓口", "", "お子さん 1", "お子さん 2", ""]
    assert [one.name for one in section.lines[5].files] == ["住民票.pdf"]
    short = summary(FORM, evaluated, "ja", unanswered=False)
    assert {"phone", "day"}.isdisjoint(line.path for line in short[0].lines)


def test_a_later_revision_says_what_changed() -> None:
    before = {"kind": "family", "partner": "山田", "phone": "+81312345678"}
    evaluated = evaluate(FORM, before | {"partner": "山本", "phone": ""}, today=DAY)
    lines = {line.path: line for line in summary(FORM, evaluated, "ja", before=before)[0].lines}
    assert (lines["partner"].is_changed, lines["partner"].before) == (True, "山田")
    assert (lines["phone"].is_changed, lines["phone"].before) == (True, "03-1234-5678")
    assert not lines["kind"].is_changed
    assert not any(line.is_changed for line in summary(FORM, evaluated, "ja")[0].lines)


def test_what_must_be_hidden_in_lists_is_told() -> None:
    form = document(
        Page(name="p", items=(question("a", mask=True, pii=Pii.SENSITIVE, correctable=False),))
    )
    evaluated = evaluate(form, {"a": "x"}, today=DAY)
    (line,) = summary(form, evaluated, "ja")[0].lines
    assert (line.is_masked, line.is_sensitive, line.correctable) == (True, True, False)


SAID = [
    (question("a", Kind.INTEGER, parameters={"unit": "枚"}), 1200, "1,200枚"),
    (question("a", Kind.DECIMAL), Decimal("1234.50"), "1,234.50"),
    (question("a", Kind.TIME), "09:05", "9時05分"),
    (question("a", Kind.CHOOSE_MANY, choices=choices("x", "y")), ["x", "y"], "xです、yです"),
    (question("a", Kind.CHOOSE_ONE, choices=choices("x")), "gone", "gone"),
    (question("a", normalise=Normalise.POSTAL), "1000001", "〒100-0001"),
    (question("a", Kind.CONSENT), True, "同意しました"),
    (
        question("a", Kind.PLACE),
        {"lat": 33.5, "lon": 130.4, "text": "湊"},
        "湊（北緯33.5 東経130.4）",
    ),
    (question("a", Kind.CALCULATED), "text", "text"),
    (question("a"), None, ""),
    (question("a", Kind.CHOOSE_MANY), [], ""),
]


@pytest.mark.parametrize(("asked", "value", "told"), SAID)
def test_an_answer_is_told_in_words(asked: Question, value: object, told: str) -> None:
    assert answer_words(asked, value, FORM, "ja") == told


def test_the_gallery_shows_every_kind() -> None:
    view = gallery.page()
    inputs = set()

    def collect(items: Any) -> None:  # noqa: ANN401 - three kinds of item
        for item in items:
            if isinstance(item, QuestionView):
                inputs.add(item.input)
            elif isinstance(item, RepeatView):
                for one in item.instances:
                    collect(one.items)
            else:
                collect(item.items)

    collect(view.items)
    assert inputs == {
        "text", "area", "date", "time", "radios", "boxes", "select", "photo", "file", "signature",
        "place", "note", "consent", "shown",
    }  # fmt: skip


def test_answers_fill_no_page_however_often_its_texts_name_them() -> None:
    """400 questions that repeat a long answer 60 times in label and hint were 561 MB."""
    named = ja("${why}" * 60)
    asked = (question(f"n{at}", label=named, hint=named) for at in range(400))
    form = document(
        Page(name="a", items=(question("why", Kind.LONG_TEXT),)),
        Page(name="b", label=named, items=tuple(asked)),
    )
    found = evaluate(form, {"why": "葛" * 3_900}, today=DAY)
    page = page_view(form, form.pages[1], found, {}, language="ja")
    texts = [page.title, page.hint]
    texts += [text for one in page.items if isinstance(one, QuestionView)
              for text in (one.label, one.hint)]  # fmt: skip
    assert sum(len(text.plain) for text in texts) < 110_000
    lines = [line for one in summary(form, found, "ja") for line in one.lines]
    assert sum(len(line.label) for line in lines) < 110_000
    assert lines[1].label.startswith("葛" * 200 + "…")


def test_sentences_about_faults_are_as_short() -> None:
    named = ja("${why}" * 60)
    asked = (question(f"n{at}", required="true()", required_message=named) for at in range(400))
    form = document(Page(name="a", items=(question("why", Kind.LONG_TEXT), *asked)))
    found = evaluate(form, {"why": "葛" * 3_900}, today=DAY)
    told = all_faults(form, found, "ja")
    assert len(told) == 400
    assert sum(len(one.message) for one in told) < 110_000
