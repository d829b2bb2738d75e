"""House rules that a reader of the code relies on. A failing one says which file to edit."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import (
    PRODUCT,
    ROOT,
    calls,
    comments,
    imports,
    name_of,
    product_files,
    python_files,
    tree,
)

MAX_LINES = 300
CLOCK_CALLS = re.compile(
    r"(?:(?:datetime\.)?(?:datetime|date)\.(?:now|utcnow|today)|time\.(?:time|time_ns))"
)
# Tables of plain values, kept whole so that they can be read whole.
LONG = {"liff_app/migrations/versions"}


def writes(syntax: ast.AST) -> list[int]:
    return [line for name, line in calls(syntax) if name.endswith((".commit", ".rollback"))]


def reads_clock(syntax: ast.AST) -> list[int]:
    return [line for name, line in calls(syntax) if CLOCK_CALLS.fullmatch(name)]


def hidden_texts(syntax: ast.AST) -> list[int]:
    """Lines where `_()` stands inside an f-string: extraction never finds such a text."""
    return [
        call.lineno
        for node in ast.walk(syntax)
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("_", "gettext", "ngettext")
    ]


def broad_excepts(syntax: ast.AST) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(syntax)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) == "Exception")
    ]


def forced_json(syntax: ast.AST) -> list[int]:
    return [line for name, line in calls(syntax) if name.endswith("request.get_json")]


def where(files: tuple[Path, ...], find: object, *, but: set[str]) -> list[str]:
    assert callable(find)
    return [
        f"{name_of(file)}:{line}"
        for file in files
        if name_of(file) not in but
        for line in find(tree(file))
    ]


def test_only_db_commits_and_rolls_back() -> None:
    allowed = {"liff_app/db.py", "liff_app/postgres.py", "liff_app/migrations/env.py"}
    found = where(product_files(), writes, but=allowed)
    assert not found, f"the surface commits, through transaction(): {found}"


def test_only_the_clock_reads_the_time() -> None:
    found = where(product_files(), reads_clock, but={"liff_app/clock.py"})
    assert not found, f"take `now` as an argument, or call clock.now(): {found}"


def test_no_text_hides_from_translation() -> None:
    found = where(product_files(), hidden_texts, but=set())
    assert not found, f"_() inside an f-string is never extracted: {found}"


def test_only_the_workers_loop_catches_everything() -> None:
    found = where(product_files(), broad_excepts, but={"liff_app/worker.py"})
    assert not found, f"name the errors that occur: {found}"


def test_json_of_strangers_is_read_by_our_own_loader() -> None:
    found = where(product_files(), forced_json, but=set())
    assert not found, f"read_body() refuses what Flask's loader lets through: {found}"


PLANTED = """
def f(session, n):
    session.commit()
    x.session.rollback()
    datetime.now(UTC)
    time.time()
    datetime.datetime.utcnow()
    date.today()
    f"{_('hidden')} {n}"
    request.get_json(force=True)
    try:
        pass
    except Exception:
        pass
