"""The worker's turn: what LINE answers, and what becomes of the message."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event

from liff_app import telemetry, worker
from liff_app.db import db, transaction
from liff_app.emulator.message_rules import message_list_faults
from liff_app.gateways.line_messaging import (
    Accepted,
    LineFailed,
    LineQuotaSpent,
    LineRefused,
    LineTrouble,
)
from liff_app.gateways.line_messaging_recording import RecordingLineMessaging
from liff_app.identity.models import Resident
from liff_app.messaging import bubbles, claims, delivery
from liff_app.messaging.delivery import Post
from liff_app.messaging.models import MessageState
from liff_app.messaging.rules import Pace
from tests.conftest import on_sqlite
from tests.messaging.told import (
    HOST,
    NOW,
    ONE_BY_ONE,
    keys,
    line,
    line_id,
    resident,
    rows,
    tell,
    texts,
    turn,
)

pytestmark = pytest.mark.usefixtures("app")

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
RATE = "The API rate limit has been exceeded. Try again later."


def test_a_message_is_sent_once_with_its_own_key() -> None:
    gateway, haru = line(), resident("haru")
    tell(haru, "a", "通報の工事が終わりました。")
    (before,) = rows()
    assert turn(gateway) == 1
    assert turn(gateway, NOW + HOUR) == 0
    assert texts(gateway) == [(line_id("haru"), "通報の工事が終わりました。")]
    assert gateway.sent[0][2] == before.retry_key
    (row,) = rows()
    assert (row.state, row.done_at, row.tries) == (MessageState.SENT, NOW, 1)
    assert row.request_id == f"request-{row.retry_key}"
    assert row.lease_until is None


@on_sqlite
def test_a_message_with_a_link_has_one_large_button() -> None:
    gateway, haru = line(), resident("haru")
    tell(haru, "a", "あ" * 500, link="/reports/" + "x" * 200)
    tell(haru, "b", "リンクのない文", link=None)
    turn(gateway)
    turn(gateway)
    first, second = (said[0] for _, said, _ in gateway.sent)
    shown = json.dumps(first, ensure_ascii=False)
    assert f'"uri": "{HOST}/reports/{"x" * 200}"' in shown
    assert shown.count('"type": "button"') == 1
    assert shown.count('"scaling": true') == 2  # both follow the letter size chosen in LINE
    assert second == {"type": "text", "text": "リンクのない文"}
    assert message_list_faults([first]) == message_list_faults([second]) == []


@on_sqlite
def test_the_rules_that_judge_a_message_are_awake() -> None:
    long = bubbles.message("あ" * 1501, address="javascript:1", label="見る")
    assert len(message_list_faults([long])) == 2


def unsure(status: int | None) -> LineFailed:
    return LineFailed("marker-line-said", status=status, request_id="r-1")


@pytest.mark.parametrize("status", [500, 503, 408, 429, None])
def test_after_a_failure_it_is_tried_again_with_the_same_key(status: int | None) -> None:
    gateway, haru = line(), resident("haru")
    tell(haru, "a")
    gateway.troubles = [unsure(status), unsure(status)]
    assert turn(gateway) == 0
    (row,) = rows()
    assert (row.state, row.tries, row.request_id) == (MessageState.QUEUED, 1, "r-1")
    assert row.reason == f"failed_{status or 'no_answer'}"
    assert turn(gateway, NOW + 7 * SECOND) == 0
    assert len(gateway.calls) == 1  # not before its time
    assert turn(gateway, NOW + 13 * SECOND) == 0
    assert turn(gateway, NOW + 2 * MINUTE) == 1
    (row,) = rows()
    assert (row.state, row.tries, row.reason) == (MessageState.SENT, 3, "")
    assert len(gateway.sent) == 1


def test_what_line_has_already_taken_counts_as_sent() -> None:
    gateway, haru = line(), resident("haru")
    tell(haru, "a")
    (row,) = rows()
    gateway.push(line_id("haru"), [{"type": "text", "text": "文"}], retry_key=row.retry_key)
    assert turn(gateway) == 1
    assert rows()[0].state is MessageState.SENT
    assert len(gateway.sent) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_what_line_refuses_is_never_tried_again(status: int) -> None:
    gateway, haru = line(), resident("haru")
    tell(haru, "a")
    tell(haru, "b")
    gateway.troubles = [LineRefused("no", status=status)]
    assert turn(gateway) == 1  # the next of the same talk goes on
    assert turn(gateway, NOW + 30 * HOUR) == 0
    first, second = rows()
    assert (first.state, first.reason) == (MessageState.FAILED, f"refused_{status}")
    assert first.done_at == NOW
    assert second.state is MessageState.SENT


def test_a_spent_month_stops_everything_for_an_hour(capsys: pytest.CaptureFixture[str]) -> None:
    gateway = line()
    for name in ("haru", "kenta", "mei"):
        tell(resident(name), "a")
    gateway.troubles = [LineQuotaSpent("limit", status=429)]
    assert turn(gateway) == 0
    assert len(gateway.calls) == 1
    tell(resident("hoa"), "a")  # queued meanwhile: it waits too
    assert turn(gateway, NOW + 59 * MINUTE) == 0
    assert len(gateway.calls) == 1
    assert turn(gateway, NOW + 60 * MINUTE) == 4
    logged = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    assert [one["event"] for one in logged] == ["line_quota_spent"]


def test_a_month_long_quota_makes_no_message_unknown() -> None:
    """LINE has not taken it, so the key is as good as new, however long that goes on."""
    gateway, haru = line(), resident("haru")
    tell(haru, "a")
    for hours in range(72):
        gateway.troubles = [LineQuotaSpent("limit", status=429)]
        turn(gateway, NOW + hours * 2 * HOUR)
    assert rows()[0].state is MessageState.QUEUED
    assert turn(gateway, NOW + 145 * HOUR) == 1


def test_a_key_that_line_may_have_forgotten_is_not_used_again() -> None:
    gateway, haru = line(), resident("haru")
    tell(haru, "a")
    tell(haru, "b", now=NOW + 24 * HOUR)
    at = NOW
    while at < NOW + 24 * HOUR:
        gateway.troubles = [unsure(None)]
        turn(gateway, at)
        at += 10 * MINUTE
    assert gateway.sent == []
    gateway.troubles = []
    assert turn(gateway, NOW + 26 * HOUR) == 1
    first, second = rows()
    assert first.state is MessageState.UNKNOWN
    assert first.tries > 20
    assert (second.state, second.tries) == (MessageState.SENT, 1)


def test_what_waited_a_week_is_dropped() -> None:
    gateway, haru = line(), resident("haru")
    tell(haru, "a")
    assert turn(gateway, NOW + timedelta(days=7)) == 0
    assert (rows()[0].state, gateway.calls) == (MessageState.DROPPED, [])


def test_a_talk_keeps_its_order_and_others_do_not_wait_for_it() -> None:
    gateway, haru, kenta = line(), resident("haru"), resident("kenta")
    for number in range(3):
        tell(haru, f"h{number}", f"ハル{number}")
    tell(kenta, "k", "健太")
    gateway.troubles = [unsure(500)]
    assert turn(gateway) == 1
    assert texts(gateway) == [(line_id("kenta"), "健太")]
    assert turn(gateway, NOW + 20 * SECOND) == 3
    assert [text for _, text in texts(gateway)] == ["健太", "ハル0", "ハル1", "ハル2"]


def claimed(at: datetime) -> tuple[claims.Claim, ...]:
    """What a worker that then dies, or stands still, has in hand."""
    with transaction() as session:
        return claims.claim(session, keys=keys(), pace=Pace(), now=at).claims


def test_a_dead_workers_message_is_taken_over_when_its_lease_ends() -> None:
    gateway, haru = line(), resident("haru")
    tell(haru, "a")
    tell(haru, "b")
    (lost,) = claimed(NOW)
    assert turn(gateway, NOW + 59 * SECOND) == 0
    assert turn(gateway, NOW + 60 * SECOND) == 2
    assert gateway.sent[0][2] == lost.retry_key
    assert [row.tries for row in rows()] == [2, 1]


def test_a_worker_that_comes_back_late_changes_nothing() -> None:
    haru = resident("haru")
    tell(haru, "a")
    (late,) = claimed(NOW)
    (other,) = claimed(NOW + MINUTE)
    assert late.retry_key == other.retry_key
    record(late, claims.Verdict.NEVER)
    assert rows()[0].state is MessageState.SENDING
    record(other, claims.Verdict.PERHAPS)
    assert rows()[0].state is MessageState.QUEUED
    record(late, claims.Verdict.SENT)  # LINE took it: true whoever says so
    assert rows()[0].state is MessageState.SENT
    record(other, claims.Verdict.PERHAPS)
    assert rows()[0].state is MessageState.SENT


def record(claim: claims.Claim, verdict: claims.Verdict) -> None:
    outcome = claims.Outcome(claim, verdict)
    with transaction() as session:
        claims.record(session, [outcome], pace=Pace(), dice=random.Random(1), now=NOW)


def test_a_resident_who_goes_while_the_message_is_sent_leaves_nothing() -> None:
    haru = resident("haru")
    tell(haru, "a")
    (one,) = claimed(NOW)
    with transaction() as session:
        session.delete(session.get_one(Resident, haru))
    record(one, claims.Verdict.SENT)
    assert rows() == []


def test_an_id_that_no_key_opens_waits_for_a_person() -> None:
    gateway, haru = line(), resident("haru")
    tell(haru, "a")
    with transaction() as session:
        one = session.get_one(Resident, haru)
        whole, one.subject_sealed = one.subject_sealed, b"k9:" + b"x" * 60
    assert turn(gateway) == 0
    assert (rows()[0].state, rows()[0].reason) == (MessageState.QUEUED, "sealed")
    with transaction() as session:
        session.get_one(Resident, haru).subject_sealed = whole
    assert turn(gateway, NOW + HOUR) == 1


@on_sqlite
def test_a_worker_told_to_stop_gives_back_what_it_has_not_sent() -> None:
    gateway = line()
    for name in ("haru", "kenta", "mei"):
        tell(resident(name), "a")
    post = Post(
        gateway=lambda: gateway, keys=keys(), address=str, stopping=lambda: bool(gateway.sent),
        now=lambda: NOW,
    )  # fmt: skip
    assert delivery.deliver(post, ONE_BY_ONE) == 1
    states = [(row.state, row.tries, row.first_try_at) for row in rows()]
    assert states == [(MessageState.SENT, 1, NOW), *[(MessageState.QUEUED, 0, None)] * 2]


class Strange(RecordingLineMessaging):
    """A LINE on which one message makes the gateway break."""

    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], *, retry_key: UUID
    ) -> Accepted:
        """Break over Haru's message."""
        if to == line_id("haru"):
            raise RuntimeError("a bug")
        return super().push(to, messages, retry_key=retry_key)


