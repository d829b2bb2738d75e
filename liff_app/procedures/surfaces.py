"""Every blueprint of procedures, with who it is for and where it stands."""

from __future__ import annotations

from flask import Blueprint

from liff_app.access import Audience
from liff_app.procedures.api import open_views, system_views
from liff_app.procedures.api import views as api_views
from liff_app.procedures.definitions.console import editor, publishing
from liff_app.procedures.definitions.console import forms as definitions
from liff_app.procedures.desk.console import (
    bulk,
    case,
    documents_views,
    inbox,
    returning_views,
    sheet,
    steps,
    templates,
)
from liff_app.procedures.exports.console import exports
from liff_app.procedures.figures.console import figures, results
from liff_app.procedures.filling import console as filling_console
from liff_app.procedures.filling import start_views
from liff_app.procedures.filling import views as form_views
from liff_app.procedures.following import correcting_views, documents, remembered_views
from liff_app.procedures.following import views as mine
from liff_app.procedures.webhooks.console import hooks

LIFF, CONSOLE, API = "/liff/procedures", "/console/procedures", "/api/v1"

MOUNTS: tuple[tuple[Blueprint, Audience, str], ...] = (
    (remembered_views.bp, Audience.RESIDENT, f"{LIFF}/remembered"),
    (form_views.bp, Audience.RESIDENT, f"{LIFF}/drafts"),
    (mine.bp, Audience.RESIDENT, f"{LIFF}/sent"),
    (correcting_views.bp, Audience.RESIDENT, f"{LIFF}/sent"),
    (start_views.bp, Audience.RESIDENT, LIFF),
    (documents.bp, Audience.ANYONE, "/procedures/documents"),
    (open_views.bp, Audience.ANYONE, API),
    (api_views.bp, Audience.RESIDENT, API),
    (system_views.bp, Audience.SYSTEM, API),
    (definitions.bp, Audience.STAFF, f"{CONSOLE}/forms"),
    (publishing.bp, Audience.STAFF, f"{CONSOLE}/forms"),
    (editor.bp, Audience.STAFF, f"{CONSOLE}/forms"),
    (filling_console.bp, Audience.STAFF, f"{CONSOLE}/fill"),
    (figures.bp, Audience.STAFF, f"{CONSOLE}/figures"),
    (results.bp, Audience.STAFF, f"{CONSOLE}/results"),
    (exports.bp, Audience.STAFF, f"{CONSOLE}/exports"),
    (hooks.bp, Audience.STAFF, f"{CONSOLE}/hooks"),
    (templates.bp, Audience.STAFF, f"{CONSOLE}/templates"),
    (bulk.bp, Audience.STAFF, f"{CONSOLE}/bulk"),
    (inbox.bp, Audience.STAFF, CONSOLE),
    (case.bp, Audience.STAFF, f"{CONSOLE}/cases"),
    (steps.bp, Audience.STAFF, f"{CONSOLE}/cases"),
    (sheet.bp, Audience.STAFF, f"{CONSOLE}/cases"),
    (returning_views.bp, Audience.STAFF, f"{CONSOLE}/cases"),
    (documents_views.bp, Audience.STAFF, f"{CONSOLE}/cases"),
)
