"""The drill master's API under /emulator: scripted troubles, tokens to forge, raw webhooks."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from liff_app.emulator.liff import context_token
from liff_app.emulator.login import id_token_claims, issue_access_token
from liff_app.emulator.people import Resident
from liff_app.emulator.troubles import TroubleUnknown
from liff_app.emulator.webhooks import Delivery
from liff_app.emulator.world import world

bp = Blueprint("drills", __name__, url_prefix="/emulator")

MAX_CROWD = 300_000
SIGNED_WITH = ("own", "foreign", "public_key", "secret", "nothing")


@bp.before_request
def json_only() -> None:
    """Refuse posts that a foreign page could send without asking: forms and plain text."""
    if request.method == "POST" and not request.is_json:
        abort(415, "Send application/json.")


def body() -> dict[str, Any]:
    """Return the request's JSON object."""
    given = request.get_json()
    if not isinstance(given, dict):
        abort(400, "An object is expected.")
    return given


def resident_named(key: object) -> Resident:
    """Return the resident with this short name or user id, or answer 404."""
    text = str(key)
    resident = world().people.by_key(text) or world().people.by_id(text)
    if resident is None:
        abort(404, f"Nobody here is called {text}.")
    return resident


@bp.get("/residents")
def residents() -> Response:
    """List the invented residents with user ids and friendship."""
    return jsonify(
        [
            {
                "key": one.key,
                "user_id": one.user_id,
                "name": one.name,
                "friend": one.friend,
                "blocked": one.blocked,
            }
            for one in world().people.named()
        ]
    )


@bp.get("/troubles")
def troubles() -> Response:
    """List the failures still to come."""
    return jsonify(world().troubles.waiting())


@bp.post("/troubles")
def add_trouble() -> tuple[Response, int]:
    """Script one: target, kind, times (1), seconds (3)."""
    given = body()
    try:
        trouble = world().troubles.add(
            str(given.get("target")),
            str(given.get("kind")),
            times=int(given.get("times", 1)),
            seconds=float(given.get("seconds", 3.0)),
        )
    except (TroubleUnknown, TypeError, ValueError) as error:
        abort(400, str(error))
    return jsonify({"number": trouble.number}), 201


@bp.delete("/troubles")
def clear_troubles() -> Response:
    """Let everything work again."""
    world().troubles.clear()
    return Response(status=204)


@bp.get("/calls")
def calls() -> Response:
    """List the calls received, oldest first; `endpoint` and `after` narrow them."""
    wanted, after = request.args.get("endpoint"), request.args.get("after", 0, int)
    return jsonify(
        [
            entry
            for entry in list(world().calls.entries)
            if entry["number"] > after and wanted in {None, entry["endpoint"]}
        ]
    )


@bp.get("/messages")
def messages() -> Response:
    """List one resident's talk, both directions, oldest first."""
    resident = resident_named(request.args.get("user", ""))
    return jsonify(world().store.talk(resident.user_id, after=request.args.get("after", 0, int)))


@bp.get("/webhooks")
def webhooks() -> Response:
    """List how the last webhook requests went, once all queued ones are sent."""
    world().webhooks.wait()
    return jsonify([delivery.as_dict() for _, delivery in list(world().webhooks.log)])


@bp.post("/reset")
def reset() -> Response:
    """Start over; only the signing key stays."""
    world().reset()
    return Response(status=204)


@bp.post("/auto-login")
def auto_login() -> Response:
    """Skip the login page as this resident (`refuse` denies, null asks again)."""
    key = body().get("as")
    if key not in {None, "refuse"}:
        resident_named(key)
    world().auto_login = key
    return Response(status=204)


@bp.post("/crowd")
def crowd() -> Response:
    """Invite nameless friends, for drills at the size of a city; tell how many live here."""
    count = body().get("count")
    if not isinstance(count, int) or not 0 <= count <= MAX_CROWD:
        abort(400, f"count lies in 0 to {MAX_CROWD}")
    return jsonify({"residents": world().people.invite_crowd(count)})


@bp.post("/tokens")
def tokens() -> Response:
    """Mint tokens of a resident (`as`), with claims and headers replaced, or left out by null.

    `signed_with`: own (default), foreign, public_key, secret (HS256 with the channel secret),
    nothing. `claims` and `headers` are taken as they are, however wrong.
    """
    given = body()
    resident = resident_named(given.get("as", "haru"))
    signed_with = given.get("signed_with", "own")
    if signed_with not in SIGNED_WITH:
        abort(400, f"signed_with is one of {', '.join(SIGNED_WITH)}")
    claims = id_token_claims(resident) | _object(given, "claims")
    id_token = world().key.token(
        {name: value for name, value in claims.items() if value is not None},
        headers=_object(given, "headers"),
        signed_with=signed_with,
        secret=world().config.channel_secret.encode(),
    )
    return jsonify(
        {
            "id_token": id_token,
            "access_token": issue_access_token(resident),
            "context_token": context_token(resident),
            "feature_token": "h.e30.s",
            "user_id": resident.user_id,
        }
    )


def _object(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = given.get(name, {})
    if not isinstance(value, dict):
        abort(400, f"{name} is an object")
    return value


@bp.post("/webhook")
def webhook() -> Response:
    """Send webhooks as told and answer with how each request went.

    Either `events` as they are, or `type` with `as`, `fields` (merged into the event) and, for
    messages, `text`. `repeat` sends the same request again, `redelivery` sends a second one
    marked so, `reverse` turns the order, `one_by_one` makes one request per event, `signed` is
    valid, wrong or missing.
    """
    given = body()
    events = _events(given)
    if given.get("reverse"):
        events.reverse()
    batches = [[event] for event in events] if given.get("one_by_one") else [events]
    batches *= max(1, min(int(given.get("repeat", 1)), 50))
    if given.get("redelivery"):
        batches += [
            [{**event, "deliveryContext": {"isRedelivery": True}} for event in batch]
            for batch in batches
        ]
    signed = str(given.get("signed", "valid"))
    done = [_send(batch, signed) for batch in batches]
    return jsonify({"events": events, "deliveries": [one.as_dict() for one in done]})


def _send(batch: list[dict[str, Any]], signed: str) -> Delivery:
    sender = world().webhooks
    return sender.deliver(*sender.package(world().account_id, batch, signed=signed))


def _events(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "events" in given:
        if not isinstance(given["events"], list):
            abort(400, "events is a list")
        return list(given["events"])
    resident, now, scribe = resident_named(given.get("as", "haru")), world().clock(), world().scribe
    if given.get("type") == "message" and "text" in given:
        return [
            {**scribe.text(resident.user_id, now, str(given["text"])), **_object(given, "fields")}
        ]
    kind = str(given.get("type", "message"))
    return [scribe.event(kind, resident.user_id, now, _object(given, "fields"))]
