"""A Messaging API for unit tests: keeps menus as LINE does and remembers what was sent."""
# ruff: noqa: D102 - each method is described in LineMessaging

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from liff_app.gateways.line_messaging import (
    Accepted,
    BotInfo,
    LineMessaging,
    LineRefused,
    LineTrouble,
    Quota,
    RichMenuFound,
    RichMenuSpec,
    WebhookEndpoint,
    require_sendable,
)


def _outside() -> bool:
    return False


@dataclass(slots=True)
class RecordingLineMessaging(LineMessaging):
    """Stands in for LINE.

    `troubles` are raised by the next calls, one each. `in_transaction` tells whether a database
    block is open: no network call may stand inside one.
    """

    in_transaction: Callable[[], bool] = _outside
    info: BotInfo = field(default_factory=lambda: BotInfo("@mado", "まど市"))
    month: Quota = field(default_factory=lambda: Quota(None, 0))
    endpoint: WebhookEndpoint | None = None
    known_users: set[str] = field(default_factory=set)
    troubles: list[LineTrouble] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    sent: list[tuple[tuple[str, ...], Sequence[Mapping[str, object]], UUID]] = field(
        default_factory=list
    )
    specs: dict[str, RichMenuSpec] = field(default_factory=dict)
    images: dict[str, bytes] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    default: str | None = None
    validated: list[RichMenuSpec] = field(default_factory=list)
    _made: int = 0

    def _note(self, call: str) -> None:
        if self.in_transaction():
            raise RuntimeError(f"{call} called inside a database transaction")
        self.calls.append(call)
        if self.troubles:
            raise self.troubles.pop(0)

    def _require_menu(self, menu_id: str, *, shown: bool = False) -> None:
        if menu_id not in self.specs:
            raise LineRefused("richmenu not found", status=404)
        if shown and menu_id not in self.images:
            raise LineRefused("must upload richmenu image before applying it", status=400)

    def bot_info(self) -> BotInfo:
        self._note("bot_info")
        return self.info

    def quota(self) -> Quota:
        self._note("quota")
        return self.month

    def webhook_endpoint(self) -> WebhookEndpoint | None:
        self._note("webhook_endpoint")
        return self.endpoint

    def knows_user(self, user_id: str) -> bool:
        self._note("knows_user")
        return user_id in self.known_users

    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], *, retry_key: UUID
    ) -> Accepted:
        self._note("push")
        return self._send((to,), messages, retry_key)

    def multicast(
        self, to: Sequence[str], messages: Sequence[Mapping[str, object]], *, retry_key: UUID
    ) -> Accepted:
        self._note("multicast")
        return self._send(tuple(to), messages, retry_key)

    def _send(
        self, to: tuple[str, ...], messages: Sequence[Mapping[str, object]], retry_key: UUID
    ) -> Accepted:
        require_sendable(to, messages)
        repeated = any(key == retry_key for _, _, key in self.sent)
        if not repeated:
            self.sent.append((to, messages, retry_key))
        return Accepted(f"request-{retry_key}", repeated=repeated)

    def rich_menus(self) -> list[RichMenuFound]:
        self._note("rich_menus")
        return [RichMenuFound(menu_id, spec.name) for menu_id, spec in self.specs.items()]

    def validate_rich_menu(self, spec: RichMenuSpec) -> None:
        self._note("validate_rich_menu")
        self.validated.append(spec)

    def create_rich_menu(self, spec: RichMenuSpec) -> str:
        self._note("create_rich_menu")
        self._made += 1
        menu_id = f"richmenu-{self._made}"
        self.specs[menu_id] = spec
        return menu_id

    def set_rich_menu_image(self, menu_id: str, png: bytes) -> None:
        self._note("set_rich_menu_image")
        self._require_menu(menu_id)
        if menu_id in self.images:
            raise LineRefused("an image has already been uploaded", status=400)
        self.images[menu_id] = png

    def has_rich_menu_image(self, menu_id: str) -> bool:
        self._note("has_rich_menu_image")
        return menu_id in self.images

    def delete_rich_menu(self, menu_id: str) -> None:
        self._note("delete_rich_menu")
        self._require_menu(menu_id)
        del self.specs[menu_id]
        self.images.pop(menu_id, None)
        self.default = None if self.default == menu_id else self.default

    def default_rich_menu(self) -> str | None:
        self._note("default_rich_menu")
        return self.default

    def set_default_rich_menu(self, menu_id: str) -> None:
        self._note("set_default_rich_menu")
        self._require_menu(menu_id, shown=True)
        self.default = menu_id

    def rich_menu_aliases(self) -> dict[str, str]:
        self._note("rich_menu_aliases")
        return dict(self.aliases)

    def set_rich_menu_alias(self, alias: str, menu_id: str) -> None:
        self._note("set_rich_menu_alias")
        self._require_menu(menu_id, shown=True)
        self.aliases[alias] = menu_id

    def unlink_everyone(self) -> str:
        self._note("unlink_everyone")
        return "request-unlink"
