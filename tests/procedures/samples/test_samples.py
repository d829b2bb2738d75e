"""The five workbooks: a town uploads them as they are, and other tools open them as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

import pytest
from pyxform.xls2xform import convert  # type: ignore[import-untyped]  # it ships no types

from liff_app.procedures import samples
from liff_app.procedures.engine import paths
from liff_app.procedures.engine.document import Document, Group, Kind, Page, Pii, Question, Repeat
from liff_app.procedures.engine.evaluation import Evaluated, evaluate
from liff_app.procedures.workbooks.compiler import compile_workbook

TODAY = date(2026, 11, 23)
LANGUAGES = {"ja", "ja-simple", "en"}
MOST_BYTES = 32_000
WHO = {"name": "窓 花子", "kana": "マド ハナコ", "phone": "+81300000000"}
HOME = {"postal": "0000001", "address": "まど県まど市中庭一丁目1番"}
PLACE = {"lat": 35.6, "lon": 140.29}


@cache
def document(name: str) -> Document:
    """The compiled form."""
    made = compile_workbook(samples.raw(name), today=TODAY)
    assert made.document is not None, made.faults
    assert made.warnings == ()
    return made.document


def evaluated(form: str, /, **answers: Any) -> Evaluated:  # noqa: ANN401 - answers
    """What those answers mean in that form."""
    return evaluate(document(form), answers, today=TODAY)


def parts(name: str) -> Iterator[Page | Group | Repeat | Question]:
    """Everything in a form."""

    def inside(
        part: Page | Group | Repeat | Question,
    ) -> Iterator[Page | Group | Repeat | Question]:
        yield part
        if not isinstance(part, Question):
            for item in part.items:
                yield from inside(item)

    for page in document(name).pages:
        yield from inside(page)


def texts(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a form with where it stands."""
    form = document(name)
    yield "title", dict(form.title)
    for one in fields(form.settings):
        value = getattr(form.settings, one.name)
        if isinstance(value, dict):
            yield one.name, value
    for part in parts(name):
        for which in ("label", "hint", "required_message", "constraint_message"):
            yield f"{part.name}.{which}", dict(getattr(part, which, {}))
        for choice in part.choices if isinstance(part, Question) else ():
            yield f"{part.name}.{choice.value}", dict(choice.label)


every = pytest.mark.parametrize("name", samples.names())


@every
def test_it_compiles_without_a_word(name: str) -> None:
    """No fault, no warning; small enough to send by mail."""
    assert document(name).form_id == name
    assert len(samples.raw(name)) < MOST_BYTES
    assert 5 <= len(document(name).pages) <= 10


@every
def test_other_tools_open_it(name: str) -> None:
    """What pyxform says is one thing only: it has not heard of easy Japanese's code."""
    made = convert(xlsform=samples.raw(name), file_type=".xlsx")
    assert [one for one in made.warnings if "ja-simple" not in one] == []
    assert len(made.warnings) <= 1


@every
def test_every_way_through_it_ends(name: str) -> None:
    """Nothing is hidden for ever, nobody is stuck."""
    found = paths.search(document(name), today=TODAY)
    assert (found.unreached, found.dead_ends, found.is_complete) == ((), (), True)
    assert len(found.samples) >= 10
    shown = set().union(*(one.visible for one in found.samples))
    assert shown == {one.name for one in parts(name)}


@every
def test_every_text_is_there_in_three_languages(name: str) -> None:
    """A label that is only in Japanese would leave somebody out."""
    for where, text in texts(name):
        assert set(text) in (set(), LANGUAGES), where
        assert all(text.values()), where
    for part in parts(name):
        silent = isinstance(part, Question) and part.kind is Kind.CALCULATED
        assert part.label or silent or isinstance(part, Page), part.name


@every
def test_readings_stand_behind_the_letters_that_they_read(name: str) -> None:
    """漢字《かんじ》: never empty, never behind kana, never in other languages."""
    for where, text in texts(name):
        easy = text.get("ja-simple", "")
        read = re.findall(r"[㐀-鿿々ヶ]《[ぁ-ゖー]+》", easy)
        assert len(read) == easy.count("《") == easy.count("》"), where
        assert "《" not in text.get("ja", "") + text.get("en", ""), where
        assert not re.search(r"[㐀-鿿々](?![㐀-鿿々ヶ《])", easy), where


