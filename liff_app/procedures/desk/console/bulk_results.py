"""What became of a change for many, as an address carries it: reloading it changes nothing again.

It is signed, so that nobody can make the console say what did not happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from liff_app.errors import NotFound
from liff_app.procedures.desk.bulk import BulkDone, BulkKind

PURPOSE = "procedure-bulk-result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was done with what came of it."""

    kind: BulkKind
    done: BulkDone
    query: str = ""


def packed(result: Result) -> str:
    """The result as one word of an address."""
    reasons = list(dict.fromkeys(reason for _ref, reason in result.done.refused))
    said: dict[str, Any] = {
        "kind": result.kind.value,
        "done": list(result.done.done),
        "refused": [[ref, reasons.index(reason)] for ref, reason in result.done.refused],
        "reasons": reasons,
        "query": result.query,
    }
    text = _signer().dumps(said)
    return text if isinstance(text, str) else text.decode()


def unpacked(text: str) -> Result:
    """The result that `packed` wrote. Raises NotFound for anything else."""
    try:
        said = _signer().loads(text)
    except BadData:
        raise NotFound("no such result") from None
    reasons = said["reasons"]
    done = BulkDone(
        done=tuple(said["done"]),
        refused=tuple((ref, reasons[at]) for ref, at in said["refused"]),
    )
    return Result(kind=BulkKind(said["kind"]), done=done, query=said["query"])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=PURPOSE)
