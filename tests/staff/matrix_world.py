"""A town with one of everything, and everybody who might ask for it: the ground of the matrix."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from liff_app import clock, demo_town
from liff_app.db import db, transaction
from liff_app.identity.models import Resident
from liff_app.procedures.models import Procedure
from liff_app.reports import sentences
from liff_app.reports.models import Report, ReportTemplate
from liff_app.shelters import service as shelters
from liff_app.shelters.checkin import service as checkin
from liff_app.shelters.checkin.models import CheckIn
from liff_app.shelters.checkin.service import Party, Sender
from liff_app.shelters.console import ad_hoc_places
from liff_app.shelters.console.ad_hoc_places import AdHocDraft
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.models import Disaster, Shelter, ShelterSource
from liff_app.shelters.passes import service as passes
from liff_app.shelters.vocabulary import Hazard
from liff_app.staff import api_keys, service, sessions, setting_up
from liff_app.staff.api_keys import KeyDraft
from liff_app.staff.key_models import ApiKey
from liff_app.staff.models import StaffSession
from liff_app.staff.rules import BY_DEPARTMENT
from liff_app.staff.vocabulary import KeyScope, Role
from tests.conftest import (
    HANAKO,
    TARO,
    Given,
    Tokens,
    make_colleague,
    signed_in,
)
from tests.reports.console.case_desk import with_photo

from . import matrix_procedures
from .matrix_askers import Asker
from .matrix_procedures import TYPIST, Whose


class World:
    """The app with everything in it; `restore` puts the database back as it was."""

    def __init__(self, app: Flask, tokens: Tokens, folder: Path) -> None:
        self.app = app
        self.key = ""
        app.config["PROPAGATE_EXCEPTIONS"] = False  # a crash is an answer, too: 500
        self._kept = folder / "kept.db"
        demo_town.load(now=clock.now())
        self._shelters()
        self._people(tokens)
        signed_in(app, tokens, TARO)
        self._passes()
        self._stays()
        self._import()
        self._reports()
        self._papers()
        self._keys()
        self._copy(self._file(), self._kept)

    def _shelters(self) -> None:
        found = select(Shelter.id).where(Shelter.withdrawn_at.is_(None)).order_by(Shelter.id)
        self.own, self.other, self.third = db.session.scalars(found.limit(3)).all()
        with transaction() as session:
            draft = DisasterDraft(
                name="台風19号による大雨", hazards=(Hazard.FLOOD,), drill=False, checkin=True
            )
            disasters.start(session, draft, by="test", now=clock.now())
        self.disaster = db.session.scalars(select(Disaster.id)).one()
        db.session.rollback()

    def _people(self, tokens: Tokens) -> None:
        with transaction() as session:
            self.department = service.add_department(session, "福祉課")
            self.empty_department = service.add_department(session, "水道課")
        self.account, self.browser = make_colleague(Role.VIEWER)
        newcomer, _ = make_colleague(Role.VIEWER)
        with transaction() as session:
            self.link = setting_up.make_link(session, newcomer, now=clock.now())
            session.flush()
            keys = self.app.config["SETTINGS"].keys
            setting_up.keep_password(session, self.link, "kept", keys=keys, now=clock.now())
        self.askers = [
            Asker("nobody", "nobody"),
            self._resident(tokens),
            self._colleague("colleague without a role"),
            *(self._colleague(role.value, role) for role in Role),
            self._colleague("every role", *Role),
            self._colleague("staff of one shelter", (Role.SHELTER_STAFF, {"shelter": self.own})),
            *(
                self._colleague(
                    f"{role.value} of a department", (role, {"department": self.department})
                )
                for role in sorted(BY_DEPARTMENT)
            ),
            self._gone(),
        ]

    def _colleague(self, name: str, *grants: Given) -> Asker:
        _, cookie = make_colleague(*grants)
        narrowed = any(not isinstance(one, Role) and "shelter" in one[1] for one in grants)
        roles = frozenset(one if isinstance(one, Role) else one[0] for one in grants)
        of_department = any(not isinstance(one, Role) and "department" in one[1] for one in grants)
        row = db.session.get_one(StaffSession, sessions.digest_of(cookie))
        return Asker(
            name, "colleague", roles, narrowed, of_department, cookie=cookie, session_id=row.id,
            account_id=row.account_id,
        )  # fmt: skip

    def _gone(self) -> Asker:
        """An administrator whose browser was signed out."""
        asker = self._colleague("administrator signed out", Role.ADMINISTRATOR)
        with transaction() as session:
            session.delete(session.get_one(StaffSession, sessions.digest_of(asker.cookie)))
        return Asker(asker.name, "nobody", cookie=asker.cookie)

    def _resident(self, tokens: Tokens) -> Asker:
        """A resident whose browser carries the token that its pages show."""
        browser = signed_in(self.app, tokens, HANAKO)
        cookie = browser.get_cookie("machimado")
        page = browser.get("/liff/menu").text
        shown = re.search(r'<meta name="csrf-token" content="([^"]+)"', page)
        assert cookie is not None
        assert shown is not None
        self.resident = db.session.scalars(select(Resident.id)).one()
        headers = {"X-CSRFToken": shown[1]}
        return Asker("resident", "resident", cookie=cookie.value, headers=headers)

    def _stays(self) -> None:
        """A family in the asker's own shelter and one in another's; each was elsewhere before."""
        second = db.session.scalars(select(Resident.id).where(Resident.id != self.resident)).one()
        self.stays: dict[str, str] = {}
        self.over: dict[str, str] = {}
        for which, resident, shelter in (
            ("own", self.resident, self.own),
            ("other", second, self.other),
        ):
            self._enter(resident, self.third)
            self._enter(resident, shelter)
            mine = select(CheckIn).where(CheckIn.resident_id == resident)
            for row in db.session.scalars(mine):
                kept = self.stays if row.shelter_id == shelter else self.over
                kept[which] = row.id

    def _enter(self, resident: str, shelter: str) -> None:
        sender = Sender(by="resident", disaster_id=self.disaster, resident_id=resident)
        with transaction() as session:
            checkin.enter(
                session, shelter, Party(people=3), sender=sender, now=clock.now(),
                policy=shelters.policy(),
            )  # fmt: skip

    def _keys(self) -> None:
        """Keys for one thing each, and for all; what they may read is the resident's own form."""
        now = clock.now()
        mihon = db.session.scalars(select(Procedure.id).where(Procedure.slug == "mihon")).one()
        db.session.rollback()
        made: list[tuple[str, frozenset[KeyScope], bool]] = [
            *((f"key for {scope.value}", frozenset({scope}), True) for scope in KeyScope),
            ("key for everything", frozenset(KeyScope), True),
            ("revoked key", frozenset(KeyScope), False),
            ("expired key", frozenset(KeyScope), False),
        ]
        for name, scopes, live in made:
            with transaction() as session:
                reads = {mihon} if KeyScope.SUBMISSIONS_READ in scopes else set()
                draft = KeyDraft(name=name, scopes=scopes, procedures=frozenset(reads))
                view, text = api_keys.issue(
                    session, draft, by="command:test", now=now, readable=reads
                )
                session.flush()
                row = session.get_one(ApiKey, view.id)
                if name == "revoked key":
                    row.revoked_at = now
                if name == "expired key":
                    row.expires_at = now - timedelta(seconds=1)
            self.askers.append(
                Asker(name, "key", scopes=scopes, live=live,
                      headers={"Authorization": f"Bearer {text}"})
            )  # fmt: skip
            self.key = view.id if live else self.key

    def _passes(self) -> None:
        keys, now = self.app.config["SETTINGS"].keys, clock.now()
        ids = [self.own, self.other, self.third]
        with transaction() as session:
            passes.make_all(session, by="test", keys=keys, now=now, shelters=ids)
            session.flush()
            _, sheets = passes.sheets(session, keys=keys, shelters=ids)
            passes.revoke(session, [self.third], by="test", now=now)
        found = {sheet.shelter_id: sheet.token for sheet in sheets}
        self.passes = {"own": found[self.own], "revoked": found[self.third], "absent": "a" * 28}
        for name, shelter, live in (("pass", self.own, True), ("revoked pass", self.third, False)):
            headers = {"Authorization": f"Bearer {found[shelter]}"}
            self.askers.append(
                Asker(name, "pass", live=live, headers=headers,
                      own_shelter=shelter)
            )  # fmt: skip

    def _import(self) -> None:
        """A file that waits to be published, and a place that stands on no list."""
        boss = next(one for one in self.askers if one.name == "every role").client(self.app)
        file = BytesIO((demo_town.FOLDER / "sites.csv").read_bytes())
        address = "/console/shelters/imports/uploads"
        answer = boss.post(address, data={"file": (file, "list.csv")})
        assert answer.status_code == 303, answer.text
        self.upload = answer.headers["Location"].rpartition("/")[2]
        self.list_id, self.row = (
            "madoshi:sites",
            db.session.scalars(
                select(ShelterSource.source_id).where(ShelterSource.list_id == "madoshi:sites")
            ).first(),
        )
        draft = AdHocDraft(
            name="見本の集会所", kana="", address="", lat=35.6071, lon=140.2941, is_exact=True,
            capacity=30, hazards=frozenset({Hazard.FLOOD}), phone="", remarks="", publish=True,
        )  # fmt: skip
        with transaction() as session:
            self.field_shelter = ad_hoc_places.put(
                session, draft, source_id="field-matrix-0123456789", town=("999999", "まど市"),
                by="test", now=clock.now(),
            )  # fmt: skip

    def _reports(self) -> None:
        """A report of the resident, of no department, and one of a stranger, of another's."""
        with transaction() as session:
            self.roads = roads = service.add_department(session, "道路課")
            sentences.bring(session)
            session.flush()
            self.sentence = session.scalars(select(ReportTemplate.id)).first()
        stranger = db.session.scalars(select(Resident.id).where(Resident.id != self.resident)).one()
        db.session.rollback()
        self.reports: dict[str, str] = {}
        self.photos: dict[str, str] = {}
        for which, resident in (("own", self.resident), ("other", stranger)):
            self.reports[which], self.photos[which] = with_photo(
                self.app, resident, lat=35.6071, lon=140.2941
            )
            other = update(Report).where(Report.ref == self.reports[which])
            with transaction() as session:
                session.execute(other.values(department_id=roads if which == "other" else None))

        mine = select(Report.id, Report.version).where(Report.ref == self.reports["own"])
        self.report_id, self.version = db.session.execute(mine).one()
        db.session.rollback()

    def _papers(self) -> None:
        """Papers of the resident, of no department, and a stranger's, of another's."""
        stranger = db.session.scalars(select(Resident.id).where(Resident.id != self.resident)).one()
        db.session.rollback()
        typist = next(one.account_id for one in self.askers if one.name == TYPIST)
        self.papers = matrix_procedures.made(
            self.app,
            Whose(slug="mihon", prefix="例", department_id=None, resident_id=self.resident,
                  typist=typist),
            Whose(slug="betsu", prefix="別", department_id=self.roads, resident_id=stranger,
                  typist=self.account),
        )  # fmt: skip

    def restore(self) -> None:
        """The database is as it was when the town was made."""
        self._copy(self._kept, self._file())

    def _file(self) -> Path:
        return Path(self.app.extensions["engine"].url.database)

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
