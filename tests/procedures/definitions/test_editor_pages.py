"""The editor: what is wrong stands beside its cell, and nothing typed is ever lost."""

from __future__ import annotations

import io
import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.procedures import samples
from liff_app.procedures.definitions import benches
from liff_app.procedures.models import FormBench, ProcedureVersion
from liff_app.staff import form_tokens
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults

from .desk import (
    ANY,
    HERE,
    PAGE,
    begin,
    bench_of,
    broken,
    column,
    file,
    follow,
    opened,
    publish,
    seen,
    sound,
)

pytestmark = on_sqlite


@pytest.fixture
def maker(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.ADMINISTRATOR)


def test_every_fault_of_a_workbook_is_shown_and_the_workbook_is_kept(
    maker: ConsoleVisitor,
) -> None:
    begin(maker)
    name, relevant = column("name"), column("relevant")
    raw = broken(**{f"{relevant}4": "${nothing} = 1", f"{name}5": "Bad Name"})
    page = follow(maker, maker.post(f"{HERE}/versions", data=file(raw)))
    for words in ("直すところ", "nothing", "Bad Name", relevant):
        assert words in page
    assert db.session.scalars(select(ProcedureVersion.number)).all() == [1]
    db.session.rollback()
    assert "誤り" in sound(maker.get(PAGE))
    assert "誤り" in sound(maker.get(HERE))
    bench = benches.mine(db.session, by=ANY)[0]
    db.session.rollback()
    marked = maker.get(f"{PAGE}/bench/{bench.ref}/workbook.xlsx")
    cell = load_workbook(io.BytesIO(marked.data))["survey"][f"{relevant}4"]
    assert cell.comment is not None
    fixed = {"version": str(bench.version)} | file(samples.raw("sodai_gomi"))
    page = follow(maker, maker.post(f"{PAGE}/bench/{bench.ref}/workbook", data=fixed))
    assert "誤りはありません" in page
    done = maker.post(f"{PAGE}/bench/{bench.ref}/finish", data={"version": seen(page)})
    assert "第2版" in follow(maker, done)


def test_the_editor_changes_a_draft_as_the_spreadsheet_would(maker: ConsoleVisitor) -> None:
    begin(maker)
    page = follow(maker, maker.post(f"{HERE}/1/edit"))
    ref, rows = bench_of(page)
    question = sound(maker.get(f"{PAGE}/bench/{ref}/questions/{rows[1]}"))
    typed = {"version": seen(question), "label-ja": "新しい質問の文", "hint-ja": "説明 <b>です</b>"}
    page = follow(maker, maker.post(f"{PAGE}/bench/{ref}/questions/{rows[1]}", data=typed))
    assert "新しい質問の文" in page
    done = maker.post(f"{PAGE}/bench/{ref}/finish", data={"version": seen(page)})
    assert urlsplit(done.headers["Location"]).path == f"{HERE}/1"
    follow(maker, done)
    raw = maker.get(f"{HERE}/1/workbook.xlsx").data
    sheet = load_workbook(io.BytesIO(raw))["survey"]
    assert sheet[f"{column('label::日本語 (ja)')}{rows[1]}"].value == "新しい質問の文"
    assert db.session.scalars(select(FormBench.ref)).all() == []


def test_what_is_published_is_edited_as_a_new_version(maker: ConsoleVisitor) -> None:
    begin(maker)
    publish(maker)
    page = follow(maker, maker.post(f"{HERE}/1/edit"))
    ref, rows = bench_of(page)
    again, _rows = bench_of(follow(maker, maker.post(f"{HERE}/1/edit")))
    assert again == ref
    order = {"version": seen(page), "step": f"down-{rows[0]}"}
    page = follow(maker, maker.post(f"{PAGE}/bench/{ref}/order", data=order))
    done = maker.post(f"{PAGE}/bench/{ref}/finish", data={"version": seen(page)})
    page = follow(maker, done)
    assert "第2版" in page
    assert "動かした" in page
    assert opened() == 1
    sound(maker.get(f"{HERE}/compare?before=1&after=2"))


