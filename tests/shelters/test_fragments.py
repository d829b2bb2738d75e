"""The two files the phone sorts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from liff_app.shelters.finder import Finder, Live, Place, Policy, Published
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening, Role
from tests.shelters.random_towns import NOW, disaster, random_town

PLACES = [
    Place(
        id="a",
        name="見本小学校",
        kana="ミホン",
        address="見本市1",
        lat=35.12345678,
        lon=139.5,
        roles=frozenset({Role.SITE, Role.SHELTER}),
        fits={Hazard.FLOOD: Fits.CONDITIONAL, Hazard.EARTHQUAKE: Fits.YES, Hazard.FIRE: Fits.NO},
        capacity=0,
        remarks="2階以上",
        phone="0123-45-6789",
    ),
    Place(id="x", name="非公開", lat=35, lon=139, roles=frozenset({Role.SITE}), public=False),
    Place(
        id="b",
        name="福祉の家",
        lat=35.2,
        lon=139.6,
        roles=frozenset({Role.WELFARE}),
        target="高齢者",
        floors="1階",
    ),
    Place(id="c", name="丘", lat=35, lon=139, roles=frozenset({Role.SITE}), always_open=True),
]
LIVE = {
    "a": Live(opening=Opening.OPEN, people=7, note="体育館のみ", updated_at=NOW),
    "b": Live(opening=Opening.PREPARING, level=Level.CROWDED),
    "x": Live(opening=Opening.OPEN, note="秘密"),
}


def finder(*, calm: bool = False) -> Finder:
    during = None if calm else disaster(Hazard.FLOOD)
    return Finder(PLACES, LIVE, during, Policy(far_m=4000), NOW)


def snapshot_of(town: Finder) -> Published:
    return town.snapshot(code="132195", name="見本市", attributions=["出典：見本市"])


def test_the_snapshot_holds_one_row_for_each_public_place() -> None:
    published = snapshot_of(finder())
    body = json.loads(published.body)
    assert list(body) == [*("version", "municipality", "attributions", "hazards", "fields", "rows")]
    assert body["version"] == published.version
    assert body["municipality"] == {"code": "132195", "name": "見本市"}
    assert body["attributions"] == ["出典：見本市"]
    assert body["hazards"] == list(Hazard)
    assert [dict(zip(body["fields"], row, strict=True)) for row in body["rows"]] == [
        {
            "id": "a",
            "name": "見本小学校",
            "kana": "ミホン",
            "address": "見本市1",
            "lat": 35.123457,
            "lon": 139.5,
            "kind": "site_and_shelter",
            "fits": "cuuyunuu",
            "always": False,
            "capacity": 0,
            "remarks": "2階以上",
            "target": "",
            "floors": "",
            "phone": "0123-45-6789",
        },
        {
            "id": "b",
            "name": "福祉の家",
            "kana": "",
            "address": "",
            "lat": 35.2,
            "lon": 139.6,
            "kind": "welfare",
            "fits": "uuuuuuuu",
            "always": False,
            "capacity": None,
            "remarks": "",
            "target": "高齢者",
            "floors": "1階",
            "phone": "",
        },
        {
            "id": "c",
            "name": "丘",
            "kana": "",
            "address": "",
            "lat": 35,
            "lon": 139,
            "kind": "site",
            "fits": "uuuuuuuu",
            "always": True,
            "capacity": None,
            "remarks": "",
            "target": "",
            "floors": "",
            "phone": "",
        },
    ]


def test_the_status_has_one_letter_for_each_row_of_the_snapshot() -> None:
    published = finder().status("abc")
    body = json.loads(published.body)
    assert body == {
        "version": published.version,
        "at": "2025-11-22T05:05:30Z",
        "snapshot": "abc",
        "disaster": {
            "id": "d1",
            "name": "令和7年台風第19号",
            "hazards": ["flood"],
            "drill": False,
            "area": "",
            "started_at": "2025-11-22T00:05:30Z",
        },
        "stale_after_min": 180,
        "far_m": 4000,
        "opening": "opa",
        "level": "-c-",
        "people": [7, None, None],
        "updated": [int(NOW.timestamp()) // 60, None, None],
        "notes": {"0": "体育館のみ"},
    }


def test_normal_times_publish_no_status() -> None:
    body = json.loads(finder(calm=True).status("abc").body)
    assert body["disaster"] is None
    assert (body["opening"], body["level"]) == ("--a", "---")
    assert body["people"] == body["updated"] == [None] * 3
    assert body["notes"] == {}


def test_versions_change_with_what_is_said_and_with_nothing_else() -> None:
    places, live = random_town(4, 60)
    during = disaster(Hazard.FLOOD)
    town = Finder(places, live, during, Policy(), NOW)
    again = Finder(places, live, during, Policy(), NOW + timedelta(seconds=20))
    snapshot = snapshot_of(town)
    assert snapshot_of(again) == snapshot
    assert again.status("v").version == town.status("v").version
    assert again.status("w").version != town.status("v").version
    moved = [*places[:-1], replace(places[-1], remarks="使用不可", public=True)]
    renamed = Finder(moved, live, None, Policy(), NOW)
    assert snapshot_of(renamed).version != snapshot.version
    reported = {**live, places[0].id: Live(opening=Opening.OPEN, people=1, updated_at=NOW)}
    town = Finder([replace(places[0], public=True)], reported, during, Policy(), NOW)
    before = Finder([replace(places[0], public=True)], {}, during, Policy(), NOW)
    assert town.status("v").version != before.status("v").version