@every
def test_it_says_what_answers_are_for_and_who_is_asked(name: str) -> None:
    """Purpose of use and contact; what is personal is marked, but for surveys nothing is."""
    form = document(name)
    assert form.settings.consent
    assert form.settings.contact
    assert form.settings.after
    personal = [one for one, _ in form.questions() if one.pii is not Pii.NONE]
    assert bool(personal) is (form.settings.kind == "application")
    asked = [one for one, _ in form.questions() if one.kind not in {Kind.NOTE, Kind.CONSENT}]
    assert all(one.export_heading for one in asked)
    assert len({one.export_heading for one in asked}) == len(asked)


def test_the_fee_of_large_waste_is_the_sum_of_its_items() -> None:
    """Two sofas and a chair; what was chosen before the kind was changed does not count."""
    sofa = {"goods_kind": "furniture", "goods": "sofa", "quantity": 2}
    chair = {"goods_kind": "furniture", "goods": "chair", "quantity": 1}
    assert evaluated("sodai_gomi", items=[sofa, chair]).fee_yen == 2 * 1600 + 400
    changed = {"goods_kind": "bedding", "goods": "sofa", "quantity": 2}
    assert evaluated("sodai_gomi", items=[changed, chair]).fee_yen == 400


def test_large_waste_needs_a_place_or_hands_that_carry() -> None:
    """The page of the other way is not shown, and its answers go."""
    item = {"goods_kind": "hobby", "goods": "bicycle", "quantity": 1}
    common = WHO | HOME | {"home_kind": "house", "items": [item], "no_appliances": True}
    front = common | {"when": "early", "put_out": "front", "place": PLACE}
    assert evaluated("sodai_gomi", **front).problems == ()
    carried = front | {"put_out": "carry", "carry_reason": ["age"], "floor": 1}
    found = evaluated("sodai_gomi", **carried)
    assert found.problems == ()
    assert "place" not in found.values
    assert "lift" not in found.visible
    late = evaluated("sodai_gomi", **front | {"when": "day", "wished_day": "2027-06-01"})
    assert [one.code for one in late.problems] == ["constraint"]


def test_a_copy_costs_300_yen_and_its_postage() -> None:
    """Picked up it costs no postage, also if the post was chosen first."""
    assert evaluated("juminhyo", copies=2, delivery="counter").fee_yen == 600
    assert evaluated("juminhyo", copies=2, delivery="post").fee_yen == 710


def test_only_who_asks_for_the_own_record_may_have_the_number_on_it() -> None:
    """Somebody who asks for another's gives a reason instead."""
    own = evaluated("juminhyo", who="self", with_number="yes")
    assert {"with_number", "number_for"} <= own.visible
    other = evaluated("juminhyo", who="third", with_number="yes")
    assert not {"with_number", "number_for", "contents"} & other.visible
    assert {"target", "third_reason", "evidence"} <= other.visible


def test_a_fire_is_the_fire_stations_and_a_flood_has_a_height() -> None:
    """The form asks what the survey needs."""
    fire = evaluated("risai_shomei", disaster_kind="fire")
    assert "fire_note" in fire.visible
    assert "survey" not in fire.visible
    flood = evaluated("risai_shomei", disaster_kind="flood", water="above")
    assert "water_cm" in flood.visible


def test_children_who_live_elsewhere_are_asked_about_and_two_people_decide() -> None:
    """Only of those; and a spouse's higher income asks for a reason."""
    assert document("jido_teate").settings.two_person
    found = evaluated(
        "jido_teate",
        has_spouse="yes",
        own_income=3_000_000,
        spouse_income=4_000_000,
        children=[{"child_lives": "apart"}, {"child_lives": "together"}],
    )
    assert "why_recipient" in found.visible
    assert "children/0/child_address" in found.visible
    assert "children/1/child_address" not in found.visible
    assert found.values["children_count"] == 2
    assert "older" in found.visible


def test_the_survey_names_nobody_and_is_answered_once() -> None:
    """“Nothing yet” beside something else is refused."""
    settings = document("shimin_anketo").settings
    assert settings.kind == "survey"
    assert settings.anonymous
    assert settings.once_a_person
    assert settings.results_public
    both = evaluated("shimin_anketo", uses=["none", "report"])
    assert "constraint" in {one.code for one in both.problems if one.path == "uses"}
    assert "unsatisfied" in evaluated("shimin_anketo", buses="poor").visible
    assert "unsatisfied" not in evaluated("shimin_anketo", buses="good").visible


def test_no_other_name_opens_a_file() -> None:
    """Names come from addresses."""
    with pytest.raises(KeyError):
        samples.raw("../../../etc/passwd")
