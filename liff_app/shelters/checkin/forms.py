"""What a family says at the door, as it comes from a form or from a page's script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from flask import request

from liff_app import strict_json
from liff_app.apidoc import ApiModel, read_body
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.shelters.checkin.rules import COUNTS, Party, read_code

_DIGITS = re.compile(r"[0-9]{1,6}")
NOT_A_NUMBER = -1  # refused by the rules, which name the field


def fields() -> dict[str, str]:
    """The fields of this request, posted as a form or sent as one JSON object of texts."""
    if request.mimetype != "application/json":
        return {name: str(value) for name, value in request.form.items()}
    try:
        sent = strict_json.loads(request.get_data(cache=False))
    except strict_json.JsonRefused:
        sent = None
    if not isinstance(sent, dict):
        raise InputInvalid([FieldError("", "unreadable", "JSON を読み取れません。")])
    return {name: str(value) for name, value in sent.items()}


def party_of(sent: Mapping[str, str]) -> Party:
    """The people as typed. What is no number becomes one that the rules refuse by name."""
    return Party(**{name: _count(sent.get(name, "")) for name in COUNTS})


def _count(typed: str) -> int:
    text = unicodedata.normalize("NFKC", typed).strip().removesuffix("人")
    if not text:
        return 0
    return int(text) if _DIGITS.fullmatch(text) else NOT_A_NUMBER


class DoorSaid(ApiModel):
    """One thing that the staff at a door say, from the queue of their phone."""

    act: Literal["accept", "walk_in", "amend", "leave", "slip", "back", "align"]
    code: str = ""
    stay: str = ""
    people: int = 0
    mobility: int = 0
    infants: int = 0
    pregnant: int = 0
    medical: int = 0
    other: int = 0
    pets: int = 0
    request_key: str
    age_s: int = 0
    device: str | None = None
    base_version: int | None = None  # every change of the queue carries it; nothing here needs it

    @property
    def party(self) -> Party:
        """The people it speaks of."""
        return Party(**{name: getattr(self, name) for name in COUNTS})


def door_said() -> DoorSaid:
    """What this request says. Raises InputInvalid; a code of too many digits is no guess."""
    said = _door_said()
    if said.act == "accept" and read_code(said.code) is None:
        raise InputInvalid([FieldError("code", "format", _("6けたで入れてください。"))])
    return said


def _door_said() -> DoorSaid:
    if request.mimetype == "application/json":
        return read_body(DoorSaid)
    sent = fields()
    sent["people"] = sent.get("people", "").strip() or sent.get("quick", "")
    party = party_of(sent)
    try:
        return DoorSaid.model_validate(
            {name: sent.get(name, "") for name in ("act", "code", "stay", "request_key")}
            | {name: getattr(party, name) for name in COUNTS}
        )
    except ValueError:
        raise InputInvalid([FieldError("act", "invalid", "もう一度お試しください。")]) from None
