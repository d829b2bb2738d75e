"""What became of a change for many, as an address carries it: reloading it changes nothing again.

It is signed, so that nobody can make the console say what did not happen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from liff_app.errors import NotFound
from liff_app.reports.bulk import BulkDone, BulkKind

PURPOSE = "report-bulk-result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was done with what came of it. `into`: ref of the lead of those that were merged."""

    kind: BulkKind
    done: BulkDone
    query: str = ""
    into: str = ""
    is_undone: bool = False


def packed(result: Result) -> str:
    """The result as one word of an address."""
    done = result.done
    reasons = list(dict.fromkeys(reason for _ref, reason in done.refused))
    said: dict[str, Any] = {
        "kind": result.kind.value,
        "done": _listed(done.done),
        "back": "".join("1" if one in done.back else "0" for one in done.done),
        "refused": _listed([(ref, reasons.index(reason)) for ref, reason in done.refused]),
        "reasons": reasons,
        "query": result.query,
        "into": result.into,
        "undone": result.is_undone,
    }
    text = _signer().dumps(said)
    return text if isinstance(text, str) else text.decode()


def unpacked(text: str) -> Result:
    """The result that `packed` wrote. Raises NotFound for anything else."""
    try:
        said = _signer().loads(text)
    except BadData:
        raise NotFound("no such result") from None
    reasons, done = said["reasons"], _from_list(said["done"])
    return Result(
        kind=BulkKind(said["kind"]),
        done=BulkDone(
            done=done,
            refused=tuple((ref, reasons[at]) for ref, at in _from_list(said["refused"])),
            back=tuple(one for one, may in zip(done, said["back"], strict=True) if may == "1"),
        ),
        query=said["query"],
        into=said["into"],
        is_undone=said["undone"],
    )


def _listed(pairs: Iterable[tuple[str, int]]) -> str:
    """Refs with a number each, in a third of the room that lists of lists take."""
    return " ".join(f"{ref}.{number}" for ref, number in pairs)


def _from_list(text: str) -> tuple[tuple[str, int], ...]:
    pairs = (one.partition(".") for one in text.split())
    return tuple((ref, int(number)) for ref, _sign, number in pairs)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=PURPOSE)
