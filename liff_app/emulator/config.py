"""What one emulator is told when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

HOUR_S = 3600.0

# Requests allowed per window in seconds, by endpoint name (the view's name under /v2/bot).
# Source: LINE's published rate limits per channel and endpoint.
LINE_RATE_LIMITS: Mapping[str, tuple[int, float]] = MappingProxyType(
    {
        "narrowcast": (60, HOUR_S),
        "broadcast": (60, HOUR_S),
        "webhook_test": (60, HOUR_S),
        "richmenu_create": (100, HOUR_S),
        "richmenu_delete": (100, HOUR_S),
        "alias_delete": (100, HOUR_S),
        "batch_progress": (100, HOUR_S),
        "batch": (3, HOUR_S),
        "richmenu_list": (10, 1.0),
        "multicast": (200, 1.0),
    }
)
OTHER_RATE_LIMIT = (2000, 1.0)

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class ConfigInvalid(ValueError):
    """The emulator was told something it cannot work with."""

    code = "emulator_config_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorConfig:
    """Settings of one emulator; `state` None keeps everything in memory.

    `rate_limits` replaces single entries of LINE's table: endpoint name to (requests, seconds).
    `monthly_limit` None is the plan without a cap that municipalities have. `resident_cookies`
    are names of the product's cookies that belong to one resident's phone: they are expired when
    the phone page changes hands, since all five phones share one browser.
    """

    app_url: str
    liff_id: str
    channel_id: str
    channel_secret: str = field(repr=False)
    channel_token: str = field(repr=False)
    state: Path | None = None
    webhook_path: str = "/line/webhook"
    endpoint_path: str = "/liff/"
    issuer: str = "https://access.line.me"
    account_name: str = "まちまど市"
    rate_limits: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    monthly_limit: int | None = None
    webhook_timeout_s: float = 10.0
    reply_token_s: float = 60.0
    batch_s: float = 2.0
    resident_cookies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.liff_id.split("-")[0] != self.channel_id:
            raise ConfigInvalid("the part of the LIFF id before the hyphen is the channel id")
        parts = urlsplit(self.app_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigInvalid(f"not an address of a web server: {self.app_url}")

    @property
    def app_origin(self) -> str:
        """Scheme, host and port of the product."""
        parts = urlsplit(self.app_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def endpoint_url(self) -> str:
        """The LIFF app's one endpoint."""
        return self.app_url.rstrip("/") + self.endpoint_path

    @property
    def webhook_url(self) -> str:
        """Where webhooks go until the product sets another address."""
        return self.app_url.rstrip("/") + self.webhook_path

    def rate_limit(self, endpoint: str) -> tuple[int, float]:
        """Return requests and window in seconds of one endpoint."""
        if endpoint in self.rate_limits:
            return self.rate_limits[endpoint]
        return LINE_RATE_LIMITS.get(endpoint, OTHER_RATE_LIMIT)
