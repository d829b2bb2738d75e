"""Other systems are told of every submission, without names, until they have taken it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from liff_app.audit import service as audit
from liff_app.config import Settings
from liff_app.db import db, in_transaction, transaction
from liff_app.errors import InputInvalid, NotFound
from liff_app.gateways.hook_caller import HookFailed, RecordingHookCaller
from liff_app.procedures.models import HookCall, ProcedureHook, Submission
from liff_app.procedures.webhooks import delivery, service
from liff_app.procedures.webhooks.service import CallState
from liff_app.staff.vocabulary import Role
from tests.conftest import colleague
from tests.house.page import faults
from tests.procedures.ground import NOON, document, publish, submit

ORIGINS = ("https://a.example.jp",)
URL = "https://a.example.jp/hook"
MARK = "山田しるし花子"


class Ground:
    """A town with one form and one hook."""

    def __init__(self, settings: Settings) -> None:
        self.keys = settings.keys
        self.caller = RecordingHookCaller(in_transaction)
        with transaction() as session:
            self.form = publish(session, document())
            self.hook, self.secret = service.add(
                session, self.form.procedure_id, URL, origins=ORIGINS, keys=self.keys, now=NOON
            )

    def submit(self, *, is_test: bool = False) -> str:
        with transaction() as session:
            row, _ = submit(session, self.form, {"name": MARK}, keys=self.keys, is_test=is_test)
            service.tell(session, row, "submitted", slug=self.form.slug, now=NOON)
            return row.number

    def deliver(self, at: datetime = NOON, stopping: Callable[[], bool] = lambda: False) -> int:
        db.session.close()
        return delivery.deliver(self.caller, keys=self.keys, now=lambda: at, stopping=stopping)

    def calls(self) -> list[service.CallView]:
        db.session.close()
        return service.calls_of(db.session, self.hook)


@pytest.fixture
def ground(app: Flask, settings: Settings) -> Ground:
    return Ground(settings)


def test_a_submission_is_told_once_signed_and_without_names(ground: Ground) -> None:
    number = ground.submit()
    assert ground.deliver() == 1
    assert ground.deliver() == 0
    [(url, body, headers)] = ground.caller.calls
    told = json.loads(body)
    assert url == URL
    assert (told["event"], told["number"], told["status"]) == ("submitted", number, "received")
    assert MARK not in body.decode()
    moment, _, digest = headers["Machimado-Signature"].partition(",v1=")
    signed = moment.removeprefix("t=").encode() + b"." + body
    assert hmac.new(ground.secret.encode(), signed, hashlib.sha256).hexdigest() == digest
    assert [one.state for one in ground.calls()] == [CallState.DONE]


def test_what_was_not_taken_comes_again_later_under_the_same_id(ground: Ground) -> None:
    ground.submit()
    ground.caller.failures = ["status_500", "no_answer"]
    at = NOON
    assert ground.deliver(at) == 0
    assert ground.deliver(at + timedelta(seconds=30)) == 0
    assert len(ground.caller.calls) == 1
    at += timedelta(minutes=2)
    assert ground.deliver(at) == 0
    assert [one.reason for one in ground.calls()] == ["no_answer"]
    assert ground.deliver(at + timedelta(minutes=10)) == 1
    assert len({json.loads(body)["event_id"] for _, body, _ in ground.caller.calls}) == 1
    assert [(one.state, one.tries) for one in ground.calls()] == [(CallState.DONE, 3)]


def test_after_a_day_a_call_is_given_up_and_shown(ground: Ground) -> None:
    ground.submit()
    ground.caller.failures = ["status_500"] * 50
    at = NOON
    for _ in range(60):
        ground.deliver(at)
        at += timedelta(hours=1)
    [call] = ground.calls()
    assert (call.state, call.reason) == (CallState.FAILED, "status_500")
    assert 6 <= call.tries <= 12
    made = len(ground.caller.calls)
    assert ground.deliver(at + timedelta(days=2)) == 0
    assert len(ground.caller.calls) == made


def test_a_worker_that_dies_after_the_call_leaves_it_to_the_next(ground: Ground) -> None:
    ground.submit()

    def die(url: str, body: bytes, headers: object) -> None:
        raise KeyboardInterrupt

    ground.caller.call = die  # type: ignore[method-assign]  # the process ends there
    with pytest.raises(KeyboardInterrupt):
        ground.deliver()
    ground.caller = RecordingHookCaller(in_transaction)
    assert ground.deliver(NOON + timedelta(seconds=30)) == 0
    assert ground.deliver(NOON + timedelta(seconds=61)) == 1


def test_a_trial_and_a_hook_that_is_off_are_told_of_nothing(ground: Ground) -> None:
    ground.submit(is_test=True)
    assert ground.deliver() == 0
    with transaction() as session:
        service.switch(session, ground.hook, is_on=False)
    ground.submit()
    assert ground.deliver() == 0
    with transaction() as session:
        service.switch(session, ground.hook, is_on=True)
    ground.submit()
    assert ground.deliver() == 1


def test_a_change_that_failed_tells_nobody(ground: Ground) -> None:
    with pytest.raises(RuntimeError):
        _tell_and_fail(ground)
    assert ground.deliver() == 0
    assert db.session.scalars(select(Submission)).all() == []


def _tell_and_fail(ground: Ground) -> None:
    with transaction() as session:
        row, _ = submit(session, ground.form, {}, keys=ground.keys)
        service.tell(session, row, "submitted", slug=ground.form.slug, now=NOON)
        raise RuntimeError


def test_a_hook_can_be_tried_out(ground: Ground) -> None:
    with transaction() as session:
        service.try_out(session, ground.hook, now=NOON)
    assert ground.deliver() == 1
    assert json.loads(ground.caller.calls[0][1])["event"] == "ping"


@pytest.mark.parametrize("url", ["https://evil.example/", "", URL])
def test_an_address_off_the_list_or_known_already_is_refused(ground: Ground, url: str) -> None:
    with pytest.raises(InputInvalid), transaction() as session:
        service.add(
            session, ground.form.procedure_id, url, origins=ORIGINS, keys=ground.keys, now=NOON
        )
    assert [one.url for one in service.hooks_of(db.session, ground.form.procedure_id)] == [URL]


def test_the_secret_is_nowhere_in_the_open(ground: Ground) -> None:
    row = db.session.scalars(select(ProcedureHook)).one()
    assert ground.secret.encode() not in row.secret_sealed
    assert ground.secret not in repr(service.hooks_of(db.session, ground.form.procedure_id))


def test_a_hook_that_is_removed_takes_its_calls_along(ground: Ground) -> None:
    ground.submit()
    with transaction() as session:
        service.remove(session, ground.hook)
    assert db.session.scalars(select(HookCall)).all() == []
    with pytest.raises(NotFound), transaction() as session:
        service.remove(session, ground.hook)


def test_old_calls_go_after_a_month(ground: Ground) -> None:
    ground.submit()
    ground.deliver()
    with transaction() as session:
        assert service.purge(session, now=NOON + timedelta(days=29)) == 0
        assert service.purge(session, now=NOON + timedelta(days=31)) == 1


class Two(Ground):
    """A second system is told too: one is away, the other there."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        with transaction() as session:
            self.other, _ = service.add(
                session, self.form.procedure_id, f"{URL}2", origins=ORIGINS, keys=self.keys,
                now=NOON,
            )  # fmt: skip
        self.asked: list[str] = []
        self.caller.call = self._call  # type: ignore[method-assign, assignment]  # by address

    def _call(self, url: str, *_told: object) -> None:
        self.asked.append(url)
        if url == URL:
            raise HookFailed("too_slow")


