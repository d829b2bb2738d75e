"""What the queue's page shows, put together from the question and the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.procedures import scope
from liff_app.procedures.desk import queries
from liff_app.procedures.desk.console import asked as query
from liff_app.procedures.desk.console import people, rows, words
from liff_app.procedures.desk.console.people import Options
from liff_app.procedures.desk.console.rows import RowView
from liff_app.procedures.desk.filters import ME, NOBODY, Filters, State
from liff_app.procedures.desk.queries import MOST_COUNTED, CaseRow
from liff_app.procedures.vocabulary import Status
from liff_app.staff.guard import Colleague


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Values and words of every field; the first of each asks for nothing."""

    states: Options
    statuses: Options
    procedures: Options
    departments: Options
    people: Options
    sources: Options
    orders: Options
    ticks: Options


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Everything the template needs. `asked` is the question as an address carries it.

    `found`: these are cases that somebody looked for by name or number, and no page of the queue.
    """

    rows: list[RowView]
    count: str
    next_url: str
    first_url: str
    asked: dict[str, str]
    state: str
    order: str
    choices: Choices
    quick: list[tuple[str, str, bool]]
    found: bool = False


def queue_page(
    session: Session, asked: Mapping[str, str], me: Colleague, *, now: datetime
) -> QueuePage:
    """The page of that question for that colleague, from the place in the address on."""
    filters, today = query.read(asked), now.astimezone(JST).date()
    who, cursor = scope.scope_of(me), query.read_cursor(asked.get("after"))
    found = queries.queue(session, filters, who, me.id, cursor, today=today)
    said, known = query.write(filters), rows.names(session)
    after = query.write_cursor(found.after) if found.after else ""
    return QueuePage(
        rows=[rows.view(one, known, today=today, asked=urlencode(said)) for one in found.rows],
        count=count_words(found.count),
        next_url=query.address(said | {"after": after}) if after else "",
        first_url=query.address(said) if cursor else "",
        asked=said,
        state=filters.state.value,
        order=filters.order.value,
        choices=_choices(session, me, now),
        quick=_quick(said),
    )


def found_page(
    session: Session, found: Sequence[CaseRow], me: Colleague, *, now: datetime
) -> QueuePage:
    """The page of what somebody looked for."""
    known, today = rows.names(session), now.astimezone(JST).date()
    return QueuePage(
        rows=[rows.view(one, known, today=today) for one in found],
        count=count_words(len(found)),
        next_url="",
        first_url="",
        asked={},
        state=State.OPEN.value,
        order=Filters().order.value,
        choices=_choices(session, me, now),
        quick=_quick(None),
        found=True,
    )


def count_words(found: int) -> str:
    """How many there are, as far as anybody counts."""
    if found > MOST_COUNTED:
        return _("%(n)s件以上", n=f"{MOST_COUNTED:,}")
    return _("%(n)s件", n=f"{found:,}")


def _choices(session: Session, me: Colleague, now: datetime) -> Choices:
    """What the colleague may ask for."""
    who, known = scope.scope_of(me), rows.names(session)
    anything = ("", _("すべて"))
    nobody = (NOBODY, _("担当なし"))
    return Choices(
        states=[(one.value, word()) for one, word in words.STATE.items()],
        statuses=[anything, *((one.value, word()) for one, word in words.STATUS.items())],
        procedures=[anything, *queries.procedures(session, who)],
        departments=[anything, nobody, *people.departments(known, who)],
        people=[anything, (ME, _("自分")), nobody, *people.reviewers(session, who, now=now)],
        sources=[anything, *((one.value, word()) for one, word in words.SOURCE.items())],
        orders=[(one.value, word()) for one, word in words.ORDER.items()],
        ticks=[
            ("unread", _("未読")),
            ("overdue", words.overdue()),
            ("proposed", _("承認待ち")),
        ],
    )


def _quick(said: Mapping[str, str] | None) -> list[tuple[str, str, bool]]:
    """Questions that are asked all day: label, address, and whether it is the one asked now."""
    wanted = [
        (_("終わっていないもの"), Filters()),
        (_("新しい受付"), Filters(status=Status.RECEIVED)),
        (_("未読"), Filters(unread=True)),
        (_("自分の担当"), Filters(assignee=ME)),
        (words.overdue(), Filters(overdue=True)),
        (_("承認待ち"), Filters(proposed=True)),
        (_("差し戻し中"), Filters(status=Status.RETURNED)),
        (_("終わったもの"), Filters(state=State.CLOSED)),
    ]
    return [(label, query.address(query.write(one)), query.write(one) == said)
            for label, one in wanted]  # fmt: skip
