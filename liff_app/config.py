"""Settings: read once from the environment, complete and consistent or the start fails.

`docs/settings.md` is made from the table in `settings_table.py`; a house test keeps them equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from liff_app import development_keys, settings_checks
from liff_app.crypto import KeyRing, KeyRingInvalid
from liff_app.settings_table import DEFAULTS, LINE_HOSTS, SECRETS

Environment = Literal["development", "test", "production"]


class SettingsInvalid(Exception):
    """The environment does not describe a town that may start. `faults` lists every reason."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the process was told. Secrets never show in `repr`."""

    env: Environment
    secret_key: str = field(repr=False)
    keys: KeyRing = field(repr=False)
    public_url: str
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    file_store: str
    file_store_key_id: str = field(repr=False)
    file_store_secret: str = field(repr=False)
    local_state: str
    public_files: str
    line_login_channel_ids: tuple[str, ...]
    line_login_issuer: str
    line_login_jwks_url: str
    line_api_url: str
    line_channel_secret: str = field(repr=False)
    line_channel_access_token: str = field(repr=False)
    liff_id: str
    liff_sdk_url: str
    liff_sdk_integrity: str
    liff_permalink_host: str
    municipality_code: str
    municipality_name: str
    municipality_phone: str
    map_tiles_url: str
    geocoder_url: str
    webhook_origins: tuple[str, ...]
    crowding_bounds: tuple[float, ...]
    shelter_stale_minutes: int
    checkin_keep_days: int
    operator_token: str = field(repr=False)
    staff_oidc_issuer: str
    staff_oidc_client_id: str
    staff_oidc_client_secret: str = field(repr=False)
    staff_oidc_claim: str
    trusted_proxies: int
    log_level: str
    debug: bool = False

    @property
    def is_production(self) -> bool:
        """Whether residents of a real town are served."""
        return self.env == "production"

    @property
    def secure_cookies(self) -> bool:
        """Whether the public address is https, so that cookies may be `__Host-` ones."""
        return self.public_url.startswith("https://")

    @property
    def emulator_origin(self) -> str | None:
        """Origin of the LINE emulator when the settings point at one, else None."""
        host = urlsplit(self.line_api_url)
        return None if host.hostname in LINE_HOSTS else f"{host.scheme}://{host.netloc}"


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from `environ`. Raises SettingsInvalid naming every fault at once."""
    faults: list[str] = []
    values = {name: _value(environ, name, faults) for name in DEFAULTS}
    env = values["MACHIMADO_ENV"]
    if env not in ("development", "test", "production"):
        raise SettingsInvalid(["MACHIMADO_ENV: development, test, production のいずれかです。"])
    _make_keys(values, env)
    keys = _keys(values["DATA_KEYS"], faults)
    faults += settings_checks.form_faults(values)
    faults += _origin_faults(values)
    if env == "production":
        faults += settings_checks.production_faults(values, keys)
    if faults or keys is None:
        raise SettingsInvalid(list(dict.fromkeys(faults)))
    return _build(values, keys)


def _value(environ: Mapping[str, str], name: str, faults: list[str]) -> str:
    """The setting, from NAME, or for secrets from the file that NAME_FILE names (mode 0600)."""
    path = environ.get(f"{name}_FILE") if name in SECRETS else None
    if not path:
        return environ.get(name, DEFAULTS[name]).strip()
    file = Path(path)
    try:
        if file.stat().st_mode & 0o077:
            faults.append(f"{name}_FILE: 持ち主だけが読めるようにしてください（chmod 600）。")
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        faults.append(f"{name}_FILE: ファイルを読めません。")
        return ""


def _make_keys(values: dict[str, str], env: str) -> None:
    if env == "production" or (values["SECRET_KEY"] and values["DATA_KEYS"]):
        return
    made = development_keys.make(persist=env == "development")
    values["SECRET_KEY"] = values["SECRET_KEY"] or made.secret_key
    values["DATA_KEYS"] = values["DATA_KEYS"] or made.data_keys


def _build(values: dict[str, str], keys: KeyRing) -> Settings:
    """Settings from values in which no fault was found."""
    plain = {
        f.name: values[f.name.upper()]
        for f in fields(Settings)
        if f.name.upper() in values and f.name not in _CONVERTED
    }
    return Settings(
        **plain,
        env=cast("Environment", values["MACHIMADO_ENV"]),
        keys=keys,
        public_url=_plain_address(values["PUBLIC_URL"]),
        line_api_url=values["LINE_API_URL"].rstrip("/"),
        local_state=settings_checks.local_state(values),
        line_login_channel_ids=_list(values["LINE_LOGIN_CHANNEL_IDS"]),
        webhook_origins=_list(values["WEBHOOK_ORIGINS"]),
        crowding_bounds=settings_checks.numbers(values["CROWDING_BOUNDS"]),
        shelter_stale_minutes=int(values["SHELTER_STALE_MINUTES"]),
        checkin_keep_days=int(values["CHECKIN_KEEP_DAYS"]),
        trusted_proxies=int(values["TRUSTED_PROXIES"]),
        debug=values["FLASK_DEBUG"] in ("1", "true"),
    )


_CONVERTED = {
    "public_url",
    "line_api_url",
    "local_state",
    "line_login_channel_ids",
    "webhook_origins",
    "crowding_bounds",
    "shelter_stale_minutes",
    "checkin_keep_days",
    "trusted_proxies",
}


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _origin_faults(values: Mapping[str, str]) -> list[str]:
    """Where other systems are told: origins, in production by https only."""
    schemes = ("https",) if values["MACHIMADO_ENV"] == "production" else ("https", "http")
    parts = [(one, urlsplit(one)) for one in _list(values["WEBHOOK_ORIGINS"])]
    wrong = [one for one, at in parts if f"{at.scheme}://{at.netloc}" != one or not at.hostname]
    plain = [one for one, at in parts if at.scheme not in schemes]
    said = "WEBHOOK_ORIGINS: https://相手のホスト の形で、カンマで区切って書いてください。"
    return [said] if wrong or plain else []


def _keys(text: str, faults: list[str]) -> KeyRing | None:
    try:
        return KeyRing.parse(text)
    except KeyRingInvalid as error:
        faults.append(f"DATA_KEYS: {error}")
        return None


def _plain_address(text: str) -> str:
    """Scheme, host and port as browsers spell an Origin: small letters, no port left unsaid."""
    parts = urlsplit(text)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    unsaid = parts.port in (None, {"http": 80, "https": 443}[parts.scheme])
    return f"{parts.scheme}://{host}" if unsaid else f"{parts.scheme}://{host}:{parts.port}"
