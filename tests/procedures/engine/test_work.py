"""What one pass over a form may cost: less than a limit, and never more than was weighed."""

from __future__ import annotations

import random
import sys
import time
from datetime import date
from typing import Any

import pytest
import regex  # type: ignore[import-untyped]  # it ships no types

from liff_app.letters import clusters, is_plain, letters
from liff_app.procedures import samples
from liff_app.procedures.engine.defaults import with_defaults
from liff_app.procedures.engine.document import Choice, Document, Kind, Question, Repeat
from liff_app.procedures.engine.evaluation import TooMuchWork, evaluate
from liff_app.procedures.engine.expressions import MOST_STEPS, Scene, filter_tree, parse
from liff_app.procedures.engine.expressions.tree import Once
from liff_app.procedures.engine.expressions.values import MOST_TEXT, Chosen, as_text
from liff_app.procedures.engine.weighing import weigh
from liff_app.procedures.workbooks import compiler
from tests.procedures.engine.answering import made_answers
from tests.procedures.engine.made import made_form
from tests.procedures.ground import document, page, question

DAY = date(2026, 11, 23)
IVS = "葛\U000e0100"
LONGEST = "か" + "\u0301" * 31_990 + "き"  # few characters, and as many code points as may be
WIDE = tuple(Choice(value=f"c{at}", label={"ja": f"札{at}"}) for at in range(200))
COUNTED = "string-length(concat(" + ",".join(["${q0}"] * 16) + "))"
BOMB = " + ".join([COUNTED] * 14) + " >= 0"  # the reviewer's


def bomb(source: str, questions: int = 20) -> Document:
    """A long text, and questions with 200 choices each that are filtered by it."""
    asked = (
        question(f"s{at}", Kind.CHOOSE_ONE, choices=WIDE, choice_filter=source)
        for at in range(questions)
    )
    return document(page("a", question("q0", Kind.LONG_TEXT)), page("b", *asked))


def steps(form: Document, answers: dict[str, Any]) -> int:
    return evaluate(form, answers, today=DAY).steps


def is_refused(form: Document, answers: dict[str, Any]) -> bool:
    """Without the form in a traceback, which takes pytest long to write."""
    try:
        evaluate(form, answers, today=DAY)
    except TooMuchWork:
        return True
    return False


def test_what_says_the_same_of_every_choice_is_worked_out_once() -> None:
    answers = {"q0": "葛" * 900}
    for one in (f"{BOMB} and name != ''", f"name != '' or {BOMB}", BOMB):
        assert steps(bomb(one, 1), answers) < steps(bomb(BOMB, 1), answers) + 2_000
    assert steps(bomb(BOMB, 1), answers) < 20_000  # it was 200 times that
    assert isinstance(filter_tree(BOMB), Once)
    assert not isinstance(filter_tree("name"), Once)
    assert not isinstance(filter_tree("area = ${q0}"), Once)


def test_the_same_choices_are_left() -> None:
    """Worked out once for each question, and again for the next instance."""
    source = "name = concat('c', string-length(${text}) + 0) or name = concat('c', position(..))"
    inner = (
        question("text"),
        question("pick", Kind.CHOOSE_ONE, choices=WIDE, choice_filter=source),
    )
    form = document(page("a", Repeat(name="many", items=inner)))
    found = evaluate(form, {"many": [{"text": "あ" * 9}, {"text": "あ" * 7}]}, today=DAY)
    left = {path: [one.value for one in had] for path, had in found.choices.items()}
    assert left == {"many/0/pick": ["c1", "c9"], "many/1/pick": ["c2", "c7"]}


@pytest.mark.parametrize(
    "source",
    [
        BOMB.replace("${q0}))", "name))"),  # nothing to be worked out once
        "regex(concat(name, ${q0}), '.*(a.{0,200}b.{0,200}){2}c')",
        "contains(concat(name, ${q0}, ${q0}, ${q0}), 'z')",
        "substr(concat(name, ${q0}), 3) = ''",
    ],
)
def test_nobody_waits_for_a_hostile_filter(source: str) -> None:
    form = bomb(source, 300)
    assert weigh(form).steps > MOST_STEPS
    begun = time.process_time()
    refused = is_refused(form, {"q0": IVS * 3_900})
    assert time.process_time() - begun < 2, "it was minutes"
    assert refused


def test_defaults_have_the_same_limit() -> None:
    made = f"concat({','.join(['${q0}'] * 3)})"
    asked = (question(f"n{at}", Kind.LONG_TEXT, default=made) for at in range(150))
    form = document(page("a", question("q0", Kind.LONG_TEXT), *asked))
    assert weigh(form).steps > MOST_STEPS
    with pytest.raises(TooMuchWork):
        with_defaults(form, {"q0": "e\u0301" * 2_500}, DAY)


# --- what is weighed -----------------------------------------------------------------------------

