"""Settings: complete and consistent, or the start fails and says everything that is wrong."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from liff_app import config, create_app
from liff_app.config import SettingsInvalid
from liff_app.settings_table import DEFAULTS, SECRETS
from tests.conftest import ROOT

DATA_KEY = "k1:" + urlsafe_b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """A town that may serve residents."""
    return {
        "MACHIMADO_ENV": "production",
        "SECRET_KEY": secrets.token_hex(32),
        "DATA_KEYS": DATA_KEY,
        "PUBLIC_URL": "https://line.example.lg.jp",
        "DATABASE_URL": f"sqlite:///{tmp_path}/data/town.db",
        "FILE_STORE": str(tmp_path / "files"),
        "PUBLIC_FILES": str(tmp_path / "public"),
        "LINE_LOGIN_CHANNEL_IDS": "1650000000",
        "LIFF_ID": "1650000000-AbCdEfGh",
        "LINE_CHANNEL_SECRET": secrets.token_hex(16),
        "LINE_CHANNEL_ACCESS_TOKEN": secrets.token_urlsafe(64),
        "MUNICIPALITY_CODE": "402184",
        "MUNICIPALITY_NAME": "春日市",
    }


def faults(environ: dict[str, str]) -> list[str]:
    try:
        config.read(environ)
    except SettingsInvalid as error:
        return error.faults
    return []


WRONG = {
    "debug mode": ("FLASK_DEBUG", "1", "本番では使えません"),
    "debug mode, another spelling": ("FLASK_DEBUG", "yes", "本番では使えません"),
    "no signing key": ("SECRET_KEY", "", "32バイト以上"),
    "short signing key": ("SECRET_KEY", "k" * 31, "32バイト以上"),
    "signing key of one letter": ("SECRET_KEY", "a" * 64, "でたらめな文字列"),
    "default signing key": ("SECRET_KEY", "please-change-me-please-change-me!!", "でたらめ"),
    "signing key of one block": ("SECRET_KEY", "abcdefgh" * 5, "でたらめな文字列"),
    "signing key of a block and a half": ("SECRET_KEY", "qX7-pL2_vR9=" * 3 + "qX7", "でたらめ"),
    "signing key that is a data key": ("SECRET_KEY", DATA_KEY[3:], "DATA_KEYS とは別"),
    "signing key that is a data key, unpadded": ("SECRET_KEY", DATA_KEY[3:-1], "DATA_KEYS とは"),
    "signing key that is the key ring": ("SECRET_KEY", DATA_KEY, "DATA_KEYS とは別"),
    "no data keys": ("DATA_KEYS", "", "鍵が1つもありません"),
    "short data key": ("DATA_KEYS", "k1:" + "A" * 20, "32バイト"),
    "data key of zeros": ("DATA_KEYS", "k1:" + "A" * 43, "でたらめではない鍵"),
    "two data keys of one name": ("DATA_KEYS", f"{DATA_KEY},{DATA_KEY}", "重なりなし"),
    "plain http": ("PUBLIC_URL", "http://line.example.lg.jp", "https:// だけ"),
    "public address without host": ("PUBLIC_URL", "https://", "住所を書いて"),
    "public address that is none": ("PUBLIC_URL", "https://[", "住所を書いて"),
    "public address with a path": ("PUBLIC_URL", "https://a.lg.jp/app", "住所だけ"),
    "public address with a user": ("PUBLIC_URL", "https://u@a.lg.jp", "住所だけ"),
    "emulator as LINE's API": ("LINE_API_URL", "http://localhost:8765", "LINE の住所では"),
    "emulator's keys": ("LINE_LOGIN_JWKS_URL", "http://127.0.0.1:8765/certs", "LINE の住所では"),
    "emulator's script": ("LIFF_SDK_URL", "http://localhost:8765/sdk.js", "LINE の住所では"),
    "another's issuer": ("LINE_LOGIN_ISSUER", "https://access.line.me.evil.jp", "LINE の住所では"),
    "LINE's address as a user name": ("LINE_API_URL", "https://api.line.me@evil.jp", "LINE の"),
    "LINE's address on http": ("LINE_API_URL", "http://api.line.me", "LINE の住所では"),
    "emulator's permalinks": ("LIFF_PERMALINK_HOST", "http://localhost:8765", "LINE の住所では"),
    "emulator's secret": ("LINE_CHANNEL_SECRET", "emulator-channel-secret", "エミュレーターの値"),
    "emulator's token": ("LINE_CHANNEL_ACCESS_TOKEN", "emulator-channel-token", "エミュレーター"),
    "no webhook secret": ("LINE_CHANNEL_SECRET", "", "必ず書いて"),
    "no messaging token": ("LINE_CHANNEL_ACCESS_TOKEN", "", "必ず書いて"),
    "no channel id": ("LINE_LOGIN_CHANNEL_IDS", "", "数字"),
    "sample channel id": ("LINE_LOGIN_CHANNEL_IDS", "1234567890", "見本の値"),
    "channel id of letters": ("LINE_LOGIN_CHANNEL_IDS", "1650000000,abc", "数字"),
    "sample LIFF id": ("LIFF_ID", "1234567890-AbCdEfGh", "見本の値"),
    "LIFF id of another channel": ("LIFF_ID", "1660000000-AbCdEfGh", "LINE_LOGIN_CHANNEL_IDS に"),
    "LIFF id with markup": ("LIFF_ID", '1650000000-"><b>', "LIFF ID を書いて"),
    "sample town": ("MUNICIPALITY_CODE", "479993", "見本の値"),
    "wrong check digit": ("MUNICIPALITY_CODE", "402185", "検査数字"),
    "code without check digit": ("MUNICIPALITY_CODE", "40218", "6桁"),
    "no town's name": ("MUNICIPALITY_NAME", "", "必ず書いて"),
    "short operator token": ("OPERATOR_TOKEN", "hello", "16字以上"),
    "database in memory": ("DATABASE_URL", "sqlite://", "ファイルか PostgreSQL"),
    "database in memory, as an address": (
        "DATABASE_URL",
        "sqlite:///file::memory:?uri=true",
        "ファイルか PostgreSQL",
    ),
    "database in memory, as a mode": (
        "DATABASE_URL",
        "sqlite:///town.db?mode=memory&uri=true",
        "ファイルか PostgreSQL",
    ),
    "database in memory, shared": (
        "DATABASE_URL",
        "sqlite:///file:town?mode=memory&cache=shared&uri=true",
        "ファイルか",
    ),
    "PostgreSQL without host": ("DATABASE_URL", "postgresql+psycopg:///town", "ホスト名を"),
    "PostgreSQL and nothing else": ("DATABASE_URL", "postgresql+psycopg://", "ホスト名を"),
    "Redis by http": ("REDIS_URL", "http://cache:6379", "redis:// か"),
    "Redis without scheme": ("REDIS_URL", "cache:6379/0", "redis:// か"),
    "Redis on a port that is none": ("REDIS_URL", "redis://cache:99999/0", "redis:// か"),
    "Redis with an unknown option": ("REDIS_URL", "redis://cache/0?nothing=1", "redis:// か"),
    "database of another kind": ("DATABASE_URL", "mysql://h/d", "postgresql+psycopg"),
    "database without driver": ("DATABASE_URL", "postgresql://h/d", "postgresql+psycopg"),
    "database address that is none": ("DATABASE_URL", "town.db", "postgresql+psycopg"),
    "map tiles on http": ("MAP_TILES_URL", "http://tiles.jp/{z}/{x}/{y}.png", "https:// だけ"),
    "geocoder on http": ("GEOCODER_URL", "http://geo.jp/", "https:// だけ"),
    "unknown log level": ("LOG_LEVEL", "LOUD", "いずれか"),
    "proxies in words": ("TRUSTED_PROXIES", "one", "0 以上の整数"),
    "negative proxies": ("TRUSTED_PROXIES", "-1", "0 以上の整数"),
    "age in words": ("SHELTER_STALE_MINUTES", "3h", "1 以上の整数"),
    "age of nothing": ("SHELTER_STALE_MINUTES", "0", "1 以上の整数"),
    "age of more than a week": ("SHELTER_STALE_MINUTES", "10081", "10080 まで"),
    "check-ins kept for no day": ("CHECKIN_KEEP_DAYS", "0", "1 以上の整数"),
    "check-ins kept for years": ("CHECKIN_KEEP_DAYS", "366", "365 まで"),
    "age of five thousand digits": ("SHELTER_STALE_MINUTES", "9" * 5000, "10080 まで"),
    "proxies of five thousand digits": ("TRUSTED_PROXIES", "9" * 5000, "0 以上の整数"),
    "integrity of a word": ("LIFF_SDK_INTEGRITY", "sha384-…", "sha384-（base64）"),
    "integrity cut short": ("LIFF_SDK_INTEGRITY", "sha384-" + "A" * 63, "sha384-（base64）"),
    "integrity of a weak kind": ("LIFF_SDK_INTEGRITY", "sha1-" + "A" * 27 + "=", "sha384-"),
    "public files where the source is": ("PUBLIC_FILES", str(ROOT), "プログラムのフォルダー"),
    "public files above the source": ("PUBLIC_FILES", str(ROOT.parent), "プログラムのフォルダー"),
    "store of another kind": ("FILE_STORE", "ftp://bucket", "フォルダーか"),
    "no store": ("FILE_STORE", "", "フォルダーか"),
    "bucket without keys": ("FILE_STORE", "s3://machi/files", "FILE_STORE_KEY_ID と"),
    "bucket of capitals": ("FILE_STORE", "s3://Machi", "s3://バケット"),
    "bucket with a way up": ("FILE_STORE", "s3://machi/../x", "s3://バケット"),
    "bucket with keys inside": ("FILE_STORE", "s3://id:key@machi", "s3://バケット"),
    "bucket with an unknown option": ("FILE_STORE", "s3://machi?secret=1", "endpoint と region"),
    "bucket with an option twice": ("FILE_STORE", "s3://machi?region=a&region=b", "endpoint と"),
    "bucket with half an option": ("FILE_STORE", "s3://machi?endpoint", "endpoint は"),
    "bucket at no address": ("FILE_STORE", "s3://machi?endpoint=minio", "endpoint は"),
    "bucket on http": ("FILE_STORE", "s3://machi?endpoint=http://s3.jp", "https:// だけ"),
    "three bounds": ("CROWDING_BOUNDS", "0,50,80", "4つの数"),
    "bounds in disorder": ("CROWDING_BOUNDS", "0,80,50,100", "小さい順"),
    "endless bound": ("CROWDING_BOUNDS", "0,50,80,inf", "4つの数"),
    "bound that is no number": ("CROWDING_BOUNDS", "0,50,80,nan", "4つの数"),
    "unknown environment": ("MACHIMADO_ENV", "prod", "のいずれか"),
}


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_production_refuses_to_start_and_says_why(
    good: dict[str, str], name: str, value: str, sentence: str
) -> None:
    found = faults(good | {name: value})
    assert [fault for fault in found if fault.startswith(f"{name}:") and sentence in fault], found
    assert not [fault for fault in found if value and len(value) > 8 and value in fault]


def test_a_right_production_starts(good: dict[str, str]) -> None:
    """Without this the cases above could pass for another reason."""
    assert faults(good) == []
    app = create_app(config.read(good))
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert "/_components" not in rules
    assert not app.debug
    assert not app.testing
    app.extensions["engine"].dispose()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://cache:6379/0"),
        ("REDIS_URL", "rediss://:word@cache/1?socket_timeout=1"),
        ("REDIS_URL", "unix:///run/redis.sock"),
        ("SHELTER_STALE_MINUTES", "10080"),
        ("LIFF_SDK_INTEGRITY", "sha256-" + "A" * 43 + "="),
        ("LIFF_SDK_INTEGRITY", "sha384-" + "aB3+/" * 12 + "aB3+"),
        ("LIFF_SDK_INTEGRITY", "sha512-" + "A" * 86 + "=="),
        ("DATABASE_URL", "postgresql+psycopg://town@db/town"),
        ("DATABASE_URL", "postgresql+psycopg:///town?host=/run/postgresql"),
        ("PUBLIC_FILES", str(ROOT / "var" / "public")),
    ],
)
def test_what_is_near_a_wrong_value_and_right_starts(
    good: dict[str, str], name: str, value: str
) -> None:
    assert faults(good | {name: value}) == []


def test_every_fault_is_named_at_once(good: dict[str, str]) -> None:
    wrong = {
        "SECRET_KEY": "short",
        "DATA_KEYS": "",
        "PUBLIC_URL": "http://a",
        "LINE_API_URL": "http://localhost:1",
        "MUNICIPALITY_CODE": "1",
        "LOG_LEVEL": "x",
        "CROWDING_BOUNDS": "",
        "FLASK_DEBUG": "1",
        "DATABASE_URL": "sqlite://",
        "TRUSTED_PROXIES": "x",
    }
    found = faults(good | wrong)
    assert {fault.partition(":")[0] for fault in found} == set(wrong)
    assert len(found) == len(set(found))


def test_the_defaults_are_no_production(good: dict[str, str]) -> None:
    named = {fault.partition(":")[0] for fault in faults({"MACHIMADO_ENV": "production"})}
    assert {"SECRET_KEY", "DATA_KEYS", "PUBLIC_URL", "LIFF_ID", "LINE_CHANNEL_SECRET"} <= named


def test_a_database_file_that_others_can_read_is_refused(
    good: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "data" / "town.db"
    file.parent.mkdir()
    file.touch(mode=0o600)
    assert faults(good) == []
    file.chmod(0o644)
    assert [fault for fault in faults(good) if "chmod 600" in fault]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("FILE_STORE", "public/files"),
        ("LOCAL_STATE", "public/state"),
        ("PUBLIC_FILES", "files/public"),
        ("PUBLIC_FILES", "files"),
    ],
)
def test_private_files_may_not_lie_where_public_ones_do(
    good: dict[str, str], tmp_path: Path, name: str, folder: str
) -> None:
    found = faults(good | {name: str(tmp_path / folder)})
    assert [fault for fault in found if fault.startswith("PUBLIC_FILES:")]


def test_files_may_lie_in_a_bucket_whose_keys_never_show(good: dict[str, str]) -> None:
    key_id, secret = secrets.token_hex(10), secrets.token_hex(20)
    found = config.read(
        good
        | {
            "FILE_STORE": "s3://machi/files?endpoint=https://s3.example.jp&region=jp-north-1",
            "FILE_STORE_KEY_ID": key_id,
            "FILE_STORE_SECRET": secret,
        }
    )
    assert found.local_state == "var/state"
    assert (found.file_store_key_id, found.file_store_secret) == (key_id, secret)
    assert key_id not in repr(found)
    assert secret not in repr(found)


def test_small_files_of_the_machine_lie_with_the_others_or_where_it_is_said(
    good: dict[str, str],
) -> None:
    assert config.read(good).local_state == good["FILE_STORE"]
    assert config.read(good | {"LOCAL_STATE": "/srv/state"}).local_state == "/srv/state"


def test_the_database_may_not_lie_among_the_public_files(
    good: dict[str, str], tmp_path: Path
) -> None:
    found = faults(good | {"DATABASE_URL": f"sqlite:///{tmp_path}/public/town.db"})
    assert [fault for fault in found if fault.startswith("DATABASE_URL:")]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_secret_in_a_file_that_others_can_read_is_refused(
    good: dict[str, str], tmp_path: Path, mode: int
) -> None:
    file = tmp_path / "key"
    file.write_text(f"{good.pop('SECRET_KEY')}\n")
    environ = good | {"SECRET_KEY_FILE": str(file)}
    file.chmod(0o600)
    assert faults(environ) == []
    file.chmod(mode)
    assert [fault for fault in faults(environ) if fault.startswith("SECRET_KEY_FILE: 持ち主")]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_a_secret_that_cannot_be_read_is_told(
    good: dict[str, str], tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
        file.chmod(0o600)
    found = faults(good | {"DATA_KEYS_FILE": str(file)})
    assert [fault for fault in found if "ファイルを読めません" in fault]


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_every_secret_can_come_from_a_file(good: dict[str, str], tmp_path: Path, name: str) -> None:
    value = good.get(name) or DEFAULTS[name] or "x" * 20
    value = "redis://cache/0" if name == "REDIS_URL" else value
    file = tmp_path / "value"
    file.write_text(value)
    file.chmod(0o600)
    good.pop(name, None)
    read = config.read(good | {f"{name}_FILE": str(file)})
    if name != "DATA_KEYS":
        assert getattr(read, name.lower()) == value


def test_what_is_no_secret_does_not_come_from_a_file(good: dict[str, str]) -> None:
    assert config.read(good | {"LIFF_ID_FILE": "/no/such/file"}).liff_id == good["LIFF_ID"]


def test_secrets_show_neither_in_repr_nor_in_faults(good: dict[str, str]) -> None:
    marked = {name: f"marker-{name}-{secrets.token_hex(16)}" for name in sorted(SECRETS)}
    marked |= {"DATABASE_URL": "postgresql+psycopg://u:marker-pw@h/d", "DATA_KEYS": DATA_KEY}
    marked |= {"REDIS_URL": "redis://:marker-pw@cache/0"}
    read = config.read(good | marked | {"SECRET_KEY": secrets.token_hex(32)})
    shown = repr(read) + str(read)
    assert "marker" not in shown
    assert DATA_KEY[3:] not in shown
    assert "春日市" in shown  # the twin: what is no secret does show
    wrong = {"SECRET_KEY": "marker-short", "REDIS_URL": "http://:marker-pw@cache"}
    assert "marker" not in str(faults(good | marked | wrong))


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("https://Line.Example.LG.jp/", "https://line.example.lg.jp"),
        ("https://a.lg.jp:443", "https://a.lg.jp"),
        ("https://a.lg.jp:8443", "https://a.lg.jp:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost:80/", "http://localhost"),
    ],
)
def test_the_public_address_is_spelled_as_browsers_spell_an_origin(
    written: str, plain: str
) -> None:
    assert config.read({"MACHIMADO_ENV": "test", "PUBLIC_URL": written}).public_url == plain


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(set(DEFAULTS) - {"MACHIMADO_ENV"})),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
    | st.sampled_from(["https://[", "http://a:99999", "//", "k1:", "sqlite:///", "１２３"]),
    st.sampled_from(["test", "production"]),
)
def test_no_value_of_any_setting_ends_in_a_traceback(name: str, value: str, env: str) -> None:
    found = faults({"MACHIMADO_ENV": env, name: value})
    assert all(fault.partition(":")[0].removesuffix("_FILE").isupper() for fault in found)


def test_development_and_test_make_their_own_keys() -> None:
    one, two = (config.read({"MACHIMADO_ENV": "test"}) for _ in range(2))
    assert len(one.secret_key) >= 32
    assert one.secret_key != two.secret_key


def test_the_start_itself_prints_the_faults_and_no_traceback(tmp_path: Path) -> None:
    environ = {**os.environ, "MACHIMADO_ENV": "production", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "SECRET_KEY:" in done.stderr
    assert "PUBLIC_URL:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_town_of_the_tests_starts_on_its_database(app: Flask) -> None:
    assert app.config["SETTINGS"].env == "test"
