"""Who may open what of reports: a part of the one table in `permissions`.

A new endpoint for STAFF or SYSTEM belongs here.
"""

from __future__ import annotations

from liff_app.needs import Need, only
from liff_app.staff.vocabulary import Role

NEEDS: dict[str, Need] = {
    "report_console.inbox": only(Role.REPORT_REVIEWER),
    "report_console.rows": only(Role.REPORT_REVIEWER),
    "report_console.points": only(Role.REPORT_REVIEWER),
    "report_console.peek": only(Role.REPORT_REVIEWER),
    "report_bulk.ask": only(Role.REPORT_REVIEWER),
    "report_bulk.second": only(Role.REPORT_REVIEWER),
    "report_bulk.outcome": only(Role.REPORT_REVIEWER),
    "report_bulk.apply": only(Role.REPORT_REVIEWER),
    "report_bulk.undo": only(Role.REPORT_REVIEWER),
    "report_views.keep": only(Role.REPORT_REVIEWER),
    "report_views.remove": only(Role.REPORT_REVIEWER),
    "report_case.show": only(Role.REPORT_REVIEWER),
    "report_case.contact": only(Role.REPORT_REVIEWER),
    "report_case.photo": only(Role.REPORT_REVIEWER),
    "report_steps.move": only(Role.REPORT_REVIEWER),
    "report_steps.add_note": only(Role.REPORT_REVIEWER),
    "report_steps.desk": only(Role.REPORT_REVIEWER),
    "report_steps.place": only(Role.REPORT_REVIEWER),
    "report_steps.kind": only(Role.REPORT_REVIEWER),
    "report_steps.add_photo": only(Role.REPORT_REVIEWER),
    "report_merging.ask": only(Role.REPORT_REVIEWER),
    "report_merging.merge": only(Role.REPORT_REVIEWER),
    "report_merging.split": only(Role.REPORT_REVIEWER),
    "report_moderation.publish": only(Role.REPORT_REVIEWER),
    "report_moderation.hide": only(Role.REPORT_REVIEWER),
    "report_moderation.show": only(Role.REPORT_REVIEWER),
    "report_moderation.release": only(Role.REPORT_REVIEWER),
    "report_moderation.withhold": only(Role.REPORT_REVIEWER),
    "report_masking.ask": only(Role.REPORT_REVIEWER),
    "report_masking.mask": only(Role.REPORT_REVIEWER),
    "report_masking.propose": only(Role.REPORT_REVIEWER),
    "report_proxy.new": only(Role.REPORT_REVIEWER),
    "report_proxy.add": only(Role.REPORT_REVIEWER),
    "report_sheet.show": only(Role.REPORT_REVIEWER),
    "report_figures.show": only(Role.REPORT_REVIEWER, Role.ADMINISTRATOR, Role.VIEWER),
    "report_figures.as_csv": only(Role.REPORT_REVIEWER, Role.ADMINISTRATOR, Role.VIEWER),
    "report_exports.ask": only(Role.REPORT_REVIEWER),
    "report_exports.as_csv": only(Role.REPORT_REVIEWER),
    "report_exports.as_xlsx": only(Role.REPORT_REVIEWER),
    "report_templates.index": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_templates.add": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_templates.bring": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_templates.edit": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_templates.save": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_templates.remove": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_categories.index": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_categories.new": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_categories.add": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_categories.edit": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_categories.save": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_categories.restore": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
    "report_categories.remove": only(Role.ADMINISTRATOR, Role.REPORT_REVIEWER),
}
