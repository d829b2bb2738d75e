"""The phone page: who holds it, what it shows, and what a tap does."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from liff_app.emulator.drills import body, resident_named
from liff_app.emulator.liff import PHONE_COOKIE, in_client_address
from liff_app.emulator.menus import menu_shown_to
from liff_app.emulator.people import Resident
from liff_app.emulator.troubles import API_KINDS, OTHER_KINDS
from liff_app.emulator.world import world

bp = Blueprint("phone", __name__)

_IMAGE_TYPES = frozenset({"image/png", "image/jpeg"})
_MAX_LOGGED = 60


@bp.get("/")
def page() -> Response:
    """Show the phone."""
    config = world().config
    answer = Response(
        render_template(
            "phone.html",
            account=config.account_name,
            residents=world().people.named(),
            liff_id=config.liff_id,
            app_origin=config.app_origin,
            api_kinds=API_KINDS,
            other_kinds=OTHER_KINDS,
        )
    )
    nearby = f"'self' {config.app_origin}"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        f"img-src {nearby} https: blob:; frame-src {nearby}; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    return answer


@bp.post("/phone/holder")
def holder() -> AnyResponse:
    """Hand the phone to another resident; the product's cookies of the former one end."""
    _json_only()
    resident = resident_named(body().get("as"))
    answer = Response(status=204)
    if request.cookies.get(PHONE_COOKIE) == resident.key:
        return answer
    for name in world().config.resident_cookies:
        # Cookies know no ports: the product's on this host can be ended from here. A real phone
        # holds one resident, so the product itself never meets a change of hands.
        answer.delete_cookie(name, secure=name.startswith("__"), httponly=True, samesite="Lax")
    answer.set_cookie(PHONE_COOKIE, resident.key, httponly=True, samesite="Lax")
    return answer


def _json_only() -> None:
    if not request.is_json:
        abort(415, "Send application/json.")


@bp.get("/phone/state")
def state() -> Response:
    """Tell what is new since `after` (talk) and `calls`, `hooks` (log), and menu and friendship."""
    resident = resident_named(request.args.get("as"))
    menu = menu_shown_to(resident.user_id) if resident.reachable else None
    seen = request.args.get("calls", 0, int), request.args.get("hooks", 0, int)
    fresh_calls = [entry for entry in list(world().calls.entries) if entry["number"] > seen[0]]
    fresh_hooks = [
        {"number": number, **done.as_dict()}
        for number, done in list(world().webhooks.log)
        if number > seen[1]
    ]
    return jsonify(
        {
            "friend": resident.friend,
            "blocked": resident.blocked,
            "talk": world().store.talk(resident.user_id, after=request.args.get("after", 0, int)),
            "menu": menu,
            "calls": fresh_calls[-_MAX_LOGGED:],
            "hooks": fresh_hooks[-_MAX_LOGGED:],
            "troubles": world().troubles.waiting(),
            "webhook_url": world().webhooks.endpoint()[0],
        }
    )


@bp.get("/phone/menu-image/<menu_id>")
def menu_image(menu_id: str) -> Response:
    """Give a menu's image to the phone page, for ever: a menu's image never changes."""
    kept = world().store.blob(f"menu:{menu_id}")
    if kept is None:
        abort(404)
    headers = {"Cache-Control": "private, max-age=86400, immutable"}
    return Response(kept[1], mimetype=kept[0], headers=headers)


@bp.get("/phone/photo/<message_id>")
def photo(message_id: str) -> Response:
    """Give a photo the resident sent."""
    kept = world().store.blob(f"content:{message_id}")
    if kept is None:
        abort(404)
    return Response(kept[1], mimetype=kept[0])


@bp.get("/phone/open")
def open_liff() -> AnyResponse:
    """Open a LIFF URL of ours inside LINE, as the resident who holds the phone."""
    resident = resident_named(request.args.get("as"))
    parts = urlsplit(request.args.get("to", ""))
    start = f"/{world().config.liff_id}"
    if parts.path != start and not parts.path.startswith(f"{start}/"):
        abort(404)
    state_text = parts.path.removeprefix(start) + (f"?{parts.query}" if parts.query else "")
    if parts.fragment:
        state_text += f"#{parts.fragment}"
    return redirect(in_client_address(resident, state_text))


