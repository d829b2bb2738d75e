"""What staff do with forms: add one, bring a new version, publish, close.

A version is a draft until it is published; from then on its document never changes again. Which
of several published versions residents fill in is decided by `procedures.forms`.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, FieldError, InputInvalid, NotAllowed
from liff_app.i18n import gettext as _
from liff_app.procedures.definitions import editions, immutable
from liff_app.procedures.definitions.editions import Edition
from liff_app.procedures.definitions.holding import (
    Maker,
    hold,
    maker_of,
    moved,
    needs_draft,
    version_of,
)
from liff_app.procedures.definitions.publishing import ALWAYS, Period, call_off, change_end, publish
from liff_app.procedures.models import Procedure, ProcedureVersion
from liff_app.procedures.vocabulary import VersionState

__all__ = [
    "ALWAYS",
    "Edition",
    "Maker",
    "NewProcedure",
    "Period",
    "Placed",
    "VersionChanged",
    "add_procedure",
    "call_off",
    "change_draft",
    "change_end",
    "close",
    "discard_version",
    "maker_of",
    "move",
    "new_errors",
    "publish",
    "reopen",
    "restore_version",
    "set_department",
    "upload_version",
]

SLUG = re.compile(r"[a-z][a-z0-9-]{2,39}")
# Addresses that stand beside those of forms, for residents and in the console.
RESERVED = frozenset(
    {"bench", "documents", "drafts", "forms", "new", "remembered", "sent", "submissions"}
)
LAST = 1_000_000  # a new form stands behind every other in the residents' list
assert immutable.FROZEN  # noqa: S101 - the guard is set where versions are written


class VersionChanged(Conflict):
    """A colleague changed the draft in the meantime."""

    code = "version_changed"
    title = "ほかの職員が先に直しました。いまの内容を確かめてください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProcedure:
    """A form that is to be added: its address, and whose it is (None: of no department)."""

    slug: str
    department_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A version that is stored now."""

    procedure_id: str
    version_id: str
    slug: str
    number: int


