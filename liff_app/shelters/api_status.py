"""`PUT /api/v1/shelters/{id}/status`: a place's state, changed by whoever may."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any

from flask import Blueprint, Response, current_app, jsonify, request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from liff_app import clock
from liff_app.apidoc import ApiModel, Description, describe, read_body
from liff_app.audit import service as audit
from liff_app.db import transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy import service
from liff_app.shelters.occupancy.service import MAX_NOTE, MAX_PEOPLE, Change, Need, Outcome
from liff_app.shelters.vocabulary import Level, Opening
from liff_app.shelters.writers import Writer, writer

bp = Blueprint("shelter_status", __name__)

_VERSION = re.compile(r'"(\d{1,9})"')


def _word_of(kind: type[StrEnum]) -> BeforeValidator:
    """Takes a text for the word it spells: JSON has no enums, and `read_body` reads strictly."""

    def read(value: object) -> object:
        if isinstance(value, str) and value in set(kind):
            return kind(value)
        raise PydanticCustomError("enum", "no such word")

    return BeforeValidator(read)


SaidOpening = Annotated[Opening, _word_of(Opening)]
SaidLevel = Annotated[Level, _word_of(Level)]
SaidNeed = Annotated[Need, _word_of(Need)]


class NeedsIn(ApiModel):
    """What is lacking now, and what no longer is: no whole list, since two may add at once."""

    add: list[SaidNeed] = Field(default=[], max_length=len(Need))
    remove: list[SaidNeed] = Field(default=[], max_length=len(Need))


class StatusIn(ApiModel):
    """What is said of a place. What is left out stays as it is."""

    opening: SaidOpening | None = None
    people: int | None = Field(
        default=None, ge=0, le=MAX_PEOPLE, description="A head count. Not with `people_change`."
    )
    people_change: int | None = Field(
        default=None, ge=-MAX_PEOPLE, le=MAX_PEOPLE,
        description="Added to the count as it is by then; many may add at once.",
    )  # fmt: skip
    level: SaidLevel | None = Field(
        default=None, description="Chosen by hand; null gives it back to the computed one."
    )
    note: str | None = Field(default=None, max_length=MAX_NOTE, description="Residents read it.")
    needs: NeedsIn = NeedsIn()
    unchanged: bool = Field(default=False, description="変わりなし: alone, it moves the time only.")
    base_version: int | None = Field(
        default=None, ge=0, description="The version the author saw; or as If-Match."
    )
    confirmed: bool = Field(default=False, description="An improbable count was asked about.")
    age_s: int = Field(default=0, ge=0, description="Seconds the change waited to be sent.")
    device: str | None = Field(
        default=None, pattern=r"^[0-9A-Za-z_-]{8,40}$",
        description="Random letters that tell two phones with one pass apart.",
    )  # fmt: skip

    def to_change(self, *, request_key: str | None, base_version: int | None) -> Change:
        """What the service is told. Raises InputInvalid where nothing is said, or too much."""
        change = Change(
            opening=self.opening,
            people=self.people,
            people_change=self.people_change,
            level=self.level,
            level_cleared="level" in self.model_fields_set and self.level is None,
            note=self.note,
            needs_added=frozenset(self.needs.add),
            needs_removed=frozenset(self.needs.remove),
            base_version=base_version if self.base_version is None else self.base_version,
            request_key=request_key,
            age_s=self.age_s,
            confirmed=self.confirmed,
            device=self.device,
        )
        if change.says_nothing_new is not self.unchanged:
            message = "変わることを1つ以上送るか、変わりなし（unchanged）だけを送ってください。"
            raise InputInvalid([FieldError("unchanged", "contradicts", message)])
        return change


class StatusOut(BaseModel):
    """The place as staff see it, and what the change came to."""

    model_config = ConfigDict(title="StatusOut")

    shelter_id: str
    name: str
    disaster_id: str | None
    opening: Opening
    level: Level | None
    level_by_hand: bool
    people: int | None
    capacity: int | None
    needs: list[Need]
    note: str
    version: int
    updated_at: str | None
    checked_in: int | None = Field(description="null where the check-in is not used.")
    stale: bool
    event_id: int
    applied: int = Field(description="By how much the head count moved.")
    repeated: bool = Field(description="Whether this is the answer to an earlier sending.")


@bp.put("/shelters/<shelter_id>/status")
@describe(
    Description(
        summary="Change a place's state (pass, colleague, or key with shelters:write)",
        body=StatusIn,
        answer=StatusOut,
        errors=(401, 403, 404, 409, 422, 429),
    )
)
def change(shelter_id: str) -> Response:
    """The state is as said; 409 with `current` where somebody else was faster."""
    who, said = writer(), read_body(StatusIn)
    who.check(shelter_id)
    wanted = said.to_change(request_key=_request_key(), base_version=_if_match())
    return _answer(_record(shelter_id, wanted, who))


def _record(shelter_id: str, wanted: Change, who: Writer) -> Outcome:
    now = clock.now()
    with transaction() as session:
        outcome = service.change(
            session, shelter_id, wanted, by=who.actor, now=now,
            policy=shelters.policy(), disaster_id=who.disaster_id,
        )  # fmt: skip
        if not outcome.repeated:
            audit.record(
                session, actor=who.actor, action=service.CHANGED, subject=f"shelter:{shelter_id}",
                keys=current_app.config["SETTINGS"].keys, now=now, detail=outcome.detail(),
            )  # fmt: skip
    return outcome


def _answer(outcome: Outcome) -> Response:
    body: dict[str, Any] = outcome.status.as_json() | {
        "event_id": outcome.event_id,
        "applied": outcome.applied,
        "repeated": outcome.repeated,
    }
    answer = jsonify(body)
    answer.headers["ETag"] = f'"{outcome.status.version}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _request_key() -> str | None:
    return request.headers.get("Idempotency-Key")


def _if_match() -> int | None:
    """The version in If-Match. Raises InputInvalid for what is none of ours."""
    text = request.headers.get("If-Match")
    if text is None:
        return None
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        raise InputInvalid([FieldError("If-Match", "format", '版の番号を "12" の形で。')])
    return int(match[1])
