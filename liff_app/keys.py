"""Key rotation: every sealed value under the first key of the ring, every index with it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from liff_app.audit import service as audit
from liff_app.crypto import KeyRing
from liff_app.identity import service as identity
from liff_app.procedures import dossiers
from liff_app.procedures.desk import marks
from liff_app.procedures.figures import snapshots
from liff_app.procedures.filling import participation, remembering
from liff_app.procedures.webhooks import service as hooks
from liff_app.reports import retention as reports
from liff_app.shelters.passes import service as passes
from liff_app.staff import resealing as staff


def rotate(session: Session, keys: KeyRing, *, dry_run: bool = False) -> dict[str, int]:
    """Seal anew what an older key sealed; gives how many values of each kind. Dry: only counts."""
    return {
        "residents": identity.reseal(session, keys, dry_run=dry_run),
        "staff_phones": staff.reseal(session, keys, dry_run=dry_run),
        "shelter_passes": passes.reseal(session, keys, dry_run=dry_run),
        "report_contacts": reports.reseal(session, keys, dry_run=dry_run),
        "procedure_marks": marks.reseal(session, keys, dry_run=dry_run),
        "procedure_participations": participation.reseal(session, keys, dry_run=dry_run),
        "procedure_dossiers": dossiers.reseal(session, keys, dry_run=dry_run),
        "procedure_remembered": remembering.reseal(session, keys, dry_run=dry_run),
        "procedure_survey_counts": snapshots.reseal(session, keys, dry_run=dry_run),
        "procedure_hooks": hooks.reseal(session, keys, dry_run=dry_run),
        "audit_keys": audit.reseal(session, keys, dry_run=dry_run),
    }
