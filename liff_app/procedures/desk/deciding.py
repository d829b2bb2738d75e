"""Decisions that two people take: one proposes, another approves or does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.procedures.desk import acts
from liff_app.procedures.desk.acts import (
    By,
    Held,
    begin,
    clear_proposal,
    sentence,
    take_step,
    write,
)
from liff_app.procedures.desk.errors import StepRefused
from liff_app.procedures.models import Submission
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import EventKind, Status

__all__ = ["Proposal", "approve", "disapprove", "proposal", "propose"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed, with which reason for the applicant, and by whom (`staff:<id>`)."""

    to: Status
    text: str
    by: str


def propose(session: Session, held: Held, to: Status, text: str, by: By) -> int:
    """The decision waits for a second colleague; the applicant hears nothing yet."""
    row = held.row
    row.proposed_status, row.proposed_by = to.value, by["colleague"].actor
    row.proposed_sealed = held.key.seal_text(text, _place(row.id))
    write(session, held, EventKind.PROPOSED, by, private=text, detail={"to": to.value})
    return row.version


def approve(session: Session, ref: str, **by: Unpack[By]) -> int:
    """The proposed decision is taken and told. Raises StepRefused for whoever proposed it."""
    held = begin(session, ref, by)
    found = _waiting(held)
    if found.by == by["colleague"].actor:
        title = _("提案した人は承認できません。ほかの職員が承認してください。")
        raise StepRefused("own proposal", code="own_proposal", title=title)
    detail = {"proposed_by": found.by}
    return take_step(
        session, held, EventKind.APPROVED, found.to, by, text=found.text, detail=detail
    )


def disapprove(session: Session, ref: str, text: str, **by: Unpack[By]) -> int:
    """The proposal is gone, with why, for colleagues only. Who proposed it may take it back."""
    said = sentence(text)
    held = begin(session, ref, by)
    found = _waiting(held)
    clear_proposal(held.row)
    detail = {"to": found.to.value, "proposed_by": found.by}
    write(session, held, EventKind.NOT_APPROVED, by, private=said, detail=detail)
    return held.row.version


def proposal(row: Submission, key: DataKey) -> Proposal | None:
    """The decision that waits for a second colleague; None where none does."""
    if not acts.is_proposed(row) or not row.proposed_status or not row.proposed_by:
        return None
    text = key.open_text(row.proposed_sealed, _place(row.id)) if row.proposed_sealed else ""
    return Proposal(Status(row.proposed_status), text, row.proposed_by)


def _waiting(held: Held) -> Proposal:
    found = proposal(held.row, held.key)
    if found is None:
        title = _("承認を待っている決定はありません。")
        raise StepRefused("nothing proposed", code="nothing_proposed", title=title)
    return found


def _place(submission_id: int) -> str:
    return f"procedure_submissions.proposed_sealed:{submission_id}"
