"""Towns to choose from, and how they are found."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from liff_app.db import db, transaction
from liff_app.towns import service
from liff_app.towns.models import Town
from liff_app.towns.service import TownListUnreadable

CODE = "479993"
HEAD = "団体コード,都道府県名,市区町村名,大字町丁目名,小字・通称名,緯度,経度\n"


def text(*lines: str) -> bytes:
    return (HEAD + "\n".join(lines)).encode("utf-8-sig")


def bring(*lines: str, code: str = CODE) -> int:
    read = service.read_towns(text(*lines), municipality_code=code)
    with transaction() as session:
        return service.import_towns(session, read, municipality_code=code)


def found(typed: str) -> list[str]:
    return [one.name for one in service.names(db.session, CODE).search(typed)]


def test_only_the_municipalitys_towns_are_read_and_the_rest_is_counted() -> None:
    read = service.read_towns(
        text(
            "479993,まど県,まど市,湊,,35.58,140.31",
            "479993,まど県,まど市,湊,小字,35.581,140.311",
            "479993,まど県,まど市,位置のない町,,,",
            "47999,まど県,まど市,本町 一丁目,,35.6,140.3",
            "132195,東京都,狛江市,和泉本町,,35.63,139.57",
            ",まど県,どこか,不明,,35.6,140.3",
        ),
        municipality_code=CODE,
    )
    assert [one["name"] for one in read.rows] == ["湊", "位置のない町", "本町一丁目"]
    assert (read.lines, read.other_municipality, read.subdivisions) == (6, 2, 1)
    assert read.without_position == 1


@pytest.mark.parametrize("degrees", ["x,140", "35.6,nan", "1e999,140", "35,181"])
def test_degrees_that_cannot_be_leave_the_town_without_a_point(degrees: str) -> None:
    read = service.read_towns(text(f"479993,,,湊,,{degrees}"), municipality_code=CODE)
    assert None in (read.rows[0]["lat"], read.rows[0]["lon"])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        "町名,緯度\n湊,35\n".encode(),
        text("479993,,,湊,,35,140").decode("utf-8-sig").encode("cp932"),
        gzip.compress(text("479993,,,湊,,35,140"))[:-9],
        b"\x1f\x8b\x08" + b"\xff" * 40,
        text('479993,,,"' + "長" * 200_000 + '",,35,140'),
    ],
)
def test_a_file_that_is_no_town_list_is_refused(raw: bytes) -> None:
    with pytest.raises(TownListUnreadable) as refused:
        service.read_towns(raw, municipality_code=CODE)
    assert str(refused.value).endswith(("。", "緯度", "経度"))


def test_a_packed_list_is_read_like_a_plain_one() -> None:
    raw = text("479993,,,湊,,35,140")
    assert service.read_towns(gzip.compress(raw), municipality_code=CODE) == service.read_towns(
        raw, municipality_code=CODE
    )


@pytest.mark.usefixtures("app")
def test_names_longer_than_the_table_holds_are_left_out() -> None:
    assert bring(f"479993,,,{'長' * 81},,35.6,140.3", "479993,,,湊,,35.6,140.3") == 1


@pytest.mark.usefixtures("app")
def test_a_second_import_keeps_codes_and_other_municipalities() -> None:
    bring("132195,,,和泉本町,,35.63,139.57", code="132195")
    bring("479993,,,湊,,35.58,140.31", "479993,,,浜窓,,35.59,140.30")
    before = {one.name: one.code for one in service.of_municipality(db.session, CODE)}
    assert bring("479993,,,湊,,35.59,140.32", "479993,,,北戸,,35.61,140.30") == 2
    after = {one.name: one.code for one in service.of_municipality(db.session, CODE)}
    assert after["湊"] == before["湊"]
    assert set(after) == {"湊", "北戸"}
    assert service.names(db.session, CODE).find(before["浜窓"]) is None
    assert db.session.scalar(select(func.count()).select_from(Town)) == 3


@pytest.mark.usefixtures("app")
def test_exact_names_come_before_beginnings_and_beginnings_before_the_rest() -> None:
    bring(
        "479993,,,東本町,,35.6,140.3",
        "479993,,,本町一丁目,,35.6,140.3",
        "479993,,,本町,,35.6,140.3",
        "479993,,,本町二丁目,,,",
    )
    assert found("本町") == ["本町", "本町一丁目", "東本町"]
    assert found("") == found("　") == []
    assert found("%") == found("_") == found("\\") == []


@pytest.mark.usefixtures("app")
def test_no_more_candidates_are_offered_than_a_screen_holds() -> None:
    bring(*(f"479993,,,本町{number}番区,,35.6,140.3" for number in range(30)))
    assert len(found("本町")) == service.CANDIDATES


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    typed=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
)
def test_whatever_is_typed_is_only_a_search(app: Flask, typed: str) -> None:
    if not db.session.scalar(select(func.count()).select_from(Town)):
        bring("479993,,,湊,,35.58,140.31")
    assert found(typed) in ([], ["湊"])