@on_sqlite
def test_a_bug_over_one_message_does_not_keep_the_others() -> None:
    gateway = Strange()
    for name in ("haru", "kenta", "mei"):
        tell(resident(name), "a")
    with pytest.raises(RuntimeError):
        turn(gateway)
    assert [row.state.value for row in rows()] == ["sending", "sent", "sent"]


def test_two_workers_at_once_tell_everyone_once(app: Flask) -> None:
    names = [f"市民{number}" for number in range(30)]
    for name in names * 3:
        number = len(rows()) // 30
        tell(resident(name), f"e{number}", f"{number}")
    gateway = line()

    def work() -> None:
        with app.app_context():
            while any(row.state is not MessageState.SENT for row in rows()):
                turn(gateway, pace=Pace(batch=4, at_once=3, lease=HOUR))

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(work) for _ in range(2)]:
            one.result()
    assert len(gateway.sent) == len(gateway.calls) == 90
    for name in names:
        assert [text for to, text in texts(gateway) if to == line_id(name)] == ["0", "1", "2"]
    assert {row.tries for row in rows()} == {1}


@on_sqlite
@pytest.mark.parametrize(
    "trouble", [unsure(500), LineRefused("marker-line-said", status=400),
                LineQuotaSpent("marker-line-said", status=429)],
)  # fmt: skip
def test_no_log_names_a_person_or_repeats_a_text(
    trouble: LineTrouble, capfd: pytest.CaptureFixture[str]
) -> None:
    telemetry.configure_logging("DEBUG")
    haru = resident("haru")
    tell(haru, "marker-event", "marker-text", link="/marker-link")
    gateway = line()
    gateway.troubles = [trouble]
    turn(gateway)
    logged = "".join(capfd.readouterr())
    assert '"count": 1' in logged
    for one in ("marker", haru, line_id("haru"), str(rows()[0].retry_key)):
        assert one not in logged


@on_sqlite
def test_without_an_account_the_messages_wait(app: Flask) -> None:
    tell(resident("haru"), "a")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], line_channel_access_token="")
    assert worker.run(app, once=True) == []
    assert rows()[0].state is MessageState.QUEUED


@on_sqlite
def test_the_worker_finds_what_is_due_by_an_index(app: Flask) -> None:
    """A month of sent messages must not be read every second."""
    del app
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:  # noqa: ANN401 - the driver's own
        if "EXISTS" in statement:
            asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    claimed(NOW)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) == 2
    for statement, values in asked:
        explained = db.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", values
        )
        plan = [row[-1] for row in explained]
        assert not [step for step in plan if step.startswith("SCAN")], plan
        assert any("ix_line_messages_state_not_before (state=?" in step for step in plan), plan