def test_faults_stand_beside_the_cell_and_nothing_typed_is_lost(maker: ConsoleVisitor) -> None:
    begin(maker)
    ref, rows = bench_of(follow(maker, maker.post(f"{HERE}/1/edit")))
    where = f"{PAGE}/bench/{ref}/questions/{rows[1]}"
    typed = {"version": "1", "required": "rule", "rule": "${nothing} = 1", "label-ja": "直した文"}
    page = follow(maker, maker.post(where, data=typed))
    assert "${nothing} = 1" in page
    assert "nothing」という質問はありません" in page or "nothing" in page
    outline = sound(maker.get(f"{PAGE}/bench/{ref}"))
    assert "直すところ" in outline
    assert "直した文" in outline
    refused = maker.post(f"{PAGE}/bench/{ref}/finish", data={"version": seen(outline)})
    assert refused.status_code == 409
    assert "まだ直すところがあるので" in refused.text
    typed = {"version": seen(page), "required": "always", "rule": ""}
    follow(maker, maker.post(where, data=typed))
    assert "誤りはありません" in sound(maker.get(f"{PAGE}/bench/{ref}"))


def test_two_windows_never_overwrite_each_other(maker: ConsoleVisitor) -> None:
    begin(maker)
    ref, rows = bench_of(follow(maker, maker.post(f"{HERE}/1/edit")))
    where = f"{PAGE}/bench/{ref}/questions/{rows[1]}"
    follow(maker, maker.post(where, data={"version": "1", "label-ja": "一つ目"}))
    late = maker.post(where, data={"version": "1", "label-ja": "二つ目"})
    assert late.status_code == 409
    assert 'value="二つ目"' in late.text
    assert faults(late, PAGE) == []
    assert "一つ目" in sound(maker.get(where))
    kept = maker.post(where, data={"version": seen(late.text), "label-ja": "二つ目"})
    assert "二つ目" in follow(maker, kept)
    for path, body in (("order", {"step": f"down-{rows[0]}"}), ("finish", {}),
                       ("settings", {"form_title": "遅い題"}),
                       ("workbook", file(samples.raw("juminhyo")))):  # fmt: skip
        late = maker.post(f"{PAGE}/bench/{ref}/{path}", data={"version": "1"} | body)
        assert late.status_code == 409, path
        assert "先に直されました" in late.text


def test_choices_are_added_renamed_ordered_and_removed(maker: ConsoleVisitor) -> None:
    begin(maker)
    page = follow(maker, maker.post(f"{HERE}/1/edit"))
    ref, _rows = bench_of(page)
    sheet = load_workbook(io.BytesIO(samples.raw("sodai_gomi")))["survey"]
    number = next(cell.row for cell in sheet["A"] if str(cell.value).startswith("select_one"))
    where = f"{PAGE}/bench/{ref}/questions/{number}"
    page = sound(maker.get(where))
    first = int(re.findall(r'name="c(\d+)-label-ja"', page)[0])
    before = page.count("を外す")
    step = {"version": seen(page), "step": "choice-add", "new-label-ja": "新しい物",
            "value": "new_1", f"c{first}-label-ja": "名前を変えた物"}  # fmt: skip
    page = follow(maker, maker.post(where, data=step))
    assert page.count("を外す") == before + 1
    assert 'value="新しい物"' in page
    assert 'value="名前を変えた物"' in page
    twice = maker.post(where, data=step | {"version": seen(page), "new-label-ja": "もう1つ"})
    assert twice.status_code == 422
    assert 'value="もう1つ"' in twice.text
    down = {"version": seen(page), "step": f"choice-down-{first}"}
    page = follow(maker, maker.post(where, data=down))
    assert page.index('value="名前を変えた物"') > page.index(f'name="c{first}-label-ja"')
    drop = {"version": seen(page), "step": f"choice-drop-{first + 1}"}
    page = follow(maker, maker.post(where, data=drop))
    assert "名前を変えた物" not in page
    assert maker.post(where, data={"version": seen(page), "step": "choice-drop-9999"}
                      ).status_code == 404  # fmt: skip


