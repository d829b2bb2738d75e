from dataclasses import replace

import pytest

from liff_app.gateways.line_messaging import LineFailed, LineRefused, Quota, WebhookEndpoint
from liff_app.gateways.line_messaging_recording import RecordingLineMessaging
from liff_app.messaging.line_doctor import LineSetup, doctor
from liff_app.messaging.richmenu import NAME_PREFIX, MenuDefinition, Mode, alias_of
from liff_app.messaging.richmenu_apply import apply_menus

WEBHOOK = "https://mado.example.lg.jp/line/webhook"
FRIEND = "U" + "a" * 32


@pytest.fixture(scope="module")
def menus() -> list[MenuDefinition]:
    return [
        MenuDefinition(
            mode=mode,
            name=f"{NAME_PREFIX}{mode}:1",
            alias=alias_of(mode),
            chat_bar_text="メニュー",
            size=(2500, 1686),
            areas=(),
            image_png=b"png",
        )
        for mode in Mode
    ]


@pytest.fixture
def setup(menus: list[MenuDefinition]) -> LineSetup:
    return LineSetup(
        webhook_url=WEBHOOK,
        liff_id="1650000000-AbCdEfGh",
        login_channel_ids={"1650000000"},
        menus=menus,
        sample_user_ids=[FRIEND],
    )


@pytest.fixture
def line(menus: list[MenuDefinition]) -> RecordingLineMessaging:
    """LINE, set up rightly in every respect."""
    recording = RecordingLineMessaging(
        endpoint=WebhookEndpoint(WEBHOOK, active=True), known_users={FRIEND}
    )
    apply_menus(recording, menus)
    return recording


def _faults(line: RecordingLineMessaging, setup: LineSetup) -> dict[str, str]:
    return {found.code: found.sentence_ja for found in doctor(line, setup) if not found.ok}


def test_a_right_setup_has_no_fault_and_tells_every_check(
    line: RecordingLineMessaging, setup: LineSetup
) -> None:
    assert [found.code for found in doctor(line, setup) if found.ok] == [
        "liff_channel",
        "token",
        "webhook",
        "quota",
        "menu_normal",
        "menu_disaster",
        "default_menu",
        "provider",
    ]
    assert _faults(line, setup) == {}


@pytest.mark.parametrize(
    ("trouble", "word"),
    [
        (LineRefused("Authentication failed", status=401), "LINE_CHANNEL_ACCESS_TOKEN"),
        (LineRefused("Not allowed", status=403), "403"),
        (LineFailed("ReadTimeoutError"), "LINE_API_URL"),
    ],
)
def test_without_a_working_token_only_that_is_told(
    line: RecordingLineMessaging, setup: LineSetup, trouble: LineFailed | LineRefused, word: str
) -> None:
    line.troubles = [trouble]
    faults = _faults(line, setup)
    assert list(faults) == ["token"]
    assert word in faults["token"]


@pytest.mark.parametrize(
    ("endpoint", "word"),
    [
        (None, "未登録"),
        (WebhookEndpoint("https://old.example/hook", active=True), "https://old.example/hook"),
        (WebhookEndpoint(WEBHOOK, active=False), "オフ"),
    ],
)
def test_a_wrong_webhook_is_told(
    line: RecordingLineMessaging, setup: LineSetup, endpoint: WebhookEndpoint | None, word: str
) -> None:
    line.endpoint = endpoint
    faults = _faults(line, setup)
    assert list(faults) == ["webhook"]
    assert word in faults["webhook"]


@pytest.mark.parametrize(("used", "ok"), [(0, True), (4499, True), (4500, False), (5000, False)])
def test_a_month_nearly_used_up_is_told(
    line: RecordingLineMessaging, setup: LineSetup, used: int, *, ok: bool
) -> None:
    line.month = Quota(5000, used)
    assert ("quota" not in _faults(line, setup)) is ok


def test_a_plan_without_cap_is_never_nearly_used_up(
    line: RecordingLineMessaging, setup: LineSetup
) -> None:
    line.month = Quota(None, 10_000_000)
    assert _faults(line, setup) == {}


def test_missing_menus_are_told_with_the_command_that_makes_them(
    line: RecordingLineMessaging, setup: LineSetup
) -> None:
    line.specs.clear()
    faults = _faults(line, setup)
    assert set(faults) == {"menu_normal", "menu_disaster", "default_menu"}
    assert all("line richmenu apply" in sentence for sentence in faults.values())


def test_a_menu_without_image_or_tab_is_told(
    line: RecordingLineMessaging, setup: LineSetup, menus: list[MenuDefinition]
) -> None:
    del line.aliases[menus[0].alias]
    line.images.pop(next(i for i, spec in line.specs.items() if spec.name == menus[1].name))
    faults = _faults(line, setup)
    assert set(faults) == {"menu_normal", "menu_disaster"}
    assert "タブ" in faults["menu_normal"]
    assert "画像" in faults["menu_disaster"]


def test_a_default_menu_of_another_program_is_told(
    line: RecordingLineMessaging, setup: LineSetup
) -> None:
    line.default = "richmenu-of-somebody"
    assert set(_faults(line, setup)) == {"default_menu"}


def test_people_nobody_knows_hint_at_two_providers(
    line: RecordingLineMessaging, setup: LineSetup
) -> None:
    line.known_users = set()
    faults = _faults(line, setup)
    assert list(faults) == ["provider"]
    assert "プロバイダー" in faults["provider"]
    assert FRIEND not in faults["provider"]


def test_before_anyone_signed_in_the_provider_is_no_fault(
    line: RecordingLineMessaging, setup: LineSetup
) -> None:
    assert _faults(line, replace(setup, sample_user_ids=())) == {}


@pytest.mark.parametrize("liff_id", ["", "1659999999-AbCdEfGh", "165000000"])
def test_a_liff_app_of_a_channel_that_is_not_accepted_is_told(
    line: RecordingLineMessaging, setup: LineSetup, liff_id: str
) -> None:
    assert list(_faults(line, replace(setup, liff_id=liff_id))) == ["liff_channel"]


def test_a_check_line_does_not_answer_does_not_hide_the_others(
    line: RecordingLineMessaging, setup: LineSetup
) -> None:
    class Down(RecordingLineMessaging):
        def quota(self) -> Quota:
            raise LineFailed("Internal error", status=500)

    down = Down(endpoint=line.endpoint, known_users=line.known_users)
    down.specs, down.images = line.specs, line.images
    down.aliases, down.default = line.aliases, line.default
    faults = _faults(down, setup)
    assert list(faults) == ["quota"]
    assert "HTTP 500" in faults["quota"]
