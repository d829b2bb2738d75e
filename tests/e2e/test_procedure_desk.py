"""The desk of procedures in a browser: found, pointed at, decided, and nobody overwritten."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from liff_app.db import db, transaction
from liff_app.procedures import dossiers, revisions
from liff_app.procedures.desk import returning, sentences
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.files import service as files
from liff_app.procedures.forms import Form
from liff_app.procedures.models import SubmissionRevision
from liff_app.procedures.vocabulary import FilePurpose, Source, Status
from liff_app.staff.vocabulary import Role
from tests.procedures.desk.desk import (
    ANSWERS,
    history,
    kinds,
    made_case,
    made_form,
    messages,
    row,
    somebody,
    town,
)
from tests.procedures.ground import NOON

from .conftest import Phones, Visit
from .own_town import demo_town
from .people import sign_in
from .servers import Town
from .test_accessibility import faults

__all__ = ["demo_town"]
pytestmark = pytest.mark.e2e

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
HOME = "/console/procedures"
SHOTS = os.environ.get("SHOTS")  # a folder: pictures for people to look at


def shot(visit: Visit, name: str) -> None:
    """A picture of the whole page, where somebody wants to look at it."""
    if SHOTS:
        visit.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    """Forms by name, made once."""
    return {}


@pytest.fixture
def in_town(demo_town: Town) -> Iterator[Town]:
    """The town's own code can be called, as the web server would."""
    with demo_town.app.app_context():
        with transaction() as session:
            sentences.bring(session)
        yield demo_town
        db.session.close()


def form(forms: dict[str, Form], name: str, **settings: Any) -> Form:  # noqa: ANN401 - any setting
    """The form of that name, made when it is first wanted."""
    if name not in forms:
        forms[name] = made_form(name, **settings)
    return forms[name]


def reviewer(phones: Phones, at: Town, **options: Any) -> Visit:  # noqa: ANN401 - Playwright's
    """One more reviewer's browser."""
    visit = phones(at.url, None, **({"viewport": DESK} | options))
    sign_in(visit, at, Role.PROCEDURE_REVIEWER)
    return visit


@pytest.fixture
def desk(phones: Phones, in_town: Town) -> Visit:
    """A reviewer's office PC."""
    return reviewer(phones, in_town)


def picture() -> bytes:
    """Something like a house with a crack."""
    made = Image.new("RGB", (1200, 900), (150, 180, 210))
    made.paste((120, 90, 60), (200, 300, 1000, 850))
    raw = io.BytesIO()
    made.save(raw, "JPEG", quality=90)
    return raw.getvalue()


def with_photo(at: Town, wanted: Form, resident: str) -> tuple[str, str]:
    """A case whose answer has a photo; ref and the photo's id."""
    ref = made_case(wanted, resident_id=resident)
    found, store = row(ref), at.app.extensions["file_store"]
    key = dossiers.key_of(db.session, town().keys, found.dossier_id)
    db.session.close()
    prepared = files.prepare(picture(), Kind.PHOTO, "家.jpg")
    shelved = files.shelve(store, prepared, key=key, now=NOON)
    with transaction() as session:
        kept = files.keep(session, store, shelved, dossier_id=found.dossier_id, key=key,
                          purpose=FilePurpose.ANSWER, by="resident", now=NOON)  # fmt: skip
        session.delete(session.get_one(SubmissionRevision, (found.id, 1)))
        session.flush()
        revisions.add(session, session.merge(found), ANSWERS | {"photo": [kept.id]}, key=key,
                      by="resident", now=NOON)  # fmt: skip
    return ref, kept.id


def test_a_case_is_found_by_name_and_decided_in_few_actions(
    desk: Visit, in_town: Town, forms: dict[str, Form]
) -> None:
    who = somebody()
    wanted = form(forms, "kettei")
    ref = made_case(wanted, ANSWERS | {"name": "𠮷野 清"}, resident_id=who)
    desk.open(HOME)
    desk.page.get_by_label("受付番号・名前・電話番号でさがす").fill("𠮷野清")
    desk.page.get_by_role("button", name="さがす", exact=True).click()
    desk.page.get_by_role("link", name=row(ref).number).click()
    desk.ready()
    assert "𠮷野" not in desk.page.url
    shot(desk, "desk_case")
    assert faults(desk.page) == []
    desk.page.get_by_label("文例").select_option(label="受理しました")
    expect(desk.page.get_by_label("受理する（認める）")).to_be_checked()
    preview = desk.page.locator("[data-ref=preview]")
    expect(preview).to_contain_text("申請が認められました。")
    expect(preview).to_contain_text("内容を確かめて、受理しました。")
    shot(desk, "desk_preview")
    desk.page.get_by_role("button", name="決める", exact=True).click()
    desk.page.wait_for_selector("#done")
    expect(desk.page.locator(".case-head")).to_contain_text("受理")
    assert kinds(ref) == ["submitted", "moved"]
    assert len(messages(who)) == 1


