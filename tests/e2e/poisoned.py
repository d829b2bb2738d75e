"""A town in which every text that somebody can type holds a payload: residents' and colleagues'."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import select, update

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.reports import casework, filing, following, merging, moderation, sentences
from liff_app.reports.categories.model import Category
from liff_app.reports.console.saved import MOST
from liff_app.reports.drafts import LONGEST, FileDraft, clean
from liff_app.reports.models import NeighbourTown, ReportAsset, ReportPhoto, ReportView
from liff_app.reports.places.numbers import number_key
from liff_app.reports.scope import EVERYWHERE
from liff_app.reports.sentences import SentenceDraft
from liff_app.reports.vocabulary import FixAnswer, Source, Status
from liff_app.staff.models import Account
from liff_app.staff.vocabulary import Role
from tests.conftest import Tokens, make_colleague, signed_in
from tests.reports import ground
from tests.reports.console.desk import department
from tests.reports.reporting import picture, post

from .conftest import HERE, Visit
from .payloads import PAYLOADS, fitting
from .people import COOKIE
from .poisoned_kinds import KINDS, WHICH, WORDS, a_kind
from .servers import RESIDENT_COOKIE, Town

A_PLACE = 8  # reports at one place: as many as a form shows
EACH_REPORTS = 8  # the limit is ten an hour
STEP = 0.004  # degrees between the places: further than "near" reaches
PLACES_IN_A_ROW = 4


@dataclass(slots=True)
class Filed:
    """One report. `says`: each of its texts, by what it is, as it was typed."""

    ref: str
    id: int
    owner: int
    category: str
    lat: float
    lon: float
    says: dict[str, str]
    lead: str = ""  # the report it was put together with


@dataclass(frozen=True, slots=True)
class Poisoned:
    """The town, its people as browsers' cookies, and what they wrote."""

    town: Town
    residents: tuple[str, ...]
    stranger: str
    reviewer: str
    reviewer_id: str
    kinds: tuple[Category, ...]
    reports: tuple[Filed, ...]
    sentences: tuple[str, ...]

    def as_resident(self, visit: Visit, who: int | None) -> None:
        """The browser is that resident's; None: somebody who follows nothing."""
        value = self.stranger if who is None else self.residents[who]
        _give(visit, self.town, RESIDENT_COOKIE, value)

    def as_reviewer(self, visit: Visit) -> None:
        """The browser is the reviewer's, who has every payload for a name in their lists."""
        _give(visit, self.town, COOKIE, self.reviewer)


def _give(visit: Visit, town: Town, name: str, value: str) -> None:
    visit.context.add_cookies([{"name": name, "value": value, "url": town.url}])


def poison(town: Town, count: int = len(PAYLOADS)) -> Poisoned:
    """Every text of the town's reports (so many), categories and sentences is a payload."""
    with town.app.app_context():
        people, cookies = _people(town)
        reviewer_id, reviewer = make_colleague(Role.REPORT_REVIEWER, Role.ADMINISTRATOR)
        office = department(fitting(40, 3))
        kinds = tuple(a_kind(n, office) for n in range(KINDS))
        reports = tuple(_filed(people, number) for number in range(count))
        for number, one in enumerate(reports):
            _work(one, number, f"staff:{reviewer_id}", office)
        _lists(reviewer_id)
        kept = _sentences()
        db.session.close()
    *residents, stranger = cookies
    return Poisoned(
        town, tuple(residents), stranger, reviewer, reviewer_id, kinds, reports, kept
    )  # fmt: skip


