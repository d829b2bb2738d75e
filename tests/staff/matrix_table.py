"""What the matrix expects: the access table (audience, roles, scopes), and the few words below."""

from __future__ import annotations

import re
from enum import StrEnum

from werkzeug.test import TestResponse

from liff_app import permissions
from liff_app.access import Audience

from .matrix_askers import Asker
from .matrix_procedures import TYPIST
from .matrix_questions import Question


class Answer(StrEnum):
    """What an answer comes to, as far as access is concerned."""

    IN = "in"  # done, or refused for what was said and not for who said it
    SIGN_IN = "sign in"
    FORBIDDEN = "forbidden"
    ABSENT = "absent"
    UNSIGNED = "unsigned"
    BROKEN = "broken"


def meaning(answer: TestResponse) -> Answer:
    """What the answer comes to."""
    status = answer.status_code
    if status >= 500 or status in {405, 429}:
        return Answer.BROKEN
    led_to = answer.headers.get("Location", "")
    if status == 401 or (status == 302 and re.search(r"/console/login|/liff/\?", led_to)):
        return Answer.SIGN_IN
    return BY_STATUS.get(status, Answer.IN)


BY_STATUS = {
    400: Answer.UNSIGNED,  # of a page or call of ours only what must bear LINE's signature
    403: Answer.FORBIDDEN,
    404: Answer.ABSENT,
    410: Answer.ABSENT,
}


# What staff of one shelter may ask of others: to read, or to be told that they are left alone.
OF_OTHERS = re.compile(r"shelter_place\.show|shelter_bulk\.\w+")
# What is one resident's own; a shelter may be entered by everybody.
OF_ONE_RESIDENT = {"checkin.forget", "procedures_api.show"}
# What everybody may see or join of a stranger's report; the rest of it is the reporter's own.
OF_EVERYBODYS_REPORT = re.compile(r"reports(?:_api)?\.(?:show|join|leave)")
# What is missing is told before anything is looked up; a photo taken back twice is gone twice.
TOLD_FIRST = {"report_photos_api.create", "reports.add_photo", "reports.take_back_photo"}
# What is gone already is gone: sent twice, it is done once.
DONE_ONCE = {
    "list_imports.discard",
    "list_imports.publish",
    "report_templates.remove",
    "procedure_templates.remove",
}
# What is done for the whole town, and so not by staff of one shelter.
WHOLE_TOWN = re.compile(r"ad_hoc_shelter\.\w+")
# What is changed for every department, and so not by the reviewers of one.
EVERY_DEPARTMENT = re.compile(
    r"report_categories\.(?:new|add|save|restore|remove)|procedure_forms\.move"
    r"|(?:report|procedure)_templates\.(?:add|bring|save|remove)"
)
# Applications and the forms they are sent on: of no department, they are none of one's reviewers'.
OF_DEPARTMENTS = re.compile(
    r"procedure_(?:case|steps|papers|returning|sheet|exports|editor|publishing|results)\.\w+"
    r"|procedure_(?:forms|figures)\.(?!index|new|add|sample)\w+|procedure_fill\.begin"
)
# What one colleague types for somebody; no other finds it.
OF_ONE_COLLEAGUE = re.compile(r"procedure_fill\.(?!index|begin)\w+")
# What a key opens only where it names it.
NAMED_BY_KEYS = {"procedures_system.index"}
# Parts of something: under another's address they are not there, whoever asks.
PARTS = {"photo_id", "file_id", "hook_id"}
# A way in that was signed for one thing opens nothing else.
OPENED_BY_ADDRESS = {"procedure_documents.show"}
# Addresses for anyone that ask for a proof in the request itself.
PROVEN_INSIDE = re.compile(r"(?:session_api|staff_entry|staff_oidc)\.\w+")
# Addresses of what this town has not: an issuer, or a photo that was let out.
SWITCHED_OFF = re.compile(r"staff_oidc\.\w+|report_public_photos\.show")


