"""Quota, people, media and the webhook setting of the Messaging API."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, request

from liff_app.emulator.channel import Refusal, bp, faults_refusal, json_body
from liff_app.emulator.people import USER_ID
from liff_app.emulator.webhooks import is_loopback
from liff_app.emulator.world import world

MAX_PAGE = 1000
MAX_WEBHOOK_URL = 500


@bp.get("/message/quota")
def quota() -> dict[str, Any]:
    """Tell the monthly limit; municipalities have none."""
    limit = world().config.monthly_limit
    return {"type": "none"} if limit is None else {"type": "limited", "value": limit}


@bp.get("/message/quota/consumption")
def consumption() -> dict[str, Any]:
    """Tell how many messages were counted."""
    usage = world().store.get("usage", "month") or {"total": 0}
    return {"totalUsage": usage["total"]}


@bp.get("/profile/<user_id>")
def profile(user_id: str) -> dict[str, Any]:
    """Tell name and language of a friend; 404 for strangers and for those who block."""
    resident = world().people.by_id(user_id)
    if resident is None or not resident.reachable:
        raise Refusal(404, "Not found")
    return {"userId": user_id, "displayName": resident.name, "language": resident.language}


@bp.get("/followers/ids")
def followers() -> dict[str, Any]:
    """List friends, at most 1,000 a page; `next` is the token of the next page."""
    try:
        limit = int(request.args.get("limit", 300))
        start = int(request.args.get("start", 0))
    except ValueError:
        raise Refusal(400, "Invalid start or limit") from None
    if not 1 <= limit <= MAX_PAGE or start < 0:
        raise faults_refusal([("limit", f"Must be between 1 and {MAX_PAGE}")])
    ids, following = world().people.friends_page(after=start, limit=limit)
    return {"userIds": ids} | ({} if following is None else {"next": str(following)})


@bp.get("/info")
def info() -> dict[str, Any]:
    """Tell who the bot is."""
    return {
        "userId": world().account_id,
        "basicId": "@machimado-demo",
        "displayName": world().config.account_name,
        "chatMode": "bot",
        "markAsReadMode": "auto",
    }


@bp.get("/message/<message_id>/content")
def content(message_id: str) -> Response:
    """Give the bytes of a photo a resident sent."""
    kept = world().store.blob(f"content:{message_id}")
    if kept is None:
        raise Refusal(404, "Not found")
    return Response(kept[1], mimetype=kept[0])


@bp.get("/message/<message_id>/content/preview")
def content_preview(message_id: str) -> Response:
    """Give the same photo: the emulator keeps no smaller one."""
    return content(message_id)


@bp.get("/message/<message_id>/content/transcoding")
def content_transcoding(message_id: str) -> dict[str, Any]:
    """Tell that the content is ready."""
    if world().store.blob(f"content:{message_id}") is None:
        raise Refusal(404, "Not found")
    return {"status": "succeeded"}


@bp.get("/channel/webhook/endpoint")
def webhook_get() -> dict[str, Any]:
    """Tell where webhooks go."""
    endpoint, active = world().webhooks.endpoint()
    return {"endpoint": endpoint, "active": active}


@bp.put("/channel/webhook/endpoint")
def webhook_put() -> dict[str, Any]:
    """Set where webhooks go: https, or http on this machine."""
    endpoint = json_body().get("endpoint")
    if not isinstance(endpoint, str) or not _acceptable(endpoint):
        raise Refusal(400, "Invalid webhook endpoint URL")
    world().store.put("setting", "webhook", {"endpoint": endpoint, "active": True})
    return {}


def _acceptable(endpoint: str) -> bool:
    # LINE wants https only; http is for the product beside us, the one address ever called.
    is_web = endpoint.startswith("https://") or is_loopback(endpoint)
    return is_web and len(endpoint) <= MAX_WEBHOOK_URL


@bp.post("/channel/webhook/test")
def webhook_test() -> dict[str, Any]:
    """Send a webhook without events, as the verify button does, and tell how it went."""
    wanted = json_body().get("endpoint") if request.get_data() else None
    if wanted is not None and (not isinstance(wanted, str) or not _acceptable(wanted)):
        raise Refusal(400, "Invalid webhook endpoint URL")
    webhooks = world().webhooks
    done = webhooks.deliver(*webhooks.package(world().account_id, []), url=wanted)
    return {
        "success": done.success,
        "timestamp": datetime.fromtimestamp(done.at, UTC).isoformat(timespec="milliseconds"),
        "statusCode": done.status,
        "reason": done.reason,
        "detail": done.detail,
    }


@bp.post("/chat/loading/start")
def loading() -> tuple[dict[str, Any], int]:
    """Accept the loading animation; the phone page does not draw it."""
    if not USER_ID.fullmatch(str(json_body().get("chatId"))):
        raise faults_refusal([("chatId", "Not a valid user id")])
    return {}, 202
