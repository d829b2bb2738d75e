"""The project's files, read once, for the rules of the house."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "liff_app"
EMULATOR = PRODUCT / "emulator"
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"


def name_of(file: Path) -> str:
    """The file as the project calls it."""
    return file.relative_to(ROOT).as_posix()


@cache
def python_files(folder: Path) -> tuple[Path, ...]:
    """Every Python file below the folder."""
    return tuple(sorted(f for f in folder.rglob("*.py") if "__pycache__" not in f.parts))


def product_files(*, emulator: bool = False) -> tuple[Path, ...]:
    """Python of the product; the emulator is a program beside it."""
    return tuple(f for f in python_files(PRODUCT) if emulator or EMULATOR not in f.parents)


@cache
def tree(file: Path) -> ast.Module:
    """The file's syntax."""
    return ast.parse(file.read_text(encoding="utf-8"))


def calls(syntax: ast.AST) -> Iterator[tuple[str, int]]:
    """Every call as dotted text and line: `session.commit`, `datetime.now`."""
    for node in ast.walk(syntax):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def imports(syntax: ast.Module) -> Iterator[tuple[str, bool]]:
    """Every imported module, and whether a module's own level imports it when it is loaded."""
    top = set(map(id, syntax.body))
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, id(node) in top


@cache
def comments(file: Path) -> tuple[tuple[int, str], ...]:
    """Every comment with its line."""
    with file.open("rb") as handle:
        found = tokenize.tokenize(handle.readline)
        return tuple((t.start[0], t.string) for t in found if t.type == tokenize.COMMENT)


def text_files(*folders: Path, suffixes: tuple[str, ...]) -> tuple[Path, ...]:
    """Every file below the folders with one of the suffixes."""
    return tuple(sorted(f for d in folders for f in d.rglob("*") if f.suffix in suffixes))
