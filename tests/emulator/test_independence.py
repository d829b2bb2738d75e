"""The emulator stands beside the product, and its pages keep the house rules."""

import ast
import re
from pathlib import Path

import pytest

import liff_app.emulator

FOLDER = Path(liff_app.emulator.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))
SCRIPTS = sorted((FOLDER / "static").rglob("*.js"))
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
SHEETS = sorted((FOLDER / "static").rglob("*.css"))


def imported(module: Path) -> set[str]:
    """Return the names of all modules this one imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_nothing_of_the_product_is_imported(module: Path) -> None:
    ours = {name for name in imported(module) if name.split(".")[0] == "liff_app"}
    assert all(name.startswith("liff_app.emulator") for name in ours), ours


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_never_write_html_and_ask_no_foreign_host(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text)
    hosts = set(re.findall(r"https?://[a-z.]+", text))
    assert hosts <= {"https://liff.line.me", "https://miniapp.line.me"}


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda path: path.name)
def test_pages_have_no_inline_script_handler_or_style(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"\son[a-z]+\s*=|\sstyle\s*=|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text
    assert 'lang="ja"' in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    "sheet", [sheet for sheet in SHEETS if sheet.name != "tokens.css"], ids=lambda path: path.name
)
def test_raw_colours_stand_in_the_tokens_alone(sheet: Path) -> None:
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", [*MODULES, *SCRIPTS, *SHEETS], ids=lambda path: path.name)
def test_a_file_fits_into_a_head(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300


def test_every_asset_a_page_names_exists() -> None:
    named = {
        name
        for page in TEMPLATES
        for name in re.findall(
            r"filename='([^']+)'", page.read_text(encoding="utf-8").replace('"', "'")
        )
    }
    assert named
    assert all((FOLDER / "static" / name).is_file() for name in named)
