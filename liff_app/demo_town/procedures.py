"""The forms of まど市, open, with what its people sent in: at every stage of work.

The forms are the five workbooks of the product, taken in like any other town's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.db import transaction
from liff_app.demo_town.procedure_answers import CARD, DAMAGE, SENT, Sent, survey
from liff_app.errors import NotAllowed, NotFound
from liff_app.gateways.line_login import LineIdentity
from liff_app.identity import service as identity
from liff_app.procedures import dossiers, events, forms, samples, telling
from liff_app.procedures.definitions import checking
from liff_app.procedures.definitions import service as definitions
from liff_app.procedures.definitions.service import Edition, Maker, NewProcedure
from liff_app.procedures.desk import casework, deciding, pointing
from liff_app.procedures.desk.acts import By
from liff_app.procedures.desk.returning import Item, Spot
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.files import service as files
from liff_app.procedures.files.service import Prepared
from liff_app.procedures.filling import consent, submitting
from liff_app.procedures.filling.submitting import Sender
from liff_app.procedures.forms import Form
from liff_app.procedures.postal import service as postal
from liff_app.procedures.postal.lists import read_list
from liff_app.procedures.scope import EVERYWHERE
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import FilePurpose, Source, Status
from liff_app.staff import queries as staff_queries
from liff_app.staff import service as staff
from liff_app.staff.rules import Colleague, Grant
from liff_app.staff.service import AccountDraft
from liff_app.staff.vocabulary import Role

FOLDER = Path(__file__).resolve().parent
BY = "key:demo"
OPEN_SINCE = timedelta(days=60)
SURVEY = "shimin_anketo"
# Invented; nobody signs in as one of them before `staff link`. Two, for decisions that take two.
REVIEWERS = (("nagisa", "湊 なぎさ"), ("sakura", "丘野 さくら"))


def fill(*, now: datetime, line_user_id: str | None = None) -> int:
    """The forms are open and what was sent in is there; gives how many forms are new.

    Forms that are there already stay as they are, with everything in them. `line_user_id`: whose
    the submissions of the demo's own resident become; without one they are nobody's.
    """
    if current_app.config["SETTINGS"].is_production:
        raise NotAllowed("no demo in production", title="本番には見本の手続きを入れられません。")
    with transaction() as session:
        postal.import_list(session, read_list((FOLDER / "postal_codes.csv").read_bytes()))
        wanted = [name for name in samples.names() if _is_new(session, name)]
        resident_id = _resident(session, line_user_id, now) if line_user_id else None
    editions = {name: _edition(name, now) for name in wanted}
    pictures = {name: _picture(name) for name in (DAMAGE, CARD)} if wanted else {}
    for name, edition in editions.items():
        with transaction() as session:
            desk = _Desk(session, now, pictures, resident_id)
            desk.fill(name, edition)
    return len(wanted)


def slug_of(name: str) -> str:
    """Where the form of that workbook stands."""
    return name.replace("_", "-")


def _is_new(session: Session, name: str) -> bool:
    new = NewProcedure(slug=slug_of(name))
    return not definitions.new_errors(session, new, Maker(actor=BY))


def _resident(session: Session, line_user_id: str, now: datetime) -> str:
    keys, channel = current_app.config["SETTINGS"].keys, "demo"
    known = LineIdentity(
        sub=line_user_id, audience=channel, issued_at=now, expires_at=now, token_digest=b""
    )
    return identity.recognise(session, known, keys=keys, now=now)


def _edition(name: str, now: datetime) -> Edition:
    today = now.astimezone(JST).date()
    checked = checking.check(samples.raw(name), today=today)
    found = checking.edition(checked)
    if found is None:
        raise ValueError(f"{name}: {[one.message for one in checked.faults]}")
    return found


def _picture(name: str) -> Prepared:
    return files.prepare((FOLDER / name).read_bytes(), Kind.PHOTO, name)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One transaction in which a form and everything sent with it comes in."""

    session: Session
    now: datetime
    pictures: Mapping[str, Prepared]
    resident_id: str | None

    def fill(self, name: str, edition: Edition) -> None:
        """The form is open, and everything is there that was sent with it."""
        begun = self.now - OPEN_SINCE
        by = Maker(actor=BY)
        new = NewProcedure(slug=slug_of(name))
        placed = definitions.add_procedure(self.session, new, edition, by=by, now=begun)
        definitions.publish(self.session, placed.slug, placed.number, by=by, now=begun)
        form = forms.version_form(self.session, placed.version_id)
        if name == SURVEY:
            for place, answers in enumerate(survey()):
                self._send(form, answers, Source.LIFF, self.now - timedelta(hours=9 + 8 * place))
        for sent in SENT:
            if sent.form == name:
                self._case(form, sent)

    def _send(
        self,
        form: Form,
        answers: Mapping[str, Any],
        source: Source,
        at: datetime,
        who: str | None = None,
    ) -> tuple[str, dict[str, Any]]:
        """The answers are sent; gives the submission's address, and them with their files' ids."""
        keys, store = current_app.config["SETTINGS"].keys, current_app.extensions["file_store"]
        moment = submitting.moment_of(form, at, is_test=False)
        dossier_id, key = dossiers.new(self.session, keys, now=moment)
        actor = "resident" if source is Source.LIFF else self._reviewers()[0].actor
        kept = {
            name: files.keep(
                self.session, store, prepared,
                dossier_id=dossier_id, key=key, purpose=FilePurpose.ANSWER, by=actor, now=at,
            ).id
            for name, prepared in self.pictures.items()
            if any(value == [name] for value in answers.values())
        }  # fmt: skip
        filled = {
            name: next(([one] for picture, one in kept.items() if value == [picture]), value)
            for name, value in answers.items()
        }
        sender = Sender(
            actor=actor,
            source=source,
            language="ja",
            resident_id=who,
            consent_sha256=consent.digest(form, "ja"),
            consented_at=at,
        )
        row = submitting.submit(
            self.session, form, filled,
            sender=sender, dossier_id=dossier_id, key=key, keys=keys, now=at,
        )  # fmt: skip
        telling.told(self.session, row, form, Told.RECEIVED, at)
        return row.ref, filled

    def _reviewers(self) -> tuple[Colleague, Colleague]:
        """Who works on the cases: two, for decisions that take two."""
        first, second = (_reviewer(self.session, *one, now=self.now) for one in REVIEWERS)
        return first, second

    def _case(self, form: Form, sent: Sent) -> None:
        """It is sent, and worked on as far as it says."""
        at = self.now - timedelta(days=sent.days_ago)
        answers = dict(sent.answers)
        if sent.form == "risai_shomei":
            answers["disaster_date"] = (at - timedelta(days=20)).astimezone(JST).date().isoformat()
        who = self.resident_id if sent.is_resident else None
        ref, filled = self._send(form, answers, sent.source, at, who)
        work = _Work(self.session, ref, filled, *self._reviewers(), at + timedelta(hours=1))
        work.go(sent)


