"""Whatever the product writes into the log, the log's page can say in words."""

from __future__ import annotations

import ast
import re

import pytest
from flask import Flask

from liff_app.audit import desk, words
from liff_app.audit.service import ACTION
from liff_app.db import db
from tests.conftest import on_sqlite
from tests.house.source import name_of, product_files, tree

WRITERS = re.compile(r"(?:.*\.)?(?:_?note|record)")
KINDS = re.compile(
    r"(?:shelter|disaster|list|staff|key|pass|passes|department|checkin|audit|report|procedure(?:_form|_hook)?)\."
)
FILES = {"checkin.csv"}  # spelled like deeds
NOT_WRITTEN_BY = {"liff_app/audit/words.py", "liff_app/permissions.py", "liff_app/staff/menu.py"}


def texts(node: ast.AST) -> set[str]:
    """Every text constant below the node that is spelled like an action."""
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and ACTION.fullmatch(one.value)
    }


def written(syntax: ast.AST) -> set[str]:
    """What is handed to a writer of the log at once, or spelled like a deed of a known kind."""
    handed = {
        text
        for call in ast.walk(syntax)
        if isinstance(call, ast.Call) and WRITERS.fullmatch(ast.unparse(call.func))
        for argument in (*call.args, *(k.value for k in call.keywords if k.arg == "action"))
        for text in texts(argument)
    }
    return handed | {text for text in texts(syntax) if KINDS.match(text)}


@on_sqlite
def test_every_action_and_kind_that_is_written_has_words(app: Flask) -> None:
    found = {
        text: name_of(file)
        for file in product_files()
        if name_of(file) not in NOT_WRITTEN_BY
        for text in written(tree(file)) - set(app.view_functions) - FILES
    }
    assert len(found) > 20, "the search finds nothing any more"
    silent = {text: where for text, where in found.items() if text not in words.actions()}
    assert not silent, f"liff_app/audit/words.py, actions(): {silent}"
    unused = set(words.actions()) - set(found)
    assert not unused, f"liff_app/audit/words.py: nobody writes {unused}"


SUBJECT = re.compile(r"([a-z_]+):")


@on_sqlite
def test_every_kind_of_thing_that_is_written_has_words(app: Flask) -> None:
    """Subjects are made in f-strings: `f"shelter:{…}"`."""
    kinds = {
        match[1]
        for file in product_files()
        for call in ast.walk(tree(file))
        if isinstance(call, ast.Call) and WRITERS.fullmatch(ast.unparse(call.func))
        for text in ast.walk(call)
        if isinstance(text, ast.JoinedStr)
        and isinstance(text.values[0], ast.Constant)
        and (match := SUBJECT.fullmatch(str(text.values[0].value)))
    }
    assert {"shelter", "staff"} <= kinds
    assert not kinds - set(words.kinds()), "liff_app/audit/words.py, kinds()"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('note(session, "ghost.walked", x)', {"ghost.walked"}),
        ('guard.note(s, "ghost.walked" if a else "ghost.ran", x)', {"ghost.walked", "ghost.ran"}),
        ('audit.record(s, action="ghost.walked")', {"ghost.walked"}),
        ('CHANGED = "shelter.painted"', {"shelter.painted"}),
        ('x = {"a": "list.folded"}', {"list.folded"}),
        ('render("ghost.html")', set()),
        ('url_for("console.index")', set()),
    ],
)
def test_the_search_finds_what_is_planted(source: str, found: set[str]) -> None:
    assert written(ast.parse(source)) == found


@on_sqlite
def test_choices_are_words_of_their_own(app: Flask) -> None:
    for table in (words.actions(), words.kinds(), words.details(), dict(words.reasons())):
        assert all(table.values())
    assert len(set(words.actions().values())) == len(words.actions()), "two deeds look the same"


TELLERS = re.compile(r"(?:.*\.)?(?:_?note|_?record|by|by_colleague)")
SAID = re.compile(r"_?(?:told|detail|note_of)")
NOT_SAID = {"actor", "action", "subject", "keys", "now", "persons", "detail", "session"}


def keys_in(node: ast.AST) -> set[str]:
    """Text keys of every dict written below the node."""
    return {
        key.value
        for one in ast.walk(node)
        if isinstance(one, ast.Dict)
        for key in one.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def told(syntax: ast.AST) -> set[str]:
    """Names of details: in dicts handed to a writer, or kept or given under the name of one."""
    found: set[str] = set()
    for one in ast.walk(syntax):
        if isinstance(one, ast.Call) and TELLERS.fullmatch(ast.unparse(one.func)):
            found |= keys_in(one)
            if len(one.args) > 1 and texts(one.args[1]):  # note(session, "a.b", …, count=3)
                found |= {k.arg for k in one.keywords if k.arg} - NOT_SAID
        elif isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None:
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            if any(isinstance(t, ast.Name) and SAID.fullmatch(t.id) for t in targets):
                found |= keys_in(one.value)
        elif isinstance(one, ast.FunctionDef) and SAID.fullmatch(one.name):
            found |= keys_in(one)
    return found


WRITES = ("note(", "audit.record", "by_colleague", "def detail", "def note_of", "_record(")


@on_sqlite
def test_every_detail_that_is_written_has_words(app: Flask) -> None:
    found = {
        key: name_of(file)
        for file in product_files()
        if "/emulator/" not in name_of(file) and "liff_app/audit/" not in name_of(file)
        if any(sign in file.read_text(encoding="utf-8") for sign in WRITES)
        for key in told(tree(file))
    }
    assert {"grants", "added", "recovery", "hazards", "people"} <= set(found)
    silent = {key: where for key, where in found.items() if key not in words.details()}
    assert not silent, f"liff_app/audit/words.py, details(): {silent}"


def test_a_planted_detail_is_found() -> None:
    assert told(ast.parse('note(s, "a.b", x, detail={"ghosts": 1})')) == {"ghosts"}
    assert told(ast.parse('told = {"ghosts": 1}')) == {"ghosts"}
    assert told(ast.parse('_note(s, "a.b", x, ghosts=1)')) == {"ghosts"}
    assert told(ast.parse('def detail(self):\n    return {"ghosts": 1}')) == {"ghosts"}


def test_codes_of_other_features_are_said_in_their_words(app: Flask) -> None:
    say = desk.desk().values
    with app.test_request_context():
        roles = say["grants"](db.session, "administrator shelter_staff:shelter=gone viewer")
        assert roles == "管理者、避難所の担当（gone）、閲覧だけ"
        assert say["hazards"](db.session, "flood,tsunami") == "洪水、津波"
        assert say["scopes"](db.session, "audit:read") == "監査の記録を読む"
        assert say["list"](db.session, "ad_hoc") == "現場で加えた場所"
        assert words.value("changed", "area,name") == "地域、名前"
        assert words.value("changed", 3) == "3"
        assert words.value("recovery", False) == "いいえ"
