"""A message is queued with the change it tells of, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liff_app import retention
from liff_app.db import db, transaction
from liff_app.identity.models import Resident
from liff_app.messaging import outbox
from liff_app.messaging.models import MessageState
from tests.conftest import on_sqlite
from tests.messaging.told import NOW, line, resident, rows, tell, turn

pytestmark = pytest.mark.usefixtures("app")


def test_the_same_event_told_twice_is_one_message() -> None:
    haru, kenta = resident("haru"), resident("kenta")
    tell(haru, "report:a:7", "はじめの文")
    tell(haru, "report:a:7", "あとの文")
    tell(haru, "report:a:8")
    tell(kenta, "report:a:7")
    told = [(row.resident_id, row.event) for row in rows()]
    assert told == [(haru, "report:a:7"), (haru, "report:a:8"), (kenta, "report:a:7")]
    assert rows()[0].text == "はじめの文"
    assert len({row.retry_key for row in rows()}) == 3


def test_a_message_goes_with_the_change_it_tells_of() -> None:
    haru = resident("haru")

    def change_and_fail() -> None:
        with transaction() as session:
            outbox.queue(
                session, resident_id=haru, text="文", link=None, link_label="", event="e", now=NOW
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert rows() == []


def test_a_resident_who_is_gone_is_told_nothing() -> None:
    haru, kenta = resident("haru"), resident("kenta")
    tell(haru, "e")
    tell(kenta, "e")
    with transaction() as session:
        session.delete(session.get_one(Resident, haru))
    assert [row.resident_id for row in rows()] == [kenta]


@on_sqlite
@pytest.mark.parametrize(
    ("text", "link", "label"),
    [
        ("", None, ""),
        ("  \n", None, ""),
        ("あ" * 501, None, ""),
        ("🏠" * 251, None, ""),  # two UTF-16 units each
        ("こちら https://example.jp/", None, ""),
        ("こちら WWW.example.jp", None, ""),
        ("U" + "0123456789abcdef" * 2, None, ""),
        ("文", "https://example.jp/", "見る"),
        ("文", "//example.jp/", "見る"),
        ("文", "reports/a", "見る"),
        ("文", "/reports/a", ""),
        ("文", "/reports/a", "見" * 41),
    ],
)
def test_what_no_talk_should_show_is_refused(text: str, link: str | None, label: str) -> None:
    with pytest.raises(ValueError, match=r"message|link|label"):
        outbox.require_tellable(text, link=link, link_label=label)


@pytest.mark.parametrize("text", ["あ" * 500, "🏠" * 250, "1行目\n2行目", "受付番号 R7-0012"])
@on_sqlite
def test_what_a_talk_may_show_is_taken(text: str) -> None:
    outbox.require_tellable(text, link="/reports/a", link_label="くわしく見る")


def test_what_waits_can_be_counted() -> None:
    haru = resident("haru")
    assert outbox.oldest_waiting(db.session) is None
    db.session.rollback()
    tell(haru, "a")
    tell(haru, "b", now=NOW + timedelta(minutes=1))
    counts = outbox.count_by_state(db.session)
    assert counts[MessageState.QUEUED] == 2
    assert set(counts) == set(MessageState)
    assert sum(counts.values()) == 2
    assert outbox.oldest_waiting(db.session) == NOW


def test_messages_done_with_go_after_thirty_days_and_waiting_ones_stay() -> None:
    haru, kenta = resident("haru"), resident("kenta")
    tell(haru, "a")
    turn(line())
    tell(kenta, "b")
    assert retention.run(now=NOW + timedelta(days=29, hours=23))["line_messages"] == 0
    assert retention.run(now=NOW + timedelta(days=30))["line_messages"] == 1
    assert [row.event for row in rows()] == ["b"]
