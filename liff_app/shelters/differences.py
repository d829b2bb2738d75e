"""What an edition of a list changes against the one that is published. Nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.shelters.composing import batches, unpacked
from liff_app.shelters.editions import Publishable
from liff_app.shelters.matching import KnownPlaces, is_another_place
from liff_app.shelters.models import GONE, ListImport, ShelterList, ShelterSource


@dataclass(slots=True)
class Difference:
    """What an edition changes against the one before: source ids, in the order of the file."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    relabelled: bool = False  # the source to be named, or whose say it is, is another
    far_pairs: list[tuple[str, float]] = field(default_factory=list)  # id, metres apart
    rivals: list[str] = field(default_factory=list)  # lists that look like an edition before
    edition_id: int | None = None  # set once it is published

    @property
    def is_empty(self) -> bool:
        """Whether publishing would change nothing."""
        return not (self.added or self.changed or self.removed or self.relabelled)


def difference(session: Session, edition: Publishable) -> Difference:
    """What publishing the edition would add, change and remove. Nothing is written."""
    about = edition.about
    before = _digests(session, about.list_id)
    found = Difference()
    for source_id, digest in edition.digests().items():
        if source_id not in before:
            found.added.append(source_id)
        elif before[source_id] != digest:
            found.changed.append(source_id)
        else:
            found.unchanged += 1
    known = session.get(ShelterList, about.list_id)
    if known is None:
        found.rivals = _rivals(session, edition)
    else:
        now, then = (about.attribution, about.priority), (known.attribution, known.priority)
        found.relabelled = now != then
    found.removed = [source_id for source_id in before if source_id not in edition.digests()]
    return found


def latest_edition(session: Session, list_id: str) -> int | None:
    """Id of the edition of the list that is published, None for a list not seen before."""
    newest = select(func.max(ListImport.id)).where(ListImport.list_id == list_id)
    return session.scalar(newest)


def far_pairs(
    session: Session, edition: Publishable, change: Difference
) -> list[tuple[str, float]]:
    """Rows whose facility another list puts over 200 m away: id and metres. They stay apart."""
    renumbered = renumbered_ids(session, edition, change.changed)
    known = KnownPlaces(
        session,
        edition.about.list_id,
        arriving=[*change.added, *renumbered],
        leaving=frozenset((*change.removed, *renumbered)),
    )
    known.disown(renumbered)
    wanted = frozenset((*change.added, *renumbered)) - frozenset(edition.places())
    for row in edition.rows():
        if row["source_id"] in wanted:
            known.recognise(row["source_id"], row)
    return known.far_pairs


def renumbered_ids(session: Session, edition: Publishable, changed: Collection[str]) -> list[str]:
    """Ids that now stand for another building: both its name and its place are others.

    A town that numbers its list anew must not carry one school's opening to the next.
    """
    wanted = frozenset(changed)
    if not wanted:
        return []
    new = {row["source_id"]: row for row in edition.rows() if row["source_id"] in wanted}
    found = []
    for part in batches(sorted(wanted)):
        there = (
            ShelterSource.list_id == edition.about.list_id,
            ShelterSource.source_id.in_(part),
        )
        rows = session.execute(select(ShelterSource.source_id, ShelterSource.row).where(*there))
        found += [
            source_id
            for source_id, text in rows
            if is_another_place(unpacked(text), new[source_id])
        ]
    return found


def _rivals(session: Session, edition: Publishable) -> list[str]:
    """Lists of the same shape that share over half of a new list's own ids.

    One mistyped code gives a list another name; published beside its former edition, every place
    would stand there twice. Rows with a 共通ID find each other by it and are left out.
    """
    own = {row["source_id"] for row in edition.rows() if row["facility_key"] is None}
    rows = session.execute(
        select(ShelterSource.list_id, ShelterSource.source_id)
        .join(ShelterList, ShelterList.id == ShelterSource.list_id)
        .where(ShelterList.preset == edition.about.preset, ShelterSource.digest != GONE)
    )
    shared = Counter(list_id for list_id, source_id in rows if source_id in own)
    return sorted(list_id for list_id, count in shared.items() if 2 * count > len(own))


def _digests(session: Session, list_id: str) -> dict[str, str]:
    wanted = select(ShelterSource.source_id, ShelterSource.digest)
    there = ShelterSource.list_id == list_id, ShelterSource.digest != GONE
    rows = session.execute(wanted.where(*there))
    return {source_id: digest for source_id, digest in rows}  # noqa: C416 - Row is no pair
