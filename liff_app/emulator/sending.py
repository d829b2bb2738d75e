"""Push, multicast, reply, narrowcast, broadcast and their dry runs."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, jsonify, request

from liff_app.emulator import message_rules as rules
from liff_app.emulator.channel import (
    MONTHLY_TEXT,
    Refusal,
    bp,
    faults_refusal,
    json_body,
    request_id,
)
from liff_app.emulator.people import USER_ID, Resident
from liff_app.emulator.world import world

MAX_MULTICAST = 500
RETRY_KEY_LIFE_S = 24 * 3600.0
_CONFLICT_TEXT = "The retry key is already accepted"


def _checked() -> dict[str, Any]:
    body = json_body()
    faults = rules.message_list_faults(body.get("messages"))
    if faults:
        raise faults_refusal(faults)
    return body


def _accept(
    body: dict[str, Any], recipients: Iterable[Resident], *, answer: Callable[[list[str]], Any]
) -> tuple[Any, int]:
    """Deliver once per retry key; count the month; leave blocked residents out in silence."""
    reached = [resident for resident in recipients if resident.reachable]
    store = world().store
    with store.transaction():
        _refuse_repeated_key()
        _count(len(reached))
        ids = [world().scribe.message_id() for _ in body["messages"]]
        given = answer(ids)
        key = request.headers.get("X-Line-Retry-Key")
        if key is not None:
            kept = {"request_id": request_id(), "at": world().clock(), "answer": given}
            store.put("retry_key", key.lower(), kept)
        _hand_over(body["messages"], ids, reached)
    return given, 200


def _refuse_repeated_key() -> None:
    key = request.headers.get("X-Line-Retry-Key")
    kept = world().store.get("retry_key", key.lower()) if key else None
    if kept is None or world().clock() - kept["at"] > RETRY_KEY_LIFE_S:
        return
    raise Refusal(
        409,
        _CONFLICT_TEXT,
        headers={"X-Line-Accepted-Request-Id": kept["request_id"]},
        extra=kept["answer"],
    )


def _count(recipients: int) -> None:
    usage = world().store.get("usage", "month") or {"total": 0}
    total = usage["total"] + recipients
    limit = world().config.monthly_limit
    if limit is not None and recipients and total > limit:
        raise Refusal(429, MONTHLY_TEXT)
    world().store.put("usage", "month", {"total": total})


def _hand_over(messages: list[dict[str, Any]], ids: list[str], reached: list[Resident]) -> None:
    now = world().clock()
    world().store.say(
        (resident.user_id, {"from": "account", "at": now, "message": {**message, "id": message_id}})
        for resident in reached
        for message, message_id in zip(messages, ids, strict=True)
    )


def _sent(ids: list[str]) -> dict[str, Any]:
    return {
        "sentMessages": [
            {"id": message_id, "quoteToken": secrets.token_urlsafe(24)} for message_id in ids
        ]
    }


def _nothing(ids: list[str]) -> dict[str, Any]:  # noqa: ARG001 - multicast tells no ids
    return {}


def _known(user_ids: Iterable[str]) -> list[Resident]:
    # An id sent twice in one multicast gets one message.
    found = (world().people.by_id(user_id) for user_id in dict.fromkeys(user_ids))
    return [resident for resident in found if resident]


@bp.post("/message/push")
def push() -> tuple[Any, int]:
    """Send to one user id."""
    body = _checked()
    if not isinstance(body.get("to"), str) or not USER_ID.fullmatch(body["to"]):
        raise Refusal(
            400, "The property, 'to', in the request body is invalid (line: -, column: -)"
        )
    return _accept(body, _known([body["to"]]), answer=_sent)


@bp.post("/message/multicast")
def multicast() -> tuple[Any, int]:
    """Send to 1 to 500 user ids."""
    body = _checked()
    faults = rules.id_list_faults(body.get("to"), "to", MAX_MULTICAST, USER_ID)
    if faults:
        raise faults_refusal(faults)
    return _accept(body, _known(body["to"]), answer=_nothing)


@bp.post("/message/broadcast")
def broadcast() -> tuple[Any, int]:
    """Send to every friend."""
    return _accept(_checked(), world().people.everyone(), answer=_nothing)


@bp.post("/message/narrowcast")
def narrowcast() -> tuple[Any, int]:
    """Accept and deliver to nobody: who would match is an estimate of LINE's alone."""
    given, _ = _accept(_checked(), [], answer=_nothing)
    return given, 202


@bp.get("/message/progress/narrowcast")
def narrowcast_progress() -> tuple[Any, int]:
    """Tell what LINE tells of an audience under fifty: failed, error code 4."""
    return {
        "phase": "failed",
        "errorCode": 4,
        "failedDescription": "The number of recipients is less than the minimum.",
    }, 200


@bp.post("/message/reply")
def reply() -> tuple[Any, int]:
    """Answer one event; its token works once and for a minute. Replies are not counted."""
    body = _checked()
    store = world().store
    kept = store.get("reply_token", str(body.get("replyToken")))
    if kept is None or world().clock() - kept["at"] > world().config.reply_token_s:
        raise Refusal(400, "Invalid reply token")
    with store.transaction():
        if store.take("reply_token", body["replyToken"]) is None:
            raise Refusal(400, "Invalid reply token")
        ids = [world().scribe.message_id() for _ in body["messages"]]
        reached = [resident for resident in _known([kept["user"]]) if resident.reachable]
        _hand_over(body["messages"], ids, reached)
    return _sent(ids), 200


@bp.post("/message/validate/<any(push,multicast,reply,narrowcast,broadcast):kind>")
def validate(kind: str) -> Response:  # noqa: ARG001 - the message objects are the same for all five
    """Check message objects without sending."""
    _checked()
    return jsonify({})
