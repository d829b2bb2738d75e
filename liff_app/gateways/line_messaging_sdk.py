"""LINE's Messaging API through line-bot-sdk; for the worker and the commands only.

The SDK's client sends, signs and times the requests. Its models are left aside: one menu of
another program with an action LINE added later makes `get_rich_menu_list` raise ValueError
(3.27.0), and LINE asks to tolerate new JSON fields.
"""
# ruff: noqa: D102 - each method is described in LineMessaging

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

from liff_app.gateways.line_messaging import (
    Accepted,
    BotInfo,
    LineFailed,
    LineMessaging,
    LineQuotaSpent,
    LineRefused,
    LineTrouble,
    Quota,
    RichMenuFound,
    RichMenuSpec,
    TapArea,
    UriTap,
    WebhookEndpoint,
    require_sendable,
)

_LINE_API: Final = "api.line.me"
_LINE_DATA: Final = "https://api-data.line.me"
_MONTHLY: Final = "monthly limit"  # LINE tells its three 429 apart by their text alone

CONNECTIONS = 10  # as many as the worker sends at once; the SDK's own is 5 for each core


class SdkLineMessaging(LineMessaging):
    """Speaks to `api_url` with the channel's `token`.

    `connect_timeout_s` and `read_timeout_s` bound every request: the SDK has no limit of its own.
    LINE keeps images on a second host; any other `api_url` serves everything itself.
    """

    def __init__(
        self,
        *,
        api_url: str,
        token: str,
        connect_timeout_s: float = 5.0,
        read_timeout_s: float = 20.0,
    ) -> None:
        self._host = api_url.rstrip("/")
        self._data_host = _LINE_DATA if urlsplit(api_url).hostname == _LINE_API else self._host
        self._token = token.strip()  # a line end from a secrets file breaks the header
        self._timeout = (connect_timeout_s, read_timeout_s)

    def bot_info(self) -> BotInfo:
        answer = self._ask("GET", "/v2/bot/info")
        return BotInfo(str(answer.get("basicId", "")), str(answer.get("displayName", "")))

    def quota(self) -> Quota:
        """Tell how many messages are left; LINE's count is an approximation during the day."""
        allowed = self._ask("GET", "/v2/bot/message/quota")
        used = self._ask("GET", "/v2/bot/message/quota/consumption").get("totalUsage")
        limit = allowed.get("value") if allowed.get("type") != "none" else None
        return Quota(
            limit if isinstance(limit, int) else None, used if isinstance(used, int) else 0
        )

    def webhook_endpoint(self) -> WebhookEndpoint | None:
        try:
            answer = self._ask("GET", "/v2/bot/channel/webhook/endpoint")
        except LineRefused as refusal:
            _require_missing(refusal)
            return None
        return WebhookEndpoint(str(answer.get("endpoint", "")), answer.get("active") is True)

    def knows_user(self, user_id: str) -> bool:
        """Tell whether the account may write to this person; name and picture are dropped."""
        try:
            self._ask("GET", f"/v2/bot/profile/{quote(user_id, safe='')}")
        except LineRefused as refusal:
            _require_missing(refusal)
            return False
        return True

    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], *, retry_key: UUID
    ) -> Accepted:
        require_sendable([to], messages)
        return self._send("push", {"to": to, "messages": list(messages)}, retry_key)

    def multicast(
        self, to: Sequence[str], messages: Sequence[Mapping[str, object]], *, retry_key: UUID
    ) -> Accepted:
        require_sendable(to, messages)
        return self._send("multicast", {"to": list(to), "messages": list(messages)}, retry_key)

    def rich_menus(self) -> list[RichMenuFound]:
        listed = _objects(self._ask("GET", "/v2/bot/richmenu/list"), "richmenus")
        return [RichMenuFound(str(m.get("richMenuId", "")), str(m.get("name", ""))) for m in listed]

    def validate_rich_menu(self, spec: RichMenuSpec) -> None:
        self._ask("POST", "/v2/bot/richmenu/validate", menu_json(spec))

    def create_rich_menu(self, spec: RichMenuSpec) -> str:
        menu_id = self._ask("POST", "/v2/bot/richmenu", menu_json(spec)).get("richMenuId")
        if not isinstance(menu_id, str) or not menu_id:
            raise LineFailed("LINE gave no id for the menu", status=200)
        return menu_id

    def set_rich_menu_image(self, menu_id: str, png: bytes) -> None:
        path = f"/v2/bot/richmenu/{quote(menu_id, safe='')}/content"
        headers = {"Content-Type": "image/png"}
        self._request("POST", path, png, headers, host=self._data_host)

    def has_rich_menu_image(self, menu_id: str) -> bool:
        """Tell whether the menu can be shown. LINE has no shorter way than fetching the image."""
        path = f"/v2/bot/richmenu/{quote(menu_id, safe='')}/content"
        try:
            answer = self._request("GET", path, host=self._data_host, as_bytes=True)
        except LineRefused as refusal:
            _require_missing(refusal)
            return False
        return bool(answer.data)

    def delete_rich_menu(self, menu_id: str) -> None:
        self._ask("DELETE", f"/v2/bot/richmenu/{quote(menu_id, safe='')}")

    def default_rich_menu(self) -> str | None:
        try:
            found = self._ask("GET", "/v2/bot/user/all/richmenu").get("richMenuId")
        except LineRefused as refusal:
            _require_missing(refusal)
            return None
        return found if isinstance(found, str) else None

    def set_default_rich_menu(self, menu_id: str) -> None:
        self._ask("POST", f"/v2/bot/user/all/richmenu/{quote(menu_id, safe='')}")

    def rich_menu_aliases(self) -> dict[str, str]:
        listed = _objects(self._ask("GET", "/v2/bot/richmenu/alias/list"), "aliases")
        return {str(a.get("richMenuAliasId")): str(a.get("richMenuId")) for a in listed}

    def set_rich_menu_alias(self, alias: str, menu_id: str) -> None:
        try:
            path = f"/v2/bot/richmenu/alias/{quote(alias, safe='')}"
            self._ask("POST", path, {"richMenuId": menu_id})
        except LineRefused as refusal:
            _require_missing(refusal)
            body = {"richMenuAliasId": alias, "richMenuId": menu_id}
            self._ask("POST", "/v2/bot/richmenu/alias", body)

    def unlink_everyone(self) -> str:
        body = {"operations": [{"type": "unlinkAll"}]}
        return _header(self._request("POST", "/v2/bot/richmenu/batch", body), "x-line-request-id")

    def _send(self, way: str, body: Mapping[str, object], retry_key: UUID) -> Accepted:
        """Send under a retry key. 409 says that an earlier try arrived: as good as 200."""
        headers = {"X-Line-Retry-Key": str(retry_key)}
        try:
            answer = self._request("POST", f"/v2/bot/message/{way}", body, headers)
        except LineRefused as refusal:
            if refusal.status != 409:  # noqa: PLR2004 - Conflict, see the docstring
                raise
            return Accepted(refusal.request_id, repeated=True)
        return Accepted(_header(answer, "x-line-request-id"))

    def _ask(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> dict[str, object]:
        """Give the JSON object LINE answers, empty if it answers none."""
        answer = self._request(method, path, body)
        try:
            found = json.loads(answer.raw_data or "{}")
        except (ValueError, RecursionError):
            raise LineFailed("an answer that is no JSON", status=answer.status_code) from None
        return found if isinstance(found, dict) else {}

    def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        host: str | None = None,
        as_bytes: bool = False,
    ) -> Any:  # noqa: ANN401 - the SDK has no types
        """One request, tried once: when to try again is the caller's plan."""
        sdk, urllib3 = _sdk()
        json_type = {"Content-Type": "application/json"} if isinstance(body, Mapping) else {}
        try:
            return self._client.call_api(
                path,
                method,
                header_params={**json_type, **(headers or {})},
                body=body,
                response_types_map={"200": "bytearray"} if as_bytes else {},
                auth_settings=["Bearer"],
                _request_timeout=self._timeout,
                _host=host or self._host,
            )
        except sdk.ApiException as error:
            raise _trouble(error) from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise LineFailed(type(error).__name__) from None
        except (ValueError, LookupError) as error:  # a body in no or in an unknown charset
            raise LineFailed(f"unreadable answer: {type(error).__name__}") from None

    @functools.cached_property
    def _client(self) -> Any:  # noqa: ANN401 - same
        sdk, urllib3 = _sdk()
        settings = sdk.Configuration(access_token=self._token)
        # The default is three silent retries and followed redirects: a message could go out
        # twice, and the token to another host.
        settings.retries = urllib3.Retry(0, redirect=0, raise_on_redirect=False)
        settings.connection_pool_maxsize = CONNECTIONS
        return sdk.ApiClient(settings)


