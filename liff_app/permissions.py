"""Which colleague, or which key of another system, may open what: the one table.

An endpoint for STAFF or SYSTEM that is missing here answers 403 and fails the build.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from liff_app import access, procedure_needs, report_needs
from liff_app.access import Audience
from liff_app.needs import ANYBODY, Need, either, key, only
from liff_app.staff.vocabulary import KeyScope, Role

__all__ = ["ANYBODY", "NEEDS", "Need", "either", "key", "missing", "only", "unused", "words"]

NEEDS: dict[str, Need] = {
    "console.index": ANYBODY,
    "audit_console.index": only(Role.ADMINISTRATOR),
    "audit_console.export": only(Role.ADMINISTRATOR),
    "key_console.index": only(Role.ADMINISTRATOR),
    "key_console.issue": only(Role.ADMINISTRATOR),
    "key_console.revoke": only(Role.ADMINISTRATOR),
    "staff_account.sign_out": ANYBODY,
    "staff_account.show": ANYBODY,
    "staff_account.end": ANYBODY,
    "staff_account.end_others": ANYBODY,
    "staff_account.renew_codes": ANYBODY,
    "staff_account.ask": ANYBODY,
    "staff_account.confirm": ANYBODY,
    "departments.index": only(Role.ADMINISTRATOR),
    "departments.add": only(Role.ADMINISTRATOR),
    "departments.remove": only(Role.ADMINISTRATOR),
    "staff_console.index": only(Role.ADMINISTRATOR),
    "staff_console.new": only(Role.ADMINISTRATOR),
    "staff_console.add": only(Role.ADMINISTRATOR),
    "staff_console.show": only(Role.ADMINISTRATOR),
    "staff_console.amend": only(Role.ADMINISTRATOR),
    "staff_console.grant": only(Role.ADMINISTRATOR),
    "staff_console.revoke": only(Role.ADMINISTRATOR),
    "staff_console.make_link": only(Role.ADMINISTRATOR),
    "staff_console.end_sessions": only(Role.ADMINISTRATOR),
    "staff_console.disable": only(Role.ADMINISTRATOR),
    "staff_console.enable": only(Role.ADMINISTRATOR),
    "checkin_console.index": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF, Role.VIEWER),
    "checkin_console.export": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF, Role.VIEWER),
    "checkin_console.posters": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "list_imports.index": only(Role.ADMINISTRATOR),
    "list_imports.accept": only(Role.ADMINISTRATOR),
    "list_imports.show": only(Role.ADMINISTRATOR),
    "list_imports.adjust": only(Role.ADMINISTRATOR),
    "list_imports.discard": only(Role.ADMINISTRATOR),
    "list_imports.ask_columns": only(Role.ADMINISTRATOR),
    "list_imports.answer_columns": only(Role.ADMINISTRATOR),
    "list_imports.mapping_file": only(Role.ADMINISTRATOR),
    "list_imports.problems": only(Role.ADMINISTRATOR),
    "list_imports.upload_points": only(Role.ADMINISTRATOR),
    "list_imports.edition": only(Role.ADMINISTRATOR),
    "list_imports.ask_publish": only(Role.ADMINISTRATOR),
    "list_imports.publish": only(Role.ADMINISTRATOR),
    "list_imports.ask_republish": only(Role.ADMINISTRATOR),
    "list_imports.republish": only(Role.ADMINISTRATOR),
    "list_imports.ask_withdraw": only(Role.ADMINISTRATOR),
    "list_imports.withdraw": only(Role.ADMINISTRATOR),
    "list_imports.unplaced": only(Role.ADMINISTRATOR),
    "list_imports.ask_pin": only(Role.ADMINISTRATOR),
    "list_imports.pin": only(Role.ADMINISTRATOR),
    "list_imports.unpin": only(Role.ADMINISTRATOR),
    "shelter_passes.index": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "shelter_passes.print_sheets": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "shelter_passes.renew": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "shelter_passes.revoke": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "shelter_board.show": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF, Role.VIEWER),
    "shelter_board.refresh": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF, Role.VIEWER),
    "shelter_map.show": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF, Role.VIEWER),
    "shelter_map.points": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF, Role.VIEWER),
    "shelter_place.show": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF, Role.VIEWER),
    "shelter_place.history_csv": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF, Role.VIEWER),
    "shelter_place.change": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "shelter_place.undo": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "shelter_bulk.ask": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "shelter_bulk.apply": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "ad_hoc_shelter.new": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "ad_hoc_shelter.add": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "ad_hoc_shelter.edit": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "ad_hoc_shelter.save": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "ad_hoc_shelter.withdraw": only(Role.ADMINISTRATOR, Role.SHELTER_STAFF),
    "disaster_console.index": only(Role.ADMINISTRATOR, Role.VIEWER),
    "disaster_console.show": only(Role.ADMINISTRATOR, Role.VIEWER),
    "disaster_console.places_csv": only(Role.ADMINISTRATOR, Role.VIEWER),
    "disaster_console.counts_csv": only(Role.ADMINISTRATOR, Role.VIEWER),
    "disaster_console.eei_csv": only(Role.ADMINISTRATOR, Role.VIEWER),
    "disaster_console.new": only(Role.ADMINISTRATOR),
    "disaster_console.check": only(Role.ADMINISTRATOR),
    "disaster_console.start": only(Role.ADMINISTRATOR),
    "disaster_console.amend": only(Role.ADMINISTRATOR),
    "disaster_console.save": only(Role.ADMINISTRATOR),
    "disaster_console.ask_stop": only(Role.ADMINISTRATOR),
    "disaster_console.stop": only(Role.ADMINISTRATOR),
    "procedure_fill.index": only(Role.PROCEDURE_REVIEWER),
    "procedure_fill.begin": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.resume": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.check": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.send": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.received": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.file": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.ask_discard": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.discard": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.page": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.step": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "procedure_fill.live": only(Role.PROCEDURE_REVIEWER, Role.ADMINISTRATOR),
    "shelter_status.change": either(
        KeyScope.SHELTERS_WRITE, Role.ADMINISTRATOR, Role.SHELTER_STAFF
    ),
    **report_needs.NEEDS,
    **procedure_needs.NEEDS,
}


def missing(app: Flask) -> list[str]:
    """Endpoints for colleagues or keys that have no line, or one of the other kind."""
    return sorted({row.endpoint for row in _guarded(app) if not _fits(row)})


def unused(app: Flask) -> list[str]:
    """Lines for endpoints that the app does not have, or that are for somebody else."""
    return sorted(set(NEEDS) - {row.endpoint for row in _guarded(app)})


def words(row: access.Access) -> str:
    """Who opens the address, as the access table says it: the audience, and roles or a scope."""
    need = NEEDS.get(row.endpoint)
    if need is None or row.audience not in GUARDED:
        return row.audience.value
    roles = [role.value for role in Role if role in need.roles]
    if need.scope is not None:
        return f"{row.audience.value}: {' '.join((*roles, need.scope.value))}"
    return f"{row.audience.value}: {'any' if need.anybody else ' '.join(roles)}"


GUARDED = (Audience.STAFF, Audience.SYSTEM, Audience.SHELTER_WRITER)


def _guarded(app: Flask) -> Iterator[access.Access]:
    return (row for row in access.table(app) if row.audience in GUARDED)


def _fits(row: access.Access) -> bool:
    """Whether the line can open the endpoint to anybody of its audience."""
    need = NEEDS.get(row.endpoint)
    if need is None:
        return False
    if row.audience is Audience.SHELTER_WRITER:
        return need.scope is not None and bool(need.roles)
    if row.audience is Audience.SYSTEM:
        return need.scope is not None
    return need.scope is None and (need.anybody or bool(need.roles))