def add_procedure(
    session: Session,
    new: NewProcedure,
    edition: Edition,
    *,
    by: Maker,
    now: datetime,
) -> Placed:
    """A new form, its first version a draft. Raises InputInvalid for its address or department."""
    if errors := new_errors(session, new, by):
        raise InputInvalid(errors)
    row = Procedure(
        id=secrets.token_hex(6),
        slug=new.slug,
        title=editions.title_of(edition.document),
        kind=edition.document.settings.kind,
        department_id=new.department_id,
        position=_behind_all(session),
        version=0,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    return _add_version(session, row, edition, by=by, now=now)


def new_errors(session: Session, new: NewProcedure, by: Maker) -> list[FieldError]:
    """What is wrong with the address and the department of a new form."""
    errors = _slug_errors(session, new.slug)
    if not by.scope.sees(new.department_id):
        text = _("担当する部署をえらんでください。")
        errors.append(FieldError("department", "not_yours", text))
    return errors


def _slug_errors(session: Session, slug: str) -> list[FieldError]:
    if not SLUG.fullmatch(slug):
        text = _("英字の小文字ではじめ、小文字・数字・ハイフンで3字から40字までにしてください。")
        return [FieldError("slug", "pattern", text)]
    taken = session.scalar(select(Procedure.id).where(Procedure.slug == slug))
    if slug in RESERVED or taken is not None:
        text = _("このアドレスは使われています。ほかの名前にしてください。")
        return [FieldError("slug", "taken", text)]
    return []


def _behind_all(session: Session) -> int:
    last = session.scalar(select(func.max(Procedure.position)))
    return 0 if last is None else min(last + 1, LAST)


def upload_version(
    session: Session, slug: str, edition: Edition, *, by: Maker, now: datetime
) -> Placed:
    """One more version of the form, a draft with the next number.

    Raises InputInvalid where it is for something else: an application stays one.
    """
    return _add_version(session, hold(session, slug, by), edition, by=by, now=now)


def _add_version(
    session: Session, row: Procedure, edition: Edition, *, by: Maker, now: datetime
) -> Placed:
    _same_kind(row, edition)
    last = session.scalar(
        select(func.max(ProcedureVersion.number)).where(ProcedureVersion.procedure_id == row.id)
    )
    made = ProcedureVersion(
        id=secrets.token_hex(6),
        procedure_id=row.id,
        number=(last or 0) + 1,
        state=VersionState.DRAFT.value,
        created_at=now,
        created_by=by.actor,
    )
    editions.write(made, edition)
    session.add(made)
    _touch(session, row, edition, now=now)
    return Placed(procedure_id=row.id, version_id=made.id, slug=row.slug, number=made.number)


def _same_kind(row: Procedure, edition: Edition) -> None:
    if edition.document.settings.kind != row.kind:
        text = _("申請とアンケートは、途中で変えられません。新しい手続きとして作ってください。")
        raise InputInvalid([FieldError("workbook", "other_kind", text)])


def _touch(session: Session, row: Procedure, edition: Edition, *, now: datetime) -> None:
    """The form's row is one version on; until residents see a name, the newest one is shown."""
    row.version += 1
    row.updated_at = now
    if not _was_published(session, row.id):
        row.title = editions.title_of(edition.document)
    session.flush()


def _was_published(session: Session, procedure_id: str) -> bool:
    wanted = select(ProcedureVersion.id).where(
        ProcedureVersion.procedure_id == procedure_id, ProcedureVersion.published_at.is_not(None)
    )
    return session.scalar(wanted.limit(1)) is not None


def change_draft(
    session: Session, slug: str, number: int, edition: Edition,
    *, seen: bytes, by: Maker, now: datetime,
) -> Placed:  # fmt: skip
    """The draft is the given edition. `seen` is the SHA-256 of the document that was worked on.

    Raises VersionChanged if it is another by now, Conflict if it is no draft any more.
    """
    row = hold(session, slug, by)
    version = version_of(session, row, number)
    needs_draft(version)
    if version.sha256 != seen:
        raise VersionChanged(f"{slug} {number}")
    _same_kind(row, edition)
    editions.write(version, edition)
    version.created_by = by.actor
    _touch(session, row, edition, now=now)
    return Placed(procedure_id=row.id, version_id=version.id, slug=slug, number=number)


def discard_version(session: Session, slug: str, number: int, *, by: Maker, now: datetime) -> None:
    """The draft is put away: nobody publishes it, its workbook can still be had."""
    row = hold(session, slug, by)
    version = version_of(session, row, number)
    needs_draft(version)
    version.state = VersionState.RETIRED.value
    moved(session, row, now)


def restore_version(session: Session, slug: str, number: int, *, by: Maker, now: datetime) -> None:
    """A draft that was put away is a draft again. Raises Conflict for one that was published."""
    row = hold(session, slug, by)
    version = version_of(session, row, number)
    if version.state != VersionState.RETIRED.value or version.published_at is not None:
        raise Conflict("no draft that was put away", code="not_discarded")
    version.state = VersionState.DRAFT.value
    moved(session, row, now)


def close(session: Session, slug: str, *, by: Maker, now: datetime) -> None:
    """Nobody begins the form any more; what was begun may be sent."""
    _set_closed(session, slug, by, now, is_closed=True)


def reopen(session: Session, slug: str, *, by: Maker, now: datetime) -> None:
    """The form may be begun again, as far as a version of it is open."""
    _set_closed(session, slug, by, now, is_closed=False)


def _set_closed(session: Session, slug: str, by: Maker, now: datetime, *, is_closed: bool) -> None:
    row = hold(session, slug, by)
    row.is_closed = is_closed
    moved(session, row, now)


def set_department(
    session: Session, slug: str, department_id: str | None, *, by: Maker, now: datetime
) -> None:
    """The form is of that department. Raises InputInvalid for one that the colleague is not of."""
    row = hold(session, slug, by)
    if not by.scope.sees(department_id):
        text = _("担当する部署をえらんでください。")
        raise InputInvalid([FieldError("department", "not_yours", text)])
    row.department_id = department_id
    moved(session, row, now)


def move(session: Session, slug: str, *, up: bool, by: Maker, now: datetime) -> None:
    """The form stands one place further up or down in the residents' list.

    Raises NotAllowed for who works for some departments only: the order is the town's.
    """
    if by.scope.departments is not None:
        title = _("順番を変えられるのは、管理者か、すべての部署の申請を見る人だけです。")
        raise NotAllowed("the order is the town's", title=title)
    row = hold(session, slug, by)
    every = session.scalars(
        select(Procedure).order_by(Procedure.position, Procedure.slug).with_for_update()
    ).all()
    order = list(every)
    at = order.index(row)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(order):
        return
    order[at], order[other] = order[other], order[at]
    for place, one in enumerate(order):
        one.position = place
    moved(session, row, now)
