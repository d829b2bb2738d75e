"""What can be done at a shelter's door: families checked in, corrected, moved, checked out.

A resident does it with their own phone, staff with the shelter's; either way the head count moves
in the same transaction. Sent twice, done once.
"""

from __future__ import annotations

from liff_app.shelters.checkin.doors import accept, align, amend, call_back, leave, walk_in
from liff_app.shelters.checkin.ending import forget, purge
from liff_app.shelters.checkin.errors import (
    CheckInOff,
    CodeUnknown,
    DoorUnknown,
    MovedOn,
    ShelterClosed,
    StayLive,
    StayOver,
)
from liff_app.shelters.checkin.offers import purge as purge_codes
from liff_app.shelters.checkin.queries import Family, Figures, Offer, Stay, figures, residents_in
from liff_app.shelters.checkin.residents import amend_own, enter, leave_own, offer_code
from liff_app.shelters.checkin.rules import Party
from liff_app.shelters.checkin.sending import RESIDENT, Receipt, Sender, open_for_checkin
from liff_app.shelters.checkin.vocabulary import Care, Ending, Way

__all__ = [
    "RESIDENT",
    "Care",
    "CheckInOff",
    "CodeUnknown",
    "DoorUnknown",
    "Ending",
    "Family",
    "Figures",
    "MovedOn",
    "Offer",
    "Party",
    "Receipt",
    "Sender",
    "ShelterClosed",
    "Stay",
    "StayLive",
    "StayOver",
    "Way",
    "accept",
    "align",
    "amend",
    "amend_own",
    "call_back",
    "enter",
    "figures",
    "forget",
    "leave",
    "leave_own",
    "offer_code",
    "open_for_checkin",
    "purge",
    "purge_codes",
    "residents_in",
    "walk_in",
]
