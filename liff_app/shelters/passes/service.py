"""What can be done with shelter passes: made for a disaster, opened, printed, revoked, renewed.

A pass is good for one shelter in one disaster. Whoever holds its sheet speaks for the shelter; the
history says of each change that it came by 現場QR.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import NotFound
from liff_app.shelters import queries
from liff_app.shelters.finder import DisasterView
from liff_app.shelters.models import Disaster, Shelter, new_id
from liff_app.shelters.passes import tokens
from liff_app.shelters.passes.models import ShelterPass

__all__ = [
    "PassLine",
    "PassOver",
    "PassUnknown",
    "PassView",
    "Sheet",
    "board_of_passes",
    "make_all",
    "note_seen",
    "open_pass",
    "reseal",
    "revoke",
    "sheets",
]

_BY_NAME = (func.coalesce(func.nullif(Shelter.kana, ""), Shelter.name), Shelter.name, Shelter.id)
PURPOSE = "shelter_passes.token"
SEEN_EVERY = timedelta(minutes=10)  # finer, and every look of a phone would be a write
RESEAL_PAGE = 1000  # rows held in memory while keys are changed


class PassUnknown(NotFound):
    """There is no such pass: mistyped, or never made."""

    code = "pass_unknown"
    title = "このQRコードでは開けません。"


class PassOver(NotFound):
    """The pass was good once: it was revoked, its disaster is over, or its shelter is gone.

    `pass_id` lets the phone show what it had not sent yet.
    """

    code = "pass_over"
    title = "このQRコードは使えなくなりました。"

    def __init__(self, pass_id: str) -> None:
        super().__init__("pass over")
        self.pass_id = pass_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PassView:
    """An open pass: for which shelter, in which disaster."""

    id: str
    shelter_id: str
    disaster_id: str
    seen_at: datetime | None

    @property
    def author(self) -> str:
        """Who stands beside what is reported with it."""
        return f"pass:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassLine:
    """One shelter in the console's list of passes; without a pass yet, `made_at` is None."""

    shelter_id: str
    name: str
    made_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one printed sheet says."""

    shelter_id: str
    name: str
    address: str
    token: str


def open_pass(session: Session, typed: str, *, keys: KeyRing) -> PassView:
    """The open pass that was typed or scanned. Raises PassUnknown, or PassOver for one that was."""
    token = tokens.read_token(typed)
    if token is None:
        raise PassUnknown("no pass is spelled so")
    wanted = (
        select(ShelterPass, Disaster.ended_at, Shelter.withdrawn_at)
        .join(Disaster, Disaster.id == ShelterPass.disaster_id)
        .join(Shelter, Shelter.id == ShelterPass.shelter_id)
        .where(ShelterPass.token_index.in_(keys.blind_indexes(token, PURPOSE)))
    )
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise PassUnknown("no such pass")
    found, ended_at, withdrawn_at = row
    if found.revoked_at or ended_at or withdrawn_at:
        raise PassOver(found.id)
    return PassView(
        id=found.id,
        shelter_id=found.shelter_id,
        disaster_id=found.disaster_id,
        seen_at=found.seen_at,
    )


def note_seen(session: Session, pass_id: str, *, now: datetime) -> None:
    """The pass was in use at `now`."""
    session.execute(update(ShelterPass).where(ShelterPass.id == pass_id).values(seen_at=now))


def is_seen_lately(view: PassView, now: datetime) -> bool:
    """Whether the last use is written down finely enough."""
    return view.seen_at is not None and now - view.seen_at < SEEN_EVERY


def make_all(
    session: Session,
    *,
    by: str,
    keys: KeyRing,
    now: datetime,
    shelters: Collection[str] | None = None,
) -> list[str]:
    """Every shelter, or each of those given, has a live pass in the open disaster.

    Gives the shelters that got a new one; nobody's sheet stops working. Raises NotFound when no
    disaster is open or a shelter is not there.
    """
    disaster = _open_disaster(session)
    known = _shelter_ids(session)
    wanted = known if shelters is None else sorted(shelters)
    if not set(wanted) <= set(known):
        raise NotFound("no such shelter", title="その避難所はありません。")
    live = set(session.scalars(select(ShelterPass.shelter_id).where(*_live_in(disaster.id))))
    fresh = [shelter_id for shelter_id in wanted if shelter_id not in live]
    session.add_all(_new_pass(one, disaster.id, by=by, keys=keys, now=now) for one in fresh)
    return fresh


def revoke(session: Session, shelters: Collection[str], *, by: str, now: datetime) -> int:
    """No pass of these shelters opens anything any more; gives how many did."""
    disaster = _open_disaster(session)
    rows = session.scalars(
        select(ShelterPass)
        .where(*_live_in(disaster.id), ShelterPass.shelter_id.in_(shelters))
        .order_by(ShelterPass.id)  # two at once wait for each other in one order
        .with_for_update()
    ).all()
    for row in rows:
        row.revoked_at, row.revoked_by, row.live_slot = now, by, None
    session.flush()  # the slots are free before `make_all` fills them again
    return len(rows)


def board_of_passes(
    session: Session, shelters: Collection[str] | None = None
) -> tuple[DisasterView, list[PassLine]] | None:
    """The open disaster and, by name, every shelter (or those given) with its live pass.

    None in normal times, when there are no passes.
    """
    disaster = queries.open_disaster(session)
    if disaster is None:
        return None
    wanted = (
        select(Shelter.id, Shelter.name, ShelterPass.made_at, ShelterPass.seen_at)
        .outerjoin(ShelterPass, and_(ShelterPass.shelter_id == Shelter.id, *_live_in(disaster.id)))
        .where(Shelter.withdrawn_at.is_(None))
        .order_by(*_BY_NAME)
    )
    lines = [
        PassLine(shelter_id=row.id, name=row.name, made_at=row.made_at, seen_at=row.seen_at)
        for row in session.execute(wanted)
        if shelters is None or row.id in shelters
    ]
    return disaster, lines


def sheets(
    session: Session, *, keys: KeyRing, shelters: Collection[str] | None = None
) -> tuple[DisasterView, list[Sheet]]:
    """What is printed: the live pass of every shelter, or of each of those given, by name.

    Raises NotFound when no disaster is open, SealBroken when a key of the ring is missing.
    """
    disaster = _open_disaster(session)
    rows = session.execute(
        select(ShelterPass, Shelter.name, Shelter.address)
        .join(Shelter, Shelter.id == ShelterPass.shelter_id)
        .where(*_live_in(disaster.id), Shelter.withdrawn_at.is_(None))
        .order_by(*_BY_NAME)
    )
    found = [
        Sheet(
            shelter_id=row.shelter_id,
            name=name,
            address=address,
            token=keys.open(row.token_sealed, _context(row.id)),
        )
        for row, name, address in rows
        if shelters is None or row.shelter_id in shelters
    ]
    return disaster, found


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Passes sealed under an older key are sealed, and found, under the first one."""
    count = 0
    for row in _by_pages(session):
        if keys.is_current(row.token_sealed):
            continue
        count += 1
        if not dry_run:
            token = keys.open(row.token_sealed, _context(row.id))
            row.token_sealed = keys.seal(token, _context(row.id))
            row.token_index = keys.blind_index(token, PURPOSE)
    return count


