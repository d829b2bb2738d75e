"""The form `/liff/reports/new` by plain POST: page after page, nothing lost, filed once."""

from __future__ import annotations

import io
import re
import secrets
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from liff_app import clock, demo_town
from liff_app.db import db, transaction
from liff_app.errors import TooMany
from liff_app.limits import LocalCounter
from liff_app.reports import api_limits
from liff_app.reports.models import Report, ReportAsset, ReportPhoto
from liff_app.reports.places.numbers import number_key
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.vocabulary import Hazard
from liff_app.towns import service as towns
from tests.conftest import on_sqlite
from tests.house.page import Page, faults

pytestmark = on_sqlite
NEW = "/liff/reports/new"
BUDGET = 15 * 1024  # gzip bytes, without the map (facts on the front end, section 11)
TOWN = "川端町"


@pytest.fixture(autouse=True)
def town(app: Flask) -> None:
    """まど市 with its towns."""
    demo_town.load(now=clock.now())


@pytest.fixture
def lamp(app: Flask) -> str:
    """The number of a street light in the middle of a town of ours."""
    with transaction() as session:
        code = app.config["SETTINGS"].municipality_code
        at = next(one for one in towns.of_municipality(session, code) if one.name == TOWN)
        session.add(
            ReportAsset(category="light", number="L-0421", search_key=number_key("L-0421"),
                        lat=at.lat, lon=at.lon, note="橋の南")
        )  # fmt: skip
    return "L-0421"


def photo(colour: str = "red", kind: str = "JPEG") -> io.BytesIO:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(file, kind)
    file.seek(0)
    return file


def fields(answer: TestResponse) -> dict[str, Any]:
    """What the page's form would send unchanged."""
    page = Page(answer)
    sent: dict[str, Any] = {}
    for one in page.all("input", "textarea"):
        name, kind = one.attrs.get("name"), one.attrs.get("type", "")
        if not name or kind == "file" or (kind == "radio" and "checked" not in one.attrs):
            continue
        value = one.words if one.tag == "textarea" else one.attrs.get("value", "")
        if name == "kept_photo":
            sent.setdefault(name, []).append(value)
        else:
            sent[name] = value
    return sent


def post(
    resident: FlaskClient, page: TestResponse, step: str, status: int = 200, **said: Any # noqa: ANN401 - fields
) -> TestResponse:  # fmt: skip
    """Press the button that leads to `step`, after filling in what is `said`."""
    values = fields(page) | {"step": step} | said
    answer = resident.post(NEW, data=values, content_type="multipart/form-data")
    assert answer.status_code == status, answer.text
    if answer.mimetype == "text/html" and status != 303:
        assert faults(answer, NEW) == []
    return answer


def to_check(resident: FlaskClient, **said: Any) -> TestResponse:  # noqa: ANN401 - fields
    """All the way to the page that shows everything once more."""
    where = post(resident, resident.get(NEW), "place", category="road")
    words = post(resident, where, "words", town=TOWN, place_text="橋のたもと")
    return post(resident, words, "check", description="穴がある", **said)


def reports() -> list[Report]:
    """Every report there is now."""
    db.session.rollback()  # this session's view may be older than what the requests did
    return list(db.session.scalars(select(Report)))


def count() -> int:
    return len(reports())


def photo_count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(ReportPhoto)) or 0


class TestOnePage:
    """What the script works on."""

    def test_it_fits_its_budget_and_every_rule_of_a_page(self, resident: FlaskClient) -> None:
        answer = resident.get(NEW)
        print(f"form page: {Page(answer).gzip_bytes} bytes")  # noqa: T201 - the figure
        assert faults(answer, NEW) == []
        assert Page(answer).gzip_bytes <= BUDGET
        assert answer.headers["Cache-Control"] == "no-store"

    def test_in_a_disaster_its_kinds_come_first_and_it_still_fits(
        self, resident: FlaskClient
    ) -> None:
        with transaction() as session:
            draft = DisasterDraft(name="台風", hazards=(Hazard.FLOOD,), drill=False, checkin=False)
            disasters.start(session, draft, by="test", now=clock.now())
        answer = resident.get(NEW)
        print(f"form page in a disaster: {Page(answer).gzip_bytes} bytes")  # noqa: T201 - same
        codes = re.findall(r'name="category" value="(\w+)"', answer.text)
        assert codes[0].startswith("d_")
        assert "road" in codes
        assert "data-disaster" in answer.text
        assert Page(answer).gzip_bytes <= BUDGET

    def test_emergency_numbers_stand_before_everything_else(self, resident: FlaskClient) -> None:
        text = resident.get(NEW).text
        assert text.index('href="tel:119"') < text.index("<h1>")
        assert 'href="tel:110"' in text
        assert 'href="tel:%239910"' in text

    def test_each_form_has_a_key_of_its_own(self, resident: FlaskClient) -> None:
        keys = {fields(resident.get(NEW))["request_key"] for _ in range(3)}
        assert len(keys) == 3
        assert all(len(key) == 32 for key in keys)

    def test_towns_are_found_by_name_and_reading(self, resident: FlaskClient) -> None:
        found = resident.get(f"{NEW}/towns.json", query_string={"q": TOWN}).get_json()["towns"]
        assert found[0]["name"] == TOWN
        assert found[0]["lat"]

    def test_a_map_that_knows_no_place_begins_with_the_whole_town(
        self, resident: FlaskClient
    ) -> None:
        north_west, south_east = resident.get(f"{NEW}/towns.json?q=").get_json()["around"]
        assert north_west[0] > south_east[0]
        assert north_west[1] < south_east[1]

    def test_whoever_is_not_signed_in_is_led_there_and_back(self, client: FlaskClient) -> None:
        answer = client.get(NEW)
        assert answer.status_code == 302
        assert "next=%2Fliff%2Freports%2Fnew" in answer.headers["Location"]


