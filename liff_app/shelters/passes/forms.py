"""What a shelter's phone says: as JSON from its script, as a form where there is no script."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from flask import request
from pydantic import BeforeValidator, Field, ValidationError
from werkzeug.datastructures import MultiDict

from liff_app.apidoc import ApiModel, read_body
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.shelters.occupancy.service import MAX_PEOPLE, Change, Need
from liff_app.shelters.vocabulary import Level, Opening

NOTE_LETTERS = 200  # what is read at a glance; the full history takes more
# Three states are a teacher's to set; the others come of themselves.
Settable = Literal["open", "preparing", "closed"]
Needed = Annotated[Need, BeforeValidator(Need)]  # JSON has no enums


class Said(ApiModel):
    """One thing said of the shelter, or one taken back; nothing said is 変わりなし."""

    opening: Settable | None = None
    people: int | None = Field(default=None, ge=0, le=MAX_PEOPLE)
    people_change: int | None = Field(default=None, ge=-MAX_PEOPLE, le=MAX_PEOPLE)
    level: Literal["auto", "empty", "some", "crowded", "full"] | None = None
    note: str | None = Field(default=None, max_length=NOTE_LETTERS)
    needs_added: list[Needed] = Field(default_factory=list, max_length=len(Need))
    needs_removed: list[Needed] = Field(default_factory=list, max_length=len(Need))
    undo: int | None = Field(default=None, ge=1)
    base_version: int | None = Field(default=None, ge=0)
    request_key: str = Field(min_length=16, max_length=80)
    age_s: int = Field(default=0, ge=0)
    confirmed: bool = False
    device: str | None = Field(default=None, max_length=40)

    def to_change(self) -> Change:
        """What the occupancy takes."""
        level = None if self.level in (None, "auto") else self.level
        return Change(
            opening=Opening(self.opening) if self.opening else None,
            people=self.people,
            people_change=self.people_change,
            level=Level(level) if level else None,
            level_cleared=self.level == "auto",
            note=self.note,
            needs_added=frozenset(self.needs_added),
            needs_removed=frozenset(self.needs_removed),
            base_version=self.base_version,
            request_key=self.request_key,
            age_s=self.age_s,
            confirmed=self.confirmed,
            device=self.device,
        )


def read_said() -> Said:
    """What this request says. Raises InputInvalid naming what is wrong."""
    if request.mimetype == "application/json":
        return read_body(Said)
    return from_form(request.form)


TYPED = ("people", "note")  # fields of one form, each with a button that sends it alone


def meant(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form without the field that only stood beside the one whose button was pressed."""
    beside = set(TYPED) - {form.get("set")} if form.get("set") in TYPED else set()
    return MultiDict([(name, text) for name, text in form.items(multi=True) if name not in beside])


def from_form(form: MultiDict[str, str]) -> Said:
    """What a posted form says; empty fields say nothing. Digits may be full-width."""
    form = meant(form)
    values: dict[str, object] = {
        name: form[name] for name in ("opening", "level", "request_key") if form.get(name)
    }
    if "note" in form:
        values["note"] = form["note"].replace("\r\n", "\n").strip()
    if "need" in form:
        values |= _need(form["need"])
    for name in ("people", "people_change", "undo", "base_version"):
        typed = unicodedata.normalize("NFKC", form.get(name, "")).strip().replace(",", "")
        if typed:
            values[name] = _whole(name, typed)
    values["confirmed"] = form.get("confirmed") == "yes"
    try:
        return Said.model_validate(values)
    except ValidationError as error:
        raise InputInvalid(
            [_field_error(str(one["loc"][0])) for one in error.errors(include_input=False)]
        ) from None


def _need(said: str) -> dict[str, object]:
    """`+water` asks for water, `-water` says that it has come."""
    return {"needs_removed" if said.startswith("-") else "needs_added": [said[1:]]}


def _whole(name: str, typed: str) -> int:
    try:
        return int(typed)
    except ValueError:
        raise InputInvalid([_field_error(name)]) from None


def _field_error(name: str) -> FieldError:
    sentences = {
        "people": _("人数は0〜100,000の数字で入れてください。"),
        "note": _("ひとことは%(n)s字までで入れてください。", n=NOTE_LETTERS),
    }
    return FieldError(name, "invalid", sentences.get(name, _("もう一度お試しください。")))
