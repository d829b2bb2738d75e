"""The table of settings: name, default, unit or shape, example, meaning.

The LINE_* and LIFF_* defaults are LINE's own addresses: the emulator is only another value of
them, so the code paths of production are the ones that are tested.
"""

from __future__ import annotations

from dataclasses import dataclass

LINE_HOSTS = frozenset({"api.line.me", "access.line.me", "static.line-scdn.net"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of docs/settings.md."""

    name: str
    default: str
    unit: str
    example: str
    about: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "MACHIMADO_ENV",
        "development",
        "`development` / `test` / `production`",
        "production",
        "本番では、あぶない設定が1つでもあると起動しません。",
    ),
    Setting(
        "SECRET_KEY",
        "",
        "32バイト以上の文字列",
        "（`python -c 'import secrets; print(secrets.token_urlsafe(48))'`）",
        "フォームの合言葉に署名する鍵。開発とテストでは自動で作ります。",
        secret=True,
    ),
    Setting(
        "DATA_KEYS",
        "",
        "`名前:base64url(32バイト)` をカンマ区切り。先頭が今の鍵",
        "k2:…,k1:…",
        "個人情報を暗号化する鍵の束。古い鍵は `keys rotate` が終わるまで残します。",
        secret=True,
    ),
    Setting(
        "PUBLIC_URL",
        "http://localhost:8080",
        "URL",
        "https://line.example.lg.jp",
        "住民から見える住所。リンクと Cookie、Host の検査に使います。",
    ),
    Setting(
        "DATABASE_URL",
        "sqlite:///var/machimado.db",
        "SQLAlchemy の URL",
        "postgresql+psycopg://machimado@db/machimado",
        "データベース。何も書かなければ SQLite のファイル1つで動きます。",
        secret=True,
    ),
    Setting(
        "REDIS_URL",
        "",
        "URL（空なら使わない）",
        "redis://cache:6379/0",
        "制限回数などを複数のサーバーで分け合うときだけ使います。",
        secret=True,
    ),
    Setting(
        "FILE_STORE",
        "var/files",
        "フォルダー、または `s3://バケット/場所?endpoint=…&region=…`",
        "/srv/machimado/files",
        "写真や添付ファイルの置き場所。S3 と同じ形の保管庫も使えます。",
    ),
    Setting(
        "FILE_STORE_KEY_ID",
        "",
        "文字列",
        "（保管庫で発行）",
        "`FILE_STORE` が `s3://` のときの、アクセスキーのID。",
        secret=True,
    ),
    Setting(
        "FILE_STORE_SECRET",
        "",
        "文字列",
        "（保管庫で発行）",
        "`FILE_STORE` が `s3://` のときの、アクセスキーの秘密。",
        secret=True,
    ),
    Setting(
        "LOCAL_STATE",
        "",
        "フォルダー（空なら `FILE_STORE`、S3 では `var/state`）",
        "/var/lib/machimado/state",
        "この機械だけで使う小さなファイル（LINEの鍵の写し）の置き場所。",
    ),
    Setting(
        "PUBLIC_FILES",
        "var/public",
        "フォルダー",
        "/srv/machimado/public",
        "避難所の公開ファイルを書き出す場所。nginx や CDN がここから配ります。",
    ),
    Setting(
        "LINE_LOGIN_CHANNEL_IDS",
        "1234567890",
        "カンマ区切りの数字",
        "1650000000",
        "受け入れる IDトークンの宛先（LINEログインのチャネルID）。",
    ),
    Setting(
        "LINE_LOGIN_ISSUER",
        "https://access.line.me",
        "URL",
        "https://access.line.me",
        "IDトークンの発行者。",
    ),
    Setting(
        "LINE_LOGIN_JWKS_URL",
        "https://api.line.me/oauth2/v2.1/certs",
        "URL",
        "https://api.line.me/oauth2/v2.1/certs",
        "IDトークンの検証鍵の住所。24時間ごとに読み直し、届かない間は手元の写しを使います。",
    ),
    Setting(
        "LINE_API_URL",
        "https://api.line.me",
        "URL",
        "https://api.line.me",
        "Messaging API の住所。",
    ),
    Setting(
        "LINE_CHANNEL_SECRET",
        "",
        "文字列",
        "（LINE Developers で確認）",
        "Webhook の署名を確かめる鍵。",
        secret=True,
    ),
    Setting(
        "LINE_CHANNEL_ACCESS_TOKEN",
        "",
        "文字列",
        "（LINE Developers で発行）",
        "Messaging API を呼ぶためのトークン。",
        secret=True,
    ),
    Setting("LIFF_ID", "1234567890-AbCdEfGh", "文字列", "1650000000-AbCdEfGh", "LIFF アプリのID。"),
    Setting(
        "LIFF_SDK_URL",
        "https://static.line-scdn.net/liff/edge/versions/2.27.3/sdk.js",
        "URL",
        "https://static.line-scdn.net/liff/edge/versions/2.27.3/sdk.js",
        "LIFF SDK の住所。版を固定します（`edge/2` は予告なく変わります）。",
    ),
    Setting(
        "LIFF_SDK_INTEGRITY",
        "",
        "`sha384-…`（空なら確かめない）",
        "sha384-…",
        "SDK の中身が変わっていないかをブラウザーが確かめるための値。",
    ),
    Setting(
        "LIFF_PERMALINK_HOST",
        "https://liff.line.me",
        "URL",
        "https://liff.line.me",
        "LIFF の入口の住所。ミニアプリでは `https://miniapp.line.me` です。",
    ),
    Setting(
        "MUNICIPALITY_CODE",
        "479993",
        "6桁の数字",
        "402184",
        "全国地方公共団体コード（検査数字つき）。初期値は見本の「まど市」です。",
    ),
    Setting("MUNICIPALITY_NAME", "まど市", "文字列", "春日市", "市区町村の名前。"),
    Setting(
        "MUNICIPALITY_PHONE",
        "",
        "電話番号",
        "092-584-1111",
        "近くに避難場所がないときなどに案内する代表電話。",
    ),
    Setting(
        "MAP_TILES_URL",
        "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png",
        "URL のひな形（空なら背景なし）",
        "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png",
        "地図の背景。出典は国土地理院「地理院タイル」です。",
    ),
    Setting(
        "GEOCODER_URL",
        "https://msearch.gsi.go.jp/address-search/AddressSearch",
        "URL（空なら町名の一覧だけを使う）",
        "https://msearch.gsi.go.jp/address-search/AddressSearch",
        "住所から緯度経度を求める国土地理院の住所検索。",
    ),
    Setting(
        "WEBHOOK_ORIGINS",
        "",
        "`https://ホスト` をカンマ区切り（空ならどこにも知らせない）",
        "https://kintai.example.lg.jp",
        "手続きの受付や進みを知らせてよい、ほかのシステムの住所。職員はこの中からだけえらべます。",
    ),
    Setting(
        "CROWDING_BOUNDS",
        "0,50,80,100",
        "%（4つ、小さい順）",
        "0,30,60,95",
        "混雑の区切り。順に「空いています・やや混雑・混雑・満員」の下限です。",
    ),
    Setting(
        "SHELTER_STALE_MINUTES",
        "180",
        "分",
        "120",
        "この時間より古い避難所の情報に「古い情報」と付けます。",
    ),
    Setting(
        "CHECKIN_KEEP_DAYS",
        "30",
        "日",
        "14",
        "災害が終わってから、避難所の受付の記録を残す日数。過ぎると合計だけが残ります。",
    ),
    Setting(
        "OPERATOR_TOKEN",
        "",
        "文字列（空なら同じ機械からだけ）",
        "（でたらめな文字列）",
        "`/metrics` を読むための合言葉。`Authorization: Bearer …` で送ります。",
        secret=True,
    ),
    Setting(
        "TRUSTED_PROXIES",
        "0",
        "台数",
        "1",
        "手前に置いた nginx などの数。0 のあいだ `X-Forwarded-*` を信じません。",
    ),
    Setting(
        "STAFF_OIDC_ISSUER",
        "",
        "URL（空なら使わない）",
        "https://login.example.lg.jp/realms/machi",
        "職員のシングルサインオンの発行者（OpenID Connect）。自分の団体だけのものを書きます。",
    ),
    Setting("STAFF_OIDC_CLIENT_ID", "", "文字列", "machimado", "発行者に登録したクライアントID。"),
    Setting(
        "STAFF_OIDC_CLIENT_SECRET",
        "",
        "文字列",
        "（発行者の画面で確認）",
        "発行者に登録したクライアントの秘密。",
        secret=True,
    ),
    Setting(
        "STAFF_OIDC_CLAIM",
        "preferred_username",
        "`preferred_username` / `email`",
        "email",
        "発行者の知らせる名前のうち、こちらのログイン名と同じもの。",
    ),
    Setting("LOG_LEVEL", "INFO", "`DEBUG` / `INFO` / `WARNING`", "INFO", "記録の細かさ。"),
    Setting(
        "FLASK_DEBUG", "", "`1` で有効", "", "開発用の詳しいエラー表示。本番では起動しません。"
    ),
)

DEFAULTS: dict[str, str] = {setting.name: setting.default for setting in SETTINGS}
SECRETS: frozenset[str] = frozenset(setting.name for setting in SETTINGS if setting.secret)


def as_markdown() -> str:
    """The text of docs/settings.md."""
    lines = [
        "# 設定",
        "",
        "環境変数で渡します。",
        "この表は `flask --app wsgi settings doc` が書き、テストが照らし合わせます。",
        "秘密の値（🔑）は `名前_FILE` にファイルの場所を書いても渡せます（`chmod 600`）。",
        "",
        "| 名前 | 初期値 | 単位・形 | 例 | 意味 |",
        "|---|---|---|---|---|",
    ]
    for one in SETTINGS:
        mark = " 🔑" if one.secret else ""
        default = f"`{one.default}`" if one.default else "（なし）"
        unit, example = one.unit.replace("|", "／"), one.example or "（なし）"
        lines.append(f"| `{one.name}`{mark} | {default} | {unit} | {example} | {one.about} |")
    return "\n".join(lines) + "\n"
