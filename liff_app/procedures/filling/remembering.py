"""Answers offered again: kept only where the resident ticked it, sealed, forgotten by one tap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import NotFound
from liff_app.procedures.engine.document import FILE_KINDS, Document, Question
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.fields.words import answer_words
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Procedure, RememberedAnswer
from liff_app.procedures.revisions import dumped, loaded

__all__ = [
    "KEPT", "Offered", "Remembered", "forget", "forget_all", "keep", "kept", "offers", "purge",
    "rememberable", "reseal", "use",
]  # fmt: skip

KEPT = timedelta(days=730)  # since it was last written or used
PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """An answer that is kept: what it is, in words, and which form it comes from."""

    prefill: str
    words: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A kept answer beside a question that asks for such a thing."""

    path: str
    prefill: str
    value: Any
    words: str
    title: str


def rememberable(document: Document) -> list[Question]:
    """Questions whose answers may be kept: not those inside repeats, and no files."""
    return [
        one
        for one, within in document.questions()
        if one.prefill and within is None and one.kind not in FILE_KINDS
    ]


def keep(
    session: Session,
    form: Form,
    values: Mapping[str, Any],
    *,
    resident_id: str,
    keys: KeyRing,
    now: datetime,
) -> int:
    """What was sent is kept for the next form, in place of what was kept before; gives how many."""
    count = 0
    for one in rememberable(form.document):
        value = values.get(one.name)
        if value is None:
            continue
        words = answer_words(one, value, form.document, form.document.default_language)
        _put(session, resident_id, str(one.prefill), [value, words], form.procedure_id, keys, now)
        count += 1
    return count


def _put(
    session: Session,
    resident_id: str,
    prefill: str,
    said: list[Any],
    procedure_id: str,
    keys: KeyRing,
    now: datetime,
) -> None:
    row = session.get(RememberedAnswer, (resident_id, prefill))
    if row is None:
        row = RememberedAnswer(resident_id=resident_id, prefill=prefill)
        session.add(row)
    plain = dumped({"said": said})
    row.value_sealed = keys.seal(plain, _place(resident_id, prefill))
    row.procedure_id, row.at = procedure_id, now
    session.flush()


def kept(session: Session, resident_id: str, *, keys: KeyRing) -> list[Remembered]:
    """Everything that is kept of the resident, the last used first."""
    return [
        Remembered(prefill=row.prefill, words=words, title=title, at=row.at)
        for row, title, _value, words in _rows(session, resident_id, keys)
    ]


def offers(
    session: Session, document: Document, resident_id: str, *, keys: KeyRing
) -> dict[str, Offered]:
    """What may be used again in this form, by path: the same thing, asked in the same way.

    A value that the question cannot hold is not offered.
    """
    known = {row.prefill: (title, value, words)
             for row, title, value, words in _rows(session, resident_id, keys)}  # fmt: skip
    found: dict[str, Offered] = {}
    for one in rememberable(document):
        if one.prefill in known:
            title, value, words = known[one.prefill]
            if _fits(one, value):
                found[one.name] = Offered(
                    path=one.name, prefill=one.prefill, value=value, words=words, title=title
                )
    return found


def _fits(question: Question, value: object) -> bool:
    """Whether a choice is still offered; the evaluator judges everything else."""
    values = {one.value for one in question.choices}
    return not values or (value in values if isinstance(value, str) else False)


def use(session: Session, resident_id: str, prefill: str, *, now: datetime) -> None:
    """It was used now, and is kept from now on."""
    row = session.get(RememberedAnswer, (resident_id, prefill))
    if row is not None:
        row.at = now


def forget(session: Session, resident_id: str, prefill: str) -> None:
    """It is not kept any more. Raises NotFound if it was not."""
    row = session.get(RememberedAnswer, (resident_id, prefill))
    if row is None:
        raise NotFound("not remembered")
    session.delete(row)


def forget_all(session: Session, resident_id: str) -> int:
    """Nothing is kept of the resident; gives how many answers that were."""
    gone = delete(RememberedAnswer).where(RememberedAnswer.resident_id == resident_id)
    return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count


def purge(session: Session, *, now: datetime) -> int:
    """What nobody used for `KEPT` is gone; gives how many answers."""
    gone = delete(RememberedAnswer).where(RememberedAnswer.at <= now - KEPT)
    return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]  # same


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Answers sealed under an older key of the ring are sealed under the first: how many."""
    count, last = 0, ("", "")
    order = (RememberedAnswer.resident_id, RememberedAnswer.prefill)
    while rows := session.scalars(_page(last).order_by(*order).limit(PAGE)).all():
        last = (rows[-1].resident_id, rows[-1].prefill)
        for row in rows:
            if keys.is_current(row.value_sealed):
                continue
            count += 1
            if not dry_run:
                place = _place(row.resident_id, row.prefill)
                row.value_sealed = keys.seal(keys.open(row.value_sealed, place), place)
        session.flush()
        session.expunge_all()
    return count


def _page(last: tuple[str, str]) -> Any:  # noqa: ANN401 - a query
    resident_id, prefill = last
    return select(RememberedAnswer).where(
        (RememberedAnswer.resident_id > resident_id)
        | ((RememberedAnswer.resident_id == resident_id) & (RememberedAnswer.prefill > prefill))
    )


def _rows(
    session: Session, resident_id: str, keys: KeyRing
) -> Iterator[tuple[RememberedAnswer, str, Any, str]]:
    wanted = (
        select(RememberedAnswer, Procedure.title)
        .join(Procedure, Procedure.id == RememberedAnswer.procedure_id)
        .where(RememberedAnswer.resident_id == resident_id)
        .order_by(RememberedAnswer.at.desc(), RememberedAnswer.prefill)
    )
    for row, title in session.execute(wanted):
        text = keys.open(row.value_sealed, _place(resident_id, row.prefill))
        value, words = loaded(text)["said"]
        yield row, words_of(title).plain, value, words


def _place(resident_id: str, prefill: str) -> str:
    return f"procedure_remembered.value_sealed:{resident_id}:{prefill}"
