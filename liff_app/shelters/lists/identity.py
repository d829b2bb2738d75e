"""Whose row it is: ID, facility, role and municipality."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from liff_app.geo.codes import (
    PREFECTURES,
    check_digit,
    code_candidates,
    is_prefecture_code,
    prefecture_of,
    without_prefecture,
)
from liff_app.shelters.lists.cells import ROLES, folded_mark
from liff_app.shelters.lists.header import Layout
from liff_app.shelters.lists.mapping import IdRule
from liff_app.shelters.lists.model import ReadOptions
from liff_app.shelters.lists.row_cells import RowCells
from liff_app.shelters.lists.text import plain
from liff_app.shelters.vocabulary import Role

# 共通ID: E, municipality (5), facility (5), major type (1 指定避難所, 2 指定緊急避難場所), minor
# type (1 一般, 2 福祉, 0 sites), sequence. All 197,959 published IDs have this form.
_GSI_ID: Final = re.compile(r"E(?P<place>\d{5})\d{5}(?P<kind>11|12|20)[1-9A-Za-z]")
_FACILITY_CHARS: Final = 11
_GSI_ROLES: Final = {"11": Role.SHELTER, "12": Role.WELFARE, "20": Role.SITE}
_PLACE_NAME: Final = re.compile(r"[^\d\s]{1,20}[市区町村]")
# 広域避難場所 and 一時避難場所 are there without anyone opening them.
_ALWAYS_OPEN_KINDS: Final = ("広域避難場所", "一時避難場所", "いっとき避難場所")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Identity of one row; `source_id` is "" where the list gives none."""

    source_id: str
    facility_key: str | None
    role: Role
    always_open: bool
    municipality_code: str | None
    municipality_name: str


class Identities:
    """Reads identities of one list; codes repeat, so each is worked out once."""

    def __init__(self, layout: Layout, options: ReadOptions) -> None:
        self._mapping = layout.mapping
        self._own_code = layout.mapping.municipality_code or options.municipality_code
        own = layout.mapping.values.get("role", {})
        self._roles = {**ROLES, **{folded_mark(mark): role for mark, role in own.items()}}
        self._codes: dict[str, tuple[str, ...]] = {}

    def identify(self, cells: RowCells) -> Identity:
        """Identity of a record, with what is wrong about it noted."""
        source_id = "" if self._mapping.id_rule is IdRule.CONTENT else cells.text("source_id")
        match = None
        if self._mapping.id_rule is IdRule.GSI and source_id:
            source_id = plain(source_id)
            match = _GSI_ID.fullmatch(source_id)
            if match is None:
                cells.note("id_malformed", "source_id", source_id)
        role, always_open = self._role(cells, match)
        name = without_prefecture(plain(cells.text("municipality_name")))
        return Identity(
            source_id=source_id,
            facility_key=source_id[:_FACILITY_CHARS] if match else None,
            role=role,
            always_open=always_open,
            municipality_code=self._code(cells, match["place"] if match else None),
            municipality_name=name
            if _PLACE_NAME.fullmatch(name)
            else self._mapping.municipality_name,
        )

    def publisher_code(self, cells: RowCells) -> str | None:
        """Six-digit code in the publisher's column, or None."""
        written = cells.text("publisher_code")
        candidates = self._settled(self._candidates(written), None) if written else ()
        return candidates[0] if len(candidates) == 1 else None

    def _role(self, cells: RowCells, match: re.Match[str] | None) -> tuple[Role, bool]:
        if match is not None:
            return self._gsi_role(cells, _GSI_ROLES[match["kind"]]), False
        written = cells.text("role")
        if not written:
            return self._role_by_target(cells), False
        known = self._roles.get(folded_mark(written))
        if known is not None:
            return Role(known), False
        if plain(written) in _ALWAYS_OPEN_KINDS:
            return Role.SITE, True
        cells.note("role_unknown", "role", written)
        return self._mapping.role, False

    def _gsi_role(self, cells: RowCells, role: Role) -> Role:
        """Role told by the 共通ID, checked against the kind of list and the 受入対象者."""
        if (role is Role.SITE) != (self._mapping.role is Role.SITE):
            expected = "指定緊急避難場所" if self._mapping.role is Role.SITE else "指定避難所"
            value = cells.first("source_id")
            cells.note("id_kind_mismatch", "source_id", value, expected=expected)
        elif role is Role.SHELTER and cells.text("target"):
            cells.note("target_without_welfare", "target", cells.text("target"))
        return role

    def _role_by_target(self, cells: RowCells) -> Role:
        """Take a shelter that names whom it receives for 福祉: others must not be sent there."""
        if self._mapping.role is Role.SHELTER and cells.text("target"):
            cells.note("welfare_by_target", "target", cells.text("target"))
            return Role.WELFARE
        return self._mapping.role

    def _code(self, cells: RowCells, place: str | None) -> str | None:
        """Municipality of the row: the 共通ID, the row's own column, the town, the publisher.

        The publisher counts last, and only if it is a municipality: a prefecture publishes lists
        of all its towns under its own code.
        """
        by_id = place + check_digit(place) if place else None
        written = cells.text("municipality_code")
        code = self._noted_code(cells, written, by_id) if written else None
        if by_id is not None:
            return by_id
        if code is None and not written:
            code = self._mapping.municipality_code or self.publisher_code(cells)
        return None if code is None or is_prefecture_code(code) else code

    def _noted_code(self, cells: RowCells, written: str, by_id: str | None) -> str | None:
        candidates = self._candidates(written)
        if len(candidates) > 1:
            candidates = self._settled(candidates, self._prefecture(cells))
        if by_id is not None:
            if by_id not in candidates:
                cells.note("code_disagrees", "municipality_code", written, wanted=by_id)
            return by_id
        if not candidates:
            cells.note("code_invalid", "municipality_code", written)
        elif len(candidates) > 1:
            choices = "・".join(candidates)
            cells.note("code_ambiguous", "municipality_code", written, choices=choices)
        return candidates[0] if len(candidates) == 1 else None

    def _candidates(self, written: str) -> tuple[str, ...]:
        if written not in self._codes:
            self._codes[written] = code_candidates(written)
        return self._codes[written]

    def _settled(self, candidates: tuple[str, ...], prefecture: str | None) -> tuple[str, ...]:
        """Candidates of the prefecture, else the town this service runs for, else all of them."""
        within = tuple(code for code in candidates if code[:2] == prefecture)
        own = tuple(code for code in candidates if code == self._own_code)
        return within or own or candidates

    def _prefecture(self, cells: RowCells) -> str | None:
        written = plain(cells.first("prefecture"))
        return (
            PREFECTURES.get(written)
            or prefecture_of(plain(cells.first("municipality_name")))
            or prefecture_of(plain(cells.first("address")))
        )