CALLS = (
    "string-length(${long})", "string-length(concat(${long}, 'a'))", "string-length(${many})",
    "string-length(${files})", "substr(${long}, 1)", "substr(${long}, 1, 3)", "concat(${text}, 1)",
    "join(${text}, ${long}, ${inner}, ${long})", "join('-', ${inner})", "concat(${inner})",
    "contains(${long}, ${text})", "starts-with(${long}, ${text})", "regex(${long}, '(a|b)*c')",
    "regex(concat(${text}, ${text}), '\\pL+')", "selected(${many}, 'c3')", "selected(${long}, 'c')",
    "count-selected(${many})", "selected-at(${many}, 3)", "selected-at(${long}, 0)",
    "jr:choice-name(${many}, '${many}')", "jr:choice-name(${one}, '${one}')",
    "string-length(jr:choice-name(${many}, '${many}'))", "machimado:choice(${many}, 'label')",
    "count(machimado:choice(${many}, 'label'))", "max(${inner}) = min(${inner})",
    "${inner} = ${inner}", "${inner} != ${picked} or ${inner} < ${picked}", "sum(${count}) + 1 - 2",
    "count-non-empty(${inner}, ${count}, ${long})", "if(${long} = '', ${long}, ${text})",
    "string-length(if(${long} = '', ${inner}, ${long}))", "coalesce('', ${inner}, ${long})",
    "string-length(coalesce(${empty}, ${long}))", "string(${long})", "once(${inner}) = 'x'",
    "format-date(today(), ${long})", "format-date('2026-04-01', concat('%Y', ${text}))",
    "string-length(string(1 div 3 div 10000000000 div 10000000000 div pow(10, 60) div pow(10, 9)))",
    "machimado:wareki(${day})", "machimado:age(${day})", "not(${inner})", "-${text} + -${long}",
    "number(${long}) * 3 mod 2 div 4", "${place} = ${time}", "boolean(${inner}) and ${long}",
    "1 < 2 < 3 = 4 != 5", "${inner} = ${text} = ${inner}", "int(${long}) + floor(${count})",
    "concat(${own}, ${own})", "string-length(${own})", "round(${text}, 2) + abs(${inner})",
)  # fmt: skip


def with_calls(*more: Question) -> Document:
    """A form with an answer of every kind, and then these questions."""
    within = (
        question("inner", Kind.LONG_TEXT),
        question("picked", Kind.CHOOSE_MANY, choices=WIDE),
        question("count", Kind.INTEGER),
    )
    kinds = {
        "long": Kind.LONG_TEXT, "text": Kind.TEXT, "empty": Kind.TEXT, "day": Kind.DATE,
        "time": Kind.TIME, "place": Kind.PLACE, "agree": Kind.CONSENT,
    }  # fmt: skip
    return document(
        page("a", *(question(name, kind) for name, kind in kinds.items()),
             question("many", Kind.CHOOSE_MANY, choices=WIDE),
             question("one", Kind.CHOOSE_ONE, choices=WIDE),
             question("files", Kind.FILE, most_files=10),
             question("own", Kind.CALCULATED, calculation="concat(${text}, ${text})")),
        page("b", Repeat(name="several", most=5, items=within)),
        page("c", *more),
    )  # fmt: skip


FULLEST: dict[str, Any] = {
    "long": LONGEST, "text": "か" + "\u0301" * 7_000, "day": "2000-02-29", "time": "09:30",
    "place": {"lat": -89.123456789, "lon": -179.123456789}, "agree": True,
    "many": [one.value for one in WIDE], "one": "c199", "files": [f"{n:064}" for n in range(10)],
    "several": [{"inner": f"{n}" + LONGEST[:-2], "picked": [one.value for one in WIDE], "count": n}
                for n in range(5)],
}  # fmt: skip


@pytest.mark.parametrize("source", CALLS)
def test_no_expression_costs_more_than_was_weighed(source: str) -> None:
    form = with_calls(
        question("made", Kind.CALCULATED, calculation=source),
        question("again", Kind.CALCULATED, calculation="concat(${made}, string-length(${made}))"),
        question("asks", relevant=source, required=source, constraint=f"({source}) or . = 'x'"),
        question("picks", Kind.CHOOSE_ONE, choices=WIDE, choice_filter=f"name = 'c1' or {source}"),
        question("takes", Kind.LONG_TEXT, default=source),
    )
    weighed = weigh(form).steps
    assert 0 < steps(form, FULLEST | {"asks": "x" * 900}) <= weighed
    assert steps(form, {}) <= weighed
    with_defaults(form, FULLEST, DAY)
    if weighed <= MOST_STEPS:
        assert steps(form, with_defaults(form, FULLEST, DAY)) <= weighed


