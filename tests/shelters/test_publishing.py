"""Editions of lists: what changes, all or nothing, and what stays."""

from __future__ import annotations

import gzip
import json

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.db import db, transaction
from liff_app.shelters import publishing, queries, service
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.models import (
    ListImport,
    Shelter,
    ShelterSource,
    ShelterStatusEvent,
)
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.vocabulary import Hazard, Opening, Role
from tests.shelters.published import NOW, edition, north, people, publish, row

pytestmark = pytest.mark.usefixtures("app")


def place(name: str) -> Shelter:
    return db.session.scalars(select(Shelter).where(Shelter.name == name)).one()


def versions() -> tuple[int, int]:
    return queries.versions(db.session)


def test_a_first_edition_adds_its_rows_as_places() -> None:
    change = publish(row("A1", capacity=people(820)), row("A2", name="川端小学校", kana=""))
    assert (change.added, change.changed, change.removed) == (["A1", "A2"], [], [])
    found = place("中央小学校")
    assert (found.capacity_raw, found.capacity_indoor, found.roles) == ("820人", 820, "site")
    assert (found.position_source, found.published, found.withdrawn_at) == ("list", True, None)
    assert len(found.id) == 10


def test_the_same_edition_again_changes_nothing_and_is_not_stored() -> None:
    publish(row("A1"), row("A2", name="川端小学校"))
    before = versions()
    change = publish(row("A2", name="川端小学校"), row("A1"))  # lines moved, rows did not
    assert change.is_empty
    assert change.unchanged == 2
    assert versions() == before
    assert db.session.scalar(select(func.count()).select_from(ListImport)) == 1


def test_a_newer_edition_names_what_was_added_changed_and_removed() -> None:
    publish(row("A1"), row("A2", name="川端小学校"), row("A3", name="湊小学校"))
    newer = edition(
        row("A1"), row("A2", name="川端小学校", remarks="2階へ"), row("A4", name="浜窓ホテル")
    )
    preview = service.preview_list(db.session, newer)
    assert (preview.added, preview.changed, preview.removed) == (["A4"], ["A2"], ["A3"])
    assert preview.unchanged == 1
    before = versions()
    with transaction() as session:
        change = service.publish_list(session, newer, by="test", now=NOW)
    assert (change.added, change.changed, change.removed) == (["A4"], ["A2"], ["A3"])
    assert versions() == (before[0] + 1, before[1])
    assert place("川端小学校").remarks == "2階へ"
    assert {one.name for one in queries.places(db.session)} == {
        "中央小学校",
        "川端小学校",
        "浜窓ホテル",
    }


def test_a_preview_writes_nothing() -> None:
    service.preview_list(db.session, edition(row("A1")))
    assert db.session.scalar(select(func.count()).select_from(Shelter)) == 0


def test_a_fault_in_the_middle_leaves_the_old_list_whole(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(row("A1"), row("A2", name="川端小学校"))
    before = versions()

    def fault(_session: Session, *_rest: object, **_named: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(publishing, "recompose", fault)
    with pytest.raises(RuntimeError, match="power cut"):
        publish(row("A1", name="別の名前"), row("A3", name="湊小学校"))
    monkeypatch.undo()
    assert {one.name for one in queries.places(db.session)} == {"中央小学校", "川端小学校"}
    assert versions() == before
    # The planted fault was all that kept the newer edition back.
    publish(row("A1", name="別の名前"), row("A3", name="湊小学校"))
    assert {one.name for one in queries.places(db.session)} == {"別の名前", "湊小学校"}


def test_a_removed_place_is_withdrawn_and_keeps_its_history_and_its_id() -> None:
    publish(row("A1"), row("A2", name="川端小学校"))
    gone = place("川端小学校").id
    with transaction() as session:
        draft = DisasterDraft(name="台風", hazards=(Hazard.FLOOD,), drill=False)
        disasters.start(session, draft, by="test", now=NOW)
        occupancy.change(
            session, gone, Change(opening=Opening.OPEN), by="test", now=NOW, policy=service.policy()
        )
    publish(row("A1"))
    withdrawn = db.session.get_one(Shelter, gone)
    assert (withdrawn.withdrawn_at, withdrawn.published) == (NOW, False)
    assert [one.name for one in queries.places(db.session)] == ["中央小学校"]
    events = db.session.scalars(select(ShelterStatusEvent.shelter_id)).all()
    assert events == [gone]

    publish(row("A1"), row("A2", name="川端小学校"))
    returned = place("川端小学校")
    assert (returned.id, returned.withdrawn_at, returned.published) == (gone, None, True)
    assert db.session.scalar(select(func.count()).select_from(ShelterSource)) == 2


def test_a_place_returns_under_its_id_even_if_everything_else_about_it_changed() -> None:
    publish(row("A1"), row("A2", name="川端小学校"))
    gone = place("川端小学校").id
    publish(row("A1"))
    publish(row("A1"), row("A2", name="川端義務教育学校", lat=north(900)))
    assert place("川端義務教育学校").id == gone


def test_a_town_that_numbers_its_list_anew_keeps_its_places() -> None:
    publish(row("old-1"), row("old-2", name="まどの家", role=Role.WELFARE))
    before = {one.name: one.id for one in queries.places(db.session)}
    change = publish(
        row("new-1", address="まど市中庭一丁目21-2"),
        row("new-2", name="まどの家", role=Role.WELFARE),
    )
    assert (len(change.added), len(change.removed), change.far_pairs) == (2, 2, [])
    assert {one.name: one.id for one in queries.places(db.session)} == before


def test_an_edition_is_kept_with_its_rows_and_its_author() -> None:
    publish(row("A1"), row("A2", name="川端小学校"))
    kept = db.session.scalars(select(ListImport)).one()
    rows = [json.loads(line) for line in gzip.decompress(kept.packed_rows).splitlines()]
    assert [one["name"] for one in rows] == ["中央小学校", "川端小学校"]
    assert (kept.published_by, kept.published_at, kept.imported, kept.added) == ("test", NOW, 2, 2)


def test_another_source_to_name_is_published_though_no_row_changed() -> None:
    publish(row("A1"))
    before = versions()
    change = publish(row("A1"), attribution="出典：まど市（CC BY 4.0）")
    assert change.relabelled
    assert versions()[0] == before[0] + 1
    assert queries.attributions(db.session) == ["出典：まど市（CC BY 4.0）"]


def test_other_lists_stay_untouched_by_an_edition() -> None:
    publish(row("A1"))
    publish(row("B1", name="浜窓ホテル"), list_id="other")
    publish(row("B2", name="桟橋町立体駐車場"), list_id="other")
    assert {one.name for one in queries.places(db.session)} == {"中央小学校", "桟橋町立体駐車場"}


def test_thousands_of_rows_are_written_in_batches_and_all_arrive() -> None:
    rows = [
        row(f"N{number}", name=f"第{number}広場", lat=35 + number / 1e4) for number in range(2_100)
    ]
    publish(*rows)
    assert len(queries.places(db.session)) == 2_100
    change = publish(*rows[:5])
    assert len(change.removed) == 2_095
    assert len(queries.places(db.session)) == 5


def test_a_list_that_looks_like_an_edition_of_another_is_told() -> None:
    first = [row(str(number), name=f"第{number}小学校") for number in range(1, 4)]
    publish(*first, list_id="standard:479993")
    change = service.preview_list(db.session, edition(*first[1:], list_id="standard:all"))
    assert change.rivals == ["standard:479993"]
    unlike = edition(row("9", name="公民館"), first[0], list_id="standard:all")
    assert service.preview_list(db.session, unlike).rivals == []
