"""What LINE accepts as messages, actions and rich menus: faults as (property, message)."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from liff_app.emulator.config import LOOPBACK_HOSTS

Fault = tuple[str, str]
Object = Mapping[str, Any]

MAX_MESSAGES = 5
MAX_TEXT_UNITS = 5000
MAX_QUICK_REPLIES = 13
MAX_ALT_TEXT = 1500
MAX_BUBBLE_BYTES = 30 * 1024
MAX_CAROUSEL_BYTES = 50 * 1024
MAX_CAROUSEL = 12
MAX_DATA = 300
MAX_URI = 1000
ALIAS = re.compile(r"[a-z0-9_-]{1,32}")
_URI_SCHEMES = frozenset({"http", "https", "line", "tel"})
_EMPTY = "May not be empty"


def utf16_units(text: str) -> int:
    """Return the length LINE counts: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_faults(value: object, where: str, limit: int) -> list[Fault]:
    """Return why this is no text of 1 to `limit` UTF-16 units."""
    if not isinstance(value, str) or not value:
        return [(where, _EMPTY)]
    if utf16_units(value) > limit:
        return [(where, f"Length must be between 0 and {limit}")]
    return []


def message_list_faults(messages: object) -> list[Fault]:
    """Return what is wrong with `messages` of a send request."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= MAX_MESSAGES:
        return [("messages", f"Size must be between 1 and {MAX_MESSAGES}")]
    found: list[Fault] = []
    for number, message in enumerate(messages):
        found += _message_faults(message, f"messages[{number}]")
    return found


def _message_faults(message: object, where: str) -> list[Fault]:
    if not isinstance(message, dict):
        return [(where, "Must be an object")]
    check = _CHECKS.get(str(message.get("type")))
    if check is None:
        return [(f"{where}.type", f"Must be one of the following values: [{', '.join(_CHECKS)}]")]
    return check(message, where) + _quick_reply_faults(message.get("quickReply"), where)


def _quick_reply_faults(quick: object, where: str) -> list[Fault]:
    if quick is None:
        return []
    items = quick.get("items") if isinstance(quick, dict) else None
    where = f"{where}.quickReply.items"
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_QUICK_REPLIES:
        return [(where, f"Size must be between 1 and {MAX_QUICK_REPLIES}")]
    found: list[Fault] = []
    for number, item in enumerate(items):
        action = item.get("action") if isinstance(item, dict) else None
        found += action_faults(action, f"{where}[{number}].action")
    return found


def _text(message: Object, where: str) -> list[Fault]:
    return text_faults(message.get("text"), f"{where}.text", MAX_TEXT_UNITS)


def _image(message: Object, where: str) -> list[Fault]:
    found: list[Fault] = []
    for name in ("originalContentUrl", "previewImageUrl"):
        value = message.get(name)
        found += text_faults(value, f"{where}.{name}", 2000)
        # LINE demands https; the product under test has http on this machine only.
        parts = urlsplit(value if isinstance(value, str) else "")
        if value and parts.scheme != "https" and parts.hostname not in LOOPBACK_HOSTS:
            found.append((f"{where}.{name}", "Must be a valid HTTPS URL"))
    return found


def _location(message: Object, where: str) -> list[Fault]:
    found: list[Fault] = []
    for name in ("title", "address"):
        found += text_faults(message.get(name), f"{where}.{name}", 100)
    for name, limit in (("latitude", 90), ("longitude", 180)):
        value = message.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > limit:
            found.append((f"{where}.{name}", f"Must be between -{limit} and {limit}"))
    return found


def _sticker(message: Object, where: str) -> list[Fault]:
    return [
        (f"{where}.{name}", _EMPTY) for name in ("packageId", "stickerId") if not message.get(name)
    ]


def _template(message: Object, where: str) -> list[Fault]:
    found = text_faults(message.get("altText"), f"{where}.altText", MAX_ALT_TEXT)
    template = message.get("template")
    if not isinstance(template, dict):
        return [*found, (f"{where}.template", "May not be null")]
    kinds = ("buttons", "confirm", "carousel", "image_carousel")
    if template.get("type") not in kinds:
        one_of = f"Must be one of the following values: [{', '.join(kinds)}]"
        found.append((f"{where}.template.type", one_of))
    return found + _actions_inside(template, f"{where}.template")


def _flex(message: Object, where: str) -> list[Fault]:
    found = text_faults(message.get("altText"), f"{where}.altText", MAX_ALT_TEXT)
    where = f"{where}.contents"
    contents = message.get("contents")
    if not isinstance(contents, dict):
        return [*found, (where, "May not be null")]
    if contents.get("type") == "carousel":
        bubbles = contents.get("contents")
        if not isinstance(bubbles, list) or not 1 <= len(bubbles) <= MAX_CAROUSEL:
            return [*found, (f"{where}.contents", f"Size must be between 1 and {MAX_CAROUSEL}")]
        if _weight(contents) > MAX_CAROUSEL_BYTES:
            found.append((where, "The size of the carousel exceeds 50KB"))
    elif contents.get("type") == "bubble":
        bubbles = [contents]
    else:
        return [
            *found,
            (f"{where}.type", "Must be one of the following values: [bubble, carousel]"),
        ]
    if any(_weight(bubble) > MAX_BUBBLE_BYTES for bubble in bubbles):
        found.append((where, "The size of the bubble exceeds 30KB"))
    return found + _actions_inside(contents, where)


def _weight(contents: object) -> int:
    return len(json.dumps(contents, ensure_ascii=False, separators=(",", ":")).encode())


def _actions_inside(node: object, where: str) -> list[Fault]:
    found: list[Fault] = []
    if isinstance(node, list):
        for number, item in enumerate(node):
            found += _actions_inside(item, f"{where}[{number}]")
    elif isinstance(node, dict):
        for name, value in node.items():
            inner = f"{where}.{name}"
            if name in {"action", "defaultAction"}:
                found += action_faults(value, inner)
            elif name == "actions" and isinstance(value, list):
                for number, action in enumerate(value):
                    found += action_faults(action, f"{inner}[{number}]")
            else:
                found += _actions_inside(value, inner)
    return found


def _altered(message: Object, where: str) -> list[Fault]:
    return text_faults(message.get("altText"), f"{where}.altText", MAX_ALT_TEXT)


def _media(message: Object, where: str) -> list[Fault]:
    return text_faults(message.get("originalContentUrl"), f"{where}.originalContentUrl", 2000)


_CHECKS: Mapping[str, Callable[[Object, str], list[Fault]]] = {
    "text": _text,
    "textV2": _text,
    "image": _image,
    "video": _image,
    "audio": _media,
    "location": _location,
    "sticker": _sticker,
    "template": _template,
    "flex": _flex,
    "imagemap": _altered,
}


def _uri_action(action: Object, where: str) -> list[Fault]:
    uri = action.get("uri")
    found = text_faults(uri, f"{where}.uri", MAX_URI)
    if isinstance(uri, str) and uri and urlsplit(uri).scheme not in _URI_SCHEMES:
        found.append((f"{where}.uri", "invalid uri scheme"))
    return found


def _switch_action(action: Object, where: str) -> list[Fault]:
    found = text_faults(action.get("data"), f"{where}.data", MAX_DATA)
    if not ALIAS.fullmatch(str(action.get("richMenuAliasId", ""))):
        found.append((f"{where}.richMenuAliasId", "Must match [a-z0-9_-]{1,32}"))
    return found


def _postback_action(action: Object, where: str) -> list[Fault]:
    return text_faults(action.get("data"), f"{where}.data", MAX_DATA)


def _picker_action(action: Object, where: str) -> list[Fault]:
    found = text_faults(action.get("data"), f"{where}.data", MAX_DATA)
    if action.get("mode") not in {"date", "time", "datetime"}:
        found.append(
            (f"{where}.mode", "Must be one of the following values: [date, time, datetime]")
        )
    return found


def _nothing_more(action: Object, where: str) -> list[Fault]:  # noqa: ARG001 - one signature for all
    return []


_ACTIONS: Mapping[str, Callable[[Object, str], list[Fault]]] = {
    "uri": _uri_action,
    "postback": _postback_action,
    "richmenuswitch": _switch_action,
    "message": lambda action, where: text_faults(action.get("text"), f"{where}.text", MAX_DATA),
    "datetimepicker": _picker_action,
    "clipboard": lambda action, where: text_faults(
        action.get("clipboardText"), f"{where}.clipboardText", 1000
    ),
    "location": _nothing_more,
    "camera": _nothing_more,
    "cameraRoll": _nothing_more,
}


def action_faults(action: object, where: str) -> list[Fault]:
    """Return what is wrong with one action object."""
    if not isinstance(action, dict):
        return [(where, "May not be null")]
    check = _ACTIONS.get(str(action.get("type")))
    if check is None:
        one_of = f"Must be one of the following values: [{', '.join(_ACTIONS)}]"
        return [(f"{where}.type", one_of)]
    return check(action, where)


def id_list_faults(ids: object, where: str, limit: int, shape: re.Pattern[str]) -> list[Fault]:
    """Return what is wrong with a list of user ids."""
    if not isinstance(ids, Sequence) or isinstance(ids, str) or not 1 <= len(ids) <= limit:
        return [(where, f"Size must be between 1 and {limit}")]
    return [
        (f"{where}[{number}]", "Not a valid user id")
        for number, user_id in enumerate(ids)
        if not isinstance(user_id, str) or not shape.fullmatch(user_id)
    ]
