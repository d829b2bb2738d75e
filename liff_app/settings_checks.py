"""What is wrong with settings: in every town, and in one that serves real residents.

Each function gives sentences that begin with the setting's name, so that an engineer who starts the
product for the first time sees every fault at once and where it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from liff_app.crypto import KeyRing
from liff_app.settings_table import DEFAULTS, LINE_HOSTS

Values = Mapping[str, str]

MIN_SECRET_BYTES = 32  # 256 bit, as OWASP ASVS 4.0 asks
MIN_TOKEN_CHARS = 16  # 96 bit as base64: too many to try over a network
FEW_LETTERS = 8  # 32 random characters repeat this little about once in 10^20
REQUIRED = (
    "LINE_CHANNEL_SECRET",
    "LINE_CHANNEL_ACCESS_TOKEN",
    "MUNICIPALITY_NAME",
)
SAMPLES = ("LINE_LOGIN_CHANNEL_IDS", "LIFF_ID", "MUNICIPALITY_CODE")
LINE_ADDRESSES = ("LINE_API_URL", "LINE_LOGIN_JWKS_URL", "LIFF_SDK_URL", "LINE_LOGIN_ISSUER")
LIFF_HOSTS = ("https://liff.line.me", "https://miniapp.line.me")
WEAK_WORDS = ("change", "secret", "default", "password", "example", "development")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING")
_LIFF_ID = re.compile(r"\d{4,20}-[0-9A-Za-z]{4,20}")
_INTEGRITY = re.compile(  # W3C Subresource Integrity: base64 of 32, 48 or 64 bytes
    r"sha256-[0-9A-Za-z+/]{43}=|sha384-[0-9A-Za-z+/]{64}|sha512-[0-9A-Za-z+/]{86}=="
)
_CODE_WEIGHTS = (6, 5, 4, 3, 2)  # 総務省「全国地方公共団体コード仕様」
_LEVELS = 4
MOST_CHECKIN_DAYS = 365  # who was where is not a record to be kept for years
MOST_STALE_MINUTES = 7 * 24 * 60  # after a week no state of a shelter can pass for a fresh one
MOST_PROXIES = 100
S3 = "s3://"
_S3_ADDRESS = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[a-z0-9-]+)*/?")
SOURCE = Path(__file__).resolve().parent.parent  # the folder that holds wsgi.py


def address_of(text: str) -> SplitResult | None:
    """The http(s) address spelled by `text`, None if it is none or names nobody."""
    try:
        found = urlsplit(text)
        _ = found.port  # a property: only now is a wrong port told
    except ValueError:
        return None
    return found if found.scheme in ("http", "https") and found.hostname else None


def numbers(text: str) -> tuple[float, ...]:
    """The finite numbers of a comma list; empty if one of them is none."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        return ()
    return found if all(math.isfinite(number) for number in found) else ()


def form_faults(values: Values) -> list[str]:
    """What no environment may have: settings that cannot be read at all."""
    return [
        *_address_form(values),
        *_database_form(values),
        *_line_form(values),
        *_bounds_form(values),
        *_redis_form(values),
        *_oidc_form(values),
        *_whole_form(values, "SHELTER_STALE_MINUTES", least=1, most=MOST_STALE_MINUTES),
        *_whole_form(values, "CHECKIN_KEEP_DAYS", least=1, most=MOST_CHECKIN_DAYS),
        *_whole_form(values, "TRUSTED_PROXIES", least=0, most=MOST_PROXIES),
        *_file_store_form(values),
    ]


def _whole_form(values: Values, name: str, *, least: int, most: int) -> Iterator[str]:
    text = values[name]
    # Python refuses to read a number of thousands of digits, so the length comes first.
    short = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not (short and least <= int(text) <= most):
        yield f"{name}: {least} 以上の整数（{most} まで）を書いてください。"


def local_state(values: Values) -> str:
    """The folder for small files of this machine: its own, the file store's, or beside the data."""
    if values["LOCAL_STATE"] or not values["FILE_STORE"].startswith(S3):
        return values["LOCAL_STATE"] or values["FILE_STORE"]
    return "var/state"


def _file_store_form(values: Values) -> Iterator[str]:
    address, _, query = values["FILE_STORE"].partition("?")
    if not address.startswith(S3):
        if "://" in values["FILE_STORE"] or not values["FILE_STORE"]:
            yield "FILE_STORE: フォルダーか、s3:// で始まる住所を書いてください。"
        return
    if not _S3_ADDRESS.fullmatch(address):
        yield "FILE_STORE: s3://バケット/場所 の形で書いてください（小文字と数字とハイフン）。"
    names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
    if len(set(names)) != len(names) or not set(names) <= {"endpoint", "region"}:
        yield "FILE_STORE: ? のうしろに書けるのは endpoint と region だけです。"
    if "endpoint" in names and address_of(_endpoint(values)) is None:
        yield "FILE_STORE: endpoint は https:// で始まる住所を書いてください。"
    if not (values["FILE_STORE_KEY_ID"] and values["FILE_STORE_SECRET"]):
        yield "FILE_STORE: FILE_STORE_KEY_ID と FILE_STORE_SECRET も書いてください。"


