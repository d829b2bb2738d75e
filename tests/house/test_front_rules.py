"""Rules for templates, styles and scripts: nothing a strict policy or a slow phone would refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError, nodes

from tests.conftest import on_sqlite
from tests.house.source import EMULATOR, ROOT, STATIC, TEMPLATES, name_of, text_files

MAX_LINES = 300
PAGES = text_files(TEMPLATES, EMULATOR / "templates", suffixes=(".html", ".txt", ".xml"))
SCRIPTS = text_files(STATIC, EMULATOR / "static", suffixes=(".js",))
STYLES = text_files(STATIC, EMULATOR / "static", suffixes=(".css",))

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\b(?:rgba?|hsla?|oklch|lab)\(")
NAMED = re.compile(r":[^;{}]*\b(?:white|black|red|green|blue|gray|grey|navy|yellow|orange)\b")
INTO_HTML = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc)\b"
    r"|\beval\(|new Function\(|setTimeout\(\s*['\"`]|javascript:"
)
FETCHES = re.compile(r"\bfetch\(|XMLHttpRequest|sendBeacon|EventSource|WebSocket\(")
LIFF = re.compile(
    r"\bwindow\.liff\b|\(window\)\.liff\b|(?<![\w.'/-])liff\.(?:init|login|logout|getID)"
)
LEAFLET = re.compile(r"\bwindow\.L\b|\(window\)\.L\b")
KEPT_FROM_LINE = re.compile(r"serviceWorker|navigator\.share\b.*files|\.download\s*=")


def without_comments(text: str) -> str:
    """Script or style without its comments: what is said about a thing is not its use."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"(?m)(?<![:'\"])//.*$", "", text)


def using(pattern: re.Pattern[str], files: tuple[Path, ...], *, but: set[str]) -> list[str]:
    return [
        f"{name_of(file)}: {found[0]}"
        for file in files
        if name_of(file) not in but
        and (found := pattern.search(without_comments(file.read_text(encoding="utf-8"))))
    ]


@on_sqlite
def test_every_template_of_the_product_compiles_where_a_gap_is_an_error(app: Flask) -> None:
    assert app.jinja_env.undefined is StrictUndefined
    names = app.jinja_env.list_templates(extensions=["html", "txt", "xml"])
    assert len(names) >= 20
    for name in names:
        app.jinja_env.get_template(name)
    with pytest.raises(UndefinedError):
        app.jinja_env.from_string("{{ nobody_gave_this }}").render()


def test_every_template_of_the_emulator_compiles() -> None:
    jinja = Environment(
        loader=FileSystemLoader(EMULATOR / "templates"), undefined=StrictUndefined, autoescape=True
    )
    for name in jinja.list_templates():
        jinja.get_template(name)


def unsafe_filters(text: str) -> list[int]:
    syntax = Environment(extensions=["jinja2.ext.do"]).parse(text)  # noqa: S701 - parsed, never rendered
    found = [f.lineno for f in syntax.find_all(nodes.Filter) if f.name in ("safe", "forceescape")]
    found += [b.lineno for b in syntax.find_all(nodes.ScopedEvalContextModifier)]
    return found


def test_markup_is_trusted_only_inside_components() -> None:
    components = TEMPLATES / "components"
    found = [
        f"{name_of(file)}:{line}"
        for file in PAGES
        if components not in file.parents
        for line in unsafe_filters(file.read_text(encoding="utf-8"))
    ]
    assert not found, f"|safe stands in components/ alone: {found}"
    assert unsafe_filters("{{ x|safe }}{% autoescape false %}{{ x }}{% endautoescape %}")


def test_python_makes_no_markup() -> None:
    pattern = re.compile(r"\bMarkup\(|markupsafe|render_template_string|\.from_string\(")
    found = [
        name_of(file)
        for file in text_files(ROOT / "liff_app", suffixes=(".py",))
        if pattern.search(file.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize("file", PAGES, ids=name_of)
def test_a_template_has_no_inline_handler_style_or_script(file: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"\sstyle\s*=\s*[\"']", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert not re.search(r"\sdownload(?:=|\s|>)", text), "LINE's browser knows no download"
    assert "javascript:" not in text


def test_raw_colours_stand_in_the_tokens_alone() -> None:
    ours = tuple(file for file in STYLES if STATIC in file.parents)
    for pattern in (COLOUR, NAMED):
        found = using(pattern, ours, but={"static/css/tokens.css"})
        assert not found, f"use a token of tokens.css: {found}"


def test_the_emulators_colours_stand_in_its_own_tokens() -> None:
    """Its shadows are see-through black, which is no colour of a theme."""
    phone = tuple(file for file in STYLES if EMULATOR in file.parents)
    found = using(re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)"), phone,
                  but={"liff_app/emulator/static/tokens.css"})  # fmt: skip
    assert not found, f"use a token of tokens.css: {found}"


@pytest.mark.parametrize(
    "style", ["a{color:#fff}", "a{color:rgb(1 2 3)}", "a{border:1px solid white}"]
)
def test_a_planted_colour_is_found(style: str) -> None:
    assert COLOUR.search(style) or NAMED.search(style)
    assert not COLOUR.search("#main { color: var(--c-text) }")


def test_no_script_writes_markup() -> None:
    found = using(INTO_HTML, SCRIPTS, but=set())
    assert not found, f"text reaches the page by textContent: {found}"


def test_only_http_js_talks_to_the_network() -> None:
    # The emulator is a program of its own: its SDK and its phone speak to the emulator.
    ours = tuple(file for file in SCRIPTS if STATIC in file.parents)
    found = using(FETCHES, ours, but={"static/js/core/http.js"})
    assert not found, f"core/http.js alone calls fetch: {found}"


def test_only_liff_js_touches_lines_sdk() -> None:
    ours = tuple(file for file in SCRIPTS if STATIC in file.parents)
    assert not using(LIFF, ours, but={"static/js/core/liff.js"})
    assert not using(LEAFLET, ours, but={"static/js/core/leaflet.js"})


def test_nothing_is_used_that_lines_browser_lacks() -> None:
    ours = tuple(file for file in SCRIPTS if STATIC in file.parents)
    assert not using(KEPT_FROM_LINE, ours, but=set())


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (INTO_HTML, "a.innerHTML = x"),
        (INTO_HTML, "a.insertAdjacentHTML('x', y)"),
        (INTO_HTML, "document.write(x)"),
        (INTO_HTML, "eval(x)"),
        (FETCHES, "await fetch(url)"),
        (LIFF, "window.liff.init()"),
        (LEAFLET, "window.L.map(x)"),
    ],
)
def test_planted_lines_are_found_and_comments_are_not(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(without_comments(line))
    assert not pattern.search(without_comments(f"/* {line} */ // {line}"))


def test_no_file_a_browser_reads_is_longer_than_can_be_held_in_the_head() -> None:
    long = [
        f"{name_of(file)}: {count}"
        for file in (*PAGES, *SCRIPTS, *STYLES)
        if (count := len(file.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    ]
    assert not long


IMPORT = re.compile(r"(?:from|import)\s*\(?\s*'(?P<path>[^']+)'")


@pytest.mark.parametrize("file", [f for f in SCRIPTS if STATIC in f.parents], ids=name_of)
def test_a_module_imports_files_that_exist_and_checks_its_types(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("// @ts-check"), "the first line asks for type checks"
    for found in IMPORT.finditer(without_comments(text)):
        path = found["path"]
        assert path.startswith("."), f"imports are relative: {path}"
        assert path.endswith(".js"), f"with .js: {path}"
        assert (file.parent / path).is_file(), path
