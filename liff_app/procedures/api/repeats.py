"""Under which key answers from a program count as sent, so that a repeat gets the first answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app import idempotency
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.idempotency import Answer
from liff_app.procedures import forms
from liff_app.procedures.api.shapes import SubmissionIn
from liff_app.procedures.filling import submitting

__all__ = ["once"]


def once(
    session: Session,
    slug: str,
    said: SubmissionIn,
    *,
    resident_id: str,
    given: str | None,
    now: datetime,
    earn: Callable[[], Answer],
) -> Answer:
    """What `earn` gives, or what it gave for the same sending. `given`: the `Idempotency-Key`.

    Beside what is anonymous stands nothing of the answers, nor an owner whom anybody reads.
    Raises InputInvalid for a bad key, and for none where the form is anonymous.
    """
    form = forms.numbered(session, slug, said.version)
    if form is not None and submitting.is_nameless(form, is_test=False):
        key = _required(given)
        digest = hashlib.sha256(f"{resident_id}|{slug}|{key}".encode()).hexdigest()[:40]
        owner, content = f"{idempotency.NAMELESS}{digest}", bytes.fromhex(digest)
        now = submitting.moment_of(form, now, is_test=False)
    else:
        owner = f"procedure:{resident_id}"
        content = idempotency.fingerprint(slug.encode(), said.model_dump_json().encode())
        key = idempotency.key_for(session, given, owner=owner, content=content, now=now)
    return idempotency.once(session, owner=owner, key=key, content=content, now=now, earn=earn)


def _required(given: str | None) -> str:
    if given is None:
        sentence = _("匿名のアンケートには、Idempotency-Key が必要です。")
        raise InputInvalid([FieldError("Idempotency-Key", "required", sentence)])
    return idempotency.checked(given)