def _endpoint(values: Values) -> str:
    return dict(parse_qsl(values["FILE_STORE"].partition("?")[2])).get("endpoint", "")


def _address_form(values: Values) -> Iterator[str]:
    public = address_of(values["PUBLIC_URL"])
    if public is None:
        yield "PUBLIC_URL: https:// で始まる住所を書いてください。"
    elif public.path.strip("/") or public.query or public.fragment or public.username:
        yield "PUBLIC_URL: 住所だけを書いてください（うしろの /… や ?… は使えません）。"
    for name in (*LINE_ADDRESSES, "LIFF_PERMALINK_HOST"):
        if address_of(values[name]) is None:
            yield f"{name}: https:// で始まる住所を書いてください。"
    for name in ("MAP_TILES_URL", "GEOCODER_URL"):
        if values[name] and address_of(values[name]) is None:
            yield f"{name}: https:// で始まる住所を書くか、空にしてください。"


def _database_form(values: Values) -> Iterator[str]:
    url = _database(values)
    if url is None or url.drivername not in ("sqlite", "postgresql+psycopg"):
        yield "DATABASE_URL: sqlite:/// か postgresql+psycopg:// で始まる住所を書いてください。"


def _redis_form(values: Values) -> Iterator[str]:
    if not values["REDIS_URL"]:
        return
    # Imported here: a town without Redis does not carry its client (20 MB).
    import redis  # noqa: PLC0415 - an optional part

    try:
        redis.Redis.from_url(values["REDIS_URL"]).connection_pool.make_connection()
    except (ValueError, TypeError):  # the address; an option in it that no connection takes
        yield "REDIS_URL: redis:// か rediss:// か unix:// で始まる住所を書くか、空にしてください。"


def _oidc_form(values: Values) -> Iterator[str]:
    issuer = values["STAFF_OIDC_ISSUER"]
    if issuer and address_of(issuer) is None:
        yield "STAFF_OIDC_ISSUER: https:// で始まる住所を書くか、空にしてください。"
    for name in ("STAFF_OIDC_CLIENT_ID", "STAFF_OIDC_CLIENT_SECRET"):
        if issuer and not values[name]:
            yield f"{name}: STAFF_OIDC_ISSUER と一緒に書いてください。"
    if values["STAFF_OIDC_CLAIM"] not in ("preferred_username", "email"):
        yield "STAFF_OIDC_CLAIM: preferred_username か email を書いてください。"


def _line_form(values: Values) -> Iterator[str]:
    channels = values["LINE_LOGIN_CHANNEL_IDS"].split(",")
    if not all(channel.strip().isascii() and channel.strip().isdigit() for channel in channels):
        yield "LINE_LOGIN_CHANNEL_IDS: チャネルID（数字）をカンマ区切りで書いてください。"
    if not _LIFF_ID.fullmatch(values["LIFF_ID"]):
        yield "LIFF_ID: 1650000000-AbCdEfGh のような LIFF ID を書いてください。"
    if not _is_municipality(values["MUNICIPALITY_CODE"]):
        yield (
            "MUNICIPALITY_CODE: 全国地方公共団体コード（6桁の数字）を書いてください。"
            "検査数字が合わないときも、この文が出ます。"
        )
    wanted = values["LIFF_SDK_INTEGRITY"]
    if wanted and not all(_INTEGRITY.fullmatch(one) for one in wanted.split()):
        yield "LIFF_SDK_INTEGRITY: sha384-（base64）の形で書くか、空にしてください。"


def _bounds_form(values: Values) -> Iterator[str]:
    bounds = numbers(values["CROWDING_BOUNDS"])
    if len(bounds) != _LEVELS or bounds[0] != 0 or any(a >= b for a, b in pairwise(bounds)):
        yield "CROWDING_BOUNDS: 0 から始まる、小さい順の4つの数（%）を書いてください。"
    if values["LOG_LEVEL"] not in LOG_LEVELS:
        yield f"LOG_LEVEL: {'、'.join(LOG_LEVELS)} のいずれかです。"


def _is_municipality(text: str) -> bool:
    if not (text.isascii() and text.isdigit() and len(text) == len(_CODE_WEIGHTS) + 1):
        return False
    total = sum(int(d) * weight for d, weight in zip(text[:5], _CODE_WEIGHTS, strict=True))
    return int(text[5]) == (11 - total % 11) % 10


def production_faults(values: Values, keys: KeyRing | None) -> list[str]:
    """What a town that serves real residents must not have, on top of `form_faults`."""
    return [
        *_secret_faults(values, keys),
        *_line_faults(values),
        *_place_faults(values),
        *(f"{name}: 本番では必ず書いてください。" for name in REQUIRED if not values[name]),
        *(f"{name}: 見本の値のままです。" for name in SAMPLES if values[name] == DEFAULTS[name]),
    ]