def test_the_forms_own_texts_are_edited(maker: ConsoleVisitor) -> None:
    begin(maker)
    ref, _rows = bench_of(follow(maker, maker.post(f"{HERE}/1/edit")))
    page = sound(maker.get(f"{PAGE}/bench/{ref}/settings"))
    typed = {"version": seen(page), "form_title": "大きなごみの収集", "machimado_consent-ja": ""}
    page = follow(maker, maker.post(f"{PAGE}/bench/{ref}/settings", data=typed))
    assert "machimado_consent" in page  # an application without a purpose does not compile
    wrong = sound(maker.get(f"{PAGE}/bench/{ref}/settings"))
    typed = {"version": seen(wrong), "machimado_consent-ja": "収集のためだけに使います。"}
    page = follow(maker, maker.post(f"{PAGE}/bench/{ref}/settings", data=typed))
    done = maker.post(f"{PAGE}/bench/{ref}/finish", data={"version": seen(page)})
    assert "大きなごみの収集" in follow(maker, done)


def test_a_bench_is_cleared_and_the_version_stays(maker: ConsoleVisitor) -> None:
    begin(maker)
    ref, _rows = bench_of(follow(maker, maker.post(f"{HERE}/1/edit")))
    assert "消しました" in follow(maker, maker.post(f"{PAGE}/bench/{ref}/discard"))
    assert maker.get(f"{PAGE}/bench/{ref}").status_code == 404
    sound(maker.get(f"{HERE}/1"))


def test_a_new_form_on_a_bench_may_still_change_its_address(maker: ConsoleVisitor) -> None:
    raw = broken(**{f"{column('relevant')}4": "${nothing} = 1"})
    path = begin(maker, "file", slug="kaitaku", **file(raw))
    ref = path.rpartition("/")[2]
    begin(maker, "blank", slug="kaitaku", title="先に作った", prefix="先")
    sent = {"version": "1"} | file(samples.raw("juminhyo"))
    page = follow(maker, maker.post(f"{PAGE}/bench/{ref}/workbook", data=sent))
    taken = maker.post(
        f"{PAGE}/bench/{ref}/finish", data={"version": seen(page), "slug": "kaitaku"}
    )
    # A form of that address is there by now; the bench was begun for a new one.
    assert taken.status_code == 422
    assert "使われています" in taken.text
    done = maker.post(
        f"{PAGE}/bench/{ref}/finish", data={"version": seen(page), "slug": "juminhyo"}
    )
    assert urlsplit(done.headers["Location"]).path == f"{PAGE}/juminhyo/1"


def test_every_form_of_a_page_carries_the_colleagues_token(maker: ConsoleVisitor) -> None:
    begin(maker)
    publish(maker)
    ref, rows = bench_of(follow(maker, maker.post(f"{HERE}/1/edit")))
    maker.post(f"{HERE}/versions", data=file(samples.raw("sodai_gomi")))
    begin(maker, "sample:juminhyo")
    bench = f"{PAGE}/bench/{ref}"
    shown = [PAGE, bench, HERE]
    shown += [f"{HERE}/{one}" for one in ("1", "2", "2/publish", "1/end")]
    shown += [f"{PAGE}/new", f"{bench}/questions/{rows[1]}", f"{bench}/settings"]
    for path in shown:
        page = sound(maker.get(path))
        tokens = re.findall(r'name="csrf_token" value="([^"]*)"', page)
        assert len(tokens) == page.count('method="post"') > 1, path
        assert all(form_tokens.fits(maker.cookie, one) for one in tokens), path


def test_old_benches_are_swept_away(maker: ConsoleVisitor) -> None:
    begin(maker)
    bench_of(follow(maker, maker.post(f"{HERE}/1/edit")))
    with transaction() as session:
        assert benches.purge(session, now=clock.now()) == 0
    with transaction() as session:
        assert benches.purge(session, now=clock.now() + benches.KEPT * 2) == 1
