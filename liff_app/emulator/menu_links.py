"""Which resident has which rich menu: single, bulk and batch."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, request

from liff_app.emulator.channel import Refusal, bp, faults_refusal, json_body, request_id
from liff_app.emulator.menus import applicable_menu
from liff_app.emulator.message_rules import Fault, id_list_faults
from liff_app.emulator.people import USER_ID
from liff_app.emulator.store import Store
from liff_app.emulator.world import world

MAX_BULK = 500
MAX_OPERATIONS = 1000
MAX_RESUME_KEY = 100
_OPERATION_NEEDS: Mapping[str, tuple[str, ...]] = {
    "link": ("from", "to"),
    "unlink": ("from",),
    "unlinkAll": (),
}


def _user(user_id: str) -> str:
    if not USER_ID.fullmatch(user_id):
        raise Refusal(400, "The value for the 'userId' parameter is invalid")
    return user_id


@bp.post("/user/<user_id>/richmenu/<menu_id>")
def link(user_id: str, menu_id: str) -> dict[str, Any]:
    """Give one user a menu of their own: it hides the default one."""
    world().store.put("link", _user(user_id), {"menu": applicable_menu(menu_id)})
    return {}


@bp.get("/user/<user_id>/richmenu")
def link_get(user_id: str) -> dict[str, Any]:
    """Give the id of the user's own menu, 404 without one (the default does not count)."""
    kept = world().store.get("link", _user(user_id))
    if kept is None:
        raise Refusal(404, "the user has no richmenu")
    return {"richMenuId": kept["menu"]}


@bp.delete("/user/<user_id>/richmenu")
def unlink(user_id: str) -> dict[str, Any]:
    """Take the user's own menu away; the default shows again."""
    world().store.take("link", _user(user_id))
    return {}


def _bulk_ids(body: dict[str, Any]) -> list[str]:
    faults = id_list_faults(body.get("userIds"), "userIds", MAX_BULK, USER_ID)
    if faults:
        raise faults_refusal(faults)
    return list(body["userIds"])


@bp.post("/richmenu/bulk/link")
def bulk_link() -> tuple[dict[str, Any], int]:
    """Give up to 500 users one menu."""
    body = json_body()
    ids = _bulk_ids(body)
    menu_id = applicable_menu(body.get("richMenuId"))
    world().store.add_many("link", [(user_id, {"menu": menu_id}) for user_id in ids])
    return {}, 202


@bp.post("/richmenu/bulk/unlink")
def bulk_unlink() -> tuple[dict[str, Any], int]:
    """Take the own menus of up to 500 users away."""
    ids = _bulk_ids(json_body())
    store = world().store
    with store.transaction():
        for user_id in ids:
            store.take("link", user_id)
    return {}, 202


def _checked_batch() -> dict[str, Any]:
    body = json_body()
    operations = body.get("operations")
    if not isinstance(operations, list) or not 1 <= len(operations) <= MAX_OPERATIONS:
        raise faults_refusal([("operations", f"Size must be between 1 and {MAX_OPERATIONS}")])
    faults: list[Fault] = []
    for number, operation in enumerate(operations):
        faults += _operation_faults(operation, f"operations[{number}]")
    resume = body.get("resumeRequestKey")
    if resume is not None and not (isinstance(resume, str) and 0 < len(resume) <= MAX_RESUME_KEY):
        faults.append(("resumeRequestKey", f"Length must be between 1 and {MAX_RESUME_KEY}"))
    kinds = [operation.get("type") for operation in operations if isinstance(operation, dict)]
    if "unlinkAll" in kinds and len(operations) > 1:
        faults.append(("operations", "unlinkAll must be the only operation"))
    if faults:
        raise faults_refusal(faults)
    return body


def _operation_faults(operation: object, where: str) -> list[Fault]:
    if not isinstance(operation, dict) or operation.get("type") not in _OPERATION_NEEDS:
        one_of = f"Must be one of the following values: [{', '.join(_OPERATION_NEEDS)}]"
        return [(f"{where}.type", one_of)]
    return [
        (f"{where}.{name}", "richmenu not found")
        for name in _OPERATION_NEEDS[operation["type"]]
        if not isinstance(operation.get(name), str)
        or world().store.get("menu", operation[name]) is None
    ]


@bp.post("/richmenu/validate/batch")
def batch_validate() -> dict[str, Any]:
    """Check a batch without running it."""
    _checked_batch()
    return {}


@bp.post("/richmenu/batch")
def batch() -> Response:
    """Accept a batch; the links change `batch_s` seconds later, as on LINE some time later."""
    body = _checked_batch()
    key = body.get("resumeRequestKey")
    if key and any(kept.get("key") == key for _, kept in world().store.items("batch")):
        raise Refusal(409, "The resume request key is already used")
    kept = {"operations": body["operations"], "accepted": world().clock(), "key": key}
    world().store.put("batch", request_id(), kept)
    answer = jsonify({})
    answer.status_code = 202
    return answer


@bp.get("/richmenu/progress/batch")
def batch_progress() -> dict[str, Any]:
    """Tell how far a batch is: `ongoing`, then `succeeded` or (perhaps in part) `failed`."""
    settle_batches()
    kept = world().store.get("batch", request.args.get("requestId", ""))
    if kept is None:
        raise Refusal(404, "Not found")
    accepted = {"acceptedTime": _iso(kept["accepted"])}
    if "completed" not in kept:
        return {"phase": "ongoing", **accepted}
    phase = "succeeded" if kept["whole"] else "failed"
    return {"phase": phase, **accepted, "completedTime": _iso(kept["completed"])}


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@bp.before_app_request
def settle_batches() -> None:
    """Run the batches that are due, so that whoever looks sees what LINE would show by now."""
    now, store = world().clock(), world().store
    for key, kept in store.items("batch"):
        due = kept["accepted"] + world().config.batch_s
        if "completed" in kept or due > now:
            continue
        with store.transaction():
            whole = _relink(store, kept["operations"])
            store.put("batch", key, {**kept, "completed": due, "whole": whole})


def _relink(store: Store, operations: list[dict[str, str]]) -> bool:
    """Change the links; False if a menu to link is gone by now, the other operations being done."""
    everyone = any(op["type"] == "unlinkAll" for op in operations)
    gone = {op["to"] for op in operations if "to" in op and store.get("menu", op["to"]) is None}
    moves = {
        op["from"]: op.get("to")
        for op in operations
        if op["type"] != "unlinkAll" and op.get("to") not in gone
    }
    for user_id, kept in store.items("link"):
        if not everyone and kept["menu"] not in moves:
            continue
        wanted = None if everyone else moves[kept["menu"]]
        if wanted is None:
            store.take("link", user_id)
        else:
            store.put("link", user_id, {"menu": wanted})
    return not gone
