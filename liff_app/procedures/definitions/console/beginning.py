"""How a new form begins: from a sample, a workbook, another form, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.procedures import samples
from liff_app.procedures.definitions import checking, editing, queries, service
from liff_app.procedures.definitions.checking import Checked
from liff_app.procedures.definitions.console import words
from liff_app.procedures.definitions.holding import Maker
from liff_app.procedures.definitions.service import NewProcedure
from liff_app.procedures.scope import Scope
from liff_app.procedures.workbooks import writing

__all__ = ["BLANK", "FILE", "Typed", "errors", "of_request", "sources", "workbook"]

BLANK, FILE, SAMPLE, COPY = "blank", "file", "sample:", "copy:"
MOST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as typed. `source`: blank, file, `sample:<name>`, `copy:<slug>:<number>`."""

    source: str = BLANK
    title: str = ""
    slug: str = ""
    prefix: str = ""
    department: str = ""

    @property
    def new(self) -> NewProcedure:
        """The form that is to be added. A sample's own name is an address, too."""
        slug = self.slug or (self.source.removeprefix(SAMPLE) if self._is_sample else "")
        return NewProcedure(slug=slug.replace("_", "-"), department_id=self.department or None)

    @property
    def _is_sample(self) -> bool:
        return self.source.startswith(SAMPLE)

    def version(self) -> tuple[str, int] | None:
        """The version that is copied; None where none is."""
        slug, _colon, number = self.source.removeprefix(COPY).rpartition(":")
        is_copy = self.source.startswith(COPY) and slug and number.isdecimal()
        return (slug, int(number[:6])) if is_copy else None


def of_request(sent: Mapping[str, str]) -> Typed:
    """What was sent, or asked for by an address."""
    fields = ("source", "title", "slug", "prefix", "department")
    said = {name: sent[name].strip()[:200] for name in fields if name in sent}
    return Typed(**said)


def sources(session: Session, scope: Scope, *, now: datetime) -> list[tuple[str, str]]:
    """What a new form may begin with: its code and its name."""
    known = [(SAMPLE + name, words.samples().get(name, name)) for name in samples.names()]
    copies = [
        (f"{COPY}{one.slug}:{one.newest.number}", _("複製：%(title)s", title=one.title))
        for one in queries.lines(session, scope, now=now)
    ]
    return [(BLANK, _("何もないところから")), (FILE, _("Excelファイルから")), *known, *copies]


def errors(session: Session, typed: Typed, raw: bytes | None, *, by: Maker) -> list[FieldError]:
    """What is wrong with what was typed, before any workbook is compiled."""
    found = service.new_errors(session, typed.new, by)
    if typed.source == FILE and raw is None:
        text = _("Excelファイルをえらんでください。")
        found.append(FieldError("workbook", "required", text))
    needs_title = typed.source == BLANK or typed.version() is not None
    if (needs_title and not typed.title) or len(typed.title) > MOST_TITLE:
        text = _("手続きの名前を、120字までで入れてください。")
        found.append(FieldError("title", "required", text))
    known = {code for code, _name in sources(session, by.scope, now=clock.now())}
    if typed.source not in known and typed.version() is None:
        text = _("何から始めるかをえらんでください。")
        found.append(FieldError("source", "unknown", text))
    return found


def workbook(
    session: Session, typed: Typed, raw: bytes | None, *, by: Maker, today: date
) -> Checked:
    """The workbook to begin with, compiled, under the title and prefix that were typed.

    Raises NotFound for a version that is not there to be copied.
    """
    checked = checking.check(_raw(session, typed, raw, by), today=today)
    wanted = _named(typed)
    if checked.grid is None or not wanted:
        return checked
    return checking.check_grid(editing.set_settings(checked.grid, wanted), today=today)


def _raw(session: Session, typed: Typed, raw: bytes | None, by: Maker) -> bytes:
    if typed.source == FILE and raw is not None:
        return raw
    if typed.source.startswith(SAMPLE):
        return samples.raw(typed.source.removeprefix(SAMPLE))
    copied = typed.version()
    if copied is None:
        return writing.blank(typed.title)
    found = queries.version(session, *copied, by.scope, now=clock.now()).workbook
    session.close()  # nothing stays open while the workbook is compiled
    return found


def _named(typed: Typed) -> dict[str, str]:
    """The cells of the settings sheet that are not as the workbook says. Of a file: none."""
    if typed.source == FILE:
        return {}
    said = {
        "form_title": typed.title,
        "machimado_prefix": typed.prefix,
        "form_id": typed.new.slug.replace("-", "_"),
    }
    return {heading: text for heading, text in said.items() if text}
