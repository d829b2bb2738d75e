"""One answer a person, where a survey wants that: a mark that joins no answer.

The mark is a digest under the town's key. It has no time, and nothing in an answer leads to it.
SQLite keeps marks in the order of their digests. PostgreSQL keeps rows as they came, and with each
the transaction that wrote it, which is that of the answer: `mix` takes both away every hour.
"""

from __future__ import annotations

from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import Conflict
from liff_app.identity import service as identity
from liff_app.procedures.models import Participation

__all__ = ["AlreadyAnswered", "has_taken_part", "mix", "reseal", "take_part"]


# Marks of surveys with marks of more than one transaction, taken out and put back in order.
_MIX = text("""
    WITH unmixed AS (
        SELECT procedure_id FROM procedure_participations
        GROUP BY procedure_id HAVING count(DISTINCT xmin::text) > 1
    ), taken AS (
        DELETE FROM procedure_participations
        WHERE procedure_id IN (SELECT procedure_id FROM unmixed)
        RETURNING procedure_id, digest
    )
    INSERT INTO procedure_participations (procedure_id, digest)
    SELECT procedure_id, digest FROM taken ORDER BY digest
""")


class AlreadyAnswered(Conflict):
    """The resident has answered, and one answer a person is taken."""

    code = "already_answered"
    title = "このアンケートには、もう答えていただきました。ありがとうございます。"


def has_taken_part(session: Session, procedure_id: str, resident_id: str, *, keys: KeyRing) -> bool:
    """Whether the resident has answered it."""
    digests = keys.blind_indexes(resident_id, _purpose(procedure_id))
    wanted = select(Participation.procedure_id).where(
        Participation.procedure_id == procedure_id, Participation.digest.in_(digests)
    )
    return session.scalar(wanted.limit(1)) is not None


def take_part(session: Session, procedure_id: str, resident_id: str, *, keys: KeyRing) -> None:
    """The resident has answered. Raises AlreadyAnswered, also when two answers come at once."""
    if has_taken_part(session, procedure_id, resident_id, keys=keys):
        raise AlreadyAnswered("once a person")
    digest = keys.blind_index(resident_id, _purpose(procedure_id))
    try:
        with session.begin_nested():
            session.add(Participation(procedure_id=procedure_id, digest=digest))
    except IntegrityError:
        raise AlreadyAnswered("once a person") from None


def mix(session: Session) -> int:
    """Marks lie in the order of their digests, all written by this one transaction; how many moved.

    What the server has not vacuumed yet can still be read by who reads its files (ADR 0032).
    """
    if session.get_bind().dialect.name != "postgresql":
        return 0
    return int(session.execute(_MIX).rowcount)  # type: ignore[attr-defined]  # an INSERT has a row count


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Marks under an older key are made anew under the first: how many.

    A mark leads to nobody, so every resident's is made and looked for. One whose resident is
    gone stays as it is: nobody could answer under it again.
    """
    count = 0
    for procedure_id in session.scalars(select(Participation.procedure_id).distinct()).all():
        digests_of = keys.indexer(_purpose(procedure_id))
        mine = Participation.procedure_id == procedure_id
        kept = set(session.scalars(select(Participation.digest).where(mine)))
        for resident_id in identity.every_id(session):
            new, *older = digests_of(resident_id)
            if old := kept.intersection(older):
                count += 1
                if not dry_run:
                    session.execute(
                        delete(Participation).where(mine, Participation.digest.in_(old))
                    )
                    session.add(Participation(procedure_id=procedure_id, digest=new))
        session.flush()
    return count


def _purpose(procedure_id: str) -> str:
    return f"procedure participation {procedure_id}"
