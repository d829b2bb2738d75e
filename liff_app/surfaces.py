"""Every surface of the product, and for whom it is: the access table starts here."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import assets, clock, openapi, permissions, vendor
from liff_app.access import Audience, mount, set_guard
from liff_app.audit import console as audit_console
from liff_app.audit import desk as audit_desk
from liff_app.config import Settings
from liff_app.home import console, gallery, operations
from liff_app.home import views as home
from liff_app.home.audit_desk import DESK
from liff_app.identity import api as session_api
from liff_app.identity import guard
from liff_app.identity import views as entry
from liff_app.messaging import webhook
from liff_app.procedures import overwork
from liff_app.procedures import surfaces as procedures
from liff_app.procedures.api import granting
from liff_app.procedures.desk.console import card as procedure_card
from liff_app.procedures.webhooks.console import card as hook_card
from liff_app.reports import api as reports_api
from liff_app.reports import api_lookup as report_lookup_api
from liff_app.reports import api_photos as report_photos_api
from liff_app.reports import form_views as report_form
from liff_app.reports import open_api as reports_open
from liff_app.reports import public_photos as report_public_photos
from liff_app.reports import views as reports
from liff_app.reports.categories import console as report_categories
from liff_app.reports.console import bulk_pages as report_bulk
from liff_app.reports.console import card as report_card
from liff_app.reports.console import case as report_case
from liff_app.reports.console import exports as report_exports
from liff_app.reports.console import figures as report_figures
from liff_app.reports.console import inbox as report_inbox
from liff_app.reports.console import maps as report_maps
from liff_app.reports.console import masking as report_masking
from liff_app.reports.console import merging as report_merging
from liff_app.reports.console import moderation as report_moderation
from liff_app.reports.console import proxy as report_proxy
from liff_app.reports.console import saved as report_views
from liff_app.reports.console import sheet as report_sheet
from liff_app.reports.console import steps as report_steps
from liff_app.reports.console import templates as report_templates
from liff_app.shelters import api as shelter_api
from liff_app.shelters import api_status, writers
from liff_app.shelters import views as shelters
from liff_app.shelters.board import Board
from liff_app.shelters.checkin import codes as checkin_codes
from liff_app.shelters.checkin import console as checkin_console
from liff_app.shelters.checkin import reception as shelter_reception
from liff_app.shelters.checkin import views as checkin
from liff_app.shelters.console import ad_hoc
from liff_app.shelters.console import board as shelter_board
from liff_app.shelters.console import bulk as shelter_bulk
from liff_app.shelters.console import card as shelter_card
from liff_app.shelters.console import map as shelter_map
from liff_app.shelters.console import place as shelter_place
from liff_app.shelters.disasters import console as disaster_console
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.finder import Policy
from liff_app.shelters.imports import console as list_imports
from liff_app.shelters.passes import console as shelter_passes
from liff_app.shelters.passes import guard as pass_guard
from liff_app.shelters.passes import views as shelter_phone
from liff_app.shelters.places import Thresholds
from liff_app.shelters.vocabulary import Level
from liff_app.staff import account as staff_account
from liff_app.staff import console as staff_console
from liff_app.staff import departments, key_console, sending_again, single_sign_on, system_guard
from liff_app.staff import guard as staff_guard
from liff_app.staff import menu as staff_menu
from liff_app.staff import views as staff_entry
from liff_app.staff import welcome as staff_welcome
from liff_app.staff.cards import MakeCard
from liff_app.staff.passwords import Passwords

CONSOLE = (  # every blueprint of STAFF, with its prefix
    (console.bp, "/console"),
    (staff_account.bp, "/console"),
    (departments.bp, "/console/departments"),
    (staff_console.bp, "/console/staff"),
    (key_console.bp, "/console/staff/keys"),
    (audit_console.bp, "/console/audit"),
    (disaster_console.bp, "/console/disasters"),
    (shelter_passes.bp, "/console/shelters/passes"),
    (shelter_board.bp, "/console/shelters"),
    (shelter_map.bp, "/console/shelters"),
    (shelter_bulk.bp, "/console/shelters"),
    (ad_hoc.bp, "/console/shelters"),
    (shelter_place.bp, "/console/shelters"),
    (list_imports.bp, "/console/shelters/imports"),
    (checkin_console.bp, "/console/shelters/checkin"),
    (report_categories.bp, "/console/reports/categories"),
    (report_inbox.bp, "/console/reports"),
    (report_bulk.bp, "/console/reports"),
    (report_views.bp, "/console/reports/views"),
    (report_templates.bp, "/console/reports/templates"),
    (report_proxy.bp, "/console/reports"),
    (report_sheet.bp, "/console/reports"),
    (report_figures.bp, "/console/reports"),
    (report_exports.bp, "/console/reports"),
    (report_case.bp, "/console/reports"),
    (report_steps.bp, "/console/reports"),
    (report_merging.bp, "/console/reports"),
    (report_moderation.bp, "/console/reports"),
    (report_masking.bp, "/console/reports"),
)
# The dashboard's cards: the endpoint that opens one, and what makes it.
CARDS: tuple[tuple[str, MakeCard], ...] = (
    ("shelter_board.show", shelter_card.make_card),
    ("report_console.inbox", report_card.make_card),
    ("procedure_console.queue", procedure_card.make_card),
    ("procedure_hooks.index", hook_card.make_card),
)


def mount_all(app: Flask, settings: Settings) -> None:
    """Mount everything, give each audience its guard, each feature what it shares in a process."""
    _set_guards(app)
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
    _mount_writing(app)
    mount(app, shelters.public, Audience.ANYONE, "/shelters")
    mount(app, shelters.bp, Audience.ANYONE, "/liff/shelters")
    mount(app, entry.bp, Audience.ANYONE, "/liff")
    mount(app, home.bp, Audience.RESIDENT, "/liff")
    mount(app, home.front, Audience.ANYONE)
    mount(app, webhook.bp, Audience.LINE_PLATFORM, "/line")
    _mount_reports(app)
    _mount_procedures(app)
    _mount_doors(app)
    mount(app, entry.display, Audience.ANYONE)
    _mount_console(app)
    if not settings.is_production:
        mount(app, gallery.bp, Audience.ANYONE)


def _set_guards(app: Flask) -> None:
    """How each audience is checked."""
    set_guard(app, Audience.RESIDENT, guard.resident)
    set_guard(app, Audience.OPERATOR, operations.guard)
    set_guard(app, Audience.STAFF, staff_guard.staff(app, permissions.NEEDS))
    set_guard(app, Audience.SYSTEM, system_guard.system(app, permissions.NEEDS))
    set_guard(app, Audience.LINE_PLATFORM, webhook.guard)
    set_guard(app, Audience.SHELTER_PASS, pass_guard.admit)


def _mount_procedures(app: Flask) -> None:
    for blueprint, audience, prefix in procedures.MOUNTS:
        mount(app, blueprint, audience, prefix)
    overwork.init_app(app)


def _mount_reports(app: Flask) -> None:
    """Damage reports: the residents' pages and the API behind them."""
    app.extensions["disaster_on"] = lambda session: disasters.current(session) is not None
    for blueprint in (report_lookup_api.bp, report_photos_api.bp, reports_api.bp):
        mount(app, blueprint, Audience.RESIDENT, "/api/v1")
    mount(app, report_form.bp, Audience.RESIDENT, "/liff/reports")
    mount(app, reports.bp, Audience.RESIDENT, "/liff/reports")
    mount(app, report_public_photos.bp, Audience.ANYONE, "/reports")
    mount(app, reports_open.bp, Audience.ANYONE, "/api/v1")


