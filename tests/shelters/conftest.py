"""A town's shelters, published, and the clock of its visitors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app import create_app
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.shelters import board, service
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.vocabulary import Hazard
from liff_app.towns import service as towns
from tests.shelters.published import CODE, NOW

TOWNS = """団体コード,大字町丁目名,よみ,緯度,経度
479993,中庭一丁目,なかにわいっちょうめ,35.601,140.301
479993,中庭二丁目,なかにわにちょうめ,35.607,140.301
479993,コマド町,こまどちょう,35.590,140.290
479993,湊,みなと,35.580,140.310
479993,位置のない町,いちのないまち,,
132195,中庭三丁目,なかにわさんちょうめ,35.635,139.578
"""


@pytest.fixture
def with_towns(app: Flask) -> None:
    """The town's 町丁目 are there, and one of a neighbour."""
    for code in (CODE, "132195"):
        read = towns.read_towns(TOWNS.encode(), municipality_code=code)
        with transaction() as session:
            towns.import_towns(session, read, municipality_code=code)


@pytest.fixture
def visitor(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FlaskClient]:
    """Somebody at another process than the one that publishes; it looks at every request."""
    monkeypatch.setattr(board, "CHECK_SECONDS", 0)
    other = create_app(settings)
    yield other.test_client()
    with other.app_context():
        db.engine.dispose()


@pytest.fixture
def begin(app: Flask) -> Callable[..., None]:
    """Begin a disaster, or a drill, with states by place name."""

    def start(*hazards: Hazard, drill: bool = False, **states: Change) -> None:
        with transaction() as session:
            draft = DisasterDraft(name="台風第19号", hazards=hazards, drill=drill)
            disasters.start(session, draft, by="test", now=NOW)
            for name, said in states.items():
                shelter = service.find_by_name(session, name)
                occupancy.change(
                    session, shelter.id, said, by="test", now=NOW, policy=service.policy()
                )

    return start
