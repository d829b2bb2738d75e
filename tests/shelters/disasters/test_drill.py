"""A drill is shown as one wherever people look, and is in nothing that other systems read."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from liff_app import access, clock, public_files
from liff_app.access import Audience
from liff_app.db import db, transaction
from liff_app.shelters import board as boards
from liff_app.shelters import service as shelters
from liff_app.shelters.disasters import service
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.passes import service as passes
from liff_app.shelters.vocabulary import Hazard, Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import Visitor, colleague
from tests.shelters.published import publish, row

NAME, AREA, NOTE = "ドリル甲乙丙", "見本の地域", "見本のひとこと"
# What a resident's phone is made to show, and which therefore says 訓練 beside the name.
SAYS_SO = {
    "shelters_public.finder": "【訓練】これは訓練です",
    "shelters.liff_finder": "【訓練】これは訓練です",
    "shelters_api.status": '"drill":true',
    "shelters_api.nearest": '"drill":true',
}
ASKED = {"shelters_api.nearest": "?lat=35.6&lon=140.3"}


def drill() -> None:
    """A drill in full swing."""
    publish(row("A1"), row("A2", name="川端小学校", lat=35.7))
    draft = DisasterDraft(name=NAME, hazards=(Hazard.FLOOD,), drill=True, area=AREA)
    with transaction() as session:
        service.start(session, draft, by="command:test", now=clock.now())
        place = shelters.find_by_name(session, "中央小学校")
        said = Change(opening=Opening.OPEN, people=4321, note=NOTE, confirmed=True)
        occupancy.change(
            session, place.id, said, by="pass:a", now=clock.now(), policy=shelters.policy()
        )


def test_of_all_public_addresses_only_those_for_phones_tell_of_a_drill_and_they_say_so(
    app: Flask, client: FlaskClient
) -> None:
    drill()
    told, visited = set(), 0
    for line in access.table(app):
        if line.audience is not Audience.ANYONE or "GET" not in line.methods or "<" in line.rule:
            continue
        answer = client.get(line.rule + ASKED.get(line.endpoint, ""))
        visited += 1
        text = answer.get_data(as_text=True)
        if any(mark in text for mark in (NAME, AREA, NOTE, "4321")):
            told.add(line.endpoint)
            assert SAYS_SO[line.endpoint] in text
    assert visited > len(SAYS_SO) + 5
    assert told == set(SAYS_SO)


def test_open_data_in_a_drill_are_those_of_normal_times(app: Flask, client: FlaskClient) -> None:
    files = ("shelters.geojson", "shelters.csv", "shelters/status.csv")
    publish(row("A1"), row("A2", name="川端小学校", lat=35.7))
    calm = {file: client.get(f"/api/v1/{file}").data for file in files}
    drill()
    visitor = Visitor(app)
    app.extensions["shelter_board"]._checked = -boards.QUIET_SECONDS * 9  # noqa: SLF001 - look at once
    assert {file: visitor.get(f"/api/v1/{file}").data for file in files} == calm


def test_the_file_that_a_cdn_serves_marks_the_drill(app: Flask) -> None:
    drill()
    root = app.config["SETTINGS"].public_files
    public_files.write(root, now=clock.now())
    file = Path(root) / public_files.FOLDER / "status.json"
    assert json.loads(file.read_text())["disaster"]["drill"] is True


def test_every_page_of_the_console_that_names_a_drill_says_so(app: Flask) -> None:
    drill()
    staff = colleague(app, Role.ADMINISTRATOR)
    on = service.current(db.session)
    assert on is not None
    own = [f"/console/disasters{path}" for path in ("", f"/{on.id}", f"/{on.id}/amend")]
    others = [
        line.rule
        for line in access.table(app)
        if line.audience is Audience.STAFF and "GET" in line.methods and "<" not in line.rule
    ]
    named = 0
    for address in {*own, f"/console/disasters/{on.id}/stop", *others}:
        text = staff.get(address).get_data(as_text=True)
        if NAME in text:
            named += 1
            assert "訓練" in text, address
    assert named > len(own)


def test_the_sheet_on_the_door_and_the_page_behind_it_say_so(app: Flask) -> None:
    drill()
    keys = app.config["SETTINGS"].keys
    with transaction() as session:
        passes.make_all(session, by="staff:test", keys=keys, now=clock.now())
    _, sheets = passes.sheets(db.session, keys=keys)
    page = Visitor(app).get(f"/s/{sheets[0].token}").text
    assert NAME in page
    assert "【訓練】" in page
    staff = colleague(app, Role.ADMINISTRATOR)
    printed = staff.post("/console/shelters/passes/sheets", data={"batch": "0"}).text
    assert NAME in printed
    assert "訓練" in printed.replace(NAME, "")