def test_a_system_that_is_away_costs_a_turn_one_call_and_holds_up_nobody_else(
    app: Flask, settings: Settings
) -> None:
    ground = Two(settings)
    for _ in range(4):
        ground.submit()
    assert ground.deliver() == 4
    assert sorted(ground.asked) == [URL, *[f"{URL}2"] * 4]
    ground.asked.clear()
    assert ground.deliver(NOON + timedelta(seconds=40)) == 0
    assert ground.asked == []
    ground.deliver(NOON + timedelta(minutes=2))
    assert ground.asked == [URL]


def test_a_system_that_comes_back_is_told_of_all_that_waited(ground: Ground) -> None:
    for _ in range(3):
        ground.submit()
    ground.caller.failures = ["too_slow"]
    assert ground.deliver() == 0
    assert ground.deliver(NOON + timedelta(minutes=2)) == 3
    [hook] = service.hooks_of(db.session, ground.form.procedure_id)
    assert (hook.failures, hook.rests_until) == (0, None)


def fail_on_and_on(ground: Ground) -> datetime:
    """Nobody takes anything for days; gives when it was enough."""
    at = NOON
    while service.hooks_of(db.session, ground.form.procedure_id)[0].is_on:
        ground.submit()
        ground.caller.failures = ["no_answer"]
        ground.deliver(at)
        at += timedelta(hours=7)
        assert at < NOON + timedelta(days=10)
    return at


