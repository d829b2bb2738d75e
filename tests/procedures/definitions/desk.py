"""The console as somebody who makes forms meets it: what they send, and where it leads."""

from __future__ import annotations

import io
import re
from html import unescape
from urllib.parse import urlsplit

from openpyxl import load_workbook
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db
from liff_app.procedures import forms, samples
from liff_app.procedures.definitions.service import Maker
from tests.conftest import ConsoleVisitor
from tests.house.page import faults

PAGE = "/console/procedures/forms"
HERE = f"{PAGE}/sodai-gomi"
ANY = Maker(actor="staff:0123456789ab")


def file(raw: bytes, name: str = "form.xlsx") -> dict[str, object]:
    return {"workbook": (io.BytesIO(raw), name)}


def broken(name: str = "sodai_gomi", **cells: str) -> bytes:
    """A sample in which these cells of the survey say something else: `F3="…"`."""
    book = load_workbook(io.BytesIO(samples.raw(name)))
    for at, text in cells.items():
        book["survey"][at] = text
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def column(heading: str, name: str = "sodai_gomi") -> str:
    """Letter of the survey's column of that heading."""
    sheet = load_workbook(io.BytesIO(samples.raw(name)))["survey"]
    return next(cell.column_letter for cell in sheet[1] if cell.value == heading)


def sound(answer: TestResponse) -> str:
    """Words of a page with nothing wrong about it."""
    assert answer.status_code == 200, answer.text
    assert faults(answer, PAGE) == []
    return unescape(answer.text)


def follow(maker: ConsoleVisitor, answer: TestResponse) -> str:
    """The page to which a change leads."""
    assert answer.status_code == 303, answer.text
    return sound(maker.get(answer.headers["Location"]))


def begin(maker: ConsoleVisitor, source: str = "sample:sodai_gomi", **more: object) -> str:
    """A new form; the path to which it led."""
    answer = maker.post(f"{PAGE}/new", data={"source": source} | more)
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers["Location"]).path


def publish(maker: ConsoleVisitor, number: int = 1, /, **said: str) -> TestResponse:
    return maker.post(f"{HERE}/{number}/publish", data={"when": "now", "sure": "y"} | said)


def opened() -> int | None:
    """Number of the version that residents may begin."""
    found = forms.open_forms(db.session, now=clock.now())
    db.session.rollback()
    return found[0].number if found else None


def seen(page: str) -> str:
    """The version that a page's form carries."""
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def noted(action: str) -> int:
    """How often the log has it."""
    count = sum(1 for one in audit.events(db.session) if one.action == action)
    db.session.rollback()
    return count


def bench_of(page: str) -> tuple[str, list[int]]:
    """Ref of the bench, and the rows of its outline."""
    found = re.search(r"/bench/([0-9a-f]{32})/order", page)
    assert found
    return found[1], [int(one) for one in re.findall(r'id="row-(\d+)"', page)]