def _people(town: Town) -> tuple[list[FlaskClient], list[str]]:
    """Residents enough for all the reports, and one who reports nothing; with their cookies."""
    tokens = Tokens()
    town.app.extensions["line_login"] = tokens.gateway
    count = -(-len(PAYLOADS) // EACH_REPORTS) + 1
    people = [signed_in(town.app, tokens, f"U{n:032x}") for n in range(count)]
    cookies = [one.get_cookie(RESIDENT_COOKIE) for one in people]
    return people, [one.value for one in cookies if one is not None]


def _filed(people: list[FlaskClient], number: int) -> Filed:
    """The payload is in every field of a report that was sent to the API, the file's name too."""
    place, text = number // A_PLACE, PAYLOADS[number]
    lat = HERE["latitude"] + (place // PLACES_IN_A_ROW - 1.5) * STEP + number % A_PLACE * 1e-4
    lon = HERE["longitude"] + (place % PLACES_IN_A_ROW - 1.5) * STEP
    typed: dict[str, Any] = {
        "category": f"hostile{place % (KINDS - 1)}",
        "lat": lat,
        "lon": lon,
        "description": text,
        "place_text": text,
        "asset_number": fitting(LONGEST["asset_number"], number),
        "contact": text,
    }
    fields = typed | {f"answers.{WORDS}": text, f"answers.{WHICH}": "yes"}
    if number % A_PLACE == 0:
        name = text.replace("\n", " ")
        fields |= {"photo": (io.BytesIO(picture(number)), name, "image/jpeg")}
    owner = number // EACH_REPORTS
    sent = {key: one if isinstance(one, tuple) else str(one) for key, one in fields.items()}
    answer = post(
        people[owner], key=f"hostile-{number:08}", data=sent, content_type="multipart/form-data"
    )
    assert answer.status_code == 201, (text, answer.text)
    ref = str(answer.get_json()["id"])
    texts = ("description", "place_text", "asset_number", "contact")
    says = {name: clean(typed[name]) for name in texts} | {"answer": " ".join(text.split())}
    return Filed(ref, ground.row(ref).id, owner, typed["category"], lat, lon, says)


@dataclass(frozen=True, slots=True)
class Hands:
    """Those of a colleague and of the resident, at one report."""

    ref: str
    actor: str

    def staff(self, operation: Any, *args: Any, **more: Any) -> None:  # noqa: ANN401 - any of casework's
        """The colleague does it, having just looked."""
        version = ground.row(self.ref).version
        with transaction() as session:
            operation(
                session, self.ref, *args, version=version, actor=self.actor,
                scope=EVERYWHERE, now=clock.now(), **more,
            )  # fmt: skip

    def resident(self, operation: Any, *args: Any) -> None:  # noqa: ANN401 - any of following's
        """Who reported it does it."""
        who = ground.row(self.ref).resident_id
        with transaction() as session:
            operation(session, self.ref, *args, resident_id=who, now=clock.now())


def _work(one: Filed, number: int, actor: str, office: str) -> None:
    """Colleagues write the payload wherever they may, and the resident answers with it."""
    text, hands = PAYLOADS[number], Hands(one.ref, actor)
    hands.staff(casework.note, text)
    one.says["note"] = clean(text)
    hands.staff(moderation.check_public, text=True, place=True)
    if number % A_PLACE == 0:
        hung = select(ReportPhoto.photo_id).where(ReportPhoto.report_id == one.id)
        photo = db.session.scalars(hung).one()
        db.session.rollback()
        hands.staff(moderation.check_photo, photo, public=True)
    for name in (_ask, _mend, _answer, _hand_over)[number % 4](hands, text):
        one.says[name] = clean(text)
    if number % 16 == 2:
        hands.staff(moderation.hide, text)
        one.says["reason"] = clean(text)
    if number % A_PLACE == 1:
        account_id = actor.partition(":")[2]
        hands.staff(casework.assign, department_id=office, assignee_id=account_id)


def _ask(hands: Hands, text: str) -> tuple[str, ...]:
    hands.staff(casework.move, Status.ASKED, text=text)
    hands.resident(following.reply, text)
    return ("told", "reply")


def _mend(hands: Hands, text: str) -> tuple[str, ...]:
    hands.staff(casework.move, Status.FIXED, text=text)
    hands.resident(following.answer_fix, FixAnswer.NOT_YET, text)
    return ("told", "not_yet")


def _answer(hands: Hands, text: str) -> tuple[str, ...]:
    hands.staff(casework.answer, text)
    return ("told",)


def _hand_over(hands: Hands, text: str) -> tuple[str, ...]:
    hands.staff(casework.move, Status.FORWARDED, text=text, receiver=text)
    return ("told", "receiver")


def join_two(poisoned: Poisoned, one: Filed, into: Filed) -> None:
    """The first report belongs to the second one's incident."""
    one.lead = into.ref
    with poisoned.town.app.app_context():
        with transaction() as session:
            merging.merge(
                session, one.ref, into.ref, version=ground.row(one.ref).version,
                into_version=ground.row(into.ref).version, actor=f"staff:{poisoned.reviewer_id}",
                scope=EVERYWHERE, now=clock.now(),
            )  # fmt: skip
        db.session.close()


def by_telephone(poisoned: Poisoned, text: str) -> str:
    """Ref of a report that a colleague typed for a caller."""
    with poisoned.town.app.app_context(), transaction() as session:
        draft = FileDraft(
            category="hostile1", lat=HERE["latitude"], lon=HERE["longitude"], description=text,
            place_text=text, contact=text, answers={WORDS: text}, source=Source.CONSOLE,
        )  # fmt: skip
        receipt = filing.file_for_caller(
            session, draft, actor=f"staff:{poisoned.reviewer_id}", key="hostile-call-0001",
            settings=ground.settings(), now=clock.now(),
        )  # fmt: skip
    return receipt.ref


def versions(poisoned: Poisoned, some: tuple[Filed, ...]) -> Mapping[str, int]:
    """The version at which each report stands now."""
    with poisoned.town.app.app_context():
        found = {one.ref: ground.row(one.ref).version for one in some}
        db.session.close()
    return found


def _lists(reviewer_id: str) -> None:
    """Names in lists: things with a number, a town next to ours, kept searches, the colleague."""
    with transaction() as session:
        for at in range(A_PLACE):
            session.add(
                ReportAsset(
                    category="hostile0", number=fitting(40, at), search_key=number_key("7"),
                    lat=HERE["latitude"], lon=HERE["longitude"], note=PAYLOADS[at],
                )
            )  # fmt: skip
        session.add(
            NeighbourTown(
                municipality_code="999999", municipality_name=PAYLOADS[5],
                lat=HERE["latitude"] - 1, lon=HERE["longitude"],
            )
        )  # fmt: skip
        for at in range(MOST):
            asked = urlencode({"q": PAYLOADS[at], "town": PAYLOADS[at + MOST]})
            session.add(
                ReportView(
                    id=f"{at:032}", account_id=reviewer_id, name=fitting(40, at), query=asked,
                    created_at=clock.now(),
                )
            )  # fmt: skip
        named = update(Account).where(Account.id == reviewer_id)
        session.execute(named.values(name=fitting(40, 5)))


def _sentences() -> tuple[str, ...]:
    """A sentence for answers with each payload; gives their ids."""
    kept = []
    for text in PAYLOADS:
        title = text if len(text) <= sentences.LONGEST_TITLE else fitting(60, len(text))
        with transaction() as session:
            kept.append(sentences.save(session, SentenceDraft(title=title, text=text)))
    return tuple(kept)