class TestPageByPage:
    """Without a script."""

    def test_a_report_with_photos_is_filed_and_its_number_shown(
        self, resident: FlaskClient
    ) -> None:
        check = to_check(resident, photo=[(photo(), "a.jpg"), (photo("blue"), "b.jpg")])
        assert "穴がある" in check.text
        assert TOWN in check.text
        sent = post(resident, check, "send", 303)
        done = resident.get(sent.headers["Location"])
        assert faults(done, NEW) == []
        (report,) = reports()
        assert (report.category, report.description, report.place_way) == (
            "road",
            "穴がある",
            "town",
        )
        assert (report.town_name, report.place_text) == (TOWN, "橋のたもと")
        assert re.search(r"\d\d-\d{7}", done.text)
        assert photo_count() == 2

    def test_the_last_page_sent_again_is_the_same_report(self, resident: FlaskClient) -> None:
        check = to_check(resident, photo=[(photo(), "a.jpg")])
        places = {post(resident, check, "send", 303).headers["Location"] for _ in range(3)}
        assert len(places) == 1
        assert count() == 1

    def test_the_same_key_with_other_words_changes_nothing(self, resident: FlaskClient) -> None:
        check = to_check(resident)
        post(resident, check, "send", 303)
        again = post(resident, check, "send", 422, description="べつのこと")
        assert "べつのこと" in again.text
        assert count() == 1

    def test_photos_that_were_sent_stay_when_a_later_page_goes_back(
        self, resident: FlaskClient
    ) -> None:
        check = to_check(resident, photo=[(photo(), "a.jpg")])
        words = post(resident, check, "words")
        assert "写真を1枚" in words.text
        assert "穴がある" in words.text
        place = post(resident, words, "place")
        assert len(fields(place)["kept_photo"]) == 1
        again = post(resident, post(resident, place, "words"), "check")
        post(resident, again, "send", 303)
        assert photo_count() == 1

    @pytest.mark.usefixtures("lamp")
    def test_a_number_on_a_pole_is_place_enough(self, resident: FlaskClient) -> None:
        where = post(resident, resident.get(NEW), "place", category="light")
        assert "番号" in where.text
        words = post(resident, where, "words", asset_number="Ｌ０４２１")
        post(resident, post(resident, words, "check"), "send", 303)
        (report,) = reports()
        assert (report.place_way, report.asset_number) == ("asset", "Ｌ０４２１")

    def test_several_towns_are_offered_and_one_is_chosen(self, resident: FlaskClient) -> None:
        where = post(resident, resident.get(NEW), "place", category="road")
        shown = post(resident, where, "words", 422, town="町")
        values = re.findall(r'name="spot" value="([^"]+)"', shown.text)
        assert len(values) > 1
        words = post(resident, shown, "words", spot=unescape(values[1]))
        assert "どんなようすですか" in words.text

    def test_a_place_nobody_knows_is_asked_for_again_with_everything_kept(
        self, resident: FlaskClient
    ) -> None:
        where = post(resident, resident.get(NEW), "place", category="road")
        for town in ("", "どこでもない"):
            shown = post(resident, where, "words", 422, town=town, place_text="橋")
            assert fields(shown)["category"] == "road"
            assert fields(shown)["place_text"] == "橋"

    def test_without_a_kind_the_first_page_says_so(self, resident: FlaskClient) -> None:
        answer = post(resident, resident.get(NEW), "place", 422)
        assert "種類をえらんでください" in answer.text

    def test_an_answer_that_ends_the_form_shows_the_telephone_and_keeps_the_words(
        self, resident: FlaskClient
    ) -> None:
        where = post(resident, resident.get(NEW), "place", category="road")
        words = post(resident, where, "words", town=TOWN)
        end = post(
            resident, words, "check", 422, **{"description": "穴", "answers.danger": "injured"}
        )
        assert 'href="tel:119"' in end.text.split("<h1>")[1]
        assert fields(end)["description"] == "穴"
        back = post(resident, end, "words", 200, **{"answers.danger": "none"})
        post(resident, post(resident, back, "check"), "send", 303)
        assert count() == 1

    def test_a_place_outside_says_so_and_keeps_the_words(self, resident: FlaskClient) -> None:
        where = post(resident, resident.get(NEW), "place", category="road")
        said = {"lat": "43.06", "lon": "141.35", "place_way": "position", "description": "穴"}
        answer = resident.post(NEW, data=fields(where) | said | {"step": "check"})
        assert answer.status_code == 422
        assert fields(answer)["description"] == "穴"
        assert "どこですか" in answer.text
        assert count() == 0

    def test_a_file_that_is_no_photo_is_refused_and_the_words_stay(
        self, resident: FlaskClient
    ) -> None:
        where = post(resident, resident.get(NEW), "place", category="road")
        words = post(resident, where, "words", town=TOWN)
        bad = (io.BytesIO(b"<svg onload=alert(1)>"), "a.svg")
        answer = post(resident, words, "check", 422, description="穴がある", photo=[bad])
        assert "穴がある" in answer.text
        assert "写真" in answer.text

    def test_a_fourth_photo_is_refused(self, resident: FlaskClient) -> None:
        colours = ("red", "blue", "green", "white")
        answer_words = post(resident, resident.get(NEW), "place", category="road")
        words = post(resident, answer_words, "words", town=TOWN)
        post(resident, words, "check", 422, photo=[(photo(c), f"{c}.jpg") for c in colours])

    def test_somebody_elses_photo_cannot_be_sent_along(
        self, resident: FlaskClient, stranger: FlaskClient
    ) -> None:
        check = to_check(resident, photo=[(photo(), "a.jpg")])
        theirs = fields(check)["kept_photo"]
        values = fields(to_check(stranger)) | {"kept_photo": theirs, "step": "send"}
        assert stranger.post(NEW, data=values).status_code == 404
        assert count() == 0

    def test_the_page_of_a_sent_report_is_its_reporters_alone(
        self, resident: FlaskClient, stranger: FlaskClient
    ) -> None:
        sent = post(resident, to_check(resident), "send", 303).headers["Location"]
        assert resident.get(sent).status_code == 200
        assert stranger.get(sent).status_code == 404

    def test_over_the_limit_the_words_stay_on_the_page(self, resident: FlaskClient) -> None:
        for _ in range(api_limits.REPORTS_AN_HOUR):
            values = fields(to_check(resident)) | {"step": "send"}
            assert resident.post(NEW, data=values).status_code == 303
        check = to_check(resident)
        assert "穴がある" in post(resident, check, "send", 429).text
        assert count() == api_limits.REPORTS_AN_HOUR

    def test_hour_by_hour_there_is_a_limit_for_the_day(self, app: Flask) -> None:
        hour = [0]
        app.extensions["limits"] = LocalCounter(clock=lambda: hour[0] * 3600.0)
        for number in range(api_limits.REPORTS_A_DAY):
            hour[0] = number // api_limits.REPORTS_AN_HOUR
            for _ in range(2):
                api_limits.admit_report("who", f"key {number}")
        hour[0] += 1
        for _ in range(2):
            with pytest.raises(TooMany):
                api_limits.admit_report("who", "one more")
        api_limits.admit_report("another", "one more")
        hour[0] = 24
        api_limits.admit_report("who", "one more")


