"""What a resident's check-in page shows: where they are, what they are about to say, what was."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.shelters.checkin import queries
from liff_app.shelters.checkin.queries import Offer, Stay
from liff_app.shelters.checkin.rules import Party
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.places import DisasterView


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A resident and the check-in at one moment. `disaster` is None where it is not used.

    `offer` is a code that is good now; `draft` what they said last, to begin a form with.
    """

    disaster: DisasterView | None
    stay: Stay | None
    offer: Offer | None
    draft: Party | None
    past: tuple[Stay, ...]

    @property
    def mark(self) -> str:
        """Differs whenever the page would show something else."""
        stay, offer = self.stay, self.offer
        said = (
            self.disaster.id if self.disaster else "",
            (stay.id, stay.version) if stay else "",
            offer.code if offer else "",
            tuple(one.id for one in self.past),
        )
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def situation(session: Session, resident_id: str, *, now: datetime) -> Situation:
    """How the resident stands."""
    past = tuple(queries.past_stays(session, resident_id))
    disaster = disasters.current(session)
    if disaster is None or not disaster.checkin:
        return Situation(disaster=None, stay=None, offer=None, draft=None, past=past)
    offer = queries.offer(session, resident_id, disaster.id)
    stay = queries.live_stay(session, resident_id, disaster.id)
    live = offer if offer and offer.code and offer.expires_at > now else None
    before = offer.party if offer else (stay.party if stay else None)
    return Situation(disaster=disaster, stay=stay, offer=live, draft=before, past=past)