@dataclass(slots=True)
class _Work:
    """What two colleagues do with one case, an hour after it came and every hour since."""

    session: Session
    ref: str
    answers: Mapping[str, Any]
    first: Colleague
    second: Colleague
    at: datetime
    version: int = 1

    def go(self, sent: Sent) -> None:
        """The case stands where it should."""
        if sent.status is Status.RECEIVED:
            return
        if sent.status is not Status.WITHDRAWN:
            self.version = casework.move(self.session, self.ref, Status.REVIEWING, **self._by())
            self.version = casework.take(self.session, self.ref, **self._by())
        if sent.note:
            self.version = casework.note(self.session, self.ref, sent.note, **self._by())
        if sent.returned:
            self._return(sent)
        elif sent.is_proposed:
            self._move(Status.ACCEPTED, sent.said)
        elif sent.status is not Status.REVIEWING:
            self._close(sent)

    def _return(self, sent: Sent) -> None:
        items = [
            Item(path=path, comment=comment, spot=None if at else self._spot(sent, path))
            for at, (path, comment) in enumerate(sent.returned)
        ]
        due = (self.at + timedelta(days=10)).astimezone(JST).date()
        pointing.send_back(self.session, self.ref, items, due_on=due, text=sent.said, **self._by())

    def _spot(self, sent: Sent, path: str) -> Spot | None:
        """The box on the photo of that answer, where one was drawn."""
        if sent.spot is None:
            return None
        x, y, w, h = sent.spot
        return Spot(file_id=self.answers[path][0], x=x, y=y, w=w, h=h)

    def _close(self, sent: Sent) -> None:
        if sent.status is Status.COMPLETED:
            self._decide(Status.ACCEPTED, "")
        self._decide(sent.status, sent.said)

    def _decide(self, to: Status, said: str) -> None:
        """The step is taken; where it takes two people, the second approves it."""
        self._move(to, said)
        if self._waits():
            self.version = deciding.approve(self.session, self.ref, **self._by(self.second))

    def _move(self, to: Status, said: str) -> None:
        self.version = casework.move(self.session, self.ref, to, text=said, **self._by())

    def _waits(self) -> bool:
        row = events.hold(self.session, self.ref)
        return row.proposed_status is not None

    def _by(self, colleague: Colleague | None = None) -> By:
        self.at += timedelta(hours=1)
        return By(
            version=self.version,
            colleague=colleague or self.first,
            scope=EVERYWHERE,
            keys=current_app.config["SETTINGS"].keys,
            now=self.at,
        )


def _reviewer(session: Session, login: str, name: str, *, now: datetime) -> Colleague:
    """The colleague of that login name, made where there is none."""
    grants = (Grant(Role.PROCEDURE_REVIEWER),)
    try:
        account_id = staff_queries.id_of(session, login)
    except NotFound:
        draft = AccountDraft(login=login, name=name, grants=grants)
        account_id = staff.add_account(session, draft, now=now)
    return Colleague(
        id=account_id, name=name, login=login, grants=grants, session_id="", confirmed_at=now
    )
