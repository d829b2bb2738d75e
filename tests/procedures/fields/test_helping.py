"""Buttons beside a field: an address by its postal code, a place by a town's name."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from liff_app.db import db, transaction
from liff_app.procedures.engine.document import Kind, Normalise, Page, Repeat
from liff_app.procedures.fields.helping import Helped, help_with
from liff_app.procedures.postal import service as postal
from liff_app.procedures.postal.lists import read_list
from liff_app.towns import service as towns
from tests.conftest import on_sqlite
from tests.procedures.ground import document, question
from tests.procedures.postal.test_lists import OLD

pytestmark = on_sqlite
CODE = "479993"
TOWNS = """団体コード,大字町丁目名,よみ,緯度,経度
479993,湊,みなと,35.58,140.31
479993,北湊,きたみなと,35.59,140.32
"""
PAGE = Page(
    name="p",
    items=(
        question("zip", normalise=Normalise.POSTAL, autofill="address"),
        question("address"),
        question("lone", normalise=Normalise.POSTAL),
        question("where", Kind.PLACE),
        Repeat(name="people", items=(
            question("zip2", normalise=Normalise.POSTAL, autofill="home"),
            question("home"),
        )),
    ),
)  # fmt: skip
FORM = document(PAGE)


@pytest.fixture
def lists(app: Flask) -> None:
    with transaction() as session:
        postal.import_list(session, read_list(OLD.encode()))
        read = towns.read_towns(TOWNS.encode(), municipality_code=CODE)
        towns.import_towns(session, read, municipality_code=CODE)


def pressed(step: str, answers: dict[str, Any], **fields: str) -> Helped | None:
    form = MultiDict(
        {"step": step} | {name.replace("__", "."): one for name, one in fields.items()}
    )
    return help_with(db.session, FORM, PAGE, answers, form, municipality_code=CODE)


def test_one_place_of_a_code_is_filled_in(lists: None) -> None:
    helped = pressed("postal:zip", {"zip": "4790001", "address": "1-2"})
    assert helped is not None
    assert helped.changes == {"address": "まど県まど市中央1-2"}
    assert "住所を入れました" in helped.found["zip"].said


def test_several_places_are_offered_and_the_chosen_one_filled_in(lists: None) -> None:
    helped = pressed("postal:zip", {"zip": "4790003"})
    assert helped is not None
    assert helped.changes == {}
    steps = [one.step for one in helped.found["zip"].offers]
    assert steps == ["postal:zip:0", "postal:zip:1", "postal:zip:2"]
    chosen = pressed(steps[1], {"zip": "4790003", "address": "まど県まど市湊5"})
    assert chosen is not None
    assert chosen.changes == {"address": "まど県まど市北湊5"}


def test_inside_a_repeat_the_same_instance_is_filled(lists: None) -> None:
    answers = {"people": [{}, {"zip2": "4790001"}]}
    helped = pressed("postal:people/1/zip2", answers)
    assert helped is not None
    assert helped.changes == {"people/1/home": "まど県まど市中央"}


def test_another_address_is_never_overwritten(lists: None) -> None:
    helped = pressed("postal:zip", {"zip": "4790001", "address": "よそ県よそ市1"})
    assert helped is not None
    assert helped.changes == {}
    assert "そのままにしました" in helped.found["zip"].said


@pytest.mark.parametrize(
    ("step", "answers", "told"),
    [
        ("postal:zip", {}, "郵便番号を入力してから"),
        ("postal:zip", {"zip": "9999999"}, "見つかりませんでした"),
        ("towns:where", {}, "町の名前を入力してから"),
    ],
)
def test_what_finds_nothing_says_what_to_do(
    lists: None, step: str, answers: dict[str, Any], told: str
) -> None:
    helped = pressed(step, answers)
    assert helped is not None
    (found,) = helped.found.values()
    assert told in found.said


def test_a_town_is_searched_and_chosen(lists: None) -> None:
    helped = pressed("towns:where", {}, where__find="みなと")
    assert helped is not None
    offers = helped.found["where"].offers
    assert [one.label for one in offers] == ["湊", "北湊"]
    chosen = pressed(offers[0].step, {})
    assert chosen is not None
    assert chosen.changes == {"where": {"lat": 35.58, "lon": 140.31, "text": "湊"}}
    none = pressed("towns:where", {}, where__find="よそ")
    assert none is not None
    assert none.found["where"].offers == ()


def test_a_place_is_taken_back(app: Flask) -> None:
    helped = pressed("clear:where", {"where": {"lat": 1.0, "lon": 2.0}})
    assert helped is not None
    assert helped.changes == {"where": None}


@pytest.mark.parametrize(
    "step", ["", "next", "postal:lone", "postal:nobody", "towns:address", "clear:address",
             "postal:address", "detach:where:x", "postal:people/99/zip2"]
)  # fmt: skip
def test_other_buttons_are_none_of_its_business(app: Flask, step: str) -> None:
    assert pressed(step, {}) is None
