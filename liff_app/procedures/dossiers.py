"""Dossiers: the key of what one person sent, made, opened, handed on and destroyed."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import NotFound
from liff_app.procedures import sealing
from liff_app.procedures.models import Dossier, SealedFile
from liff_app.procedures.sealing import DataKey

__all__ = ["Forgotten", "destroy", "key_of", "keys_of", "new", "reseal"]

PAGE = 1000


class Forgotten(NotFound):
    """The key is destroyed: what lay under it can be read by nobody any more."""


def new(session: Session, keys: KeyRing, *, now: datetime) -> tuple[str, DataKey]:
    """A new dossier's id, 32 hex digits, and its key."""
    dossier_id, key = secrets.token_hex(16), sealing.new_key()
    sealed = sealing.wrap(keys, key, dossier_id)
    session.add(Dossier(id=dossier_id, key_sealed=sealed, created_at=now))
    session.flush()
    return dossier_id, key


def key_of(session: Session, keys: KeyRing, dossier_id: str) -> DataKey:
    """The dossier's key. Raises Forgotten where it was destroyed, or never was."""
    row = session.get(Dossier, dossier_id)
    if row is None or row.key_sealed is None:
        raise Forgotten("its key is destroyed")
    return sealing.unwrap(keys, row.key_sealed, dossier_id)


def keys_of(session: Session, keys: KeyRing, ids: Collection[str]) -> dict[str, DataKey]:
    """The keys of these dossiers by id; those that were destroyed are left out."""
    wanted = select(Dossier).where(Dossier.id.in_(ids))
    return {
        row.id: sealing.unwrap(keys, row.key_sealed, row.id)
        for row in session.scalars(wanted)
        if row.key_sealed is not None
    }


def destroy(session: Session, dossier_id: str) -> None:
    """Nothing sealed under the dossier opens again, wherever a copy lies."""
    row = session.get(Dossier, dossier_id, with_for_update=True)
    if row is not None:
        row.key_sealed = None


def erase(session: Session, dossier_id: str) -> None:
    """Not even the row is left of a dossier that holds no file."""
    holds = exists().where(SealedFile.dossier_id == dossier_id)
    session.execute(delete(Dossier).where(Dossier.id == dossier_id, ~holds))


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Keys sealed under an older key of the ring are sealed under the first: how many."""
    count, last = 0, ""
    page = select(Dossier).where(Dossier.key_sealed.is_not(None)).order_by(Dossier.id)
    while rows := session.scalars(page.where(Dossier.id > last).limit(PAGE)).all():
        last = rows[-1].id
        for row in rows:
            if row.key_sealed is None or keys.is_current(row.key_sealed):
                continue
            count += 1
            if not dry_run:
                row.key_sealed = sealing.rewrap(keys, row.key_sealed, row.id)
        session.flush()
        session.expunge_all()
    return count
