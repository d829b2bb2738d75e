"""A case's history in words, as colleagues read it: what happened, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from liff_app.i18n import gettext as _
from liff_app.procedures.desk.case_queries import CaseEvent
from liff_app.procedures.desk.console import words
from liff_app.procedures.vocabulary import EventKind, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line. `public` is what the applicant reads, `private` what only staff do."""

    number: int
    at: datetime
    actor: str
    who: str
    word: str
    public: str
    private: str
    facts: str
    is_internal: bool


def steps(
    events: Iterable[CaseEvent],
    people: Mapping[str, str],
    departments: Mapping[str, str],
    labels: Mapping[str, str],
) -> list[Step]:
    """The events in words, in their order. `labels` are the questions by path."""
    return [
        Step(
            number=one.number,
            at=one.at,
            actor=one.actor,
            who=words.actor_word(one.actor, people),
            word=words.event_word(one.kind, one.to),
            public=one.public,
            private=_private(one, labels),
            facts=_facts(one, people, departments),
            is_internal=one.kind in words.INTERNAL,
        )
        for one in events
    ]


def _private(event: CaseEvent, labels: Mapping[str, str]) -> str:
    """The points of a return by the words of their questions; everything else as written."""
    if event.kind is not EventKind.RETURNED:
        return event.private
    lines = (line.partition(": ") for line in event.private.split("\n"))
    return "\n".join(
        _("%(label)s：%(comment)s", label=labels.get(path, path), comment=comment)
        if comment
        else path
        for path, _sign, comment in lines
    )


def _facts(event: CaseEvent, people: Mapping[str, str], departments: Mapping[str, str]) -> str:
    """What the event's codes say, e.g. which department it was given to."""
    detail = event.detail
    match event.kind:
        case EventKind.ASSIGNED:
            department = departments.get(str(detail.get("department")), _("部署なし"))
            person = people.get(str(detail.get("assignee")), _("人は決めない"))
            return f"{department}・{person}"
        case EventKind.DATED:
            return _day(detail.get("due_on")) or _("期限なし")
        case EventKind.RETURNED:
            day = _day(detail.get("due_on"))
            return _("期限 %(day)s", day=day) if day else ""
        case EventKind.PROPOSED | EventKind.NOT_APPROVED:
            return _status(detail.get("to"))
    return ""


def _day(text: object) -> str:
    try:
        return words.day(date.fromisoformat(str(text)))
    except ValueError:
        return ""


def _status(code: object) -> str:
    found = next((one for one in Status if one.value == code), None)
    return words.decision_word(found) if found else ""