def _by_pages(session: Session) -> Iterator[ShelterPass]:
    last = ""
    page = select(ShelterPass).order_by(ShelterPass.id).limit(RESEAL_PAGE)
    while rows := session.scalars(page.where(ShelterPass.id > last)).all():
        last = rows[-1].id
        yield from rows
        session.flush()
        session.expunge_all()


def _live_in(disaster_id: str) -> tuple[ColumnElement[bool], ...]:
    return ShelterPass.disaster_id == disaster_id, ShelterPass.live_slot.is_not(None)


def _open_disaster(session: Session) -> DisasterView:
    disaster = queries.open_disaster(session)
    if disaster is None:
        raise NotFound("no open disaster", title="始まっている災害はありません。")
    return disaster


def _shelter_ids(session: Session) -> Sequence[str]:
    wanted = select(Shelter.id).where(Shelter.withdrawn_at.is_(None)).order_by(Shelter.id)
    return session.scalars(wanted).all()


def _new_pass(
    shelter_id: str, disaster_id: str, *, by: str, keys: KeyRing, now: datetime
) -> ShelterPass:
    token, pass_id = tokens.new_token(), new_id()
    return ShelterPass(
        id=pass_id,
        shelter_id=shelter_id,
        disaster_id=disaster_id,
        token_index=keys.blind_index(token, PURPOSE),
        token_sealed=keys.seal(token, _context(pass_id)),
        made_at=now,
        made_by=by,
    )


def _context(pass_id: str) -> str:
    return f"shelter_passes.token_sealed:{pass_id}"