@pytest.mark.parametrize("seed", range(60))
def test_no_form_costs_more_than_was_weighed(seed: int) -> None:
    made = made_form(seed)
    weighed, rng = weigh(made.document).steps, random.Random(seed)
    for care in (0.0, 0.6, 1.0, 1.0):
        answers = made_answers(rng, made.document, care=care)
        assert steps(made.document, answers) <= weighed
        assert steps(made.document, with_defaults(made.document, answers, DAY)) <= weighed


def test_honest_forms_cost_next_to_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for name in samples.names():
        found = compiler.compile_workbook(samples.raw(name), today=DAY)
        assert found.document
        used = max(steps(found.document, one.answers) for one in found.samples)
        told.append((name, used, weigh(found.document).steps))
    told.append(("500 questions", steps(large(), {}), weigh(large()).steps))
    with capsys.disabled():
        for name, used, weighed in told:
            sys.stderr.write(f"  {name:16} used {used:7,} of {weighed:7,} weighed\n")
    assert max(weighed for name, _used, weighed in told[:-1]) < MOST_STEPS // 100
    assert told[-1][2] < MOST_STEPS // 2


def large() -> Document:
    """500 questions on ten pages, with conditions, constraints and filtered choices."""
    area = tuple(
        Choice(value=f"c{at}", label={"ja": f"札{at}"}, extra={"area": f"a{at % 9}"})
        for at in range(200)
    )

    def one(at: int) -> Question:
        asks = "${area} = 'a1' or string-length(${why}) > 3"
        if at % 5 == 0:
            return question(f"q{at}", Kind.CHOOSE_ONE, choices=area, choice_filter="area = ${area}")
        if at % 5 == 1:
            return question(f"q{at}", relevant=asks, constraint="regex(., '[0-9]{3}-[0-9]{4}')")
        if at % 5 == 2:
            return question(f"q{at}", Kind.LONG_TEXT, constraint="string-length(.) <= 200")
        if at % 5 == 3:
            return question(f"q{at}", Kind.DATE, constraint=". <= today()", required=asks)
        return question(f"q{at}", Kind.CALCULATED, calculation=f"if({asks}, 300, 0) * 2")

    first = page("first", question("area"), question("why", Kind.LONG_TEXT))
    pages = (page(f"p{at}", *map(one, range(at * 50, at * 50 + 50))) for at in range(10))
    return document(first, *pages)


# --- what texts cost -----------------------------------------------------------------------------


def test_an_answer_is_counted_once() -> None:
    asked = (question(f"q{at}", relevant="string-length(${q0}) > 3") for at in range(400))
    form = document(page("a", question("q0", Kind.LONG_TEXT), *asked))
    assert steps(form, {"q0": LONGEST}) == steps(form, {"q0": "abc"})
    assert weigh(form).steps < 5_000


def test_plain_characters_stand_alone() -> None:
    every = [chr(one) for one in range(0x11_0000) if not 0xD800 <= one < 0xE000]
    plain = "".join(one for one in every if is_plain(one))
    assert len(plain) > 20_000
    assert not set("\r\u0301\u3099\u200d🇯👨\U000e0100\uff9e") & set(plain)
    found = regex.compile(r"\X").findall("".join(one + one for one in plain))
    assert len(found) == 2 * len(plain)


@pytest.mark.parametrize(
    "text",
    ["🇯🇵", "🇯🇵🇫🇷a🇯", "🇯🇵\u0301🇫", "a🇯🇵🇫🇷🇯b葛\U000e0100", "\u0600🇯🇵", "👨\u200d👩🇯🇵\r\n🇯", "旗🇯🇵旗"],
)
def test_flags_are_two_letters_each(text: str) -> None:
    assert clusters(text) == regex.findall(r"\X", text)
    assert letters(text) == len(clusters(text))


def test_many_flags_take_no_longer_than_other_letters() -> None:
    """The library alone takes two seconds for so many, and four times that for twice as many."""
    begun = time.process_time()
    assert letters("🇯" * 32_000) == len(clusters("🇯" * 32_000)) == 16_000
    assert time.process_time() - begun < 0.6


def test_numbers_have_an_end() -> None:
    """A quotient of quotients would have as many digits as there are divisions."""
    tiny = "1" + " div 1000000000000000000000000000000" * 50
    found = parse(f"string({tiny})").run(Scene(today=DAY))
    assert len(as_text(found)) < 200
    assert parse("1 div 3").run(Scene(today=DAY)) != 0


def test_labels_of_many_choices_are_one_text_only_while_it_is_short() -> None:
    """200 labels of 2,000 characters are no text that anybody reads."""
    labels = {f"c{at}": {"name": f"c{at}", "label": "あ" * 2_000} for at in range(200)}
    run = parse("jr:choice-name(${q}, '${q}')").run
    few, all_of_them = Chosen(list(labels)[:7]), Chosen(labels)
    assert len(as_text(run(Scene(today=DAY, values={"q": few}, lists={"q": labels})))) < MOST_TEXT
    assert run(Scene(today=DAY, values={"q": all_of_them}, lists={"q": labels})) is None
