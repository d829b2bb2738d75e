"""What the two pages about many reports show: what would be changed, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.reports import desk_queries, rules, scope
from liff_app.reports.bulk import MOST, BulkKind
from liff_app.reports.console import choices, rows, saved
from liff_app.reports.console.bulk_results import Result
from liff_app.reports.console.case_words import PRIORITY, STEP
from liff_app.reports.console.choices import Options
from liff_app.reports.console.rows import RowView
from liff_app.reports.desk_queries import DeskRow
from liff_app.reports.models import Report
from liff_app.reports.vocabulary import Mover, Need, Status
from liff_app.staff.guard import Colleague

REF_DIGITS, VERSION_DIGITS = 16, 9
LONGEST = 2000
FAR_M = 250  # a block of houses: nobody points so far beside what they mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was chosen and typed, as it came; `kind` is None where it is no kind of ours."""

    kind: BulkKind | None
    query: str = ""
    department_id: str = ""
    assignee_id: str = ""
    priority: str = ""
    due_on: str = ""
    to: str = ""
    text: str = ""
    receiver: str = ""
    into: str = ""

    @classmethod
    def from_form(cls, form: Mapping[str, str]) -> Self:
        """The form, whatever it holds."""
        names = (name for name in cls.__slots__ if name != "kind")
        kind = next((one for one in BulkKind if one.value == form.get("verb")), None)
        return cls(kind=kind, **{name: form.get(name, "")[:LONGEST] for name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPage:
    """The second step. `stale`: refs of what a colleague changed after the first one."""

    kind: BulkKind | None
    title: str
    rows: list[RowView]
    picks: list[str]
    stale: frozenset[str]
    typed: Typed
    departments: Options
    people: Options
    priorities: Options
    steps: Options
    leads: Options
    doubts: list[str]  # why they may not be the same thing, where they are to become one
    errors: tuple[FieldError, ...]
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DonePage:
    """What became of it: how many were changed, who refused why, and what can be taken back."""

    title: str
    count: int
    refused: list[tuple[str, str, str]]  # name and number, address, reason
    lead: tuple[str, str] | None  # name and address of what the others were put to
    undo: list[str]
    undo_words: str
    verb: str
    query: str
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


def no_day() -> FieldError:
    """What is said of a date that is none."""
    return FieldError("due_on", "format", _("日付を選びなおしてください。"))


def bulk_page(
    session: Session,
    picks: Sequence[tuple[str, int]],
    typed: Typed,
    me: Colleague,
    *,
    now: datetime,
    errors: tuple[FieldError, ...] = (),
) -> BulkPage:
    """The page about the picked reports that the colleague may see."""
    found = _rows(session, [ref for ref, _version in picks], me)
    known, who = rows.names(session), scope.scope_of(me)
    versions = dict(picks)
    nobody = ("", _("決めない"))
    return BulkPage(
        kind=typed.kind,
        title=_title(typed.kind, len(found)),
        rows=[rows.view(row, known, today=now.astimezone(JST).date(), now=now) for row in found],
        picks=[f"{row.ref}.{versions[row.ref]}" for row in found],
        stale=frozenset(row.ref for row in found if row.version != versions[row.ref]),
        typed=typed,
        departments=[nobody, *known.departments.items()],
        people=[nobody, *choices.people(session, who, now=now)],
        priorities=[(str(int(one)), word()) for one, word in PRIORITY.items()],
        steps=_steps(found),
        leads=[(row.ref, _name(row, known.categories)) for row in found],
        doubts=_doubts(found) if typed.kind is BulkKind.MERGE else [],
        errors=errors,
        back=saved.address_of(typed.query),
    )


def done_page(session: Session, result: Result, me: Colleague) -> DonePage:
    """The page that says what became of it, with a way back for as long as there is one."""
    done, is_merge = result.done, result.kind is BulkKind.MERGE
    reasons = dict(done.refused)
    found = {row.ref: row for row in _rows(session, [*reasons, result.into], me)}
    names = rows.names(session).categories
    lead = found.get(result.into)
    within = _("まとめたものは、いつでも分けられます。住民には、もう一度お知らせが届きます。")
    return DonePage(
        title=_("元に戻しました") if result.is_undone else _("まとめて変えました"),
        count=len(done.done),
        refused=[
            (_name(found[ref], names), rows.href(ref), reason) if ref in found
            else (_("見られない通報"), "", reason)
            for ref, reason in done.refused
        ],
        lead=(_name(lead, names), rows.href(lead.ref)) if lead else None,
        undo=[] if result.is_undone else [f"{ref}.{version}" for ref, version in done.back],
        undo_words=within if is_merge else _("30秒以内なら、元に戻せます。"),
        verb=result.kind.value,
        query=result.query,
        back=saved.address_of(result.query),
    )  # fmt: skip


def _doubts(found: Sequence[DeskRow]) -> list[str]:
    """What speaks against their being the same thing; a warning, never a refusal."""
    said = []
    if len({row.category for row in found}) > 1:
        said.append(_("種類のちがう通報があります。"))
    away = max(
        (rules.metres_between(a.lat, a.lon, b.lat, b.lon) for a, b in combinations(found, 2)),
        default=0,
    )
    if away > FAR_M:
        said.append(_("いちばん遠いものどうしは、%(n)s mはなれています。", n=f"{away:,.0f}"))
    return said


def _rows(session: Session, refs: Sequence[str], me: Colleague) -> list[DeskRow]:
    """The reports of those refs that the colleague sees, in the order in which they came in."""
    who = scope.scope_of(me)
    wanted = list(dict.fromkeys(refs))[:MOST]
    ids = select(Report.id).where(Report.ref.in_(wanted), scope.where(who)).order_by(Report.id)
    return desk_queries.rows_of(session, session.scalars(ids).all(), who, me.id)


def _name(row: DeskRow, names: Mapping[str, str]) -> str:
    return f"{names.get(row.category, row.category)} {rows.number(row.id, row.created_at)}"


def _steps(found: Sequence[DeskRow]) -> Options:
    """Every step that at least one of them can take without being merged into another."""
    possible = {
        step.to
        for row in found
        for step in rules.steps(Status(row.status), Mover.STAFF)
        if Need.LEAD not in step.needs
    }
    return [(to.value, word()) for to, word in STEP.items() if to in possible]


def _title(kind: BulkKind | None, count: int) -> str:
    words = {
        BulkKind.ASSIGN: _("%(n)s件の担当を決める", n=count),
        BulkKind.PRIORITISE: _("%(n)s件の急ぎ具合を変える", n=count),
        BulkKind.SET_DUE: _("%(n)s件の期限を変える", n=count),
        BulkKind.MOVE: _("%(n)s件の段階を進める", n=count),
        BulkKind.MERGE: _("%(n)s件をひとつにまとめる", n=count),
        BulkKind.READ: _("%(n)s件を既読にする", n=count),
    }
    return words[kind] if kind else _("まとめて変える")
