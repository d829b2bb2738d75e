"""What residents do with reports afterwards; everybody else finds nothing there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask, current_app

from liff_app.db import db, transaction
from liff_app.errors import DomainError, InputInvalid, NotFound
from liff_app.photos.models import Photo
from liff_app.reports import casework, filing, following, queries
from liff_app.reports.errors import StepRefused
from liff_app.reports.models import ReportAsset
from liff_app.reports.vocabulary import FixAnswer, Status

from . import ground
from .ground import by_staff, do, file, follower, history, kinds, merge, move, row, told
from .test_filing import at_once, photo

pytestmark = pytest.mark.usefixtures("app")
DAY = 60 * 24


def fix(ref: str, who: str, answer: FixAnswer, *, text: str = "", minutes: float = 5) -> object:
    """What the resident says after 「直しました」."""
    return do(following.answer_fix, ref, answer, text, resident_id=who, minutes=minutes)


def test_who_joins_is_told_like_the_reporter(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who).ref
    first = do(following.join, ref, resident_id=joiner)
    again = do(following.join, ref, resident_id=joiner)
    assert (first.ref, first.repeated, again.repeated) == (ref, False, True)
    assert do(following.join, ref, resident_id=who).repeated, "their own"
    assert (row(ref).joined, row(ref).version) == (1, 1)
    move(ref, Status.WORKING)
    assert told(joiner)[-1].text == told(who)[-1].text
    do(following.leave, ref, resident_id=joiner)
    do(following.leave, ref, resident_id=joiner)
    assert row(ref).joined == 0
    with pytest.raises(StepRefused):
        do(following.leave, ref, resident_id=who)


def test_who_joins_a_merged_report_joins_its_lead(app: Flask) -> None:
    one, two, joiner = ground.residents(3)
    lead, member = file(one).ref, file(two).ref
    merge(member, lead)
    assert do(following.join, member, resident_id=joiner).ref == lead
    assert follower(lead, joiner)
    assert not follower(member, joiner)
    assert do(following.join, lead, resident_id=two).ref == member, "they follow it already"


def test_nobody_joins_what_is_hidden_withdrawn_or_over(app: Flask) -> None:
    who, joiner = ground.residents(2)
    hidden, gone, over = (file(who).ref for _ in range(3))
    by_staff(casework.hide, hidden, "お名前のため")
    do(following.withdraw, gone, resident_id=who)
    move(over, Status.NO_ACTION)
    for ref in (hidden, gone, "0" * 16):
        with pytest.raises(NotFound):
            do(following.join, ref, resident_id=joiner)
    with pytest.raises(StepRefused):
        do(following.join, over, resident_id=joiner)


def test_not_yet_by_anybody_reopens_and_everybody_is_asked_anew(app: Flask) -> None:
    one, two, joiner = ground.residents(3)
    lead, member = file(one).ref, file(two).ref
    do(following.join, lead, resident_id=joiner)
    merge(member, lead)
    by_staff(casework.prioritise, lead, 3)
    move(lead, Status.FIXED)
    fix(lead, one, FixAnswer.FIXED)
    assert row(lead).status == "fixed"
    fix(member, two, FixAnswer.NOT_YET, text="まだ穴があります")
    found = row(lead)
    assert (found.status, found.is_open, found.reopened, found.priority) == ("reopened", True, 1, 3)
    assert found.closed_at is None
    assert [one.private_text for one in history(member) if one.kind == "fix_denied"] == [
        "まだ穴があります"
    ]
    assert not any(one.private_text for one in history(lead)), "the words stay at their own report"
    assert [told(who)[-1].text.split("\n")[0] for who in (one, joiner)] == [
        "もう一度、対応します。"
    ] * 2
    assert "もう一度" not in told(two)[-1].text, "who said it knows it"
    move(lead, Status.FIXED, minutes=9)
    for ref, who in ((lead, one), (lead, joiner), (member, two)):
        asked = follower(ref, who)
        assert asked is not None
        assert asked.fix_answer is None
        assert told(who)[-1].link_label == "直った・まだを答える"


def test_an_answer_may_change_for_thirty_days(app: Flask) -> None:
    who, silent = ground.residents(2)
    ref = file(who).ref
    do(following.join, ref, resident_id=silent)
    move(ref, Status.FIXED)
    fix(ref, who, FixAnswer.FIXED)
    with pytest.raises(StepRefused) as caught:
        fix(ref, who, FixAnswer.NOT_YET, minutes=31 * DAY)
    assert caught.value.shown_code == "answer_late"
    fix(ref, who, FixAnswer.NOT_YET, minutes=29 * DAY)
    assert row(ref).status == "reopened"
    move(ref, Status.FIXED, minutes=30 * DAY)
    fix(ref, silent, FixAnswer.NOT_YET, minutes=80 * DAY)
    assert row(ref).reopened == 2, "who never answered is still asked"


def test_an_answer_twice_is_one_and_before_the_time_none(app: Flask) -> None:
    who = ground.resident()
    ref = file(who).ref
    with pytest.raises(StepRefused):
        fix(ref, who, FixAnswer.FIXED)
    move(ref, Status.FIXED)
    for answer in (FixAnswer.FIXED, FixAnswer.NOT_YET):
        fix(ref, who, answer)
        assert fix(ref, who, answer).repeated  # type: ignore[attr-defined]  # a receipt
    assert kinds(ref)[-2:] == ["fix_confirmed", "fix_denied"]


def test_two_say_not_yet_at_once_and_it_reopens_once(app: Flask) -> None:
    one, two = ground.residents(2)
    lead, member = file(one).ref, file(two).ref
    merge(member, lead)
    move(lead, Status.FIXED)
    acts = [
        partial(fix, lead, one, FixAnswer.NOT_YET),
        partial(fix, member, two, FixAnswer.NOT_YET),
    ]
    said = at_once(app, acts)
    assert sum(one == "not_fixed" for one in said) == 1
    assert row(lead).reopened == 1


def test_a_reply_answers_what_was_asked(app: Flask) -> None:
    who = ground.resident()
    ref = file(who).ref
    with pytest.raises(StepRefused):
        do(following.reply, ref, "右側です", resident_id=who)
    move(ref, Status.ASKED)
    for wrong in ("", " \n", "あ" * 1001):
        with pytest.raises(InputInvalid):
            do(following.reply, ref, wrong, resident_id=who)
    do(following.reply, ref, "右側です", resident_id=who)
    assert row(ref).status == "checking"
    assert do(following.reply, ref, "右側です", resident_id=who).repeated
    assert history(ref)[-1].private_text == "右側です"


def test_a_report_others_wait_for_is_not_withdrawn(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who).ref
    do(following.join, ref, resident_id=joiner)
    with pytest.raises(StepRefused) as caught:
        do(following.withdraw, ref, resident_id=who)
    assert caught.value.shown_code == "others_wait"
    do(following.leave, ref, resident_id=joiner)
    do(following.withdraw, ref, resident_id=who)
    assert do(following.withdraw, ref, resident_id=who).repeated
    assert row(ref).status == "withdrawn"
    lead, member = file(who).ref, file(joiner).ref
    merge(member, lead)
    with pytest.raises(StepRefused):
        do(following.withdraw, lead, resident_id=who)


def test_own_words_are_taken_back_everywhere(app: Flask) -> None:
    who, joiner = ground.residents(2)
    mark, theirs = "ひみつ五七五", "となりの声"
    ref = file(who, description=mark, place_text=mark, contact=mark).ref
    do(following.join, ref, resident_id=joiner)
    move(ref, Status.ASKED)
    do(following.reply, ref, mark, resident_id=who)
    for one, said in ((joiner, theirs), (who, mark)):
        move(ref, Status.FIXED)
        fix(ref, one, FixAnswer.NOT_YET, text=said)
    by_staff(casework.check_public, ref, text=True)
    do(following.take_back_text, ref, resident_id=who)
    found = row(ref)
    assert (found.description, found.place_text, found.answers) == ("", "", "{}")
    assert found.contact_sealed is None
    assert not found.text_public
    assert [one.private_text for one in history(ref) if one.private_text] == [theirs]
    assert any(one.public_text for one in history(ref)), "the town hall's words stay"
    assert do(following.take_back_text, ref, resident_id=who).repeated
    do(following.take_back_text, ref, resident_id=joiner)
    assert not any(one.private_text for one in history(ref))


def test_of_a_number_only_that_of_a_known_thing_stays(app: Flask) -> None:
    with transaction() as session:
        session.add(
            ReportAsset(
                category="light", number="L-0421", search_key="l0421", lat=34.3, lon=134.0, note=""
            )
        )
    for typed, left in (("090-1111-2222 山田", ""), ("l ０４２１", "L-0421"), ("L-04", "")):
        who = ground.resident()
        ref = file(who, description="", place_text="", asset_number=typed).ref
        assert queries.one_mine(db.session, ref, who).can.take_back_text
        assert not do(following.take_back_text, ref, resident_id=who).repeated
        assert row(ref).asset_number == left
        assert do(following.take_back_text, ref, resident_id=who).repeated
        assert not queries.one_mine(db.session, ref, who).can.take_back_text
        db.session.rollback()


def test_who_leaves_takes_their_words_along(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who).ref
    do(following.join, ref, resident_id=joiner)
    for one, said in ((joiner, "となりの声"), (who, "本人の声")):
        move(ref, Status.FIXED)
        fix(ref, one, FixAnswer.NOT_YET, text=said)
    do(following.leave, ref, resident_id=joiner)
    assert [one.private_text for one in history(ref) if one.private_text] == ["本人の声"]


def test_joining_and_leaving_again_and_again_tells_nobody(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who).ref
    before = (len(told()), len(history(ref)))
    for _ in range(5):
        do(following.join, ref, resident_id=joiner)
        do(following.leave, ref, resident_id=joiner)
    assert (len(told()), len(history(ref)), row(ref).joined) == (*before, 0)


def test_only_who_reported_answers_a_question(app: Flask) -> None:
    one, two, joiner = ground.residents(3)
    lead, member = file(one).ref, file(two).ref
    do(following.join, lead, resident_id=joiner)
    do(following.join, lead, resident_id=two)
    merge(member, lead)
    move(lead, Status.ASKED)
    with pytest.raises(StepRefused) as caught:
        do(following.reply, lead, "いたずらでした", resident_id=joiner)
    assert caught.value.shown_code == "not_reporter"
    assert (row(lead).status, kinds(lead).count("replied")) == ("asked", 0)
    do(following.reply, lead, "右側です", resident_id=two)
    assert row(lead).status == "checking"


def test_an_own_photo_is_taken_back_for_good(app: Flask) -> None:
    who, other = ground.residents(2)
    ref = file(who).ref
    do(filing.add_photo, ref, photo(who, "mine"), resident_id=who)
    by_staff(casework.add_staff_photo, ref, photo(ground.STAFF, "theirs"))
    back = partial(do, _take_back, ref)
    for name, person in (("mine", other), ("theirs", who)):
        with pytest.raises(NotFound):
            back(name, resident_id=person)
    back("mine", resident_id=who)
    assert back("mine", resident_id=who).repeated
    found = db.session.get(Photo, "mine", populate_existing=True)
    assert found is None or found.deleted_at is not None
    db.session.rollback()


def _take_back(session: object, ref: str, name: str, **about: object) -> object:
    store = current_app.extensions["file_store"]
    return following.take_back_photo(session, store, ref, name, **about)  # type: ignore[arg-type]  # as given


STRANGE: dict[str, Callable[[str, str], object]] = {
    "reply": lambda ref, who: do(following.reply, ref, "はい", resident_id=who),
    "withdraw": lambda ref, who: do(following.withdraw, ref, resident_id=who),
    "take_back_text": lambda ref, who: do(following.take_back_text, ref, resident_id=who),
    "answer_fix": lambda ref, who: fix(ref, who, FixAnswer.NOT_YET),
    "add_photo": lambda ref, who: do(
        filing.add_photo, ref, photo(who, f"x{ref}{who}"[:32]), resident_id=who
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_stranger_finds_nothing_to_change(app: Flask, name: str) -> None:
    ref = file(ground.resident()).ref
    move(ref, Status.FIXED if name == "answer_fix" else Status.ASKED)
    before = row(ref)
    with pytest.raises(DomainError) as caught:
        STRANGE[name](ref, ground.resident())
    assert isinstance(caught.value, NotFound)
    assert row(ref).version == before.version
    with pytest.raises(NotFound):
        STRANGE[name]("f" * 16, ground.resident())


def test_a_split_leaves_earlier_followers_where_they_were(app: Flask) -> None:
    one, two, joiner = ground.residents(3)
    lead, member = file(one).ref, file(two).ref
    do(following.join, member, resident_id=joiner)
    merge(member, lead)
    by_staff(casework.split, member)
    assert row(member).joined == 1
    assert row(lead).joined == 0
