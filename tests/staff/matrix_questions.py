"""Every question that can be put to the product: an address, a method, and whose thing it is.

Addresses come from the app's own map. A later feature adds samples for its parameters here, and
what must be said along so that its addresses have something to act on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from liff_app import access, vendor
from liff_app.access import Access
from liff_app.reports.bulk import BulkDone, BulkKind
from liff_app.reports.console import bulk_results
from liff_app.reports.console.bulk_results import Result

from . import matrix_papers
from .matrix_askers import ABSENT, Asker
from .matrix_world import World

Sample = Mapping[str, Any]  # "own", and where they can be told apart "other" and "absent"
PARAMETER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
# Of these only a place that was opened in the field can be the object.
FIELD = re.compile(r"ad_hoc_shelter\.(?:edit|save|withdraw)")
# Addresses whose object is named in what is sent.
NAMED_INSIDE = re.compile(
    r"shelter_(?:bulk|passes)\.(?!index)\w+|checkin\.forget|procedure_fill\.begin"
)


@dataclass(frozen=True, slots=True)
class Question:
    """One address, method and object: `which` is own, other, or absent."""

    row: Access
    method: str
    which: str
    values: dict[str, Any]
    said: dict[str, Any]
    query: dict[str, Any]

    def body(self, asker: Asker) -> dict[str, Any]:
        """What is sent along; "mine" stands for the asker's own session."""
        form = self.said.get("data", {})
        mine = {n: asker.session_id if v == "mine" else v for n, v in form.items()}
        return self.said | ({"data": mine} if form else {})


def samples(world: World) -> dict[str, Sample]:
    """Samples by parameter, blueprint or endpoint and parameter, or the beginning of the rule."""
    leaflet = vendor.leaflet_url("x").split("/")[3]
    return {
        "shelter_id": {"own": world.own, "other": world.other, "absent": ABSENT},
        "ad_hoc": {"own": world.field_shelter, "absent": ABSENT},
        "disaster_id": {"own": world.disaster, "absent": ABSENT},
        "edition_id": {"own": 1, "absent": 999_999},
        "upload_id": {"own": world.upload, "absent": ABSENT},
        "account_id": {"own": world.account, "absent": ABSENT},
        "report_categories.category": {"own": "light", "absent": "c_nothing"},
        "report_templates.template_id": {"own": world.sentence, "absent": "0" * 32},
        "ref": {"own": world.reports["own"], "other": world.reports["other"], "absent": "0" * 16},
        "photo_id": {
            "own": world.photos["own"],
            "other": world.photos["other"],
            "absent": "0" * 32,
        },
        "size": {"own": "large"},
        "report_public_photos.version": {"own": 1},
        "key_id": {"own": world.key, "absent": ABSENT},
        "department_id": {"own": world.empty_department, "absent": ABSENT},
        "stay_id": {"own": world.stays["own"], "other": world.stays["other"], "absent": ABSENT},
        "code": {"own": "123456"},
        "/s/<token>": {
            "own": world.passes["own"],
            "other": world.passes["revoked"],
            "absent": world.passes["absent"],
        },
        "view_id": {"own": "a" * 32},  # nobody's: nothing happens, and no one is told
        "staff_welcome.token": {"own": world.link, "absent": "a" * 32},
        "build": {"own": "build"},
        "assets.name": {"own": "css/base.css", "absent": "css/nothing.css"},
        "version": {"own": leaflet, "absent": "0"},
        "vendor.name": {"own": "leaflet.js", "absent": "nothing.js"},
        **matrix_papers.samples(world.papers),
    }


def bodies(world: World, which: str) -> dict[str, dict[str, Any]]:
    """What must be said along, so that an address has something to act on; by endpoint."""
    other = which == "other"
    shelter, over = (world.other if other else world.own), world.over["other" if other else "own"]
    one = {"data": {"shelter": shelter}}
    many = {"data": {"shelter": shelter, "opening": "open"}}
    seen = {"data": {"version": world.version}}
    return {
        "shelter_status.change": {"json": {"unchanged": True}},
        "shelter_bulk.ask": many,
        "shelter_bulk.apply": many,
        **{f"shelter_passes.{name}": one for name in ("print_sheets", "renew", "revoke")},
        "staff_account.end": {"data": {"session": "mine"}},
        "checkin.forget": {"data": {"stay": over}},
        "reports_api.answer_fix": {"json": {"answer": "not_yet"}},
        "reports.answer_fix": {"data": {"answer": "not_yet"}},
        **{f"report_moderation.{name}": seen for name in ("release", "withhold")},
        **matrix_papers.bodies(world.papers, which),
    }


def queries(world: World) -> dict[str, dict[str, Any]]:
    """What must stand in the address's query, for the same reason."""
    row = {"list": world.list_id, "row": world.row}
    nothing = Result(kind=BulkKind.READ, done=BulkDone(done=(), refused=()))
    with world.app.app_context():
        result = bulk_results.packed(nothing)
        papers = matrix_papers.queries(world.papers)
    return papers | {
        "report_bulk.outcome": {"of": result},
        "report_console.peek": {"id": world.report_id},
        "display.keep_size": {"size": "large", "next": "/liff/shelters"},
        **{f"list_imports.{name}": row for name in ("ask_pin", "pin", "unpin", "unplaced")},
    }


def questions(world: World) -> Iterator[Question]:
    """Every question there is. Raises LookupError for a parameter without a sample."""
    known, asked = samples(world), queries(world)
    for row in access.table(world.app):
        for which, values in objects(row, known):
            said = bodies(world, which).get(row.endpoint, {})
            for method in row.methods:
                yield Question(row, method, which, values, said, asked.get(row.endpoint, {}))


def objects(row: Access, known: Mapping[str, Sample]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address's own values, then with each parameter in turn another's, and one not there."""
    given = {name: _sample(known, row, name) for name in PARAMETER.findall(row.rule)}
    own = {name: one["own"] for name, one in given.items()}
    yield "own", own
    if NAMED_INSIDE.fullmatch(row.endpoint):
        yield "other", own
    for name, one in given.items():
        for which in ("other", "absent"):
            if which in one:
                yield which, own | {name: one[which]}


def _sample(known: Mapping[str, Sample], row: Access, name: str) -> Sample:
    blueprint = row.endpoint.partition(".")[0]
    beginning = "/".join(row.rule.split("/")[:3])
    names = (
        *(("ad_hoc",) if FIELD.fullmatch(row.endpoint) else ()),
        *((beginning,) if f"<{name}>" in beginning else ()),
        f"{row.endpoint}.{name}",
        f"{blueprint}.{name}",
        name,
    )
    found = next((known[one] for one in names if one in known), None)
    if found is None:
        raise LookupError(f"tests/staff/matrix_questions.py, samples(): <{name}> of {row.rule}")
    return found