def test_answers_and_a_spot_on_a_photo_are_pointed_at(
    desk: Visit, in_town: Town, forms: dict[str, Form]
) -> None:
    ref, photo = with_photo(in_town, form(forms, "sashimodoshi"), somebody())
    desk.open(f"{HOME}/cases/{ref}")
    desk.page.get_by_role("link", name="直してほしいところを差し戻す").click()
    desk.ready()
    shot(desk, "desk_return")
    point(desk)
    shot(desk, "desk_return_spot")
    assert faults(desk.page) == []
    desk.page.get_by_role("button", name="差し戻す", exact=True).click()
    desk.page.wait_for_selector("#done")
    shot(desk, "desk_returned")
    shown = desk.page.get_by_role("img", name="「photo」の写真の、印を付けたところ")
    expect(shown).to_be_visible()
    assert faults(desk.page) == []
    name, marked = open_items(ref)
    assert (name.path, marked.path) == ("name", "photo")
    spot = marked.spot
    assert spot is not None
    assert spot.file_id == photo
    for side, value in ((spot.x, 0.25), (spot.y, 0.25), (spot.w, 0.5), (spot.h, 0.5)):
        assert abs(side - value) < 0.02


def point(desk: Visit) -> None:
    """Two answers are pointed at, one with a ready sentence, one with a box on its photo."""
    desk.page.get_by_role("checkbox", name="name", exact=True).check()
    desk.page.get_by_label("文例（えらぶと").select_option(label="写真が読めません")
    name = desk.page.locator('[name="comment.name"]')
    expect(name).to_have_value(
        "写真の文字が読めませんでした。明るいところで、もう一度とってください。"
    )
    name.fill("戸籍の字で書いてください。")
    desk.page.get_by_role("checkbox", name="photo", exact=True).check()
    desk.page.locator('[name="comment.photo"]').fill("ここが見えるように、とりなおしてください。")
    draw(desk)
    expect(desk.page.locator("[data-ref=count]")).to_have_text("見てほしい場所：1か所")


def open_items(ref: str) -> list[Item]:
    """What the applicant is asked to put right."""
    found = row(ref)
    key = dossiers.key_of(db.session, town().keys, found.dossier_id)
    items = returning.open_items(db.session, found, key)
    db.session.close()
    return items


def draw(visit: Visit) -> None:
    """A box over the middle of the photo, from corner to corner."""
    image = visit.page.locator(".mask-picture img")
    image.scroll_into_view_if_needed()
    visit.page.wait_for_function("() => document.querySelector('.mask-picture img').complete")
    box = image.bounding_box()
    assert box is not None
    mouse = visit.page.mouse
    mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 3 / 4, box["y"] + box["height"] * 3 / 4, steps=4)
    mouse.up()


def test_two_reviewers_never_overwrite_each_other(
    desk: Visit, phones: Phones, in_town: Town, forms: dict[str, Form]
) -> None:
    ref = made_case(form(forms, "futari"))
    other = reviewer(phones, in_town)
    for visit in (desk, other):
        visit.open(f"{HOME}/cases/{ref}")
        visit.page.get_by_label("不受理にする（認めない）").check()
    other.page.get_by_label("申請した人が読む文").fill("対象外です。")
    other.page.get_by_role("button", name="決める", exact=True).click()
    other.page.wait_for_selector("#done")
    desk.foresee("status of 409")
    desk.page.get_by_label("申請した人が読む文").fill("書類が足りません。")
    desk.page.get_by_role("button", name="決める", exact=True).click()
    expect(desk.page.get_by_role("alert")).to_contain_text("ほかの人が先に変えました")
    expect(desk.page.get_by_role("alert")).to_contain_text("不受理")
    expect(desk.page.get_by_label("申請した人が読む文")).to_have_value("書類が足りません。")
    assert history(ref)[-1] == ("moved", "対象外です。", "")
    shot(desk, "desk_conflict")


