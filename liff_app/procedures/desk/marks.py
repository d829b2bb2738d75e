"""How staff find a case by a name or a telephone number although every answer is sealed.

A keyed digest of the folded answer stands beside the submission. It answers one question only:
whether exactly this was written; nobody without the town's key can ask it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.procedures import dossiers, forms, revisions
from liff_app.procedures.engine.document import Document, Normalise
from liff_app.procedures.models import Dossier, Submission, SubmissionMark
from liff_app.search_text import search_key

__all__ = ["found_by", "keep", "reseal", "spellings"]

PURPOSE = "procedure mark"
MARKED = frozenset({Normalise.NAME, Normalise.KANA, Normalise.PHONE})
LONGEST = 200  # characters; longer names are cut alike when kept and when searched
MOST = 200  # digests of one submission: 20 persons with names, readings and numbers
_NO_SPACES = re.compile(r"[\s・･.．,，、'’]+")
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180d\u200b-\u200f\u2060\ufeff]")
_PAGE = 200
_LEAST_DIGITS = 9  # 0x-xxxx-xxx is the shortest number there is
_JAPAN = "81"


def keep(
    session: Session, row: Submission, document: Document, values: Mapping[str, Any], keys: KeyRing
) -> None:
    """The submission is found by these answers, and by no earlier ones any more."""
    session.execute(delete(SubmissionMark).where(SubmissionMark.submission_id == row.id))
    wanted = sorted({one for one in _marks(document, values) if not one.endswith(":")})[:MOST]
    digests = {keys.blind_index(one, PURPOSE) for one in wanted}
    session.add_all(SubmissionMark(digest=one, submission_id=row.id) for one in sorted(digests))
    session.flush()


def found_by(session: Session, typed: str, keys: KeyRing) -> list[int]:
    """Ids of the submissions in which exactly that name or number was written, newest first."""
    wanted = [one for text in spellings(typed) for one in keys.blind_indexes(text, PURPOSE)]
    if not wanted:
        return []
    found = select(SubmissionMark.submission_id).where(SubmissionMark.digest.in_(wanted))
    return sorted(set(session.scalars(found)), reverse=True)


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Submissions whose dossier an older key seals get marks under the first: how many.

    Runs before the dossiers' own keys are sealed anew: they say which submissions are left.
    """
    count, last = 0, 0
    page = (
        select(Submission, Dossier.key_sealed)
        .join(Dossier, Dossier.id == Submission.dossier_id)
        .where(Dossier.key_sealed.is_not(None))
        .where(Submission.id.in_(select(SubmissionMark.submission_id)))
        .order_by(Submission.id)
    )
    while rows := session.execute(page.where(Submission.id > last).limit(_PAGE)).all():
        last = rows[-1][0].id
        old = [row for row, sealed in rows if sealed and not keys.is_current(sealed)]
        count += len(old)
        for row in [] if dry_run else old:
            key = dossiers.key_of(session, keys, row.dossier_id)
            values = revisions.read(session, row, row.revision, key=key)
            keep(session, row, forms.version_form(session, row.version_id).document, values, keys)
        session.expunge_all()
    return count


def spellings(typed: str) -> list[str]:
    """What is looked for: a telephone number, or a name."""
    number = _number(typed)
    name = _name(typed)
    return ([f"phone:{number}"] if number else []) + ([f"name:{name}"] if name else [])


def _marks(document: Document, values: Mapping[str, Any]) -> Iterator[str]:
    marked = [(one, within) for one, within in document.questions() if one.normalise in MARKED]
    for repeat, group in groupby(marked, key=lambda pair: pair[1]):
        questions = [one for one, _within in group]
        instances = [values] if repeat is None else values.get(repeat.name) or []
        for answers in instances:
            said = [
                (one.normalise, answers[one.name])
                for one in questions
                if isinstance(answers.get(one.name), str)
            ]
            yield from _of_answers(said)


def _of_answers(said: list[tuple[Normalise | None, str]]) -> Iterator[str]:
    """Each answer by itself; family and given name, asked one after the other, also together."""
    for kind, text in said:
        if kind is Normalise.PHONE:
            yield f"phone:{_number(text)}"
        else:
            yield f"name:{_name(text)}"
    for (kind, text), (next_kind, next_text) in pairwise(said):
        if kind is next_kind and kind is not Normalise.PHONE:
            yield f"name:{_name(text + next_text)}"


def _name(text: str) -> str:
    """A name as it is compared: without variants of a letter, spaces, or kind of kana."""
    bare = _VARIANTS.sub("", unicodedata.normalize("NFKC", text[:LONGEST]))
    return _NO_SPACES.sub("", search_key(bare))


def _number(text: str) -> str:
    """The digits of a telephone number as they are dialled in Japan; "" for anything else."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST])
    digits = "".join(one for one in plain if one.isascii() and one.isdigit())
    if any(one.isalpha() and one != "ー" for one in plain) or len(digits) < _LEAST_DIGITS:
        return ""
    abroad = plain.strip().startswith("+") and digits.startswith(_JAPAN)
    return "0" + digits.removeprefix(_JAPAN) if abroad else digits
