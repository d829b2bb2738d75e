"""A town with two shelters in a disaster, and the sheets on their doors."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.drafts import DisasterDraft
from liff_app.shelters.passes import service as passes
from liff_app.shelters.vocabulary import Hazard
from tests.shelters.published import people, publish, row


@dataclass(frozen=True, slots=True)
class Doors:
    """Ids of the two shelters, and the passes on their sheets."""

    school: str
    hall: str
    school_pass: str
    hall_pass: str


def begin_disaster(*, drill: bool = False) -> None:
    """A disaster, or a drill, is on from now."""
    with transaction() as session:
        draft = DisasterDraft(name="台風第19号", hazards=(Hazard.FLOOD,), drill=drill)
        disasters.start(session, draft, by="staff:test", now=clock.now())


def end_disaster() -> None:
    """It is over."""
    with transaction() as session:
        disasters.stop(session, by="staff:test", now=clock.now())


def make_sheets(app: Flask) -> dict[str, str]:
    """Every shelter has a sheet; gives the pass on it by the shelter's name."""
    keys = app.config["SETTINGS"].keys
    with transaction() as session:
        passes.make_all(session, by="staff:test", keys=keys, now=clock.now())
    return {one.name: one.token for one in passes.sheets(db.session, keys=keys)[1]}


@pytest.fixture
def doors(app: Flask) -> Doors:
    """Two shelters, a disaster, a sheet on each door."""
    publish(
        row("A1", name="中央小学校", kana="ちゅうおう", capacity=people(300)),
        row("A2", name="湊公民館", kana="みなと", capacity=people(80), lat=35.7),
    )
    begin_disaster()
    tokens = make_sheets(app)
    lines = passes.board_of_passes(db.session)
    assert lines is not None
    ids = {line.name: line.shelter_id for line in lines[1]}
    db.session.rollback()  # the tests look at what comes after
    return Doors(ids["中央小学校"], ids["湊公民館"], tokens["中央小学校"], tokens["湊公民館"])
