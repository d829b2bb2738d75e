"""What the public may see of a report, decided on the desk: words, place, photos and masks."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.photos import service as photos
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults
from tests.reports import ground
from tests.reports.ground import file, resident, row, told

from .case_desk import done, get, jpeg, post, with_photo


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.REPORT_REVIEWER)


def test_the_contact_is_shown_on_demand_and_that_is_noted(reviewer: ConsoleVisitor) -> None:
    ref = file(resident(), contact="090-0000-1234").ref
    assert "090-0000-1234" not in get(reviewer, ref)
    shown = reviewer.post(f"/console/reports/{ref}/contact")
    assert "090-0000-1234" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
    assert last is not None
    assert (last.action, last.persons) == ("report.contact_viewed", 1)


def test_words_and_place_are_let_out_one_by_one(reviewer: ConsoleVisitor) -> None:
    ref = file(resident()).ref
    done(post(reviewer, ref, "publish", text="yes"))
    assert (row(ref).text_public, row(ref).place_checked) == (True, False)
    done(post(reviewer, ref, "publish", place="yes"))
    done(post(reviewer, ref, "publish", text="no"))
    assert (row(ref).text_public, row(ref).place_checked) == (False, True)


def test_hiding_tells_the_reporter_why(reviewer: ConsoleVisitor) -> None:
    who = resident()
    ref = file(who).ref
    assert post(reviewer, ref, "hide", reason=" ").status_code == 422
    done(post(reviewer, ref, "hide", reason="車の番号が書いてあるため"))
    assert row(ref).hidden
    assert ground.history(ref)[-1].public_text == "車の番号が書いてあるため"
    assert len(told(who)) == 2
    assert "いまは何も公開していません" in get(reviewer, ref)
    done(post(reviewer, ref, "show"))
    assert not row(ref).hidden


def test_a_photo_is_seen_by_the_desk_and_let_out(app: Flask, reviewer: ConsoleVisitor) -> None:
    ref, photo = with_photo(app, resident())
    large = reviewer.get(f"/console/reports/{ref}/photos/{photo}/large")
    assert large.mimetype == "image/jpeg"
    assert large.headers["Cache-Control"] == "private, no-store"
    other = file(resident()).ref
    for wrong in (f"{ref}/photos/{photo}/huge", f"{other}/photos/{photo}/large",
                  f"{ref}/photos/{'0' * 32}/thumb"):  # fmt: skip
        assert reviewer.get(f"/console/reports/{wrong}").status_code == 404
    done(post(reviewer, ref, f"photos/{photo}/mask", bare="yes"))
    assert photos.photo_view(db.session, photo).is_public
    done(post(reviewer, ref, f"photos/{photo}/withhold"))
    assert not photos.photo_view(db.session, photo).is_public
    db.session.rollback()
    assert post(reviewer, other, f"photos/{photo}/release").status_code == 404


@on_sqlite
def test_a_photo_without_a_mask_leads_to_the_question_about_it(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    ref, photo = with_photo(app, resident())
    release = f"/console/reports/{ref}/photos/{photo}/release"
    assert release not in get(reviewer, ref)
    led = post(reviewer, ref, f"photos/{photo}/release")
    assert (led.status_code, led.headers["Location"]) == (
        303, f"/console/reports/{ref}/photos/{photo}/mask",
    )  # fmt: skip
    assert not photos.photo_view(db.session, photo).is_public
    db.session.rollback()


@on_sqlite
def test_a_photo_goes_out_again_with_the_boxes_it_has(app: Flask, reviewer: ConsoleVisitor) -> None:
    ref, photo = with_photo(app, resident())
    box = {"left": "25", "top": "25", "width": "50", "height": "50"}
    done(post(reviewer, ref, f"photos/{photo}/mask", **box))
    done(post(reviewer, ref, f"photos/{photo}/withhold"))
    assert "前と同じ黒ぬりで公開する" in get(reviewer, ref)
    done(post(reviewer, ref, f"photos/{photo}/release"))
    view = photos.photo_view(db.session, photo)
    assert view.is_public
    assert len(view.boxes) == 1
    db.session.rollback()


def test_a_mask_blackens_the_public_copy_and_no_other(app: Flask, reviewer: ConsoleVisitor) -> None:
    ref, photo = with_photo(app, resident())
    asked = reviewer.get(f"/console/reports/{ref}/photos/{photo}/mask")
    assert faults(asked, "/console/reports/x/mask") == []
    box = {"left": ["25", ""], "top": ["２５", ""], "width": ["50", ""], "height": ["50", ""]}
    done(post(reviewer, ref, f"photos/{photo}/mask", **box))
    store = app.extensions["file_store"]
    public = photos.read(db.session, store, photo, "large", public=True)
    inside = photos.read(db.session, store, photo, "large", public=False)
    assert max(_pixel(public, 40, 30)) < 12
    assert _pixel(public, 5, 5)[0] > 150
    assert _pixel(inside, 40, 30)[0] > 150
    assert "公開中（黒ぬり 1か所）" in get(reviewer, ref)
    assert 'value="25.000"' in reviewer.get(f"/console/reports/{ref}/photos/{photo}/mask").text


def _pixel(raw: bytes, x: int, y: int) -> tuple[int, ...]:
    with Image.open(io.BytesIO(raw)) as picture:
        found = picture.getpixel((x, y))
    assert isinstance(found, tuple)
    return tuple(int(one) for one in found)


@pytest.mark.parametrize("side", ["x", "-5", "101", "nan", "0"])
@on_sqlite
def test_a_box_that_is_none_lets_nothing_out(
    app: Flask, reviewer: ConsoleVisitor, side: str
) -> None:
    ref, photo = with_photo(app, resident())
    box = {"left": "25", "top": "25", "width": side, "height": "50"}
    refused = post(reviewer, ref, f"photos/{photo}/mask", **box)
    assert refused.status_code == 422
    assert f'value="{side}"' in refused.text
    assert not photos.photo_view(db.session, photo).is_public


@on_sqlite
def test_without_a_box_nothing_goes_out_by_mistake(app: Flask, reviewer: ConsoleVisitor) -> None:
    ref, photo = with_photo(app, resident())
    refused = post(reviewer, ref, f"photos/{photo}/mask", left="", top="", width="", height="")
    assert refused.status_code == 422
    assert not photos.photo_view(db.session, photo).is_public
    db.session.rollback()
    done(post(reviewer, ref, f"photos/{photo}/mask", bare="yes"))
    assert photos.photo_view(db.session, photo).is_public


@on_sqlite
def test_a_mask_for_an_older_version_lets_nothing_out(app: Flask, reviewer: ConsoleVisitor) -> None:
    ref, photo = with_photo(app, resident())
    box = {"left": "25", "top": "25", "width": "50", "height": "50"}
    assert post(reviewer, ref, f"photos/{photo}/mask", version="1", **box).status_code == 409
    assert not photos.photo_view(db.session, photo).is_public


def test_a_photo_after_the_work_is_added_once(app: Flask, reviewer: ConsoleVisitor) -> None:
    ref = file(resident()).ref
    sent = post(reviewer, ref, "photos", photo=(io.BytesIO(jpeg(90)), "after.jpg"))
    done(sent)
    assert "職員が撮影" in get(reviewer, ref)
    broken = post(reviewer, ref, "photos", photo=(io.BytesIO(b"GIF89a?"), "x.gif"))
    assert broken.status_code == 422
    assert post(reviewer, ref, "photos").status_code == 422
    assert ground.kinds(ref) == ["filed", "photo_added"]