def _mount_doors(app: Flask) -> None:
    """What is done at a shelter: by its phone, and by the families that come."""
    mount(app, checkin.bp, Audience.RESIDENT, "/liff")
    mount(app, checkin_codes.bp, Audience.ANYONE, "/s")
    mount(app, shelter_reception.bp, Audience.SHELTER_PASS, "/s")
    mount(app, shelter_phone.bp, Audience.SHELTER_PASS, "/s")


def _mount_writing(app: Flask) -> None:
    """The address that changes a place's state, for whoever may."""
    set_guard(app, Audience.SHELTER_WRITER, writers.shelter_writer(app, permissions.NEEDS))
    mount(app, api_status.bp, Audience.SHELTER_WRITER, "/api/v1")


def _mount_console(app: Flask) -> None:
    """The pages of the town hall, and the door in front of them."""
    board: Board = app.extensions["shelter_board"]
    app.extensions["passwords"] = Passwords(cheap=app.testing)
    app.extensions["key_procedures"] = granting.readable
    app.extensions["staff_shelters"] = lambda session: shelter_names(board, session)
    app.extensions["dashboard_cards"] = CARDS
    staff_menu.init_app(app)
    audit_desk.init_app(app, DESK)
    app.register_error_handler(staff_guard.CodeNeeded, staff_account.ask_again)
    app.register_error_handler(staff_guard.FormStale, sending_again.stale)
    mount(app, staff_entry.bp, Audience.ANYONE, "/console")
    mount(app, staff_welcome.bp, Audience.ANYONE, "/console/welcome")
    mount(app, single_sign_on.bp, Audience.ANYONE, "/console/oidc")
    for blueprint, prefix in CONSOLE:
        mount(app, blueprint, Audience.STAFF, prefix)
    mount(app, shelter_map.drawing, Audience.ANYONE, "/console/shelters")
    mount(app, report_maps.drawing, Audience.ANYONE, "/console/reports")


def shelter_names(board: Board, session: Session) -> dict[str, str]:
    """Name of every place by its id, in the order of names: for choosing one."""
    places = board.now(session, clock.now()).finder.places
    return {place.id: place.name for place in sorted(places, key=lambda place: place.name)}


def to_sign_in() -> ResponseReturnValue:
    """Lead a page's visitor to the sign-in that opens it: the console's, or the residents'."""
    if request.path.startswith("/console/"):
        return staff_entry.to_sign_in()
    return entry.to_sign_in()


def policy(settings: Settings) -> Policy:
    """The town's decisions on crowding and age, from its settings."""
    return Policy(
        thresholds=Thresholds(tuple(zip(settings.crowding_bounds, Level, strict=True))),
        stale_after=timedelta(minutes=settings.shelter_stale_minutes),
    )
