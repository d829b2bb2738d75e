"""An edition of a list, from a file or kept from before: its rows, and what is to be said of it."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, Self

from liff_app.shelters.composing import Position, digest_of, packed, written
from liff_app.shelters.lists.model import ParsedList

Values = Mapping[str, Any]  # a packed row
HAND = "hand"  # where a position came from, that a colleague gave
NO_ROWS = gzip.compress(b"", mtime=0)


class EditionKind(StrEnum):
    """How an edition came about."""

    IMPORT = "import"
    REPUBLISH = "republish"
    WITHDRAW = "withdraw"
    PIN = "pin"
    FIELD = "field"  # a place added, amended or withdrawn in the field


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is kept of an edition beside its rows. `mapping` is TOML, "" where it is built in.

    `of_edition` is the id of the edition whose rows are published again.
    """

    list_id: str
    preset: str
    priority: int
    attribution: str
    file_name: str
    file_sha256: str
    encoding: str
    total_rows: int
    imported: int
    reported: int
    blank: int
    kind: EditionKind = EditionKind.IMPORT
    mapping: str = ""
    of_edition: int | None = None


class Publishable(Protocol):
    """What can be published."""

    @property
    def about(self) -> About:
        """What is said of the edition."""

    def rows(self) -> Iterator[Values]:
        """Its packed rows, in the order of the file, read as they are asked for."""

    def digests(self) -> Mapping[str, str]:
        """The digest of each row, by its id; worked out once."""

    def places(self) -> Mapping[str, str]:
        """The place each row stood for when it was published before, by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A list as a file gives it. `positions` by line, for rows that lack their own."""

    list_id: str
    parsed: ParsedList
    file_name: str
    file_sha256: str
    attribution: str
    priority: int
    positions: Mapping[int, Position] = field(default_factory=dict)
    mapping: str = ""
    _digests: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def about(self) -> About:
        """What is said of the edition."""
        return About(
            list_id=self.list_id,
            preset=self.parsed.preset[:40],  # as the table holds it
            priority=self.priority,
            attribution=self.attribution,
            file_name=self.file_name[:200],
            file_sha256=self.file_sha256,
            encoding=self.parsed.encoding or "",
            total_rows=self.parsed.total_rows,
            imported=len(self.parsed.rows),
            reported=self.parsed.rejected_rows,
            blank=self.parsed.blank_rows,
            mapping=self.mapping,
        )

    def rows(self) -> Iterator[Values]:
        """Its packed rows, in the order of the file."""
        return (packed(row, self.positions.get(row.line)) for row in self.parsed.rows)

    def digests(self) -> Mapping[str, str]:
        """The digest of each row, by its id; worked out once."""
        return _noted(self._digests, self.rows())

    def places(self) -> Mapping[str, str]:
        """No place: which one a row stands for is found out."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEdition:
    """Rows as they were published before, under `about`, with the positions given by hand since.

    `hands` by row id: a position by hand that is not among them any more is taken away.
    """

    about: About
    packed_rows: bytes = NO_ROWS
    packed_places: bytes = NO_ROWS
    hands: Mapping[str, Position] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict, repr=False)

    def rows(self) -> Iterator[Values]:
        """Its packed rows, in the order of the file."""
        with gzip.open(io.BytesIO(self.packed_rows)) as lines:
            for line in lines:
                yield placed_by_hand(json.loads(line), self.hands)

    def digests(self) -> Mapping[str, str]:
        """The digest of each row, by its id; worked out once."""
        return _noted(self._digests, self.rows())

    def places(self) -> Mapping[str, str]:
        """The place each row stood for; none for editions of before places were kept."""
        ids = gzip.decompress(self.packed_places).decode().split()
        return dict(zip((row["source_id"] for row in self.rows()), ids, strict=False))


@dataclass(frozen=True, slots=True)
class InHand:
    """An edition whose rows are looked at several times: worked out once, for lists of a town."""

    made: Publishable
    held: tuple[Values, ...]

    @classmethod
    def of(cls, made: Publishable) -> Self:
        """The edition with its rows in hand."""
        return cls(made, tuple(made.rows()))

    @property
    def about(self) -> About:
        """What is said of the edition."""
        return self.made.about

    def rows(self) -> Iterator[Values]:
        """Its packed rows, in the order of the file."""
        return iter(self.held)

    def digests(self) -> Mapping[str, str]:
        """The digest of each row, by its id."""
        return self.made.digests()

    def places(self) -> Mapping[str, str]:
        """The place each row stood for when it was published before, by its id."""
        return self.made.places()


def placed_by_hand(row: dict[str, Any], hands: Mapping[str, Position]) -> dict[str, Any]:
    """The row where a colleague showed it to be, unless its list itself says where it is."""
    if row["position_source"] == "list":
        return row
    hand = hands.get(row["source_id"])
    if hand is not None:
        return row | {"lat": hand.lat, "lon": hand.lon, "position_source": hand.source}
    if row["position_source"] == HAND:
        return row | {"lat": None, "lon": None, "position_source": "none"}
    return row


def _noted(digests: dict[str, str], rows: Iterator[Values]) -> Mapping[str, str]:
    if not digests:
        digests.update((row["source_id"], digest_of(written(row))) for row in rows)
    return digests
