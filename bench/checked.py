"""After the writers: whether the database tells what they were told, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy import select

from bench.writer import Done
from liff_app import clock
from liff_app.audit import service as audit
from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.shelters import service as shelters
from liff_app.shelters.models import ShelterStatusEvent
from liff_app.shelters.occupancy import service
from liff_app.shelters.occupancy.service import EventView


@dataclass(slots=True)
class Found:
    """How much there was, and what is wrong with it."""

    counts: dict[str, object] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def agree(self, ours: object, theirs: object, what: str) -> None:
        """Note it as wrong where the two differ."""
        if ours != theirs:
            self.wrong.append(f"{what}: {ours} in the database, {theirs} by the answers")


def everything(found: Found, answers: list[Done], places: list[str], *, keyed: bool) -> None:
    """Compare all that was answered with all that is stored."""
    acknowledged = {key: one for done in answers for key, one in done.acknowledged.items()}
    totals = dict.fromkeys(places, 0)
    for place, _, applied in acknowledged.values():
        totals[place] += applied
    events = 0
    for place in places:
        history = service.history(db.session, place, limit=None)[::-1]
        events += len(history)
        _of_place(found, place, history, totals[place])
    found.agree(events, len(acknowledged), "number of changes")
    found.counts |= {
        "changes": events,
        "people": sum(totals.values()),
        "at the first place": totals[places[0]],
    }
    _of_keys(found, acknowledged, keyed=keyed)
    _of_log(found, events, sum(totals.values()))


def _of_place(found: Found, place: str, history: list[EventView], total: int) -> None:
    status = service.current(db.session, place, now=clock.now(), policy=shelters.policy())
    found.agree(status.people or 0, total, f"{place}: sum of all that was applied")
    found.agree(status.version, len(history), f"{place}: version")
    people = 0
    for number, event in enumerate(history, start=1):
        found.agree(event.version, number, f"{place}: number of an event")
        count = event.people or 0
        if event.people_change is not None:
            found.agree(count, people + event.people_change, f"{place}: running sum at {number}")
        if count < 0:
            found.wrong.append(f"{place}: {count} people at event {number}")
        people = count
    found.agree(status.people or 0, people, f"{place}: status and history")


def _of_keys(found: Found, acknowledged: dict[str, tuple[str, int, int]], *, keyed: bool) -> None:
    rows = db.session.execute(select(ShelterStatusEvent.request_key, ShelterStatusEvent.id))
    if not keyed:
        return
    stored = [(key, event_id) for key, event_id in rows if key is not None]
    found.agree(max(Counter(key for key, _ in stored).values(), default=0), 1, "events of one key")
    found.agree(
        dict(stored) == {key: event_id for key, (_, event_id, _) in acknowledged.items()}, True,
        "every key with the event it was answered",
    )  # fmt: skip


def _of_log(found: Found, events: int, total: int) -> None:
    """One event of the audit log for every change, and an unbroken chain."""
    wanted = select(AuditEvent.detail).where(AuditEvent.action == service.CHANGED)
    details = [json.loads(one) for one in db.session.scalars(wanted)]
    found.agree(len(details), events, "events of the audit log")
    found.agree(sum(one["applied"] for one in details), total, "sum in the audit log")
    db.session.close()
    verdict = audit.verify(db.session, current_app.config["SETTINGS"].keys)
    found.agree(verdict.broken, None, "the audit chain")
    found.counts["audit events"] = verdict.counted
    db.session.close()
