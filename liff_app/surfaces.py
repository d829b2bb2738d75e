"""Every surface of the product, and for whom it is: the access table starts here."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from liff_app import assets, openapi, vendor
from liff_app.access import Audience, mount, set_guard
from liff_app.config import Settings
from liff_app.home import gallery, operations
from liff_app.home import views as home
from liff_app.identity import api as session_api
from liff_app.identity import guard
from liff_app.identity import views as entry
from liff_app.messaging import webhook
from liff_app.shelters import api as shelter_api
from liff_app.shelters import views as shelters
from liff_app.shelters.board import Board
from liff_app.shelters.finder import Policy
from liff_app.shelters.places import Thresholds
from liff_app.shelters.vocabulary import Level


def mount_all(app: Flask, settings: Settings) -> None:
    """Mount everything, give each audience its guard, each feature what it shares in a process."""
    set_guard(app, Audience.RESIDENT, guard.resident)
    set_guard(app, Audience.OPERATOR, operations.guard)
    set_guard(app, Audience.LINE_PLATFORM, webhook.guard)
    board = app.extensions["shelter_board"] = Board(
        policy(settings), code=settings.municipality_code, name=settings.municipality_name
    )
    app.extensions["shortcuts"] = shelter_api.shortcuts(board)
    mount(app, assets.bp, Audience.ANYONE)
    mount(app, vendor.bp, Audience.ANYONE)
    mount(app, operations.alive, Audience.ANYONE)
    mount(app, operations.metrics, Audience.OPERATOR)
    mount(app, openapi.bp, Audience.ANYONE, "/api/v1")
    mount(app, session_api.bp, Audience.ANYONE, "/api/v1")
    mount(app, shelter_api.bp, Audience.ANYONE, "/api/v1")
    mount(app, shelters.public, Audience.ANYONE, "/shelters")
    mount(app, shelters.bp, Audience.ANYONE, "/liff/shelters")
    mount(app, entry.bp, Audience.ANYONE, "/liff")
    mount(app, home.bp, Audience.RESIDENT, "/liff")
    mount(app, home.front, Audience.ANYONE)
    mount(app, webhook.bp, Audience.LINE_PLATFORM, "/line")
    mount(app, entry.display, Audience.ANYONE)
    if not settings.is_production:
        mount(app, gallery.bp, Audience.ANYONE)


def policy(settings: Settings) -> Policy:
    """The town's decisions on crowding and age, from its settings."""
    return Policy(
        thresholds=Thresholds(tuple(zip(settings.crowding_bounds, Level, strict=True))),
        stale_after=timedelta(minutes=settings.shelter_stale_minutes),
    )