def test_a_decision_of_two_is_approved_by_the_other(
    desk: Visit, phones: Phones, in_town: Town, forms: dict[str, Form]
) -> None:
    ref = made_case(form(forms, "shonin", two_person=True))
    desk.open(f"{HOME}/cases/{ref}")
    desk.page.get_by_label("受理する（認める）（承認が要ります）").check()
    desk.page.get_by_role("button", name="決める", exact=True).click()
    desk.page.wait_for_selector("#done")
    expect(desk.page.locator("main")).to_contain_text("提案した人は承認できません")
    shot(desk, "desk_proposed")
    other = reviewer(phones, in_town)
    other.open(f"{HOME}/cases/{ref}")
    other.page.get_by_role("button", name="この決定を承認する").click()
    other.page.wait_for_selector("#done")
    assert row(ref).status == Status.ACCEPTED


def test_the_queue_is_walked_by_keys_and_many_are_taken(
    desk: Visit, in_town: Town, forms: dict[str, Form]
) -> None:
    wanted = form(forms, "retsu")
    refs = [made_case(wanted, minutes=n, source=Source.COUNTER) for n in range(3)]
    desk.open(f"{HOME}?procedure={wanted.procedure_id}&order=oldest")
    expect(desk.page.locator(".inbox-row")).to_have_count(3)
    shot(desk, "desk_queue")
    assert faults(desk.page) == []
    for key in ("j", "x", "j", "x"):
        desk.page.keyboard.press(key)
    expect(desk.page.locator("[data-ref=picked]")).to_have_text("2件をえらんでいます。")
    desk.page.get_by_role("button", name="審査を始める").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("2件の審査を始める")
    shot(desk, "desk_bulk")
    desk.page.get_by_role("button", name="2件の審査を始める").click()
    expect(desk.page.locator("main")).to_contain_text("2件を変えました。")
    assert [row(ref).status for ref in refs] == ["reviewing", "reviewing", "received"]
    desk.page.get_by_role("link", name="一覧に戻る").click()
    desk.ready()
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".case-head")).to_contain_text("見本の手続き")
    desk.page.get_by_role("link", name="一覧に戻る").click()
    assert f"procedure={wanted.procedure_id}" in desk.page.url


def test_without_scripts_a_case_is_returned_and_decided(
    phones: Phones, in_town: Town, forms: dict[str, Form]
) -> None:
    desk = reviewer(phones, in_town, java_script_enabled=False)
    ref, _photo = with_photo(in_town, form(forms, "mugon"), somebody())
    page = desk.page
    page.goto(f"{HOME}/cases/{ref}/return")
    expect(page.locator(".desk-spot")).to_be_hidden()
    page.get_by_role("checkbox", name="photo", exact=True).check()
    page.locator('[name="comment.photo"]').fill("とりなおしてください。")
    page.get_by_role("button", name="差し戻す", exact=True).click()
    expect(page.locator("#done")).to_be_visible()
    page.get_by_label("申し出により取り下げる").check()
    page.get_by_label("申請した人が読む文").fill("窓口でのお申し出です。")
    page.get_by_role("button", name="見える内容を確かめる").click()
    expect(page.locator("main")).to_contain_text("申請を取り下げました。")
    page.get_by_role("button", name="決める", exact=True).click()
    expect(page.locator("#done")).to_be_visible()
    assert kinds(ref) == ["submitted", "returned", "moved"]


@pytest.mark.parametrize("look", ["light", "dark", "largest", "phone"])
def test_the_pages_hold_together_in_every_look(
    phones: Phones, in_town: Town, forms: dict[str, Form], look: str
) -> None:
    ref, _photo = with_photo(in_town, form(forms, "mikake"), somebody())
    options: dict[str, Any] = {"color_scheme": "dark"} if look == "dark" else {}
    desk = reviewer(phones, in_town, **(options | {"viewport": PHONE if look == "phone" else DESK}))
    if look == "largest":
        desk.context.add_cookies([{"name": "text_size", "value": "xlarge", "url": in_town.url}])
    for name, address in {
        "queue": "", "case": f"/cases/{ref}", "return": f"/cases/{ref}/return",
        "sheet": f"/cases/{ref}/sheet?internal=1", "templates": "/templates",
        "figures": "/figures", "exports": "/exports/mikake",
    }.items():  # fmt: skip
        desk.open(f"{HOME}{address}")
        wide = desk.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, (name, wide)
        assert faults(desk.page) == []
        shot(desk, f"desk_{look}_{name}")
