"""Versions: published for a time, planned, called off, replaced; one decides at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from liff_app.db import db, transaction
from liff_app.errors import Conflict, InputInvalid, NotFound
from liff_app.procedures import forms
from liff_app.procedures.definitions import queries, service
from liff_app.procedures.definitions.queries import State
from liff_app.procedures.scope import EVERYWHERE
from liff_app.staff import service as staff
from tests.procedures.ground import NOON, page, question

from .making import BY, add, edition, publish, upload

HOUR = timedelta(hours=1)
OTHER = edition(page("only", question("only")))


def states(now: datetime = NOON) -> dict[int, State]:
    """Where each version of the form stands."""
    found = queries.versions(db.session, "mihon", EVERYWHERE, now=now)
    db.session.rollback()
    return {one.number: one.state for one in found}


def opened(now: datetime = NOON) -> int | None:
    """Number of the version that residents may begin, None for none."""
    try:
        return forms.open_form(db.session, "mihon", now=now).number
    except NotFound:
        return None
    finally:
        db.session.rollback()


def departments() -> tuple[str, str]:
    """Ids of two departments."""
    with transaction() as session:
        return staff.add_department(session, "税務課"), staff.add_department(session, "環境課")


def codes(error: pytest.ExceptionInfo[InputInvalid]) -> list[str]:
    return [f"{one.field}:{one.code}" for one in error.value.errors]


def test_a_published_version_replaces_the_one_before_at_once(app: Flask) -> None:
    add()
    publish("mihon", 1)
    assert opened() == 1
    upload("mihon", OTHER)
    assert opened() == 1
    publish("mihon", 2)
    assert opened() == 2
    assert states() == {2: State.OPEN, 1: State.REPLACED}


def test_a_planned_version_takes_over_when_its_time_comes(app: Flask) -> None:
    add()
    publish("mihon", 1)
    upload("mihon", OTHER)
    publish("mihon", 2, open_from=NOON + HOUR, open_until=NOON + 3 * HOUR)
    assert states() == {2: State.PLANNED, 1: State.OPEN}
    assert [opened(NOON + n * HOUR) for n in range(5)] == [1, 2, 2, None, None]
    assert states(NOON + 2 * HOUR) == {2: State.OPEN, 1: State.REPLACED}
    assert states(NOON + 4 * HOUR) == {2: State.OVER, 1: State.REPLACED}
    found = forms.open_forms(db.session, now=NOON + 4 * HOUR)
    assert found == []


def test_a_plan_can_be_called_off_until_its_time_has_come(app: Flask) -> None:
    add()
    publish("mihon", 1)
    upload("mihon", OTHER)
    publish("mihon", 2, open_from=NOON + HOUR)
    with transaction() as session:
        service.call_off(session, "mihon", 2, by=BY, now=NOON)
    assert states() == {2: State.DRAFT, 1: State.OPEN}
    assert opened(NOON + 2 * HOUR) == 1
    publish("mihon", 2, open_from=NOON + HOUR)
    with pytest.raises(Conflict) as refused, transaction() as session:
        service.call_off(session, "mihon", 2, by=BY, now=NOON + HOUR)
    assert refused.value.shown_title.startswith("公開が始まっている")


def test_a_later_plan_that_begins_earlier_leaves_no_trace_of_the_other(app: Flask) -> None:
    add()
    publish("mihon", 1)
    upload("mihon", OTHER)
    publish("mihon", 2, open_from=NOON + 3 * HOUR)
    upload("mihon", edition())
    publish("mihon", 3, open_from=NOON + HOUR)
    assert states() == {3: State.PLANNED, 2: State.REPLACED, 1: State.OPEN}
    assert [opened(NOON + n * HOUR) for n in (0, 1, 4)] == [1, 3, 3]


def test_an_older_version_is_not_published_over_a_newer_one(app: Flask) -> None:
    add()
    upload("mihon", OTHER)
    publish("mihon", 2)
    with pytest.raises(Conflict) as refused:
        publish("mihon", 1)
    assert "新しい版" in refused.value.shown_title
    with pytest.raises(Conflict):
        publish("mihon", 2)
    assert states() == {2: State.OPEN, 1: State.DRAFT}


@pytest.mark.parametrize(
    "period",
    [{"open_until": NOON}, {"open_until": NOON - HOUR},
     {"open_from": NOON + 2 * HOUR, "open_until": NOON + HOUR}],
)  # fmt: skip
def test_a_period_ends_after_it_begins(app: Flask, period: dict[str, Any]) -> None:
    add()
    with pytest.raises(InputInvalid) as refused:
        publish("mihon", 1, **period)
    assert codes(refused) == ["open_until:range"]
    assert states() == {1: State.DRAFT}


def test_the_end_can_be_moved_while_the_version_is_published(app: Flask) -> None:
    add()
    publish("mihon", 1, open_until=NOON + HOUR)
    with transaction() as session:
        service.change_end(session, "mihon", 1, NOON + 2 * HOUR, by=BY, now=NOON)
    assert opened(NOON + HOUR) == 1
    with transaction() as session:
        service.change_end(session, "mihon", 1, None, by=BY, now=NOON)
    assert opened(NOON + 99 * HOUR) == 1
    with pytest.raises(InputInvalid), transaction() as session:
        service.change_end(session, "mihon", 1, NOON - HOUR, by=BY, now=NOON)


def test_an_application_needs_its_purpose_and_a_prefix_of_its_own(app: Flask) -> None:
    add()
    publish("mihon", 1)
    add("other", edition(consent={}, prefix="例"))
    with pytest.raises(InputInvalid) as refused:
        publish("other", 1)
    assert codes(refused) == ["consent:required", "prefix:taken"]
    assert "「見本の手続き」" in refused.value.errors[1].message
    upload("other", edition(prefix="他"))
    publish("other", 2)
    add("third", edition(prefix="例", kind="survey", consent={}))
    with pytest.raises(InputInvalid) as refused:
        publish("third", 1)
    assert codes(refused) == ["prefix:taken"]


def test_a_form_keeps_its_own_prefix_over_its_versions(app: Flask) -> None:
    add()
    publish("mihon", 1)
    upload("mihon", OTHER)
    publish("mihon", 2)
    assert opened() == 2


def test_a_closed_form_takes_no_new_answers_until_it_is_opened_again(app: Flask) -> None:
    add()
    publish("mihon", 1)
    with transaction() as session:
        service.close(session, "mihon", by=BY, now=NOON)
    assert opened() is None
    assert states() == {1: State.CLOSED}
    with transaction() as session:
        service.reopen(session, "mihon", by=BY, now=NOON)
    assert opened() == 1
