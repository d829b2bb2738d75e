"""What publishing an edition would do, for somebody to look at before it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from liff_app.shelters.differences import Difference, difference, far_pairs, latest_edition
from liff_app.shelters.editions import Publishable, Values
from liff_app.shelters.imports import astray, queries, words
from liff_app.shelters.imports.astray import Astray
from liff_app.shelters.imports.queries import Details
from liff_app.shelters.imports.service import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The difference against the edition `seen`, and what a person should look at twice.

    `mark` is another for every other outcome: what was shown is what is published.
    """

    made: Publishable
    seen: Seen
    change: Difference
    details: Details
    far: tuple[tuple[str, str, float], ...]  # id, name, metres to the same facility elsewhere
    astray: tuple[Astray, ...]
    names: dict[str, str]  # of all rows, by id
    unplaced: tuple[Values, ...]
    open_now: tuple[str, ...]  # names of places that would go while people are in them
    rivals: tuple[str, ...]  # names of lists that look like an edition before
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPoint:
    """A row on the map. `state`: added, changed, removed or same."""

    name: str
    lat: float
    lon: float
    state: str
    astray: bool


def preview(
    session: Session, made: Publishable, *, municipality_code: str, used: Collection[str] = ()
) -> Preview:
    """What would happen, and what is strange. Nothing is written.

    `used` are the ids of places that are open just now.
    """
    about = made.about
    change = difference(session, made)
    names = {row["source_id"]: row["name"] for row in made.rows()}
    far = far_pairs(session, made, change)
    seen = Seen(latest_edition(session, about.list_id))
    details = queries.details(session, made, change)
    known = queries.list_names(session) if change.rivals else {}
    gone = queries.places_of(session, about.list_id, change.removed) if used else {}
    return Preview(
        made=made,
        seen=seen,
        change=change,
        details=details,
        open_now=tuple(
            str(details.was[source_id]["name"])
            for source_id in change.removed
            if gone.get(source_id) in used
        ),
        rivals=tuple(words.with_id(known[one], one) for one in change.rivals),
        far=tuple((source_id, names[source_id], metres) for source_id, metres in far),
        astray=tuple(
            astray.far_from_town(session, made.rows(), municipality_code=municipality_code)
        ),
        names=names,
        unplaced=tuple(
            row for row in made.rows() if row["position_source"] in ("none", "town", "hand")
        ),
        mark=_mark(made, seen),
    )


def points(found: Preview) -> Iterator[MapPoint]:
    """Every row with a position, and those that would go; the strange ones last, to lie on top."""
    added, changed = frozenset(found.change.added), frozenset(found.change.changed)
    strange = {one.source_id for one in found.astray}
    made = [
        _point(row, _state(row["source_id"], added, changed), row["source_id"] in strange)
        for row in found.made.rows()
        if row["lat"] is not None
    ]
    gone = [found.details.was[source_id] for source_id in found.change.removed]
    yield from (_point(row, "removed", False) for row in gone if row["lat"] is not None)
    yield from sorted(made, key=lambda one: (one.astray, one.state != "same"))


def _state(source_id: str, added: frozenset[str], changed: frozenset[str]) -> str:
    if source_id in added:
        return "added"
    return "changed" if source_id in changed else "same"


def _point(row: Values, state: str, strange: bool) -> MapPoint:  # noqa: FBT001 - named where called
    return MapPoint(name=row["name"], lat=row["lat"], lon=row["lon"], state=state, astray=strange)


def _mark(made: Publishable, seen: Seen) -> str:
    about = made.about
    said = [str(seen.edition_id), about.list_id, about.attribution]
    said += [f"{source_id}={digest}" for source_id, digest in sorted(made.digests().items())]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
