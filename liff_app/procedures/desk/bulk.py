"""One change for many cases at once. What needs a sentence for its applicant is done one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.procedures import events
from liff_app.procedures.desk import casework, queries, reads
from liff_app.procedures.desk.acts import By
from liff_app.procedures.desk.errors import CaseChanged, StepRefused
from liff_app.procedures.scope import Scope
from liff_app.procedures.vocabulary import Status
from liff_app.staff.rules import Colleague

__all__ = ["MOST", "BulkChange", "BulkDone", "BulkKind", "apply"]

MOST = 50  # cases in one go: what a page of the queue holds


class BulkKind(StrEnum):
    """What is done to all of them."""

    TAKE = "take"  # the colleague is in charge
    ASSIGN = "assign"
    REVIEW = "review"
    COMPLETE = "complete"
    READ = "read"


STEPS = {BulkKind.REVIEW: Status.REVIEWING, BulkKind.COMPLETE: Status.COMPLETED}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """The change, with what its kind needs; everything else is not looked at."""

    kind: BulkKind
    department_id: str | None = None
    assignee_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDone:
    """Refs of the cases that were changed, and the others with a sentence each."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def apply(
    session: Session,
    wanted: Sequence[tuple[str, int]],
    change: BulkChange,
    *,
    colleague: Colleague,
    scope: Scope,
    keys: KeyRing,
    now: datetime,
) -> BulkDone:
    """Every case that can be changed is; each of the others is named with the reason.

    `wanted` are refs with the versions their page showed. Raises StepRefused for more than `MOST`,
    and InputInvalid for a change that fits none of them.
    """
    once = list(dict(wanted).items())
    if len(once) > MOST:
        title = _("一度に選べるのは%(most)s件までです。", most=MOST)
        raise StepRefused("too many", code="too_many_cases", title=title)
    _hold(session, [ref for ref, _version in once], scope, colleague)
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for ref, version in once:
        by = By(version=version, colleague=colleague, scope=scope, keys=keys, now=now)
        try:
            with session.begin_nested():
                _KINDS[change.kind](session, ref, change, by)
        except (NotFound, StepRefused, CaseChanged) as error:
            refused.append((ref, error.shown_title))
        else:
            done.append(ref)
    return BulkDone(done=tuple(done), refused=tuple(refused))


def _hold(session: Session, refs: Sequence[str], who: Scope, colleague: Colleague) -> None:
    """Those in sight are locked in the order of their ids: nobody waits for a waiting colleague."""
    for row in queries.rows_of(session, refs, who, colleague.id):
        events.hold(session, row.ref)


def _take(session: Session, ref: str, _change: BulkChange, by: By) -> None:
    casework.take(session, ref, **by)


def _assign(session: Session, ref: str, change: BulkChange, by: By) -> None:
    casework.assign(
        session, ref, department_id=change.department_id, assignee_id=change.assignee_id, **by
    )


def _step(session: Session, ref: str, change: BulkChange, by: By) -> None:
    """A step that needs no words; what would, because of where the case stands, is refused."""
    try:
        casework.move(session, ref, STEPS[change.kind], **by)
    except InputInvalid:
        raise StepRefused("needs a sentence") from None


def _read(session: Session, ref: str, _change: BulkChange, by: By) -> None:
    row = queries.find(session, ref, by["scope"])
    reads.mark(session, by["colleague"].id, row.id, row.version)


_KINDS: dict[BulkKind, Callable[[Session, str, BulkChange, By], None]] = {
    BulkKind.TAKE: _take,
    BulkKind.ASSIGN: _assign,
    BulkKind.REVIEW: _step,
    BulkKind.COMPLETE: _step,
    BulkKind.READ: _read,
}
