"""Key rotation for what the staff's tables seal: the secrets of phones."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.staff.models import Account, SetupLink
from liff_app.staff.setting_up import link_context
from liff_app.staff.signing_in import totp_context


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Secrets sealed under an older key are sealed under the first; gives how many. Dry: counts.

    All at once: a town has hundreds of colleagues.
    """
    count = 0
    for row in session.scalars(select(Account).where(Account.totp_sealed.is_not(None))).all():
        count += _resealed(row, totp_context(row.id), keys, dry_run=dry_run)
    for link in session.scalars(select(SetupLink).where(SetupLink.totp_sealed.is_not(None))).all():
        count += _resealed(link, link_context(link), keys, dry_run=dry_run)
    return count


def _resealed(row: Account | SetupLink, context: str, keys: KeyRing, *, dry_run: bool) -> bool:
    sealed = row.totp_sealed
    if sealed is None or keys.is_current(sealed):
        return False
    if not dry_run:
        row.totp_sealed = keys.seal(keys.open(sealed, context), context)
    return True