class TestHostile:
    """What no form of ours sends."""

    @pytest.mark.parametrize("step", ["category", "place", "words", "check", "send", "", "x"])
    @pytest.mark.parametrize(
        "text",
        [
            "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
            "x" * 5000,
            "<script>alert(1)</script>",
            "{{7*7}}",
            "NaN",
            "1e999",
            "' OR 1=1 --",
        ],
    )
    def test_odd_values_are_never_a_fault_of_ours(
        self, resident: FlaskClient, step: str, text: str
    ) -> None:
        token = fields(resident.get(NEW))["csrf_token"]
        names = ["category", "lat", "lon", "accuracy_m", "place_way", "place_name", "town", "spot"]
        names += ["place_text", "asset_number", "description", "request_key", "kept_photo"]
        names += ["answers.kind", "answers."]
        values = dict.fromkeys(names, text) | {"step": step, "csrf_token": token}
        answer = resident.post(NEW, data=values)
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text
        good = values | {"category": "road", "lat": "35.6", "lon": "140.29"}
        assert resident.post(NEW, data=good).status_code < 500

    def test_a_token_of_another_session_opens_nothing(self, resident: FlaskClient) -> None:
        values = fields(to_check(resident)) | {"step": "send", "csrf_token": secrets.token_hex(16)}
        assert resident.post(NEW, data=values).status_code == 403
        assert count() == 0