@bp.post("/phone/photo")
def send_photo() -> tuple[Response, int]:
    """Take a photo's bytes as the body and tell the product that there is one."""
    if request.mimetype not in _IMAGE_TYPES:
        abort(415, "JPEG or PNG.")
    resident = resident_named(request.args.get("as"))
    event = world().scribe.photo(resident.user_id, world().clock())
    key = f"content:{event['message']['id']}"
    world().store.put_blob(key, request.mimetype, request.get_data())
    world().resident_says(resident, event["message"], event)
    return jsonify({}), 201


@bp.post("/phone/act")
def act() -> Response:
    """Do what a tap does: `kind` with its fields, as the resident `as`."""
    _json_only()
    given = body()
    chosen = _ACTS.get(str(given.get("kind")))
    if chosen is None:
        abort(400, f"kind is one of {', '.join(_ACTS)}")
    resident = resident_named(given.get("as"))
    return jsonify(chosen(resident, given) or {})


def _say(resident: Resident, given: Mapping[str, Any]) -> None:
    text = str(given.get("text", "")).strip()[:5000]
    if text:
        event = world().scribe.text(resident.user_id, world().clock(), text)
        world().resident_says(resident, event["message"], event)


def _place(resident: Resident, given: Mapping[str, Any]) -> None:
    try:
        point = {name: float(given[name]) for name in ("latitude", "longitude")}
    except (KeyError, TypeError, ValueError):
        abort(400, "latitude and longitude are numbers")
    words = {name: str(given[name])[:100] for name in ("title", "address") if given.get(name)}
    event = world().scribe.place(resident.user_id, world().clock(), {**words, **point})
    world().resident_says(resident, event["message"], event)


def _sticker(resident: Resident, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - one shape for all - one sticker
    event = world().scribe.sticker(resident.user_id, world().clock())
    world().resident_says(resident, event["message"], event)


def _postback(resident: Resident, given: Mapping[str, Any]) -> None:
    shown = given.get("displayText")
    now = world().clock()
    if isinstance(shown, str) and shown:
        message = {"type": "text", "text": shown, "id": world().scribe.message_id()}
        world().store.say([(resident.user_id, {"from": "resident", "at": now, "message": message})])
    params = given.get("params")
    event = world().scribe.postback(
        resident.user_id,
        now,
        str(given.get("data", "")),
        params if isinstance(params, dict) else None,
    )
    if resident.reachable:
        world().tell_product(event)


def _switch(resident: Resident, given: Mapping[str, Any]) -> dict[str, str]:
    """Link the tab's menu to this resident: on LINE too a tab is a per-user menu."""
    alias = str(given.get("richMenuAliasId", ""))
    store = world().store
    kept = store.get("alias", alias)
    status = "RICHMENU_ALIAS_ID_NOTFOUND"
    if kept is not None:
        status = "RICHMENU_NOTFOUND"
        if store.get("menu", kept["menu"]) is not None:
            store.put("link", resident.user_id, {"menu": kept["menu"]})
            status = "SUCCESS"
    params = {"newRichMenuAliasId": alias, "status": status}
    event = world().scribe.postback(
        resident.user_id, world().clock(), str(given.get("data", "")), params
    )
    if resident.reachable:
        world().tell_product(event)
    return {"status": status}


def _befriend(resident: Resident, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - see _ACTS
    if resident.reachable:
        return
    world().people.change(resident, friend=True, blocked=False)
    fields = {"follow": {"isUnblocked": resident.blocked}}
    world().tell_product(world().scribe.event("follow", resident.user_id, world().clock(), fields))


def _block(resident: Resident, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - see _ACTS
    if not resident.reachable:
        return
    world().people.change(resident, friend=True, blocked=True)
    world().tell_product(world().scribe.event("unfollow", resident.user_id, world().clock()))


def _part(resident: Resident, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - see _ACTS
    # Someone who never added the account: LINE tells nobody, so neither do we.
    world().people.change(resident, friend=False, blocked=False)


def _unknown_event(resident: Resident, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - one shape for all
    fields = {"novelty": {"id": secrets.token_hex(4)}}
    event = world().scribe.event("neverSeenBefore", resident.user_id, world().clock(), fields)
    world().tell_product(event)


def _verify(resident: Resident, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - see _ACTS
    sender = world().webhooks
    sender.enqueue(*sender.package(world().account_id, []))


_ACTS: Mapping[str, Callable[[Resident, Mapping[str, Any]], dict[str, str] | None]] = {
    "say": _say,
    "place": _place,
    "sticker": _sticker,
    "postback": _postback,
    "switch": _switch,
    "befriend": _befriend,
    "block": _block,
    "part": _part,
    "unknown_event": _unknown_event,
    "verify_webhook": _verify,
}
