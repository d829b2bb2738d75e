"""The macros of a form's page: labels tied to fields, hostile words as text, and what it weighs."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser

import pytest
from flask import Flask

from liff_app.assets import FOLDER, inline_css
from liff_app.procedures.engine.document import Kind, Page
from liff_app.procedures.engine.evaluation import evaluate
from liff_app.procedures.fields import gallery
from liff_app.procedures.fields.sentences import page_faults
from liff_app.procedures.fields.showing import page_view
from liff_app.procedures.fields.views import PageView
from tests.conftest import on_sqlite
from tests.procedures.ground import choices, document, ja, question

pytestmark = on_sqlite
BUDGET = 15 * 1024
SHARED = (
    "css/tokens.css", "css/base.css", "css/components/button.css", "css/components/field.css",
    "css/components/notice.css",
)  # fmt: skip
READ = "住民票《じゅうみんひょう》と申請《重要》"


class Parsed(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _, attrs in self.tags if "id" in attrs]


def html_of(app: Flask, view: PageView, **more: str) -> str:
    macros = app.jinja_env.get_template("components/form_items.html").module
    with app.test_request_context("/"):
        return str(macros.form_items(view, **more))  # type: ignore[attr-defined]  # a macro


def view_of(*items: object, answers: dict[str, object] | None = None) -> PageView:
    form = document(Page(name="p", items=items))  # type: ignore[arg-type]  # questions
    evaluated = evaluate(form, answers or {}, today=gallery.DAY)
    faults = page_faults(form, form.pages[0], evaluated, "ja")
    return page_view(form, form.pages[0], evaluated, answers or {}, language="ja", errors=faults)


def test_every_field_is_named_described_and_unique(app: Flask) -> None:
    page = Parsed(html_of(app, gallery.page(), tiles_url="/t", around="[[1,2],[3,4]]"))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    fors = {attrs["for"] for tag, attrs in page.tags if tag == "label" and "for" in attrs}
    assert fors <= set(ids)
    for _, attrs in page.tags:
        assert set((attrs.get("aria-describedby") or "").split()) <= set(ids)
    visible = {
        attrs.get("id")
        for tag, attrs in page.tags
        if tag in ("input", "select", "textarea")
        and attrs.get("type") not in ("hidden", "radio", "checkbox")
        and "id" in attrs
    }  # fmt: skip
    in_parts = {"f-birth", "f-day", "f-hour"}  # inside their labels
    assert visible - in_parts <= fors


def test_every_fault_leads_to_a_field_that_is_there(app: Flask) -> None:
    view = gallery.page()
    page = Parsed(html_of(app, view))
    assert len(view.errors) >= 5
    assert {f"f-{one.field}" for one in view.errors} <= set(page.ids())
    wrong = [attrs for _, attrs in page.tags if attrs.get("aria-invalid") == "true"]
    assert len(wrong) >= len(view.errors)


def test_there_is_no_placeholder_disabled_readonly_or_native_refusal(app: Flask) -> None:
    for _, attrs in Parsed(html_of(app, gallery.page())).tags:
        assert not {"placeholder", "disabled", "readonly", "required"} & set(attrs)


def test_the_enter_key_goes_on_and_takes_no_file_away(app: Flask) -> None:
    page = Parsed(html_of(app, gallery.page()))
    first = next(attrs for tag, attrs in page.tags if tag == "button")
    assert (first["name"], first["value"], first["tabindex"]) == ("step", "next", "-1")


def test_hostile_words_are_text_wherever_they_stand(app: Flask) -> None:
    evil = '"><script>alert(1)</script>{{7*7}}'
    words = ja(evil)
    view = view_of(
        question("a", label=words, hint=words),
        question("b", Kind.LONG_TEXT, label=words),
        question("c", Kind.CHOOSE_ONE, label=words, choices=choices(evil)),
        question("d", Kind.NOTE, label=words),
        question("e", Kind.PLACE, label=words),
        answers={"a": evil, "b": "</textarea>" + evil, "e": {"lat": 1.0, "lon": 2.0, "text": evil}},
    )
    page = Parsed(html_of(app, view))
    assert "script" not in {tag for tag, _ in page.tags}
    assert "49" not in page.text
    assert evil in page.text


def test_a_reading_stands_above_its_characters(app: Flask) -> None:
    html = html_of(app, view_of(question("a", label=ja(READ))))
    assert (
        "<ruby>住民票<rp>（</rp><rt>じゅうみんひょう</rt><rp>）</rp></ruby>と申請《重要》" in html
    )


@pytest.mark.parametrize("typed", ["𠮷", "\ufa19", "葛\U000e0100", "Jose\u0301", "한", "\n\n 行"])
def test_what_was_typed_comes_back_code_point_by_code_point(app: Flask, typed: str) -> None:
    page = html_of(app, view_of(question("a", Kind.LONG_TEXT), answers={"a": typed}))
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    assert found[1] == typed


def test_a_page_of_ten_questions_is_light(app: Flask) -> None:
    kinds = [Kind.TEXT, Kind.TEXT, Kind.LONG_TEXT, Kind.DATE, Kind.TIME, Kind.CHOOSE_ONE,
             Kind.CHOOSE_MANY, Kind.PHOTO, Kind.SIGNATURE, Kind.PLACE]  # fmt: skip
    view = view_of(
        *(
            question(
                f"q{number}",
                kind,
                label=ja(f"{number}番目の質問です"),
                required="true()",
                choices=choices("a", "b", "c"),
                hint=ja("例を見て答えてください"),
            )
            for number, kind in enumerate(kinds)
        )
    )
    css = inline_css(*SHARED, *view.css)
    html = html_of(app, view, tiles_url="/t", around="[]")
    page = gzip.compress((html + css).encode(), 9)
    scripts = [*(f"js/components/{one}" for one in view.modules), "js/core/start"]
    code = sum(len(gzip.compress((FOLDER / f"{one}.js").read_bytes(), 9)) for one in scripts)
    assert len(page) + code <= BUDGET, (len(page), code)


def test_what_a_correction_leaves_closed_has_no_field_and_shows_its_files(app: Flask) -> None:
    answers = {"name": "山田 花子", "papers": [gallery.SENT.id]}
    form = document(Page(name="p", items=(question("name"), question("papers", Kind.FILE))))
    evaluated = evaluate(form, answers, today=gallery.DAY)
    view = page_view(
        form, form.pages[0], evaluated, answers, language="ja", only=(),
        files={gallery.SENT.id: gallery.SENT}, address=lambda one, _thumb: f"/f/{one}",
    )  # fmt: skip
    page = Parsed(html_of(app, view))
    fields = [
        attrs.get("name") for tag, attrs in page.tags if tag in ("input", "select", "textarea")
    ]
    assert fields == ["asked"]
    assert "山田 花子" in page.text
    assert f"/f/{gallery.SENT.id}" in {attrs.get("href") for tag, attrs in page.tags if tag == "a"}