def expected(question: Question, asker: Asker) -> set[Answer]:
    """What the access table says of it."""
    found = _let_in(question, asker)
    if found is Answer.ABSENT and question.row.endpoint in TOLD_FIRST:
        return {found, Answer.IN}
    if found is not Answer.IN:
        return {found}
    if SWITCHED_OFF.fullmatch(question.row.endpoint):
        return {Answer.ABSENT}
    if PROVEN_INSIDE.fullmatch(question.row.endpoint):
        return {Answer.IN, Answer.SIGN_IN, Answer.FORBIDDEN}
    if question.which != "absent" or question.row.endpoint in DONE_ONCE:
        return {Answer.IN}
    # A public address may as well say what it says of everything it does not know.
    public = is_public(question) and question.row.endpoint not in OPENED_BY_ADDRESS
    either = public or question.row.endpoint in TOLD_FIRST
    return {Answer.ABSENT, Answer.IN} if either else {Answer.ABSENT}


def is_public(question: Question) -> bool:
    """Whether the address is for anyone."""
    return question.row.audience is Audience.ANYONE


def _let_in(question: Question, asker: Asker) -> Answer:
    audience = question.row.audience
    narrow = {
        Audience.RESIDENT: _resident,
        Audience.STAFF: _staff,
        Audience.SYSTEM: _key,
        Audience.SHELTER_WRITER: _writer,
        Audience.SHELTER_PASS: _by_address,
    }
    everybody = {
        Audience.ANYONE: Answer.IN,
        Audience.LINE_PLATFORM: Answer.UNSIGNED,
        Audience.OPERATOR: Answer.ABSENT,
    }
    return everybody[audience] if audience in everybody else narrow[audience](question, asker)


def _resident(question: Question, asker: Asker) -> Answer:
    if asker.kind != "resident":
        return Answer.SIGN_IN
    endpoint, values = question.row.endpoint, question.values
    private = endpoint in OF_ONE_RESIDENT or (
        "ref" in values and not OF_EVERYBODYS_REPORT.fullmatch(endpoint)
    )
    return Answer.ABSENT if private and question.which == "other" else Answer.IN


def _by_address(question: Question, _asker: Asker) -> Answer:
    """A pass stands in the address: whoever asks is whom it was given to."""
    return Answer.IN if question.which == "own" else Answer.ABSENT


def _staff(question: Question, asker: Asker) -> Answer:
    need = permissions.NEEDS[question.row.endpoint]
    if asker.kind != "colleague":
        return Answer.SIGN_IN
    if not need.anybody and not need.roles & asker.roles:
        return Answer.FORBIDDEN
    if _for_everywhere(question.row.endpoint, asker):
        return Answer.FORBIDDEN
    return Answer.ABSENT if _is_hidden(question, asker) else Answer.IN


def _is_hidden(question: Question, asker: Asker) -> bool:
    """Whether it is not even there for a colleague who may ask for such things."""
    endpoint = question.row.endpoint
    if OF_ONE_COLLEAGUE.fullmatch(endpoint):
        return question.which != "own" or asker.name != TYPIST
    if asker.of_department and OF_DEPARTMENTS.fullmatch(endpoint):
        return True
    if question.which != "other":
        return False
    if PARTS & question.values.keys():
        return True
    if "ref" in question.values:
        return asker.of_department
    return asker.narrowed and not OF_OTHERS.fullmatch(endpoint)


def _for_everywhere(endpoint: str, asker: Asker) -> bool:
    """Whether it is changed for everywhere, and the asker is somewhere only."""
    return bool(
        (asker.narrowed and WHOLE_TOWN.fullmatch(endpoint))
        or (asker.of_department and EVERY_DEPARTMENT.fullmatch(endpoint))
    )


def _key(question: Question, asker: Asker) -> Answer:
    need = permissions.NEEDS[question.row.endpoint]
    if asker.kind != "key" or not asker.live:
        return Answer.SIGN_IN
    if need.scope not in asker.scopes:
        return Answer.FORBIDDEN
    is_named = question.row.endpoint not in NAMED_BY_KEYS or question.which != "other"
    return Answer.IN if is_named else Answer.ABSENT


def _writer(question: Question, asker: Asker) -> Answer:
    if asker.kind == "key":
        return _key(question, asker)
    if asker.kind == "pass":
        theirs = asker.live and question.values["shelter_id"] == asker.own_shelter
        return Answer.IN if theirs else Answer.ABSENT
    return _staff(question, asker)
