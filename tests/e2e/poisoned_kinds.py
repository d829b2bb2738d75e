"""Categories whose every text is a payload."""

from __future__ import annotations

from collections.abc import Iterator

from liff_app import clock
from liff_app.db import transaction
from liff_app.reports.categories import service as categories
from liff_app.reports.categories.model import (
    Category,
    Option,
    Question,
    QuestionKind,
    Stop,
    StopKind,
)
from liff_app.reports.drafts import clean

from .payloads import PAYLOADS

KINDS = 9
WORDS, WHICH = "words", "which"  # the questions of each kind


def a_kind(number: int, office: str) -> Category:
    """A category of the town's own. Its texts are the next payloads, in the order of its fields."""
    turn = _turns(number)

    def said() -> str:
        return next(turn)

    def stop(kind: StopKind) -> Stop:
        return Stop(kind=kind, title=said(), text=said(), phone=said(), phone_label=said())

    draft = Category(
        code=f"hostile{number}", name=said(), hint=said(), number_label=said(), icon="road",
        department_id=office, order=number,
        questions=(
            Question(code=WORDS, label=said(), hint=said(), kind=QuestionKind.TEXT),
            Question(
                code=WHICH, label=said(), hint=said(),
                options=(
                    Option(code="yes", label=said()),
                    Option(code="no", label=said(), stop=stop(StopKind.NOT_OURS)),
                ),
            ),
        ),
        # The last one is no kind to report: it only says where to turn.
        stop=stop(StopKind.EMERGENCY) if number == KINDS - 1 else None,
    )  # fmt: skip
    with transaction() as session:
        return categories.save(session, draft, now=clock.now())


def _turns(number: int) -> Iterator[str]:
    for at in range(number * 13, number * 13 + 40):
        yield clean(PAYLOADS[at % len(PAYLOADS)])
