"""The answers of a case as the desk shows them: one sending, beside another where one is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from liff_app.procedures.desk import case_queries, sendings
from liff_app.procedures.desk.case_queries import Case
from liff_app.procedures.engine.document import words
from liff_app.procedures.engine.evaluation import Evaluated
from liff_app.procedures.fields import showing
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.fields.views import Line, Section
from liff_app.procedures.files import service as files
from liff_app.procedures.files.views import FileView

LANGUAGE = "ja"  # staff read the town's own words, whatever language the form was filled in


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sending in words. `beside`: the one it is compared with, None for none.

    `gone` are answers that only the other one has. `labels` are questions by path.
    """

    number: int
    beside: int | None
    sections: tuple[Section, ...]
    gone: tuple[Line, ...]
    labels: Mapping[str, str]
    seen: Evaluated

    @property
    def changes(self) -> int:
        """How many answers differ."""
        changed = sum(line.is_changed for section in self.sections for line in section.lines)
        return changed + len(self.gone)


def title(case: Case) -> str:
    """The name of the procedure."""
    document = case.form.document
    return words_of(words(document.title, LANGUAGE, document.default_language)).plain


def sheet(session: Session, case: Case, asked: Mapping[str, str]) -> Sheet | None:
    """The sending that the address asks for (`revision`), beside the one before it or `beside`.

    What is no sending of this case asks for the usual: the newest, beside the one before it. None
    once the answers are gone.
    """
    numbers = {one.number for one in case.revisions}
    number = _asked(asked.get("revision"), numbers) or case.revision
    before = number - 1 if number - 1 in numbers else None
    beside = _asked(asked.get("beside"), numbers - {number}) or before
    seen = case_queries.answers(session, case, number)
    if seen is None:
        return None
    other = case_queries.answers(session, case, beside) if beside else None
    sections = _sections(session, case, seen, other)
    labels = labels_of(sections)
    gone = _gone(_sections(session, case, other, None), labels) if other else ()
    return Sheet(
        number=number,
        beside=beside,
        sections=sections,
        gone=gone,
        labels=labels_of(_sections(session, case, other, None)) | labels if other else labels,
        seen=seen,
    )


def labels_of(sections: tuple[Section, ...]) -> dict[str, str]:
    """Every question and every instance by its path, instances' questions with which one it is."""
    found: dict[str, str] = {}
    for section in sections:
        for block in section.blocks:
            is_one = block.path.rpartition("/")[2].isdigit()
            found |= {block.path: block.title} if is_one else {}
            for line in block.lines:
                found[line.path] = f"{block.title} {line.label}" if is_one else line.label
    return found


def file_views(session: Session, case: Case, seen: Evaluated) -> dict[str, FileView]:
    """The files that the answers name, by id."""
    if case.key is None:
        return {}
    sent = sendings.files_of(seen.values, case.form.document)
    return files.views(session, case.key, [one for ids in sent.values() for one in ids])


def address(case: Case, file_id: str, *, thumb: bool) -> str:
    """Where a colleague sees that file."""
    size = "thumb" if thumb else "whole"
    return url_for("procedure_case.file", ref=case.ref, file_id=file_id, size=size)


def _sections(
    session: Session, case: Case, seen: Evaluated, other: Evaluated | None
) -> tuple[Section, ...]:
    return showing.summary(
        case.form.document,
        seen,
        LANGUAGE,
        file_views(session, case, seen),
        address=lambda file_id, thumb: address(case, file_id, thumb=thumb),
        before=other.values if other else None,
    )


def _gone(sections: tuple[Section, ...], labels: Mapping[str, str]) -> tuple[Line, ...]:
    lines = (line for section in sections for line in section.lines)
    return tuple(line for line in lines if line.path not in labels and line.is_answered)


def _asked(text: str | None, numbers: set[int]) -> int | None:
    return next((one for one in numbers if str(one) == text), None)
