"""What this process knows of the shelters: a finder, and the public files made from it.

Every process keeps its own. Two counters in the database say when it is out of date; they are read
at most four times a second, so a change is seen everywhere within a second and a request costs no
query. While one thread rebuilds, the others keep answering from what they have.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from liff_app.public_reply import PublicFile, public_file
from liff_app.shelters import queries
from liff_app.shelters.finder import DisasterView, Finder, Live, Policy
from liff_app.telemetry import log
from liff_app.towns import service as towns
from liff_app.towns.service import TownNames

TOWNS_SECONDS = 30.0  # a new list of towns may take that long to be seen
QUIET_SECONDS = 1.0  # the promise of `now`
GLANCE_SECONDS = 0.2  # many times what a change of states alone takes
WAIT_SECONDS = 5.0  # longer than a town of 3,000 places takes; then rather old than nothing
CHECK_SECONDS = 0.25  # a poll gated by time costs 0.17 µs a request, one by SQL 40 and more


@dataclass(frozen=True, slots=True)
class Versions:
    """The counters a board was built from."""

    master: int
    live: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The shelters as they stand: never changed, replaced as a whole."""

    versions: Versions
    finder: Finder
    disaster: DisasterView | None
    live: Mapping[str, Live]
    attributions: tuple[str, ...]
    snapshot: PublicFile
    snapshot_version: str
    towns: TownNames
    status: PublicFile
    built_at: datetime


class Board:
    """The current `Moment`, kept current. `code` and `name` are the municipality's."""

    def __init__(self, policy: Policy, *, code: str, name: str) -> None:
        self.policy = policy
        self._code = code
        self._name = name
        self._moment: Moment | None = None
        self._checked = 0.0
        self._begun = 0.0  # when the last look began
        self._building = threading.Lock()
        self._towns = TownNames()
        self._towns_read = -TOWNS_SECONDS
        self._made: dict[str, tuple[Versions, PublicFile]] = {}

    def now(self, session: Session, at: datetime) -> Moment:
        """The shelters at `at`; at most a second older than the database, if that can be asked.

        Raises OperationalError if it cannot and nothing is in hand yet.
        """
        moment = self.known()
        if moment is not None:
            return moment
        moment = self._moment
        if not self._building.acquire(timeout=-1.0 if moment is None else self._patience()):
            return moment or self.now(session, at)
        self._begun = time.monotonic()
        try:
            return self.known() or self._refreshed(session, at)
        except OperationalError as error:
            if moment is None:
                raise
            # What is in hand is better than nothing while the database is away.
            self._checked = time.monotonic()
            session.close()
            log().error("shelters_not_refreshed", error=type(error.orig).__name__)
            return moment
        finally:
            self._building.release()

    def _patience(self) -> float:
        """Seconds to wait for the thread that is looking, before answering from what is in hand.

        After a quiet spell what is in hand may be hours old: whoever comes second waits. Otherwise
        a look takes milliseconds, and only while places are read anew does nobody wait for it.
        """
        now, begun = time.monotonic(), self._begun
        if begun - self._checked > QUIET_SECONDS:
            return WAIT_SECONDS
        return max(0.0, GLANCE_SECONDS - (now - begun))

    def known(self) -> Moment | None:
        """The moment in hand if it was checked just now, without a database: the hot path."""
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return self._moment
        return None

    def made(
        self, name: str, moment: Moment, make: Callable[[], bytes], media_type: str
    ) -> PublicFile:
        """A further public file of this moment, made on first request and kept until a change."""
        kept = self._made.get(name)
        if kept is None or kept[0] != moment.versions:
            body = make()
            # From the content: counters begin anew when a backup is restored.
            version = hashlib.sha256(body).hexdigest()[:16]
            kept = moment.versions, public_file(version, body, media_type)
            self._made[name] = kept
        return kept[1]

    def _refreshed(self, session: Session, at: datetime) -> Moment:
        versions = Versions(*queries.versions(session))
        moment = self._moment
        if time.monotonic() - self._towns_read >= TOWNS_SECONDS:
            self._towns = towns.names(session, self._code)
            self._towns_read = time.monotonic()
            moment = moment and replace(moment, towns=self._towns)
        if moment is None or moment.versions.master != versions.master:
            moment = self._rebuilt(session, versions, at)
        elif moment.versions.live != versions.live or _outdated(moment, at):
            moment = self._overlaid(session, moment, versions, at)
        self._moment = moment
        self._checked = time.monotonic()
        return moment

    def _rebuilt(self, session: Session, versions: Versions, at: datetime) -> Moment:
        disaster = queries.open_disaster(session)
        live = queries.live(session, disaster)
        finder = Finder(queries.places(session), live, disaster, self.policy, at)
        attributions = tuple(queries.attributions(session))
        snapshot = finder.snapshot(code=self._code, name=self._name, attributions=attributions)
        return self._moment_of(
            versions, finder, disaster, live, attributions,
            public_file(snapshot.version, snapshot.body, "application/json"), at,
        )  # fmt: skip

    def _overlaid(self, session: Session, old: Moment, versions: Versions, at: datetime) -> Moment:
        disaster = queries.open_disaster(session)
        live = queries.live(session, disaster)
        finder = old.finder.renewed(live, disaster, at)
        return self._moment_of(versions, finder, disaster, live, old.attributions, old.snapshot, at)

    def _moment_of(
        self,
        versions: Versions,
        finder: Finder,
        disaster: DisasterView | None,
        live: Mapping[str, Live],
        attributions: tuple[str, ...],
        snapshot: PublicFile,
        at: datetime,
    ) -> Moment:
        status = finder.status(snapshot.etag)
        return Moment(
            versions=versions,
            finder=finder,
            disaster=disaster,
            live=live,
            attributions=attributions,
            snapshot=snapshot,
            snapshot_version=snapshot.etag,
            towns=self._towns,
            status=public_file(status.version, status.body, "application/json"),
            built_at=at,
        )


def _outdated(moment: Moment, at: datetime) -> bool:
    until = moment.finder.valid_until
    return until is not None and at >= until
