"""What only shows when all rows are seen: IDs, repetitions, crowds on one point."""

from __future__ import annotations

import hashlib
import unicodedata
from base64 import b32encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Final

from liff_app.shelters.lists.model import Problem, ShelterRow
from liff_app.shelters.lists.problems import problem

_DIGEST_BYTES: Final = 10
_NOT_CONTENT: Final = frozenset({"line", "source_id", "warnings"})
_CONTENT: Final = tuple(item.name for item in fields(ShelterRow) if item.name not in _NOT_CONTENT)
_NAMED_LINES: Final = 10


def without_repeats(
    rows: Iterable[ShelterRow], source_id_column: str | None
) -> tuple[list[ShelterRow], list[Problem]]:
    """Rows that are the first with their ID or content, and an error for each later one.

    Rows without an ID repeat only when everything in them is the same.
    """
    kept: list[ShelterRow] = []
    problems: list[Problem] = []
    first_lines: dict[object, int] = {}
    for row in rows:
        has_id = bool(row.source_id)
        first = first_lines.setdefault(row.source_id if has_id else _content(row), row.line)
        if first == row.line:
            kept.append(row)
        elif has_id:
            found = problem("id_repeated", row.line, source_id_column, row.source_id, first=first)
            problems.append(found)
        else:
            problems.append(problem("row_repeated", row.line, None, row.name, first=first))
    return kept, problems


def with_made_ids(rows: Sequence[ShelterRow]) -> list[ShelterRow]:
    """Give an ID to each row that has none: "c-" and 16 signs, and "-2", "-3" for namesakes.

    The ID comes from role, name and address (or municipality and town where there is no address),
    folded so that full-width digits, spaces and hyphens make no difference. It does not depend on
    the order of rows, the position, the remarks or any other row, so edits there keep it.
    Namesakes, rows with the same three, are numbered by the order of their whole content, which no
    sorting of the file changes; only adding or removing a namesake can move their numbers.
    """
    namesakes: dict[str, list[ShelterRow]] = defaultdict(list)
    for row in rows:
        if not row.source_id:
            namesakes[_made_id(row)].append(row)
    ids = {
        row.line: made if number == 1 else f"{made}-{number}"
        for made, group in namesakes.items()
        for number, row in enumerate(sorted(group, key=_order), start=1)
    }
    return [replace(row, source_id=ids[row.line]) if row.line in ids else row for row in rows]


def with_shared_points(
    rows: Sequence[ShelterRow], least: int
) -> tuple[list[ShelterRow], list[Problem]]:
    """Rows with a warning on each of `least` or more that stand on one point, and those warnings.

    One problem per point, at its first line: many rows on one point usually mean that addresses
    could not be found and the town hall's position was taken.
    """
    groups: dict[tuple[float, float], list[int]] = defaultdict(list)
    for row in rows:
        if row.lat is not None and row.lon is not None:
            groups[row.lat, row.lon].append(row.line)
    found: dict[int, Problem] = {}
    for (lat, lon), lines in groups.items():
        if len(lines) >= least:
            shared = problem(
                "position_shared",
                lines[0],
                None,
                f"{lat}, {lon}",
                count=len(lines),
                lines="、".join(_named(lines)),
            )
            found.update(dict.fromkeys(lines, shared))
    marked = [
        replace(row, warnings=(*row.warnings, found[row.line])) if row.line in found else row
        for row in rows
    ]
    return marked, list({id(item): item for item in found.values()}.values())


def _named(lines: Sequence[int]) -> Iterator[str]:
    yield from map(str, lines[:_NAMED_LINES])
    if len(lines) > _NAMED_LINES:
        yield "…"


def _content(row: ShelterRow) -> tuple[object, ...]:
    """Everything a list says about a row, hashable."""
    return tuple(
        tuple(row.hazards.items()) if name == "hazards" else getattr(row, name) for name in _CONTENT
    )


def _order(row: ShelterRow) -> str:
    return repr(_content(row))


def _made_id(row: ShelterRow) -> str:
    place = row.address or f"{row.municipality_code or ''} {row.municipality_name} {row.towns}"
    text = "\n".join((row.role.value, _folded(row.name), _folded(place)))
    digest = hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()
    return "c-" + b32encode(digest).decode("ascii").lower()


def _folded(text: str) -> str:
    """Fold for IDs. Kept apart from `text.search_key`: a better search must not change any ID."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join("-" if _is_dash(sign) else sign for sign in folded if not sign.isspace())


def _is_dash(sign: str) -> bool:
    return sign == "\u2212" or unicodedata.category(sign) == "Pd"
