"""A report's history in words, as colleagues read it: what happened, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from liff_app.i18n import gettext as _
from liff_app.reports.case_queries import CaseEvent
from liff_app.reports.console import case_words
from liff_app.reports.vocabulary import EventKind, Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line. `public` is what residents read, `private` what only staff do (`is_internal`)."""

    number: int
    at: datetime
    actor: str
    who: str
    word: str
    public: str
    private: str
    facts: str
    is_internal: bool
    needs_eye: bool  # a resident says that it is not mended


def steps(
    events: Iterable[CaseEvent],
    people: Mapping[str, str],
    categories: Mapping[str, str],
    departments: Mapping[str, str],
) -> list[Step]:
    """The events in words, in their order."""
    return [
        Step(
            number=one.number,
            at=one.at,
            actor=one.actor,
            who=case_words.actor_word(one.actor, people),
            word=case_words.event_word(one.kind, one.to),
            public=one.public_text,
            private=one.private_text,
            facts=_facts(one, people, categories, departments),
            is_internal=one.kind in case_words.INTERNAL,
            needs_eye=one.kind is EventKind.FIX_DENIED,
        )
        for one in events
    ]


def _facts(
    event: CaseEvent,
    people: Mapping[str, str],
    categories: Mapping[str, str],
    departments: Mapping[str, str],
) -> str:
    """What the event's codes say, e.g. which department it was given to."""
    now = event.detail.get("is", event.detail)
    detail: Mapping[str, object] = now if isinstance(now, dict) else {}
    department = departments.get(str(detail.get("department")), _("部署なし"))
    person = people.get(str(detail.get("assignee")), _("人は決めない"))
    code = str(detail.get("category"))
    told = {
        EventKind.ASSIGNED: f"{department}・{person}",
        EventKind.PRIORITISED: _priority(detail.get("priority")),
        EventKind.DATED: str(detail.get("due_on") or _("期限なし")),
        EventKind.RECLASSIFIED: categories.get(code, code),
        EventKind.MOVED: str(detail.get("receiver") or ""),
        EventKind.CHECKED: _checked(detail),
    }
    return told.get(event.kind, "")


def _priority(code: object) -> str:
    try:
        return case_words.PRIORITY[Priority(int(str(code)))]()
    except (ValueError, KeyError):
        return ""


def _checked(detail: Mapping[str, object]) -> str:
    words = {
        "text": (_("文を公開"), _("文の公開をやめた")),
        "place": (_("場所を正確に出す"), _("場所をおおまかに出す")),
        "public": (_("写真を公開"), _("写真の公開をやめた")),
    }
    return "・".join(
        yes if detail[name] else no for name, (yes, no) in words.items() if name in detail
    )
