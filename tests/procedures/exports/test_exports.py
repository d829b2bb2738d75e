"""Exports: every version in one table, text as it was typed, and what CP932 loses is told."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.procedures import dossiers
from liff_app.procedures.engine.document import Document, Kind, Normalise
from liff_app.procedures.exports import collecting, files, table
from liff_app.procedures.exports.collecting import Wanted
from liff_app.procedures.exports.files import Form, Lines
from liff_app.procedures.models import Submission
from liff_app.procedures.scope import EVERYWHERE, Scope
from liff_app.procedures.vocabulary import Status
from tests.conftest import on_sqlite
from tests.procedures.ground import (
    NOON,
    children,
    choices,
    document,
    ja,
    page,
    publish,
    question,
    submit,
)

ODD = "𠮷野\u3000神\ufa19葛\U000e0100é한"


def first() -> Document:
    return document(
        page("who", question("name", export_heading="氏名"), question("old", label=ja("旧住所"))),
        page("what", question("kind", Kind.CHOOSE_ONE, choices=choices("sofa", "bed"))),
        page("kids", children()),
    )


def second() -> Document:
    return document(
        page("who", question("name", export_heading="お名前"), question("mail"),
             question("phone", normalise=Normalise.PHONE)),
        page("what", question("kind", Kind.CHOOSE_MANY, choices=choices("sofa", "bed", "desk")),
             question("fee", Kind.INTEGER), question("agree", Kind.CONSENT)),
        page("kids", children()),
    )  # fmt: skip


class Ground:
    """A procedure with two versions and submissions of both."""

    def __init__(self, settings: Settings) -> None:
        self.keys = settings.keys
        with transaction() as session:
            one = publish(session, first())
            submit(session, one, {"name": ODD, "old": "=1+1", "kind": "sofa",
                   "children": [{"child": "一郎", "birth": "2020-04-01"}, {"child": "二郎"}]},
                   keys=self.keys)  # fmt: skip
            two = publish(session, second(), number=2)
            submit(session, two, {"name": "山田 花子", "mail": "a@example.jp",
                   "phone": "+819000000002",
                   "kind": ["sofa", "desk"], "fee": 1200, "agree": True},
                   keys=self.keys, status=Status.COMPLETED,
                   now=NOON + timedelta(days=3))  # fmt: skip
            submit(session, two, {"name": "試し"}, keys=self.keys, is_test=True)
        self.procedure = collecting.procedure_of(db.session, "mihon", EVERYWHERE)

    def ids(self, wanted: Wanted | None = None, who: Scope = EVERYWHERE) -> list[int]:
        return list(collecting.found(db.session, self.procedure, wanted or Wanted(), who))

    def take(self, form: Form, *, codes: bool = False) -> bytes:
        lines = table.lines(db.session, self.procedure, self.ids(), keys=self.keys, codes=codes)
        with files.written(form, lines) as file:
            return file.read()

    def rows(self, *, codes: bool = False) -> list[dict[str, str]]:
        text = self.take(Form.CSV, codes=codes).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def ground(app: Flask, settings: Settings) -> Ground:
    return Ground(settings)


def test_versions_stand_in_one_table_by_the_names_of_their_questions(ground: Ground) -> None:
    one, two = ground.rows()
    assert list(one)[11:] == [
        "お名前", "旧住所", "mail", "phone", "kind", "fee", "agree",
        "お子さん1 child", "お子さん1 birth", "お子さん2 child", "お子さん2 birth",
    ]  # fmt: skip
    assert (one["版"], two["版"]) == ("1", "2")
    assert (one["kind"], two["kind"]) == ("sofaです", "sofaです、deskです")
    assert (one["mail"], two["mail"]) == ("", "a@example.jp")
    assert (one["phone"], two["phone"]) == ("", "090-0000-0002")
    assert (two["fee"], two["agree"]) == ("1200", "同意しました")
    assert (one["お子さん1 birth"], one["お子さん2 birth"]) == ("2020-04-01", "")
    assert (one["状態"], two["状態"]) == ("受付", "完了")
    assert "試し" not in str(ground.rows())


def test_text_comes_out_code_point_by_code_point_and_no_formula_runs(ground: Ground) -> None:
    [one, _] = ground.rows()
    assert one["お名前"] == ODD
    assert one["旧住所"] == "'=1+1"


def test_choices_can_be_taken_out_as_codes(ground: Ground) -> None:
    one, two = ground.rows(codes=True)
    assert (one["kind"], two["kind"]) == ("sofa", "sofa desk")


def test_cp932_comes_with_a_list_of_what_it_lost(ground: Ground) -> None:
    with zipfile.ZipFile(io.BytesIO(ground.take(Form.CP932))) as parcel:
        text = parcel.read("shinsei.csv").decode("cp932")
        report = parcel.read("moji-no-houkoku.csv").decode("utf-8-sig")
    one, two = csv.DictReader(io.StringIO(text, newline=""))
    assert one["お名前"] == "〓野\u3000神\ufa19〓〓〓"
    assert two["お名前"] == "山田 花子"
    told = list(csv.DictReader(io.StringIO(report, newline="")))
    assert [each["元の字"] for each in told] == ["𠮷", "葛\U000e0100", "é", "한"]
    assert {(each["行"], each["列"], each["書いた字"]) for each in told} == {("2", "お名前", "〓")}
    assert told[0]["受付番号"] == one["受付番号"]
    assert told[1]["コードポイント"] == "U+845B U+E0100"


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(ground: Ground) -> None:
    book = load_workbook(io.BytesIO(ground.take(Form.XLSX)))
    header, one, two = list(book.worksheets[0].iter_rows(values_only=True))
    found = dict(zip(header, one, strict=True))
    assert found["お名前"] == ODD
    assert found["旧住所"] == "=1+1"
    assert book.worksheets[0]["M2"].data_type == "s"
    assert dict(zip(header, two, strict=True))["fee"] == 1200


def test_what_is_forgotten_is_a_line_without_answers(ground: Ground) -> None:
    with transaction() as session:
        known = collecting.documents(session, ground.procedure)
        [first_id, _] = ground.ids()
        row = session.get(Submission, first_id)
        assert row is not None
        dossiers.destroy(session, row.dossier_id)
        assert len(known) == 2
    one, _ = ground.rows()
    assert (one["お名前"], one["内容を消した"]) == ("", "はい")


def test_only_what_was_asked_for_and_what_the_colleague_sees_is_found(ground: Ground) -> None:
    assert len(ground.ids()) == 2
    assert len(ground.ids(Wanted(since=(NOON + timedelta(days=1)).date()))) == 1
    assert len(ground.ids(Wanted(until=NOON.date()))) == 1
    assert len(ground.ids(Wanted(is_open=False))) == 1
    assert ground.ids(who=Scope(frozenset({"other"}))) == []
    with pytest.raises(NotFound):
        collecting.procedure_of(db.session, "mihon", Scope(frozenset({"other"})))
    with pytest.raises(NotFound):
        collecting.procedure_of(db.session, "nothing", EVERYWHERE)


FORMULA = "=HYPERLINK(A1)"


@on_sqlite
def test_a_heading_runs_no_more_than_a_cell(app: Flask, settings: Settings) -> None:
    with transaction() as session:
        asked = question("name", export_heading=FORMULA)
        form = publish(session, document(page("who", asked)))
        submit(session, form, {"name": "𠮷野"}, keys=settings.keys)
    procedure = collecting.procedure_of(db.session, "mihon", EVERYWHERE)
    ids = list(collecting.found(db.session, procedure, Wanted(), EVERYWHERE))

    def take(form: Form) -> bytes:
        lines = table.lines(db.session, procedure, ids, keys=settings.keys, codes=False)
        with files.written(form, lines) as file:
            return file.read()

    def headings(raw: bytes, code: str) -> list[str]:
        return next(csv.reader(io.StringIO(raw.decode(code), newline="")))

    assert headings(take(Form.CSV), "utf-8-sig")[-1] == f"'{FORMULA}"
    with zipfile.ZipFile(io.BytesIO(take(Form.CP932))) as parcel:
        assert headings(parcel.read("shinsei.csv"), "cp932")[-1] == f"'{FORMULA}"
        told = parcel.read("moji-no-houkoku.csv").decode("utf-8-sig")
    assert f",'{FORMULA},𠮷," in told
    [sheet] = load_workbook(io.BytesIO(take(Form.XLSX))).worksheets
    assert (sheet["L1"].value, sheet["L1"].data_type) == (FORMULA, "s")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("[見本]の手続き: '1/2'", "見本 の手続き   1 2"),
        ("𠮷" * 40, "𠮷" * 15),
        ("あ\x0bい\ufffeう", "あ い う"),
        ("History", "申請"),
        ("***", "申請"),
    ],
)
@on_sqlite
def test_a_title_becomes_a_sheets_name_that_excel_takes(
    title: str, name: str, app: Flask, settings: Settings
) -> None:
    with transaction() as session:
        publish(session, document())
    procedure = collecting.procedure_of(db.session, "mihon", EVERYWHERE)
    procedure.title = title
    with db.session.no_autoflush:
        lines = table.lines(db.session, procedure, [], keys=settings.keys, codes=False)
        with files.written(Form.XLSX, lines) as file:
            assert load_workbook(io.BytesIO(file.read())).sheetnames == [name]


@pytest.mark.parametrize("form", Form)
def test_a_file_whose_writing_fails_is_gone_at_once(form: Form) -> None:
    def rows() -> Iterator[list[str]]:
        yield ["例-1"]
        raise OSError("disk")

    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    with pytest.raises(OSError, match="disk") as held:
        files.written(form, Lines(title="見本", header=["受付番号"], rows=rows()))
    assert held.tb, "the frames are alive, and hold no file"
    assert open_files() == before
