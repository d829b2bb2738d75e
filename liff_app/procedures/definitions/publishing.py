"""Publishing a version: from when until when residents fill it in, and what it replaces."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures.definitions import editions
from liff_app.procedures.definitions.holding import Maker, hold, moved, needs_draft, version_of
from liff_app.procedures.engine.document import Document, Settings, from_json
from liff_app.procedures.models import Procedure, ProcedureVersion
from liff_app.procedures.vocabulary import VersionState

__all__ = ["ALWAYS", "Period", "call_off", "change_end", "hindrances", "prefix_owner", "publish"]

_NO_PREFIX = Settings().prefix  # canonical JSON leaves the default out


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From when until when. None: at once, and without an end."""

    open_from: datetime | None = None
    open_until: datetime | None = None


ALWAYS = Period()


def publish(
    session: Session, slug: str, number: int, period: Period = ALWAYS,
    *, by: Maker, now: datetime,
) -> None:  # fmt: skip
    """Residents fill in this version in the period; from its beginning it replaces older ones.

    A version whose own time has not come before this one begins is retired at once, like every
    older one if this begins now. Raises Conflict for what is no draft, or older than a published
    one, InputInvalid for a period that is over, for a form without purpose of use and for a
    prefix of another form's receipt numbers.
    """
    row = hold(session, slug, by)
    version = version_of(session, row, number)
    needs_draft(version)
    document = from_json(version.document)
    errors = [*period_errors(period, now=now), *hindrances(session, row, document)]
    if errors:
        raise InputInvalid(errors)
    begins = period.open_from if period.open_from and period.open_from > now else now
    for older in _published(session, row.id):
        if older.number > number:
            title = _(
                "これより新しい版が、もう公開されています。新しい版として作り直してください。"
            )
            raise Conflict("a newer one is published", code="newer_published", title=title)
        if begins <= now or (older.open_from or now) >= begins:
            older.state = VersionState.RETIRED.value
    version.state = VersionState.PUBLISHED.value
    version.open_from, version.open_until = begins, period.open_until
    version.published_at, version.published_by = now, by.actor
    row.title = editions.title_of(document)
    row.is_closed = False
    moved(session, row, now)


def call_off(session: Session, slug: str, number: int, *, by: Maker, now: datetime) -> None:
    """A version that nobody could begin yet is a draft again. Raises Conflict once its time came.

    What it would have replaced goes on.
    """
    row = hold(session, slug, by)
    version = version_of(session, row, number)
    if version.state != VersionState.PUBLISHED.value or (version.open_from or now) <= now:
        title = _("公開が始まっているので、取り消せません。受付を止めることはできます。")
        raise Conflict("its time has come", code="begun", title=title)
    version.state = VersionState.DRAFT.value
    version.open_from = version.open_until = version.published_at = version.published_by = None
    moved(session, row, now)


def change_end(
    session: Session, slug: str, number: int, open_until: datetime | None,
    *, by: Maker, now: datetime,
) -> None:  # fmt: skip
    """The published version may be begun until then; None: without an end."""
    row = hold(session, slug, by)
    version = version_of(session, row, number)
    if version.state != VersionState.PUBLISHED.value:
        raise Conflict("not published", code="not_published")
    errors = period_errors(Period(open_from=version.open_from, open_until=open_until), now=now)
    if errors:
        raise InputInvalid(errors)
    version.open_until = open_until
    moved(session, row, now)


def period_errors(period: Period, *, now: datetime) -> list[FieldError]:
    """What is wrong with a period."""
    begins = max(period.open_from or now, now)
    if period.open_until is not None and period.open_until <= begins:
        text = _("終わりは、いまと始まりより後の日時にしてください。")
        return [FieldError("open_until", "range", text)]
    return []


def hindrances(session: Session, row: Procedure, document: Document) -> list[FieldError]:
    """What of a version keeps it from being published."""
    found = []
    settings = document.settings
    if settings.kind == "application" and not any(settings.consent.values()):
        text = _("利用目的の文（machimado_consent）がないので、公開できません。")
        found.append(FieldError("consent", "required", text))
    other = prefix_owner(session, row.id, settings.prefix)
    if other is not None:
        text = _(
            "受付番号の頭の文字「%(prefix)s」は「%(title)s」が使っています。"
            "machimado_prefix をほかの文字にしてください。",
            prefix=settings.prefix,
            title=other,
        )
        found.append(FieldError("prefix", "taken", text))
    return found


def prefix_owner(session: Session, procedure_id: str | None, prefix: str) -> str | None:
    """Name of another form that has given out receipt numbers with the prefix; None if none has."""
    rows = session.execute(
        select(Procedure.title, ProcedureVersion.document)
        .join(ProcedureVersion, ProcedureVersion.procedure_id == Procedure.id)
        .where(ProcedureVersion.published_at.is_not(None), Procedure.id != (procedure_id or ""))
        .order_by(Procedure.position, ProcedureVersion.number)
    )
    return next((title for title, document in rows if _prefix_of(document) == prefix), None)


def _prefix_of(document: str) -> str:
    return str(json.loads(document)["settings"].get("prefix", _NO_PREFIX))


def _published(session: Session, procedure_id: str) -> list[ProcedureVersion]:
    wanted = select(ProcedureVersion).where(
        ProcedureVersion.procedure_id == procedure_id,
        ProcedureVersion.state == VersionState.PUBLISHED.value,
    )
    return list(session.scalars(wanted.order_by(ProcedureVersion.number)))
