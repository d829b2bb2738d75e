"""`/console/shelters/imports`: every page of lists, in one blueprint."""

from __future__ import annotations

from liff_app.shelters.imports import pin_console, publish_console, upload_console

MODULES = (upload_console, publish_console, pin_console)  # each adds its pages when it is imported

bp = upload_console.bp