"""


def test_the_rules_find_what_is_planted() -> None:
    syntax = ast.parse(PLANTED)
    assert writes(syntax) == [3, 4]
    assert reads_clock(syntax) == [5, 6, 7, 8]
    assert hidden_texts(syntax) == [9]
    assert forced_json(syntax) == [10]
    assert broad_excepts(syntax) == [13]


OWNERS = {
    "folium": {"liff_app/staff_map.py"},
    "branca": {"liff_app/staff_map.py"},
    "linebot": {"liff_app/gateways/line_messaging_sdk.py"},
    "flask_wtf": {"liff_app/webforms.py"},
    "xstatic": {"liff_app/vendor.py"},
    "joserfc": {"liff_app/gateways/line_login.py", "liff_app/gateways/line_jwks.py",
                "liff_app/gateways/staff_oidc.py"},
    "geopy": {"liff_app/gateways/geocoder.py", "liff_app/shelters/matching.py",
              "liff_app/shelters/importing.py"},
}  # fmt: skip


@pytest.mark.parametrize("package", OWNERS)
def test_a_package_is_imported_by_its_owner_only(package: str) -> None:
    importers = {
        name_of(file)
        for file in product_files()
        for name, _ in imports(tree(file))
        if name.split(".")[0] == package
    }
    assert importers <= OWNERS[package], f"{package} is not for {importers - OWNERS[package]}"


@pytest.mark.parametrize("package", ["linebot", "folium"])
def test_heavy_packages_are_not_loaded_with_a_module(package: str) -> None:
    """line-bot-sdk costs 1.5 s and 70 MB: it has no business in a web process."""
    allowed = OWNERS["folium"] if package == "folium" else set()
    eager = {
        name_of(file)
        for file in product_files()
        for name, top in imports(tree(file))
        if top and name.split(".")[0] == package
    }
    assert eager <= allowed, f"import {package} inside the function that needs it: {eager}"


NOQA = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?(?P<rest>[^#]*)")
IGNORE = re.compile(r"#\s*type:\s*ignore(?P<code>\[[a-z\-, ]+\])?(?P<rest>.*)")


def without_reason(comment: str) -> bool:
    """Whether the comment silences a check without a code or without a reason."""
    noqa, ignore = NOQA.search(comment), IGNORE.search(comment)
    if noqa and not (noqa["codes"] and re.search(r"\w", noqa["rest"])):
        return True
    return bool(ignore and not (ignore["code"] and re.search(r"#.*\w", ignore["rest"])))


@pytest.mark.parametrize(
    ("comment", "bad"),
    [
        ("# noqa", True),
        ("# noqa: S105", True),
        ("# noqa: S105 - an audience", False),
        ("# noqa: S105, E501", True),
        ("# type: ignore", True),
        ("# type: ignore[misc]", True),
        ("# type: ignore[misc]  # no types", False),
        ("# a comment", False),
    ],
)
def test_a_silenced_check_without_a_reason_is_seen(comment: str, bad: bool) -> None:  # noqa: FBT001 - a table of cases
    assert without_reason(comment) is bad


def test_every_silenced_check_has_its_code_and_its_reason() -> None:
    files = (*product_files(emulator=True), *python_files(ROOT / "tests"),
             *python_files(ROOT / "bench"), ROOT / "wsgi.py")  # fmt: skip
    found = [
        f"{name_of(file)}:{line}"
        for file in files
        if file != Path(__file__).resolve()
        for line, comment in comments(file)
        if without_reason(comment)
    ]
    assert not found, f"say why beside it: {found}"


def test_no_file_of_the_product_is_longer_than_can_be_held_in_the_head() -> None:
    long = [
        f"{name_of(file)}: {count}"
        for file in product_files(emulator=True)
        if not any(name_of(file).startswith(folder) for folder in LONG)
        and (count := len(file.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    ]
    assert not long, f"split: {long}"


def test_names_say_what_a_module_is_for() -> None:
    vague = {"utils", "common", "manager", "helpers", "misc", "data", "handle", "process"}
    found = [name_of(f) for f in python_files(PRODUCT) if f.stem in vague]
    assert not found


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name_of(file)
        for file in product_files(emulator=True)
        if file.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(file))
    ]
    assert not silent, f"a module says what it is for: {silent}"


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    # A form's own list is `instance('goods')/root/item`.
    machine = re.compile(r"(?<!\))/(?:home|root|work|Users)/\w")
    found = [
        name_of(file)
        for folder in ("liff_app", "templates", "static", "tests", "bench", "docs")
        for file in (ROOT / folder).rglob("*")
        if file.is_file()
        and file.suffix in {".py", ".js", ".mjs", ".css", ".html", ".md", ".toml", ".csv"}
        and machine.search(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found
