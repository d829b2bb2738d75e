"""A stranger's PDF, looked into by a process that has no file, no network and little time."""

from __future__ import annotations

from liff_app import frames
from liff_app.limited_child import Busy, Died, Down, Forged, LimitedChild, Limits, Slow, beginning
from liff_app.procedures.files.refusals import CheckingDown, FileRefused
from liff_app.procedures.files.rules import MOST_PAGES, Refusal
from liff_app.telemetry import log

LIMITS = Limits(memory_mb=400, milliseconds=5000, most_bytes=0)
_PROGRAM = "liff_app.procedures.files"

reader = LimitedChild("document_reader", lambda: beginning(_PROGRAM, "pdf_program"), LIMITS).kept()


def checked(raw: bytes, field: str) -> int:
    """How many pages the document has, in which nothing is active.

    Raises FileRefused naming `field`, or CheckingDown (503).
    """
    try:
        told = reader.ask({"job": "look"}, raw).header
    except (Busy, Down):
        raise CheckingDown("no child for the document") from None
    except (Slow, Died, Forged) as error:
        log().warning("document_reader_failed", error=type(error).__name__)
        raise FileRefused(Refusal.BROKEN, field=field) from None
    if "refused" in told:
        raise FileRefused(_refusal(told["refused"]), field=field)
    return _pages(told, field)


def _refusal(code: object) -> Refusal:
    """The reason by its code; from a child that makes up codes, that the file is broken."""
    try:
        return Refusal(str(code))
    except ValueError:
        return Refusal.BROKEN


def _pages(told: frames.Header, field: str) -> int:
    pages = told.get("pages")
    if isinstance(pages, int) and 1 <= pages <= MOST_PAGES:
        return pages
    log().error("document_answer_broken")
    raise FileRefused(Refusal.BROKEN, field=field)
