"""A report comes in: every fault at once, and once however often it is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from liff_app.db import db, transaction
from liff_app.errors import DomainError, InputInvalid, KeyReused
from liff_app.photos.models import Photo
from liff_app.reports import casework, filing, rules
from liff_app.reports.categories import service as categories
from liff_app.reports.drafts import clean
from liff_app.reports.models import Report, ReportPhoto
from liff_app.reports.vocabulary import Source, Status

from . import ground
from .ground import SEEN, at, do, draft, file, kinds, row, told

pytestmark = pytest.mark.usefixtures("app")
KEY = "a-key-of-some-draft"


def check(**other: object) -> list[tuple[str, str]]:
    """Faults of such a draft, field and code."""
    code = ground.settings().municipality_code
    try:
        filing.check(db.session, draft(**other), municipality_code=code)
    except InputInvalid as error:
        return [(one.field, one.code) for one in error.errors]
    finally:
        db.session.rollback()
    return []


def count() -> int:
    """How many reports there are."""
    found = int(db.session.scalar(select(func.count(Report.id))) or 0)
    db.session.rollback()
    return found


@ground.on_sqlite
def test_every_fault_of_a_draft_is_named_at_once(app: Flask) -> None:
    assert check() == []
    faults = check(
        category="sky", description="あ" * 1001, lat=float("nan"), place_text="い" * 201,
        asset_number="1" * 41, contact="2" * 201,
    )  # fmt: skip
    assert faults == [
        ("description", "too_long"),
        ("place_text", "too_long"),
        ("asset_number", "too_long"),
        ("contact", "too_long"),
        ("category", "unknown_category"),
        ("place", "range"),
    ]


@ground.on_sqlite
@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"lat": 91.0}, ("place", "range")),
        ({"lon": float("inf")}, ("place", "range")),
        ({"lon": -180.5}, ("place", "range")),
        ({"accuracy_m": 1001}, ("place", "imprecise")),
        ({"accuracy_m": -1}, ("place", "imprecise")),
        ({"category": "other", "description": " \u3000\n"}, ("description", "required")),
        ({"category": "road\x00"}, None),
        ({"accuracy_m": 1000}, None),
        ({"accuracy_m": None}, None),
        ({"description": ""}, None),
    ],
)
def test_one_fault(app: Flask, other: dict[str, object], fault: tuple[str, str] | None) -> None:
    assert check(**other) == ([fault] if fault else [])


@ground.on_sqlite
def test_an_answer_that_ends_the_form_is_not_filed(app: Flask) -> None:
    for category in categories.all_categories(db.session):
        for question in category.questions:
            for option in question.options:
                if option.stop is not None:
                    db.session.rollback()
                    with pytest.raises(categories.Stopped):
                        file(
                            ground.resident(),
                            category=category.code,
                            answers={question.code: option.code},
                        )
                    return
    pytest.fail("no option stops")


def test_a_report_is_stored_whole_and_its_number_is_told(app: Flask) -> None:
    who = ground.resident()
    receipt = file(who, contact="090-1111-2222", source=Source.LIFF)
    found = row(receipt.ref)
    assert receipt.status is Status.RECEIVED
    assert receipt.number == rules.number_of(found.id, 2026)
    assert (found.description, found.place_text) == ("歩道に穴があいている", "公民館の前")
    assert (found.version, found.is_open, found.joined, found.cell) == (
        1, True, 0, rules.cell_of(found.lat, found.lon),
    )  # fmt: skip
    assert found.due_on is not None
    assert kinds(receipt.ref) == ["filed"]
    (message,) = told(who)
    assert receipt.number in message.text
    assert message.link == f"/reports/{receipt.ref}"


def test_the_number_counts_the_year_of_japan(app: Flask) -> None:
    who = ground.resident()
    new_year = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)  # 0:30 on the first of January
    with transaction() as session:
        receipt = filing.file_once(
            session, draft(), resident_id=who, key=KEY, settings=ground.settings(), now=new_year
        )
    assert receipt.number.startswith("27-")


def test_the_same_key_gives_the_first_answer(app: Flask) -> None:
    who, other = ground.residents(2)
    first = file(who, key=KEY)
    do(casework.move, first.ref, Status.CHECKING, version=1, **SEEN)
    again = file(who, key=KEY, minutes=60)
    assert (again.ref, again.number, again.status, again.repeated) == (
        first.ref, first.number, Status.RECEIVED, True,
    )  # fmt: skip
    kept = filing.kept_receipt(db.session, resident_id=who, key=KEY)
    assert kept == again
    assert filing.kept_receipt(db.session, resident_id=other, key=KEY) is None
    db.session.rollback()
    assert count() == 1
    with pytest.raises(KeyReused):
        file(who, key=KEY, description="ほかのこと")
    assert not file(other, key=KEY).repeated
    assert [len(told(one)) for one in (who, other)] == [2, 1]


def test_no_more_than_three_filings_a_day_cost_a_message(app: Flask) -> None:
    who, other = ground.residents(2)
    refs = [file(who, minutes=minute).ref for minute in range(5)]
    file(other, minutes=5)
    assert [one.link for one in told(who)] == [f"/reports/{ref}" for ref in refs[:3]]
    assert len(told(other)) == 1
    file(who, minutes=60 * 24 + 1)
    assert len(told(who)) == 3, "three are still of the last 24 hours"
    later = file(who, minutes=60 * 24 + 4).ref
    assert told(who)[-1].link == f"/reports/{later}"


def test_a_colleague_files_for_a_caller_whom_nobody_is_told_of(app: Flask) -> None:
    with transaction() as session:
        receipt = filing.file_for_caller(
            session, draft(source=Source.CONSOLE), actor="staff:one", key=KEY,
            settings=ground.settings(), now=at(),
        )  # fmt: skip
    found = row(receipt.ref)
    assert (found.resident_id, found.source) == (None, "console")
    assert told() == []


def at_once(app: Flask, acts: Sequence[Callable[[], object]]) -> list[object]:
    """All acts start together, each in a thread with a session of its own; what each gave."""
    said: list[object] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                said.append(act())
            except DomainError as error:
                said.append(error.shown_code)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_twenty_at_once_with_one_key_are_one_report(app: Flask) -> None:
    who = ground.resident()
    said = at_once(app, [partial(file, who, key=KEY)] * 20)
    assert len({(one.ref, one.number) for one in said}) == 1  # type: ignore[attr-defined]  # receipts, or the test fails
    assert count() == 1
    assert len(told(who)) == 1


def test_two_reviewers_at_once_and_one_wins(app: Flask) -> None:
    for _ in range(6):
        ref = file(ground.resident()).ref
        about = SEEN | {"version": 1}
        acts = [partial(do, casework.move, ref, Status.CHECKING, **about) for _ in range(2)]
        assert sorted(map(str, at_once(app, acts))) == ["2", "report_changed"]
        assert kinds(ref) == ["filed", "moved"]


def test_crosswise_merges_at_once_wait_for_each_other(app: Flask) -> None:
    for _ in range(6):
        one, two = (file(ground.resident()).ref for _ in range(2))
        about = SEEN | {"version": 1, "into_version": 1}
        acts = [partial(do, casework.merge, a, b, **about) for a, b in ((one, two), (two, one))]
        assert sorted(map(str, at_once(app, acts))) == ["2", "report_changed"]
        assert sorted(row(ref).status for ref in (one, two)) == ["duplicate", "received"]


def photo(owner: str, name: str) -> str:
    """Id of a photo in the table; its picture is the photos' own matter."""
    with transaction() as session:
        session.add(
            Photo(
                id=name, owner=owner, sha256=name.encode(), width=4, height=3,
                large_key=f"{name}l", thumb_key=f"{name}t", public_version=0, mask_boxes="[]",
                created_at=at(),
            )
        )  # fmt: skip
    return name


