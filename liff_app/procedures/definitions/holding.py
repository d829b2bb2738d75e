"""Forms and versions held for a change, and who changes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, NotFound
from liff_app.i18n import gettext as _
from liff_app.procedures.models import Procedure, ProcedureVersion
from liff_app.procedures.scope import EVERYWHERE, Scope, scope_of
from liff_app.procedures.vocabulary import VersionState
from liff_app.staff.rules import Colleague
from liff_app.staff.vocabulary import Role

__all__ = ["Maker", "hold", "maker_of", "moved", "needs_draft", "version_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Who makes and changes forms: how the log names them, and whose forms they may change."""

    actor: str
    scope: Scope = EVERYWHERE


def maker_of(colleague: Colleague) -> Maker:
    """Administrators: every form. Reviewers: their departments'. Raises NotAllowed for others.

    A form holds no resident's data, so who configures the town may make it without reading
    what residents send with it.
    """
    is_administrator = Role.ADMINISTRATOR in colleague.roles
    scope = EVERYWHERE if is_administrator else scope_of(colleague)
    return Maker(actor=colleague.actor, scope=scope)


def hold(session: Session, slug: str, by: Maker) -> Procedure:
    """The form, locked until the transaction ends. Raises NotFound, also for another's."""
    wanted = select(Procedure).where(Procedure.slug == slug)
    row = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None or not by.scope.sees(row.department_id):
        raise NotFound("no such form")
    return row


def version_of(session: Session, row: Procedure, number: int) -> ProcedureVersion:
    """That version of the form. Raises NotFound."""
    wanted = select(ProcedureVersion).where(
        ProcedureVersion.procedure_id == row.id, ProcedureVersion.number == number
    )
    version = session.scalar(wanted.execution_options(populate_existing=True))
    if version is None:
        raise NotFound("no such version")
    return version


def needs_draft(version: ProcedureVersion) -> None:
    """Raises Conflict for a version that residents have seen, or that was put away."""
    if version.state != VersionState.DRAFT.value:
        title = _("この版は、もう下書きではありません。新しい版を作ってください。")
        raise Conflict(f"is {version.state}", code="not_a_draft", title=title)


def moved(session: Session, row: Procedure, now: datetime) -> None:
    """What changed of the form and its versions is written; its row is one version on."""
    row.version += 1
    row.updated_at = now
    session.flush()
