"""Which heading of a file means what: asked of a person, for a list of unknown shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.shelters.lists.mapping import ColumnMapping, IdRule
from liff_app.shelters.lists.text import heading_key
from liff_app.shelters.vocabulary import Hazard, Role
from liff_app.shelters.words import HAZARD_WORDS

KEEP = "*"  # several headings at once, as the mapping had them
NEW_NAME = "town"  # what a mapping made here is called, and with it the list
Words = Callable[[], str]

ASKED: dict[str, Words] = {
    "name": lambda: _("名称"),
    "kana": lambda: _("よみ"),
    "address": lambda: _("住所"),
    "lat": lambda: _("緯度"),
    "lon": lambda: _("経度"),
    "role": lambda: _("種別"),
    "capacity": lambda: _("収容人数"),
    "phone": lambda: _("電話番号"),
    "target": lambda: _("受入対象者"),
    "floors": lambda: _("使える階"),
    "towns": lambda: _("対象の町会・自治会"),
    "url": lambda: _("URL"),
    "elevation_m": lambda: _("標高"),
    "remarks": lambda: _("備考"),
    "publish": lambda: _("公開するか"),
    "source_id": lambda: _("番号（ID）"),
    "municipality_code": lambda: _("団体コード"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One question: which heading this is. `options`: value and words; `value` is the answer."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]


def questions(mapping: ColumnMapping, headings: Sequence[str]) -> list[Column]:
    """What is asked about the fields, with the mapping's own answers."""
    return [
        _column(f"col-{name}", word(), mapping.columns.get(name, ()), headings)
        for name, word in ASKED.items()
    ]


def hazard_questions(mapping: ColumnMapping, headings: Sequence[str]) -> list[Column]:
    """What is asked about the eight hazards."""
    return [
        _column(f"haz-{one.value}", HAZARD_WORDS[one][0](), mapping.hazards.get(one, ()), headings)
        for one in Hazard
    ]


def answered(
    mapping: ColumnMapping, headings: Sequence[str], form: Mapping[str, str]
) -> ColumnMapping:
    """The mapping as a person corrected it. Raises InputInvalid where no heading is the name."""
    columns = dict(mapping.columns)
    for name in ASKED:
        columns[name] = _chosen(form.get(f"col-{name}", ""), columns.get(name, ()), headings)
    hazards = {
        one: _chosen(form.get(f"haz-{one.value}", ""), mapping.hazards.get(one, ()), headings)
        for one in Hazard
    }
    if not columns["name"]:
        message = _("「名称」がどの列か、えらんでください。")
        raise InputInvalid([FieldError("col-name", "required", message)])
    rule = mapping.id_rule
    if not columns["source_id"]:
        rule = IdRule.CONTENT
    elif rule is IdRule.CONTENT:
        rule = IdRule.COLUMN
    return replace(
        mapping,
        name=NEW_NAME if mapping.name == "suggested" else mapping.name,
        role=Role(form["role"]) if form.get("role") in set(Role) else mapping.role,
        id_rule=rule,
        columns={name: found for name, found in columns.items() if found},
        hazards={one: found for one, found in hazards.items() if found},
    )


def _column(name: str, label: str, wanted: Sequence[str], headings: Sequence[str]) -> Column:
    present = _present(wanted, headings)
    options = [("", _("（この一覧にない）"))]
    if len(present) > 1:
        options.append((KEEP, _("・").join(present)))
    options += [(heading, heading) for heading in dict.fromkeys(headings) if heading]
    value = KEEP if len(present) > 1 else (present[0] if present else "")
    return Column(name=name, label=label, value=value, options=tuple(options))


def _present(wanted: Sequence[str], headings: Sequence[str]) -> list[str]:
    """Those of the wanted headings that the file has, in the file's own spelling."""
    there = {heading_key(heading): heading for heading in reversed(headings)}
    return [there[heading_key(one)] for one in wanted if heading_key(one) in there]


def _chosen(answer: str, before: Sequence[str], headings: Sequence[str]) -> tuple[str, ...]:
    if answer == KEEP:
        return tuple(before)
    return (answer,) if answer in headings else ()
