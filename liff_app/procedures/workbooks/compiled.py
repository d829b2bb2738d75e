"""What became of a workbook: the document, or everything wrong; and how it travels as bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from liff_app.procedures.engine import document as documents
from liff_app.procedures.engine import paths
from liff_app.procedures.engine.document import Document
from liff_app.procedures.engine.paths import Sample
from liff_app.procedures.workbooks import faults as all_faults
from liff_app.procedures.workbooks import grid as grids
from liff_app.procedures.workbooks.faults import Fault
from liff_app.procedures.workbooks.grid import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """There is a document exactly where there are no faults; warnings stop nothing.

    `grid` is None where the file could not be opened as a workbook at all. `samples` are answers
    that go each path through the document.
    """

    document: Document | None = None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    grid: Grid | None = None
    samples: tuple[Sample, ...] = ()


def packed(compiled: Compiled) -> bytes:
    """The same as bytes."""
    plain = {
        "document": documents.to_json(compiled.document) if compiled.document else None,
        "faults": [one.to_json() for one in compiled.faults],
        "warnings": [one.to_json() for one in compiled.warnings],
        "grid": grids.to_json(compiled.grid) if compiled.grid else None,
        "samples": [paths.to_json(one) for one in compiled.samples],
    }
    return json.dumps(plain, ensure_ascii=False, default=_number).encode()


def unpacked(raw: bytes) -> Compiled:
    """What `packed` gave. Raises ValueError for anything that no compiler gives."""
    try:
        plain = json.loads(raw, parse_float=Decimal)
        document, grid = plain["document"], plain["grid"]
        found = Compiled(
            document=documents.from_json(document) if document is not None else None,
            faults=_faults(plain["faults"]),
            warnings=_faults(plain["warnings"]),
            grid=grids.from_json(grid) if grid is not None else None,
            samples=tuple(paths.from_json(one) for one in plain["samples"]),
        )
    except (ValidationError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("nothing that a compiler gives") from error
    if (found.document is None) is not bool(found.faults):
        raise ValueError("a document with faults, or neither")
    return found


def _number(value: object) -> float:
    """A decimal as JSON has numbers; the engine's 15 digits survive it."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"no sample holds a {type(value).__name__}")


def _faults(plain: Iterable[dict[str, Any]]) -> tuple[Fault, ...]:
    return tuple(all_faults.from_json(one) for one in plain)