def test_up_to_three_photos_come_with_it_or_after_it(app: Flask) -> None:
    who, other = ground.residents(2)
    first = photo(who, "photo0")
    with transaction() as session:
        receipt = filing.file_once(
            session, draft(), resident_id=who, key=KEY, settings=ground.settings(),
            now=at(), photo_ids=[first, first],
        )  # fmt: skip
    ref = receipt.ref
    names = [first, *(photo(who, f"photo{n}") for n in range(1, 4))]
    for name in names[:3]:
        for again in (name == first, True):
            assert do(filing.add_photo, ref, name, resident_id=who).repeated == again
    for wrong, owner in ((names[3], who), (names[0], other), (photo(other, "theirs"), who)):
        with pytest.raises(DomainError):
            do(filing.add_photo, ref, wrong, resident_id=owner)
    rows = db.session.execute(
        select(ReportPhoto.photo_id, ReportPhoto.position).order_by(ReportPhoto.position)
    ).all()
    db.session.rollback()
    assert [tuple(one) for one in rows] == [(name, n) for n, name in enumerate(names[:3])]
    assert kinds(ref) == ["filed", "photo_added", "photo_added"]
    late = file(who).ref
    with pytest.raises(DomainError) as caught:
        do(filing.add_photo, late, names[3], resident_id=who, minutes=60 * 72 + 1)
    assert caught.value.shown_code == "photo_late"


@ground.on_sqlite
def test_what_no_page_can_hold_is_left_out(app: Flask) -> None:
    assert clean("a\x00b\r\nc\rd\ud800\x1b[31m\te ") == "ab\nc\nd[31m\te"
    assert clean("👷‍♀️ 𠮷野家") == "👷‍♀️ 𠮷野家"
    ref = file(ground.resident(), description="穴\x00\ud83d", answers={"x\x00": "y\ud800"}).ref
    assert row(ref).description == "穴"
    assert "y" not in json.loads(row(ref).answers).values()
