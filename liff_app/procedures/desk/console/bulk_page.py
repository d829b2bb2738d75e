"""What the two pages about many cases show: what would be changed, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.procedures import scope
from liff_app.procedures.desk import queries
from liff_app.procedures.desk.bulk import MOST, BulkKind
from liff_app.procedures.desk.console import asked, people, rows
from liff_app.procedures.desk.console.bulk_results import Result
from liff_app.procedures.desk.console.people import Options
from liff_app.procedures.desk.console.rows import RowView
from liff_app.staff.guard import Colleague

REF_DIGITS, VERSION_DIGITS, LONGEST_ID = 32, 9, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPage:
    """The second step. `stale`: picks that a colleague changed after the first one."""

    kind: BulkKind | None
    title: str
    warning: str
    rows: list[RowView]
    picks: list[str]
    stale: frozenset[str]
    query: str
    department_id: str
    assignee_id: str
    departments: Options
    people: Options
    errors: tuple[FieldError, ...]
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DonePage:
    """What became of it: how many were changed, and who refused why."""

    count: int
    refused: list[tuple[str, str, str]]  # title and number, address, reason
    back: str


def picks_of(values: Sequence[str]) -> list[tuple[str, int]]:
    """Refs and versions as the rows' boxes send them; what is none is left out."""
    found = []
    for one in values:
        ref, _sign, version = one.partition(".")
        if len(ref) == REF_DIGITS and ref.isalnum() and _is_number(version):
            found.append((ref, int(version)))
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= VERSION_DIGITS


def bulk_page(
    session: Session,
    kind: BulkKind | None,
    picks: Sequence[tuple[str, int]],
    query: str,
    me: Colleague,
    *,
    now: datetime,
    errors: tuple[FieldError, ...] = (),
) -> BulkPage:
    """The page about the picked cases that the colleague may see."""
    who, known, versions = scope.scope_of(me), rows.names(session), dict(picks[:MOST])
    found = queries.rows_of(session, list(versions), who, me.id)
    today, nobody = now.astimezone(JST).date(), ("", _("決めない"))
    return BulkPage(
        kind=kind,
        title=_title(kind, len(found)),
        warning=_warning(kind),
        rows=[rows.view(row, known, today=today) for row in found],
        picks=[f"{row.ref}.{versions[row.ref]}" for row in found],
        stale=frozenset(
            f"{row.ref}.{row.version}" for row in found if row.version != versions[row.ref]
        ),
        query=query,
        department_id=request.form.get("department_id", "")[:LONGEST_ID],
        assignee_id=request.form.get("assignee_id", "")[:LONGEST_ID],
        departments=[nobody, *known.departments.items()],
        people=[nobody, *people.reviewers(session, who, now=now)],
        errors=errors,
        back=asked.address_of(query),
    )


def done_page(session: Session, result: Result, me: Colleague) -> DonePage:
    """The page that says what became of it."""
    reasons = dict(result.done.refused)
    seen = queries.rows_of(session, list(reasons), scope.scope_of(me), me.id)
    found = {row.ref: row for row in seen}
    return DonePage(
        count=len(result.done.done),
        refused=[
            (f"{found[ref].title} {found[ref].number}",
             url_for("procedure_case.show", ref=ref), reason)
            if ref in found
            else (_("見られない申請"), "", reason)
            for ref, reason in reasons.items()
        ],
        back=asked.address_of(result.query),
    )  # fmt: skip


def _title(kind: BulkKind | None, count: int) -> str:
    words = {
        BulkKind.TAKE: _("%(n)s件を自分の担当にする", n=count),
        BulkKind.ASSIGN: _("%(n)s件の担当を決める", n=count),
        BulkKind.REVIEW: _("%(n)s件の審査を始める", n=count),
        BulkKind.COMPLETE: _("%(n)s件を完了にする", n=count),
        BulkKind.READ: _("%(n)s件を既読にする", n=count),
    }
    return words[kind] if kind else _("まとめて変える")


def _warning(kind: BulkKind | None) -> str:
    if kind is BulkKind.COMPLETE:
        return _("申請した人にLINEで知らせます。")
    return ""
