"""Who wrote or photographed something is asked before 「わたしも」 leaves it out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .conftest import Phones
from .own_town import demo_town
from .report_forms import Desk, Form, draw_photo, file, resident
from .servers import Town

pytestmark = pytest.mark.e2e
__all__ = ["demo_town"]  # this module's own

WORDS = "穴がもう一つある"
# A town may ask for an answer in words; this one asks for none.
ASK_IN_WORDS = """() => {
  const input = Object.assign(document.createElement('input'), { name: 'answers.side' });
  const question = Object.assign(document.createElement('div'), { className: 'report-question' });
  question.append(input);
  document.querySelector('[data-category=road]').append(question);
}"""
LOOK = "one => `${getComputedStyle(one).backgroundColor} ${one.offsetHeight}`"


@pytest.fixture
def desk(town: Town) -> Desk:
    """The town without any report."""
    made = Desk(town)
    made.clear()
    return made


@pytest.fixture
def form(phones: Phones, town: Town, desk: Desk) -> Form:
    """A kind and a place in the form, where somebody has reported the same kind."""
    first = resident(phones, town)
    first.choose("道路")
    first.here()
    first.send()
    first.arrived()
    assert [one.description for one in desk.reports()] == [""]
    second = resident(phones, town)
    second.choose("道路")
    second.here()
    expect(near(second)).to_be_visible()
    return second


def near(form: Form) -> Locator:
    """What was reported nearby."""
    return form.page.locator("[data-ref=near]")


def tap(form: Form, name: str) -> None:
    """Tap a button of it."""
    near(form).get_by_role("button", name=name, exact=True).tap()


def photograph(form: Form) -> None:
    """Put a photo into the form."""
    photo = file(draw_photo(form.page, 400, 300))
    form.page.locator("[data-ref=choose]").set_input_files(photo)
    expect(form.page.locator("[data-ref=photos] img")).to_be_visible()


def test_words_and_photos_are_kept_until_one_of_the_two_is_chosen(form: Form, desk: Desk) -> None:
    photograph(form)
    form.say(WORDS)
    form.kept()
    tap(form, "わたしも")
    expect(form.page.locator("[data-ref=near-ask]")).to_be_focused()
    expect(near(form)).to_contain_text("書いた文と写真は送られません。")
    form.open()
    expect(form.page.locator("[data-ref=description]")).to_have_value(WORDS)
    expect(form.page.locator("[data-ref=photos] img")).to_have_count(1)
    assert [one.joined for one in desk.reports()] == [0]
    tap(form, "わたしも")
    tap(form, "わたしもにする")
    expect(form.card).to_contain_text("「わたしも」を受け付けました。")
    assert [one.joined for one in desk.reports()] == [1]
    form.open()
    expect(form.page.locator("[data-ref=description]")).to_have_value("")


def test_what_was_written_may_go_as_another_thing(form: Form, desk: Desk) -> None:
    photograph(form)
    form.say(WORDS)
    tap(form, "わたしも")
    tap(form, "ちがうこととして送る")
    form.arrived()
    assert [(one.description, one.joined) for one in desk.reports()] == [("", 0), (WORDS, 0)]
    assert desk.photos() == 1


@pytest.mark.parametrize("what", ["photo", "landmark", "answer"])
def test_each_of_them_alone_is_worth_the_question(form: Form, desk: Desk, what: str) -> None:
    if what == "photo":
        photograph(form)
    elif what == "landmark":
        form.page.locator("[data-ref=landmark]").fill("駅の前")
    else:
        form.page.evaluate(ASK_IN_WORDS)
        form.page.locator("[name='answers.side']").fill("右")
    tap(form, "わたしも")
    expect(near(form).get_by_role("button", name="ちがうこととして送る")).to_be_visible()
    assert [one.joined for one in desk.reports()] == [0]


def test_to_join_and_to_go_on_look_equally_strong(form: Form) -> None:
    looks = [
        near(form).get_by_role("button", name=name, exact=True).evaluate(LOOK)
        for name in ("わたしも", "ちがうことなので続ける")
    ]
    assert len(set(looks)) == 1, looks
