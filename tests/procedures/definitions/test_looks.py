"""What the pages of forms say: where a fault is, what changes, which path, and until when."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from liff_app import clock
from liff_app.clock import JST
from liff_app.db import db
from liff_app.procedures import samples
from liff_app.procedures.definitions.comparing import differences
from liff_app.procedures.definitions.console import version_page
from liff_app.procedures.definitions.console.path_names import PathName, path_names
from liff_app.procedures.engine.document import Document, Kind
from liff_app.procedures.engine.paths import Sample
from liff_app.procedures.models import ProcedureVersion
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.procedures.ground import choices, document, ja, page, question

from .desk import HERE, PAGE, begin, bench_of, broken, column, file, follow, publish, sound

pytestmark = on_sqlite


@pytest.fixture
def maker(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.ADMINISTRATOR)


# --- faults ---------------------------------------------------------------------------------------


def test_each_fault_says_where_it_is_what_was_meant_and_where_to_mend_it(
    maker: ConsoleVisitor,
) -> None:
    required, relevant = column("required"), column("relevant")
    raw = broken(**{f"{required}4": "はい", f"{relevant}5": "${home_kind} ＝ 'flat'"})
    answer = maker.post(f"{PAGE}/new", data={"source": "file", "slug": "koen"} | file(raw))
    shown = follow(maker, answer)
    ref, _rows = bench_of(shown)
    assert "直すところが 2つあります" in shown
    first, second = shown.split('class="forms-fault"')[1:3]
    place = re.sub(r"<[^>]+>|\s", "", first.partition('class="forms-fault-what"')[0])
    assert f"surveyシート4行目{required}列（required）" in place
    assert "required は yes か no、または条件の式です。" in first
    assert '<code class="forms-meant">yes</code>' in first
    assert f"/bench/{ref}/questions/4" in first
    assert "全角です" in second
    assert "Excelで直します" in second
    assert "/questions/" not in second.partition("</li>")[0]


def test_a_fault_of_a_choice_or_a_setting_leads_to_its_page(maker: ConsoleVisitor) -> None:
    book = load_workbook(io.BytesIO(samples.raw("sodai_gomi")))
    book["choices"]["C3"] = None
    book["settings"]["A2"] = None
    made = io.BytesIO()
    book.save(made)
    answer = maker.post(
        f"{PAGE}/new", data={"source": "file", "slug": "koen"} | file(made.getvalue())
    )
    shown = follow(maker, answer)
    listed = shown.partition('class="forms-faults"')[2].partition("</ol>")[0]
    ref, _rows = bench_of(shown)
    ways = re.findall(r'href="([^"]+)"', listed)
    assert len(ways) == 2
    assert ways[1] == f"{PAGE}/bench/{ref}/settings"
    sound(maker.get(ways[0]))


# --- samples --------------------------------------------------------------------------------------


def test_the_samples_can_be_had_before_there_is_any_form(maker: ConsoleVisitor) -> None:
    shown = sound(maker.get(f"{PAGE}/new"))
    for name in samples.names():
        assert f"{PAGE}/samples/{name}.xlsx" in shown
        answer = maker.get(f"{PAGE}/samples/{name}.xlsx")
        assert answer.data == samples.raw(name)
        assert f'filename="{name}.xlsx"' in answer.headers["Content-Disposition"]
    assert maker.get(f"{PAGE}/samples/nothing.xlsx").status_code == 404


# --- publishing -----------------------------------------------------------------------------------


def test_a_new_version_ends_when_the_running_one_does_unless_somebody_says_otherwise(
    maker: ConsoleVisitor,
) -> None:
    end = (clock.now() + timedelta(days=30)).astimezone(JST).strftime("%Y-%m-%dT17:00")
    begin(maker)
    publish(maker, open_until=end)
    maker.post(f"{HERE}/versions", data=file(samples.raw("sodai_gomi")))
    asked = sound(maker.get(f"{HERE}/2/publish"))
    assert f'value="{end}"' in asked
    assert "受付の終わりは、第1版とおなじ" in asked
    refused = maker.post(f"{HERE}/2/publish", data={"when": "now", "open_until": ""})
    assert refused.status_code == 422
    assert "受付の終わりが変わります" in refused.text
    assert "この版には、終わりがなくなります。" in refused.text
    assert publish(maker, 2, open_until=end).status_code == 303
    wanted = select(ProcedureVersion.open_until).where(ProcedureVersion.number == 2)
    kept = db.session.scalars(wanted).one()
    assert kept is not None
    assert kept.astimezone(JST).strftime("%Y-%m-%dT%H:%M") == end


def test_where_the_running_version_has_no_end_none_is_proposed(maker: ConsoleVisitor) -> None:
    begin(maker)
    publish(maker)
    maker.post(f"{HERE}/versions", data=file(samples.raw("sodai_gomi")))
    asked = sound(maker.get(f"{HERE}/2/publish"))
    assert "受付の終わりは、" not in asked
    assert "空ならば、終わりは決めません" in asked


# --- versions -------------------------------------------------------------------------------------


def kinds_of_homes(*values: str) -> Document:
    asked = question("home", Kind.CHOOSE_ONE, choices=choices(*values))
    return document(page("p", asked, question("floor", Kind.INTEGER)))


def test_choices_are_compared_by_their_labels(app: Flask) -> None:
    before = kinds_of_homes("house", "flat")
    turned = replace(choices("flat")[0], label=ja("集合住宅"))
    asked = question("home", Kind.CHOOSE_ONE, choices=(*choices("house"), turned))
    after = document(page("p", asked, question("floor", Kind.DATE)))
    with app.test_request_context():
        home, floor = version_page.told(differences(before, after))
        assert home["details"] == [
            ("選択肢「集合住宅」（ja）", [("flatです", "")], [("集合住宅", "")]),
        ]
        assert floor["details"] == [("種類", [("整数", "")], [("日付", "")])]
        (more,) = version_page.told(differences(before, kinds_of_homes("house", "flat", "ship")))
    assert more["details"][0] == (
        "選択肢",
        [("houseです", "house"), ("flatです", "flat")],
        [("houseです", "house"), ("flatです", "flat"), ("shipです", "ship")],
    )


def named(app: Flask, form: Document, *answers: dict[str, object]) -> list[PathName]:
    today = clock.now().date()
    kept = [Sample(answers=one, visible=(), fee_yen=None, on=today) for one in answers]
    with app.test_request_context():
        return path_names(form, kept)


def test_a_path_is_named_by_the_answers_that_part_it_from_the_others(app: Flask) -> None:
    with app.test_request_context():
        found = named(
            app, kinds_of_homes("house", "flat"),
            {"home": "house", "floor": 1}, {"home": "flat", "floor": 1},
            {"home": "flat", "floor": 2},
        )  # fmt: skip
        assert [one.short for one in found] == [
            "1／3：houseです",
            "2／3：flatです・floor 1",
            "3／3：flatです・floor 2",
        ]
    assert found[2].answers == [("home", "flatです"), ("floor", "2")]


def test_paths_that_nothing_parts_have_their_number(app: Flask) -> None:
    with app.test_request_context():
        (only,) = named(app, kinds_of_homes("house"), {"home": "house"})
        assert only.short == "1／1"
        twins = named(app, kinds_of_homes("house"), {"home": "house"}, {"home": "house"})
        assert [one.short for one in twins] == ["1／2", "2／2"]
        assert named(app, kinds_of_homes("house")) == []


def test_the_preview_says_on_which_path_one_is(maker: ConsoleVisitor) -> None:
    path = begin(maker)
    shown = sound(maker.get(f"{path}/preview?path=2"))
    found = re.search(r"道すじ 3／(\d+)</h2>", shown)
    assert found
    listed = shown.partition('id="f-path"')[2].partition("</select>")[0]
    assert len(re.findall(r"<option", listed)) == int(found[1])
    assert "?path=1" in shown
    assert "?path=3" in shown
    assert "?path=0" not in sound(maker.get(f"{path}/preview?path=0")).partition("<form")[0]