@functools.cache
def _sdk() -> tuple[Any, ModuleType]:
    """Import the SDK on first use: it costs 1.5 s and 70 MB, and web processes never need it."""
    import urllib3  # noqa: PLC0415 - see above
    from linebot.v3 import messaging  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped; above

    return messaging, urllib3


def menu_json(spec: RichMenuSpec) -> dict[str, object]:
    """LINE's rich menu object. It is open when the talk is entered: nobody has to find it."""
    return {
        "size": {"width": spec.width, "height": spec.height},
        "selected": True,
        "name": spec.name,
        "chatBarText": spec.chat_bar_text,
        "areas": [_area_json(area) for area in spec.areas],
    }


def _area_json(area: TapArea) -> dict[str, object]:
    bounds = {"x": area.x, "y": area.y, "width": area.width, "height": area.height}
    tap = area.tap
    if isinstance(tap, UriTap):
        return {"bounds": bounds, "action": {"type": "uri", "label": tap.label, "uri": tap.uri}}
    action = {"type": "richmenuswitch", "richMenuAliasId": tap.alias, "data": tap.data}
    return {"bounds": bounds, "action": action | {"label": tap.label}}


def _trouble(error: Any) -> LineTrouble:  # noqa: ANN401 - the SDK has no types
    """Our error for the SDK's; `request_id` is the first acceptance's where LINE names one."""
    status = int(error.status or 0)
    text = _message(error.body)
    accepted = _header(error, "x-line-accepted-request-id")
    request_id = accepted or _header(error, "x-line-request-id")
    kind: type[LineTrouble] = LineRefused
    if status < 200 or status == 408 or status >= 500:  # noqa: PLR2004 - no answer, timeout, theirs
        kind = LineFailed
    elif status == 429:  # noqa: PLR2004 - Too Many Requests
        kind = LineQuotaSpent if _MONTHLY in text else LineFailed
    return kind(text, status=status or None, request_id=request_id)


def _message(body: object) -> str:
    """LINE's own sentence, cut; an answer of a proxy in between is not repeated."""
    try:
        found = json.loads(body) if isinstance(body, str) else None
    except (ValueError, RecursionError):
        found = None
    text = found.get("message") if isinstance(found, dict) else None
    return text[:200] if isinstance(text, str) else "no sentence of LINE's"


def _header(answer: Any, name: str) -> str:  # noqa: ANN401 - same
    value = answer.headers.get(name) if answer.headers else None
    return value if isinstance(value, str) else ""


def _require_missing(refusal: LineRefused) -> None:
    if refusal.status != 404:  # noqa: PLR2004 - Not Found is an answer here, all else is not
        raise refusal


def _objects(answer: Mapping[str, object], name: str) -> list[dict[str, object]]:
    listed = answer.get(name)
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