def test_who_is_away_for_days_is_told_no_more_and_the_log_and_the_page_say_so(
    app: Flask, ground: Ground
) -> None:
    browser = colleague(app, Role.ADMINISTRATOR)
    assert "止めた知らせ" not in browser.get("/console/").text
    at = fail_on_and_on(ground)
    assert len(ground.caller.calls) == service.MOST_FAILURES
    assert not any(one.state is CallState.QUEUED for one in ground.calls())
    ground.caller.failures = []
    assert ground.deliver(at + timedelta(days=1)) == 0
    event = [one for one in audit.events(db.session) if one.action == "procedure_hook.gave_up"]
    assert [(one.actor, one.subject) for one in event] == [("system", "procedure:mihon")]
    page = browser.get("/console/procedures/hooks/mihon")
    assert "届かないので止めました" in page.text
    assert "続けて10回届きませんでした" in page.text
    assert not faults(page, "/console/procedures/hooks/mihon")
    assert "届かないので止めた知らせがあります。" in browser.get("/console/").text
    answer = browser.post(f"/console/procedures/hooks/mihon/{ground.hook}/switch", data={"on": "1"})
    assert answer.status_code == 303
    ground.submit()
    assert ground.deliver(at + timedelta(days=2)) == 1
    assert "止めた知らせ" not in browser.get("/console/").text


def test_what_is_not_taken_stands_on_the_page_with_its_next_time(
    app: Flask, ground: Ground
) -> None:
    ground.submit()
    ground.caller.failures = ["too_slow"]
    ground.deliver()
    page = colleague(app, Role.ADMINISTRATOR).get("/console/procedures/hooks/mihon")
    assert "続けて1回届いていません。次は11月23日（月）12:" in page.text


def test_whoever_tries_out_a_system_waits_for_no_rest(ground: Ground) -> None:
    ground.submit()
    ground.caller.failures = ["too_slow"]
    ground.deliver()
    with transaction() as session:
        service.try_out(session, ground.hook, now=NOON)
    assert ground.deliver() == 1
    assert json.loads(ground.caller.calls[-1][1])["event"] == "ping"


def test_trying_it_out_ten_times_gives_up_nothing_that_waits(ground: Ground) -> None:
    ground.submit()
    ground.caller.failures = ["no_answer"] * 30
    ground.deliver()
    for _ in range(service.MOST_FAILURES + 2):
        with transaction() as session:
            service.try_out(session, ground.hook, now=NOON)
        ground.deliver()
    hook = db.session.get_one(ProcedureHook, ground.hook)
    assert (hook.is_on, hook.failures) == (True, 1)
    waiting = [one for one in ground.calls() if one.state is CallState.QUEUED]
    assert len(waiting) == service.MOST_FAILURES + 3
    ground.caller.failures = []
    ground.deliver(NOON + timedelta(hours=2))
    assert "submitted" in {json.loads(one[1])["event"] for one in ground.caller.calls}
    assert not [one for one in ground.calls() if one.state is CallState.QUEUED]


def test_one_that_was_given_up_stays_known_as_such_though_it_answers_again(ground: Ground) -> None:
    with transaction() as session:
        hook = session.get_one(ProcedureHook, ground.hook)
        hook.failures, hook.is_on = service.MOST_FAILURES, False
    with transaction() as session:
        service.try_out(session, ground.hook, now=NOON)
    assert ground.deliver() == 1
    db.session.close()
    assert db.session.get_one(ProcedureHook, ground.hook).failures == service.MOST_FAILURES
