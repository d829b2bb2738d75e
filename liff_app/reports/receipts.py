"""What a resident holds of a report: its address, its number, where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from liff_app.reports import events
from liff_app.reports.models import Report
from liff_app.reports.vocabulary import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a resident is told of a report: its address, its number, where it stands."""

    ref: str
    number: str
    status: Status
    repeated: bool = False


def receipt_of(report: Report, *, repeated: bool = False) -> Receipt:
    """The receipt of a report."""
    return Receipt(
        ref=report.ref,
        number=events.number_of(report),
        status=Status(report.status),
        repeated=repeated,
    )
