"""Questions about procedures: what stands in their addresses, and what is said along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liff_app.procedures.desk.bulk import BulkDone, BulkKind
from liff_app.procedures.desk.console import bulk_results
from liff_app.procedures.desk.console.bulk_results import Result

from .matrix_procedures import ANSWERS, NUMBER, ROW, Ground

NOT_THERE = "0" * 32
Said = dict[str, dict[str, Any]]


def samples(ground: Ground) -> dict[str, Mapping[str, Any]]:
    """By parameter, by `blueprint.parameter`, or by `endpoint.parameter`."""

    def both(name: str, absent: str = NOT_THERE) -> dict[str, str]:
        return {
            "own": getattr(ground.own, name),
            "other": getattr(ground.other, name),
            "absent": absent,
        }

    desk = ("case", "steps", "papers", "returning", "sheet")
    results = {"own": ground.survey, "absent": ground.own.slug}  # what is no survey has none
    versions = {"own": NUMBER, "absent": 99}
    return {
        "slug": both("slug", "nothing"),
        "procedure_results.slug": results,
        "procedure_start.results.slug": results,
        **{f"procedure_{one}.ref": both("ref") for one in ("mine", *desk)},
        "procedure_correcting.ref": both("returned"),
        **{f"{one}.ref": both("draft") for one in ("procedure_form", "procedures_api")},
        "procedure_form.received.ref": both("sent"),
        "procedure_fill.ref": both("typed"),
        "procedure_fill.received.ref": both("typed_sent"),
        "procedure_editor.ref": both("bench"),
        "procedure_mine.file_id": both("file"),
        "procedure_case.file_id": both("file"),
        "procedure_papers.file_id": both("notice"),
        "procedure_form.file_id": both("draft_file"),
        "procedure_fill.file_id": both("typed_file"),
        "procedure_case.size": {"own": "whole", "absent": "huge"},
        **{f"procedure_{one}.size": {"own": "whole"} for one in ("mine", "form", "fill")},
        "page": {"own": "who"},
        "procedures_api.number": both("receipt", "例-00000"),
        "procedure_mine.number": {"own": 1, "absent": 99},
        **{f"procedure_{one}.number": versions for one in ("forms", "publishing", "editor")},
        "procedure_forms.sample.name": {"own": "juminhyo", "absent": "nothing"},
        "row": {"own": ROW, "absent": 999},
        "hook_id": both("hook", "0" * 12),
        "procedure_templates.template_id": {"own": ground.sentence, "absent": "0" * 16},
        "procedure_documents.token": {"own": ground.own.given, "absent": "a" * 40},
    }


def bodies(ground: Ground, which: str) -> Said:
    """What must be said along, by endpoint."""
    return _of_applicants(ground, which) | _of_the_desk(ground, which) | _of_makers(ground, which)


def _of_applicants(ground: Ground, which: str) -> Said:
    papers = ground.of(which)
    agreed = {"data": {"consent": papers.consent}}
    answers = {"version": 2, "consent": papers.consent, "answers": ANSWERS}
    page = {"data": {"step": "save", "name": "山田 太郎"}}
    live = {"json": {"fields": [["name", "山田 太郎"]]}}
    return {
        "procedure_start.begin": agreed,
        "procedure_form.carry": agreed,
        "procedures_api.submit": {"json": answers},
        **{f"procedure_{one}.step": page for one in ("form", "fill")},
        **{f"procedure_{one}.live": live for one in ("form", "fill")},
        "procedure_fill.begin": {"data": {"version": papers.version_id, "purpose": "test"}},
        "procedure_remembered.forget": {"data": {"what": "everything"}},
    }


def _of_the_desk(ground: Ground, which: str) -> Said:
    papers = ground.of(which)
    picked = {"data": {"verb": "take", "pick": f"{papers.ref}.{papers.version}"}}

    def seen(**more: str) -> dict[str, Any]:
        return {"data": {"version": papers.version, **more}}

    return {
        "procedure_console.search": {"data": {"q": papers.receipt}},
        "procedure_bulk.ask": picked,
        "procedure_bulk.apply": picked,
        "procedure_steps.move": seen(to="reviewing"),
        "procedure_steps.approve": seen(),
        "procedure_steps.disapprove": seen(why="もう一度見てください。"),
        "procedure_steps.add_note": seen(note="電話で確かめました。"),
        "procedure_steps.take": seen(),
        "procedure_steps.desk": seen(due_on="2099-12-28"),
        "procedure_returning.send": seen(
            item="name", **{"comment.name": "お名前を確かめてください。"}
        ),
        "procedure_papers.remove": seen(),
        "procedure_exports.take": {"data": {"format": "csv", "purpose": "work"}},
    }


def _of_makers(ground: Ground, which: str) -> Said:
    papers = ground.of(which)
    sentence = {"title": "ほかの見本", "text": "ほかの文です。"}
    return {
        "procedure_templates.add": {"data": sentence},
        "procedure_templates.save": {"data": {"version": 1, **sentence}},
        "procedure_forms.move": {"data": {"way": "up"}},
        "procedure_publishing.publish": {"data": {"when": "now", "sure": "1", "broken": "1"}},
        "procedure_editor.order": {"data": {"version": 1, "step": f"down-{ROW}"}},
        "procedure_editor.save_question": {"data": {"version": 1, "required": "always"}},
        "procedure_editor.save_settings": {"data": {"version": 1}},
        "procedure_editor.finish": {"data": {"version": 1, "slug": papers.slug}},
        "procedure_hooks.switch": {"data": {"on": "1"}},
    }


def queries(ground: Ground) -> Said:
    """What must stand in the address's query. To be called inside an app context."""
    nothing = Result(kind=BulkKind.READ, done=BulkDone(done=(), refused=()))
    return {
        "procedure_bulk.second": {"verb": "take", "pick": f"{ground.own.ref}.{ground.own.version}"},
        "procedure_bulk.outcome": {"of": bulk_results.packed(nothing)},
        "procedures_api.add_file": {"path": "photo"},
    }
