"""What we ask of LINE's Messaging API.

The real class is `line_messaging_sdk.SdkLineMessaging`, the one for unit tests
`line_messaging_recording.RecordingLineMessaging`. Messages are LINE's own JSON objects: the
caller composes and checks them, the gateway carries them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from liff_app.errors import Unavailable

MAX_MESSAGES: Final = 5  # per request (Messaging API, send messages)
MAX_RECIPIENTS: Final = 500  # per multicast (same)


class LineTrouble(Unavailable):
    """LINE did not do what was asked. `status` is its HTTP status, None without an answer."""

    code = "line_trouble"

    def __init__(self, detail: str, *, status: int | None = None, request_id: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.request_id = request_id


class LineFailed(LineTrouble):
    """May work later: no answer, an error of LINE's, or too many requests. Try again."""

    code = "line_failed"


class LineRefused(LineTrouble):
    """Will not work however often it is tried: LINE says the request is wrong."""

    code = "line_refused"


class LineQuotaSpent(LineRefused):
    """This month's messages are used up: stop sending and tell a person."""

    code = "line_quota_spent"


@dataclass(frozen=True, slots=True)
class UriTap:
    """A tap that opens an address, here always a LIFF permalink."""

    uri: str
    label: str


@dataclass(frozen=True, slots=True)
class SwitchTap:
    """A tap that shows the menu behind `alias`; `data` comes back in a postback event."""

    alias: str
    data: str
    label: str


@dataclass(frozen=True, slots=True)
class TapArea:
    """A rectangle of a menu's image, in its pixels, and what a tap on it does."""

    x: int
    y: int
    width: int
    height: int
    tap: UriTap | SwitchTap


@dataclass(frozen=True, slots=True)
class RichMenuSpec:
    """A menu without its image. `chat_bar_text` has at most 14 characters, `name` 300."""

    name: str
    chat_bar_text: str
    width: int
    height: int
    areas: tuple[TapArea, ...]


@dataclass(frozen=True, slots=True)
class RichMenuFound:
    """A menu LINE holds, ours or somebody else's."""

    menu_id: str
    name: str


@dataclass(frozen=True, slots=True)
class BotInfo:
    """The official account behind the token."""

    basic_id: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Quota:
    """Messages of this month: the most allowed (None: no cap) and those counted so far."""

    limit: int | None
    used: int


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """Where LINE sends events, and whether it does."""

    url: str
    active: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """LINE took the message, which does not mean that anyone saw it.

    `repeated`: it had been taken before, under the same retry key.
    """

    request_id: str
    repeated: bool = False


class LineMessaging(Protocol):
    """Every call raises LineFailed or LineRefused, and nothing else."""

    def bot_info(self) -> BotInfo:
        """Tell whose token this is."""

    def quota(self) -> Quota:
        """Tell how many messages are left this month."""

    def webhook_endpoint(self) -> WebhookEndpoint | None:
        """Tell where events go; None if nothing is registered."""

    def knows_user(self, user_id: str) -> bool:
        """Tell whether the account may write to this person; nothing about them is kept."""

    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], *, retry_key: UUID
    ) -> Accepted:
        """Send 1 to 5 messages to one person."""

    def multicast(
        self, to: Sequence[str], messages: Sequence[Mapping[str, object]], *, retry_key: UUID
    ) -> Accepted:
        """Send 1 to 5 messages to 1 to 500 people."""

    def rich_menus(self) -> list[RichMenuFound]:
        """List the menus made through the API, also those of other programs."""

    def validate_rich_menu(self, spec: RichMenuSpec) -> None:
        """Raise LineRefused if LINE would not take `spec`; costs none of the 100 an hour."""

    def create_rich_menu(self, spec: RichMenuSpec) -> str:
        """Make a menu, without image yet, and give its id. At most 100 an hour."""

    def set_rich_menu_image(self, menu_id: str, png: bytes) -> None:
        """Give a menu its image, once: LINE replaces none."""

    def has_rich_menu_image(self, menu_id: str) -> bool:
        """Tell whether the menu can be shown."""

    def delete_rich_menu(self, menu_id: str) -> None:
        """Remove a menu; people who saw it fall back to the default. At most 100 an hour."""

    def default_rich_menu(self) -> str | None:
        """Give the id of the menu shown to everyone without one of their own, if any."""

    def set_default_rich_menu(self, menu_id: str) -> None:
        """Show this menu to everyone without one of their own; its image must be there."""

    def rich_menu_aliases(self) -> dict[str, str]:
        """Give the menu id behind each alias."""

    def set_rich_menu_alias(self, alias: str, menu_id: str) -> None:
        """Point `alias` to a menu, whether it exists already or not."""

    def unlink_everyone(self) -> str:
        """Begin to take every personal menu away and give the request's id. 3 an hour.

        A tap on a tab gives a person a menu of their own, which a new default does not replace.
        """


def require_sendable(to: Sequence[str], messages: Sequence[Mapping[str, object]]) -> None:
    """Raise LineRefused for a request LINE would refuse for its size."""
    if not 1 <= len(messages) <= MAX_MESSAGES or not 1 <= len(to) <= MAX_RECIPIENTS:
        raise LineRefused(f"{len(messages)} messages to {len(to)} people in one request")
