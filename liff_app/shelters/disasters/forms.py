"""What staff type when they declare, amend or end a disaster."""

from __future__ import annotations

import secrets

from wtforms import BooleanField, SelectMultipleField, StringField

from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.shelters.disasters.drafts import MAX_AREA, Amendment, DisasterDraft, faults
from liff_app.shelters.vocabulary import Hazard
from liff_app.towns.service import TownNames
from liff_app.webforms import ConsoleForm

REAL, DRILL, OTHER = "real", "drill", "other"


class DisasterForm(ConsoleForm):
    """Name, hazards, area, real or drill, check-in; and the key that makes a start happen once.

    `chief` is a hazard's code, or `other` for what is none of the eight. Nothing is chosen
    beforehand between real and drill: a real one taken for a drill is as bad as the reverse.
    """

    name = StringField()
    chief = StringField()
    others = SelectMultipleField(choices=[], validate_choice=False)
    area = StringField()
    towns = SelectMultipleField(choices=[], validate_choice=False)
    kind = StringField()
    checkin = BooleanField()
    key = StringField()
    sure = BooleanField()

    def faults(self, *, kind_asked: bool = True) -> list[FieldError]:
        """Everything that is wrong, each with its field."""
        found = faults(self.name.data or "", self.area.data or "")
        if self.chief.data not in {OTHER, *(h.value for h in Hazard)}:
            found.append(
                FieldError("chief", "missing", _("何が起きているかを1つえらんでください。"))
            )
        if kind_asked and self.kind.data not in (REAL, DRILL):
            found.append(FieldError("kind", "missing", _("本番か訓練かをえらんでください。")))
        return found

    def hazards(self) -> tuple[Hazard, ...]:
        """The chief hazard, then the others in the order of the national list."""
        chief = [h for h in Hazard if h.value == self.chief.data]
        others = self.others.data or []
        return (*chief, *(h for h in Hazard if h.value in others and h not in chief))

    def take_towns(self, names: TownNames) -> None:
        """The chosen towns stand in the area's text, after what was typed, and are chosen no more.

        Those that would make it too long are left out, and stay chosen to be seen.
        """
        left = []
        for code in self.towns.data or []:
            town = names.find(code)
            typed = (self.area.data or "").strip()
            longer = "、".join(filter(None, (typed, town.name if town else "")))
            if town and len(longer) <= MAX_AREA:
                self.area.data = longer
            else:
                left.append(code)
        self.towns.data = left

    def to_draft(self) -> DisasterDraft:
        """The disaster as declared."""
        return DisasterDraft(
            name=(self.name.data or "").strip(),
            hazards=self.hazards(),
            area=(self.area.data or "").strip(),
            drill=self.kind.data == DRILL,
            checkin=bool(self.checkin.data),
        )

    def to_amendment(self) -> Amendment:
        """The disaster as it should be from now on."""
        return Amendment(
            name=(self.name.data or "").strip(),
            hazards=self.hazards(),
            area=(self.area.data or "").strip(),
            checkin=bool(self.checkin.data),
        )

    def as_hidden(self) -> list[tuple[str, str]]:
        """Everything that was typed, for the page that asks once more."""
        return [
            ("name", self.name.data or ""),
            ("chief", self.chief.data or ""),
            *(("others", code) for code in self.others.data or []),
            ("area", self.area.data or ""),
            ("kind", self.kind.data or ""),
            *([("checkin", "y")] if self.checkin.data else []),
            ("key", self.key.data or secrets.token_urlsafe(16)),
        ]
