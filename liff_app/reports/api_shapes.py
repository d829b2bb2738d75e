"""Reports as the API tells of them: one function for each kind of answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import current_app, url_for

from liff_app.reports import rules
from liff_app.reports.categories.model import Category, Option, Question, Stop
from liff_app.reports.my_queries import Moment, MyReport
from liff_app.reports.places.service import Asset
from liff_app.reports.queries import MyLine, NearReport, PublicReport

Shape = dict[str, Any]


def page_url(ref: str) -> str:
    """Whole address of the page that shows what became of a report."""
    return f"{current_app.config['SETTINGS'].public_url}{url_for('reports.show', ref=ref)}"


def line(one: MyLine) -> Shape:
    """A report in the resident's list."""
    return {
        "id": one.ref,
        "number": one.number,
        "category": one.category,
        "category_name": one.category_name,
        "status": one.status,
        "town": one.place,
        "created_at": one.created_at.isoformat(),
        "updated_at": one.updated_at.isoformat(),
        "mine": one.is_reporter,
        "asks_fix": one.asks_fix,
        "url": page_url(one.ref),
    }


def public(one: PublicReport) -> Shape:
    """A report as anybody may see it."""
    return {
        "id": one.ref,
        "number": one.number,
        "category": one.category,
        "category_name": one.category_name,
        "status": one.status,
        "lat": one.lat,
        "lon": one.lon,
        "created_at": one.created_at.isoformat(),
        "updated_at": one.updated_at.isoformat(),
        "description": one.text,
        "place_text": None,
        "answers": None,
        "mine": False,
        "joined": one.people - 1,
        "asks_fix": False,
        "timeline": [],
        "photos": [public_copy(photo.id, photo.version) for photo in one.photos],
        "can": ["join"] if one.status in rules.OPEN else [],
        "url": page_url(one.ref),
    }


def own(one: MyReport) -> Shape:
    """A report as who reported or joined it sees it."""
    told = one.is_reporter or one.text_public
    return {
        "id": one.ref,
        "number": one.number,
        "category": one.category,
        "category_name": one.category_name,
        "status": one.status,
        "lat": one.lat,
        "lon": one.lon,
        "created_at": one.created_at.isoformat(),
        "updated_at": one.updated_at.isoformat(),
        "description": one.text if told else None,
        "place_text": one.place_text if one.is_reporter else None,
        "answers": dict(one.answers) if one.is_reporter else None,
        "mine": True,
        "joined": one.people - 1,
        "asks_fix": one.asks_fix,
        "timeline": [_step(moment) for moment in one.timeline],
        "photos": [staff_copy(one.ref, photo.id) for photo in one.photos],
        "can": sorted(name for name, may in asdict(one.can).items() if may),
        "url": page_url(one.ref),
    }


def _step(one: Moment) -> Shape:
    return {
        "at": one.at.isoformat(),
        "kind": one.kind,
        "status": one.status,
        "text": one.text,
        "by_town": one.by_staff,
    }


def near(one: NearReport) -> Shape:
    """An open report nearby."""
    photo = one.photo_id and public_copy(one.photo_id, one.photo_version)["thumb_url"]
    return {
        "id": one.ref,
        "number": one.number,
        "category": one.category,
        "status": one.status,
        "distance_m": one.distance_m,
        "town": one.town_name,
        "lat": one.lat,
        "lon": one.lon,
        "created_at": one.created_at.isoformat(),
        "text": one.text,
        "photo_url": photo or None,
        "joined": one.joined,
        "mine": one.is_mine or one.followed,
        "url": page_url(one.ref),
    }


def staff_copy(ref: str, photo_id: str) -> Shape:
    """A photo on a report of one's own, at the addresses that only its followers open."""
    return {
        "id": photo_id,
        "thumb_url": url_for("reports.photo", ref=ref, photo_id=photo_id, size="thumb"),
        "large_url": url_for("reports.photo", ref=ref, photo_id=photo_id, size="large"),
    }


def public_copy(photo_id: str, version: int) -> Shape:
    """A photo that colleagues let out."""

    def address(size: str) -> str:
        name = "report_public_photos.show"
        return url_for(name, photo_id=photo_id, version=version, size=size)

    return {"id": photo_id, "thumb_url": address("thumb"), "large_url": address("large")}


def category(one: Category) -> Shape:
    """A kind of damage with its questions."""
    return {
        "code": one.code,
        "name": one.name,
        "group": one.group,
        "icon": one.icon,
        "hint": one.hint,
        "number_label": one.number_label,
        "questions": [_question(question) for question in one.questions],
        "stop": _stop(one.stop),
    }


def asset(one: Asset) -> Shape:
    """A thing with a number on it."""
    return asdict(one)


def _question(one: Question) -> Shape:
    return {
        "code": one.code,
        "label": one.label,
        "kind": one.kind,
        "options": [_option(option) for option in one.options],
        "required": one.required,
        "hint": one.hint,
    }


def _option(one: Option) -> Shape:
    return {"code": one.code, "label": one.label, "stop": _stop(one.stop)}


def _stop(one: Stop | None) -> Shape | None:
    return asdict(one) if one else None
