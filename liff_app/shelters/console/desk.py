"""The board as this process last read it, so that many open consoles cost one reading.

It follows the two counters that the residents' board watches, and is read anew once in a while
besides, since reports grow old and colleagues change their names without moving a counter.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from liff_app.i18n import language
from liff_app.shelters import queries as shelters
from liff_app.shelters import service
from liff_app.shelters.board import Versions
from liff_app.shelters.console import attention, authors, queries
from liff_app.shelters.console.attention import BoardPlace, Counts, Row
from liff_app.shelters.console.pieces import Piece, Pieces
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.finder import DisasterView
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.changes import StatusView

KEPT = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The board at one moment: rows in the order of names. Never changed, replaced as a whole."""

    versions: Versions
    disaster: DisasterView | None
    rows: tuple[Row, ...]
    counts: Counts
    read_at: datetime


class Desk:
    """The current `Glance` of a process."""

    def __init__(self) -> None:
        self._glance: Glance | None = None
        self._places: tuple[int, Mapping[str, BoardPlace]] | None = None
        self._pieces = Pieces()
        self._digest: tuple[Glance, str, str] | None = None
        self._reading = threading.Lock()

    def now(self, session: Session, at: datetime) -> Glance:
        """The board at `at`, as the database has it: who just changed something sees it here.

        Asking for the counters costs 0.1 ms, reading the board anew a hundred times that.
        """
        versions = Versions(*shelters.versions(session))
        with self._reading:
            known = self._glance
            if (
                known is None
                or known.versions != versions
                or not timedelta() <= at - known.read_at < KEPT
            ):
                known = self._glance = self._read(session, versions, at)
            return known

    def pieces(self, rows: Iterable[Row], mine: frozenset[str] | None) -> list[Piece]:
        """The rows as they are shown to somebody who may change `mine` (None: all places)."""
        return self._pieces.of(rows, mine)

    def tag(self, glance: Glance, asked: str) -> str:
        """An ETag for whoever asked that of the board: another one whenever a row reads otherwise.

        Worked out once for a glance, so that an unchanged board costs no sorting and no bytes.
        """
        spoken = language()
        digest = self._digest
        if digest is None or digest[0] is not glance or digest[1] != spoken:
            whole = hashlib.sha256(b"".join(one.json for one in self.pieces(glance.rows, None)))
            digest = self._digest = glance, spoken, whole.hexdigest()
        return hashlib.sha256(f"{digest[2]} {asked}".encode()).hexdigest()[:24]

    def _read(self, session: Session, versions: Versions, at: datetime) -> Glance:
        places = self._read_places(session, versions.master)
        found = occupancy.all_current(session, now=at, policy=service.policy())
        who = _authors(session, found)
        rows = tuple(
            _row(places[one.shelter_id], one, who) for one in found if one.shelter_id in places
        )
        return Glance(
            versions=versions,
            disaster=disasters.current(session),
            rows=rows,
            counts=attention.counts(rows),
            read_at=at,
        )

    def _read_places(self, session: Session, master: int) -> Mapping[str, BoardPlace]:
        """The places of that edition; lists change rarely, states all the time."""
        if self._places is None or self._places[0] != master:
            self._places = master, queries.board_places(session)
            self._pieces.forget()
        return self._places[1]


def _authors(session: Session, found: Iterable[StatusView]) -> Mapping[str | None, str]:
    """Everybody who reported last somewhere, in words; each looked up once."""
    known = authors.names(session)
    everybody = {one.updated_by for one in found}
    return {author: authors.words(author, known) if author else "" for author in everybody}


def _row(place: BoardPlace, status: StatusView, who: Mapping[str | None, str]) -> Row:
    return Row(
        place=place,
        status=status,
        author=who[status.updated_by],
        urgency=attention.urgency_of(status),
    )


def desk() -> Desk:
    """The desk of this app."""
    found: Desk = current_app.extensions.setdefault("shelter_desk", Desk())
    return found