def _secret_faults(values: Values, keys: KeyRing | None) -> Iterator[str]:
    secret = values["SECRET_KEY"]
    if len(secret.encode()) < MIN_SECRET_BYTES or _is_typed(secret):
        yield "SECRET_KEY: 32バイト以上の、でたらめな文字列を書いてください。"
    encoded = [part.partition(":")[2].rstrip("=") for part in _list(values["DATA_KEYS"])]
    if any(key and key in secret for key in encoded):
        yield "SECRET_KEY: DATA_KEYS とは別の、でたらめな文字列を書いてください。"
    if keys is not None and keys.has_weak_key:
        yield "DATA_KEYS: でたらめではない鍵があります。作りなおしてください。"
    if 0 < len(values["OPERATOR_TOKEN"]) < MIN_TOKEN_CHARS:
        yield "OPERATOR_TOKEN: 16字以上の、でたらめな文字列を書いてください。"
    for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN"):
        if values[name].startswith("emulator-"):
            yield f"{name}: エミュレーターの値です。LINE Developers の値を書いてください。"
    if values["FLASK_DEBUG"] not in ("", "0", "false"):
        yield "FLASK_DEBUG: 本番では使えません。"


def _is_typed(secret: str) -> bool:
    """Whether somebody thought of it: a known word, few letters, or a block said again and again.

    A block repeats where the text without its beginning begins like the text.
    """
    return (
        any(word in secret.lower() for word in WEAK_WORDS)
        or len(set(secret)) < FEW_LETTERS
        or any(secret.startswith(secret[n:]) for n in range(1, len(secret) // 2 + 1))
    )


def _line_faults(values: Values) -> Iterator[str]:
    public = address_of(values["PUBLIC_URL"])
    if public is None or public.scheme != "https":
        yield "PUBLIC_URL: 本番では https:// だけが使えます。"
    for name in LINE_ADDRESSES:
        address = address_of(values[name])
        if address is None or address.scheme != "https" or address.hostname not in LINE_HOSTS:
            yield f"{name}: LINE の住所ではありません（エミュレーターは使えません）。"
    if values["LIFF_PERMALINK_HOST"].rstrip("/") not in LIFF_HOSTS:
        yield "LIFF_PERMALINK_HOST: LINE の住所ではありません。"
    # LINE makes a LIFF id from its channel's: with another audience every sign-in would fail.
    if values["LIFF_ID"].partition("-")[0] not in _list(values["LINE_LOGIN_CHANNEL_IDS"]):
        yield "LIFF_ID: 前半のチャネルIDが LINE_LOGIN_CHANNEL_IDS にありません。"
    outside = dict(values) | {"FILE_STORE": _endpoint(values)}
    for name in ("FILE_STORE", "MAP_TILES_URL", "GEOCODER_URL", "STAFF_OIDC_ISSUER"):
        address = address_of(outside[name])
        if address is not None and address.scheme != "https":
            yield f"{name}: 本番では https:// だけが使えます。"


def _place_faults(values: Values) -> Iterator[str]:
    """Where data lie: nothing private below the folder that nginx hands out."""
    public = Path(values["PUBLIC_FILES"]).resolve()
    private = {"FILE_STORE": values["FILE_STORE"], "LOCAL_STATE": local_state(values)}
    for name, folder in private.items():
        if not folder.startswith(S3) and _overlap(public, Path(folder).resolve()):
            yield f"PUBLIC_FILES: {name} とは別のフォルダーにしてください。"
    if SOURCE.is_relative_to(public):
        yield "PUBLIC_FILES: プログラムのフォルダーが入らない場所にしてください。"
    url = _database(values)
    if url is None:
        return
    if url.get_backend_name() == "sqlite":
        yield from _sqlite_faults(url, public)
    elif not (url.host or "host" in url.query or "service" in url.query):
        yield "DATABASE_URL: PostgreSQL のホスト名を書いてください。"


def _sqlite_faults(url: URL, public: Path) -> Iterator[str]:
    # An address of SQLite's own (`file:…`) can say "in memory" in many ways, and hides its file.
    name = url.database or ":memory:"
    if name == ":memory:" or name.startswith("file:") or {"uri", "mode"} & set(url.query):
        yield "DATABASE_URL: 本番のデータベースは、ファイルか PostgreSQL に置いてください。"
        return
    file = Path(name).resolve()
    if file.is_relative_to(public):
        yield "DATABASE_URL: PUBLIC_FILES の外に置いてください。"
    if file.exists() and file.stat().st_mode & 0o007:
        yield "DATABASE_URL: ほかの人がファイルを読めます。chmod 600 にしてください。"


def _database(values: Values) -> URL | None:
    try:
        return make_url(values["DATABASE_URL"])
    except ArgumentError:
        return None


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]
