"""Buttons beside a field that help to fill it in: an address by its postal code, a place by name.

Each is a plain posted button, so they work without a script. What they find goes into the draft or
is offered to choose from; nothing that was typed is overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from liff_app.i18n import gettext as _
from liff_app.procedures.engine.document import Document, Kind, Page, Question
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.showing import Found
from liff_app.procedures.fields.views import Offer
from liff_app.procedures.postal import service as postal
from liff_app.procedures.postal.addresses import filled_in
from liff_app.towns import service as towns

_NUMBER = re.compile(r"[0-9]{1,3}")  # no list of a code is longer

__all__ = ["STEPS", "Helped", "help_with"]

STEPS = frozenset({"postal", "towns", "clear"})  # before the colon of the button's value


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """What a button came to: changes of answers by path, and what to show beside the fields."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    found: Mapping[str, Found] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    session: Session
    document: Document
    page: Page
    answers: Mapping[str, Any]
    form: MultiDict[str, str]
    municipality_code: str


def help_with(
    session: Session,
    document: Document,
    page: Page,
    answers: Mapping[str, Any],
    form: MultiDict[str, str],
    *,
    municipality_code: str,
) -> Helped | None:
    """What the pressed button found; None where it is none of `STEPS` or speaks of no field here.

    `answers` are the draft's with what was just read. The page is to be shown again with `found`,
    whether or not something changed.
    """
    name, _colon, rest = form.get("step", "").partition(":")
    path, _colon, which = rest.partition(":")
    question = placing.question_at(document, path, page)
    if name not in STEPS or question is None:
        return None
    asked = _Asked(session, document, page, answers, form, municipality_code)
    if name == "postal" and question.autofill:
        return _postal(asked, question, path, which)
    if question.kind is not Kind.PLACE:
        return None
    return _towns(asked, path, which) if name == "towns" else Helped(changes={path: None})


def _postal(asked: _Asked, question: Question, path: str, which: str) -> Helped:
    """The address of the postal code stands in its field, or several are offered."""
    code = placing.value_at(asked.answers, path)
    if not isinstance(code, str):
        return _say(path, _("郵便番号を入力してから、押してください。"))
    places = postal.lookup(asked.session, code)
    if not places:
        return _say(
            path, _("この郵便番号の住所は見つかりませんでした。住所をそのまま入力してください。")
        )
    number = int(which) if _NUMBER.fullmatch(which) else -1
    if len(places) > 1 and not 0 <= number < len(places):
        offers = tuple(
            Offer(step=f"postal:{path}:{at}", label=one.address) for at, one in enumerate(places)
        )
        return Helped(found={path: Found(offers=offers, said=_("どの住所ですか。"))})
    return _fill(asked, question, path, places, max(0, number))


def _fill(
    asked: _Asked, question: Question, path: str, places: list[postal.Place], number: int
) -> Helped:
    target = path[: len(path) - len(question.name)] + str(question.autofill)
    if placing.question_at(asked.document, target) is None:  # outside of the repeat
        target = str(question.autofill)
    typed = placing.value_at(asked.answers, target)
    now = typed if isinstance(typed, str) else ""
    address = places[number].address
    text = filled_in(now, address, tuple(one.address for one in places))
    if text is None:
        told = _("%(address)sです。入力した住所は、そのままにしました。", address=address)
        return _say(path, told)
    said = _("住所を入れました。続きの番地などを入力してください。")
    return Helped(changes={target: text}, found={path: Found(said=said)})


def _towns(asked: _Asked, path: str, which: str) -> Helped:
    """The chosen town's point is the place, or towns of that name are offered."""
    names = towns.names(asked.session, asked.municipality_code)
    town = names.find(which) if which else None
    if town is not None:
        value = {"lat": town.lat, "lon": town.lon, "text": town.name}
        return Helped(changes={path: value})
    typed = asked.form.get(f"{path}.find", "").strip()[:40]
    if not typed:
        return _say(path, _("町の名前を入力してから、押してください。"))
    found = names.search(typed)
    if not found:
        return _say(path, _("その名前の町は見つかりませんでした。ちがう言葉でさがしてください。"))
    offers = tuple(Offer(step=f"towns:{path}:{one.code}", label=one.name) for one in found)
    return Helped(found={path: Found(offers=offers, said=_("どの町ですか。"))})


def _say(path: str, sentence: str) -> Helped:
    return Helped(found={path: Found(said=sentence)})
