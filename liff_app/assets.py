"""Our own static files: found by content, compressed once, inlined where a request costs too much.

The build id is a digest of everything below `static/` and stands in the path, so relative imports
between ES modules inherit it and no file is ever stale.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request

bp = Blueprint("assets", __name__)

FOLDER = Path(__file__).resolve().parent.parent / "static"
A_YEAR = 31_536_000  # seconds
COMPRESSIBLE = frozenset({".css", ".js", ".svg", ".json"})


@cache
def build_id() -> str:
    """Twelve hex digits that change when any static file does."""
    digest = hashlib.sha256()
    for file in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        digest.update(file.relative_to(FOLDER).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def static_url(name: str) -> str:
    """Address of one file below `static/`."""
    return f"/static/{build_id()}/{name}"


@cache
def inline_css(*names: str) -> str:
    """The stylesheets joined, without comments and blank lines, for a page that may not wait."""
    lines: list[str] = []
    for name in names:
        text = (FOLDER / name).read_text(encoding="utf-8")
        while "/*" in text:
            before, _, rest = text.partition("/*")
            text = before + rest.partition("*/")[2]
        lines += [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(lines)


def inlined_in(page: str) -> list[str]:
    """The inline stylesheets of a page, so that its policy can name exactly them."""
    return re.findall(r"<style>(.*?)</style>", page, re.DOTALL)


@cache
def _names() -> frozenset[str]:
    """What may be asked for: nothing else reaches the file system, or the cache below."""
    return frozenset(p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file())


@cache
def _body(name: str, *, compressed: bool) -> bytes:
    raw = (FOLDER / name).read_bytes()
    return gzip.compress(raw, 9, mtime=0) if compressed else raw


@bp.get("/static/<build>/<path:name>")
def file(build: str, name: str) -> Response:
    """One static file. The current build's files may be kept for a year, others are not kept."""
    if name not in _names():
        abort(404)
    small = Path(name).suffix in COMPRESSIBLE and "gzip" in request.headers.get(
        "Accept-Encoding", ""
    )
    body = _body(name, compressed=small)
    answer = Response(body, content_type=_type(name))
    if small:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    current = build == build_id()
    answer.headers["Cache-Control"] = (
        f"public, max-age={A_YEAR}, immutable" if current else "no-store"
    )
    return answer


def _type(name: str) -> str:
    if name.endswith(".js"):
        return "text/javascript; charset=utf-8"
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed
