"""Chromium on the emulator: our LIFF SDK outside and inside LINE, and the phone page."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, request
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright
from werkzeug.serving import BaseWSGIServer

from liff_app.emulator import create_emulator
from liff_app.emulator.server import bind
from liff_app.emulator.world import World

from .conftest import CONFIG, LIFF_ID
from .test_menus import LINK, menu, picture

pytestmark = pytest.mark.e2e

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=ja"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PAGE = """<!doctype html><html lang="ja"><title>避難所をさがす</title><h1>まちの窓口</h1>
<p id="told"></p><button id="close" type="button">閉じる</button>
<script src="{sdk}"></script><script>
const told = {{}};
const tell = () => {{ document.getElementById('told').textContent = JSON.stringify(told); }};
document.getElementById('close').onclick = () => liff.closeWindow();
const slow = new Promise((_, no) => setTimeout(() => no(new Error('timeout')), {patience_ms}));
Promise.race([liff.init({{liffId: '{liff_id}', withLoginOnExternalBrowser: {login}}}), slow])
.then(async () => {{
  told.profile = liff.isLoggedIn() ? await liff.getProfile() : null;
  told.friend = liff.isLoggedIn() ? (await liff.getFriendship()).friendFlag : null;
  Object.assign(told, {{inClient: liff.isInClient(), loggedIn: liff.isLoggedIn(), os: liff.getOS(),
    type: liff.getContext().type, token: liff.getIDToken(), claims: liff.getDecodedIDToken(),
    id: liff.id, link: await liff.permanentLink.createUrlBy(location.href.split(/[?#]/)[0]),
    scope: liff.isLoggedIn() ? (await liff.permission.query('profile')).state : null}});
  told.done = true;
}}, (error) => {{ told.failed = error.code || error.name; told.message = error.message; }})
.then(() => {{ told.address = location.href; tell(); }})
.then(() => {{ document.documentElement.dataset.ready = '1'; }});
</script></html>"""


@dataclass
class Product:
    """A page that uses the SDK as a product does, and a webhook."""

    url: str = ""
    sdk: str = ""
    login: str = "true"
    hooks: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Stage:
    """Emulator, product and browser."""

    url: str
    world: World
    product: Product
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    def page(self, **options: Any) -> Page:  # noqa: ANN401 - Playwright's own options
        """Return a page of a fresh browser profile."""
        context = self.browser.new_context(locale="ja-JP", **options)
        context.set_default_timeout(15_000)
        return context.new_page()

    def user(self, key: str) -> str:
        """Return a resident's user id."""
        resident = self.world.people.by_key(key)
        assert resident
        return resident.user_id


def product_app(product: Product) -> Flask:
    """Return the product's web app."""
    app = Flask("product")

    @app.get("/liff/")
    @app.get("/liff/<path:_rest>")
    def page(_rest: str = "") -> str:
        return PAGE.format(sdk=product.sdk, liff_id=LIFF_ID, login=product.login, patience_ms=4000)

    @app.post("/line/webhook")
    def webhook() -> str:
        product.hooks.extend(request.get_json()["events"])
        return ""

    return app


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give one Chromium for all tests here."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


def serve(server: BaseWSGIServer) -> threading.Thread:
    """Start serving and return the thread."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    return thread


@pytest.fixture
def stage(socket_enabled: None, browser: Browser) -> Iterator[Stage]:
    """Give an emulator and a product that know each other."""
    product = Product()
    shop = bind(product_app(product))
    product.url = f"http://localhost:{shop.server_port}"
    app = create_emulator(replace(CONFIG, app_url=product.url))
    line = bind(app)
    url = f"http://localhost:{line.server_port}"
    product.sdk = f"{url}/sdk.js"
    threads = [serve(shop), serve(line)]
    yield Stage(url, app.extensions["emulator"], product, browser)
    for context in list(browser.contexts):
        context.close()
    shop.shutdown()
    line.shutdown()
    for thread in threads:
        thread.join()
    shop.server_close()
    line.server_close()
    app.extensions["emulator"].close()


def told(page: Any) -> dict[str, Any]:  # noqa: ANN401 - a page or a frame
    """Return what the product's page found out, once it is done."""
    page.wait_for_selector("html[data-ready]", state="attached")
    found: dict[str, Any] = page.evaluate(
        "() => JSON.parse(document.getElementById('told').textContent)"
    )
    return found


class TestOutsideLine:
    """An ordinary browser."""

    def test_login_comes_back_to_the_endpoint_with_a_verified_token(self, stage: Stage) -> None:
        page = stage.page()
        page.goto(f"{stage.product.url}/liff/shelters?kind=flood")
        page.get_by_role("button", name="小窓 芽衣").click()
        found = told(page)
        assert found["profile"] == {"userId": stage.user("mei"), "displayName": "小窓 芽衣"}
        assert (found["inClient"], found["type"], found["os"]) == (False, "external", "web")
        assert found["claims"]["sub"] == stage.user("mei")
        assert (found["friend"], found["scope"]) == (True, "granted")
        # As with LINE's SDK, these stay in the address: the product must remove them.
        # So does LINE's SDK: login by init returns to the endpoint, whatever page it left.
        assert found["address"].startswith(f"{stage.product.url}/liff/?code=")
        for name in ("state=", "liffClientId=", "liffRedirectUri="):
            assert name in found["address"]
        assert page.evaluate("() => Object.keys(localStorage).sort()") == [
            f"LIFF_STORE:{LIFF_ID}:{name}"
            for name in ("IDToken", "accessToken", "clientId", "context", "decodedIDToken")
        ]

    def test_login_with_an_address_returns_to_it(self, stage: Stage) -> None:
        page = stage.page()
        stage.product.login = "false"
        stage.world.auto_login = "mei"
        page.goto(f"{stage.product.url}/liff/shelters?kind=flood")
        assert told(page)["loggedIn"] is False
        page.evaluate("() => { liff.login({ redirectUri: location.href }); }")
        page.wait_for_url("**/liff/shelters?kind=flood&code=*")
        assert told(page)["claims"]["sub"] == stage.user("mei")

    def test_a_reload_keeps_the_very_token(self, stage: Stage) -> None:
        page = stage.page()
        stage.world.auto_login = "haru"
        page.goto(f"{stage.product.url}/liff/")
        first = told(page)["token"]
        page.goto(f"{stage.product.url}/liff/")
        assert told(page)["token"] == first

    def test_without_its_expiry_cookie_a_stored_token_counts_as_expired(self, stage: Stage) -> None:
        page = stage.page()
        stage.world.auto_login = "haru"
        page.goto(f"{stage.product.url}/liff/")
        told(page)
        page.context.clear_cookies()
        stage.product.login = "false"
        page.goto(f"{stage.product.url}/liff/")
        assert told(page)["loggedIn"] is False

    def test_a_refusal_makes_init_fail(self, stage: Stage) -> None:
        page = stage.page()
        page.goto(f"{stage.product.url}/liff/")
        page.get_by_role("button", name="許可しないで戻る").click()
        found = told(page)
        assert found["failed"] == "INIT_FAILED"
        assert found["message"] == "access_denied: The resource owner denied the request."

    @pytest.mark.parametrize(("kind", "what"), [("stale", '"exp" value'), ("forged", "signature")])
    def test_the_browser_itself_checks_the_token(self, stage: Stage, kind: str, what: str) -> None:
        page = stage.page()
        stage.world.auto_login = "haru"
        stage.world.troubles.add("id_token", kind)
        page.goto(f"{stage.product.url}/liff/")
        found = told(page)
        assert found["failed"] == "INVALID_ID_TOKEN"
        assert found["message"] == f"Invalid {what} in ID_TOKEN"

    @pytest.mark.parametrize(("kind", "failed"), [("rejects", "INIT_FAILED"), ("hangs", "Error")])
    def test_init_fails_or_hangs_when_scripted(self, stage: Stage, kind: str, failed: str) -> None:
        stage.world.troubles.add("init", kind)
        page = stage.page()
        page.goto(f"{stage.product.url}/liff/")
        assert told(page)["failed"] == failed

    def test_a_permalink_reaches_its_path_in_two_steps(self, stage: Stage) -> None:
        page = stage.page()
        stage.world.auto_login = "haru"
        visited: list[str] = []
        page.on("framenavigated", lambda frame: visited.append(frame.url))
        page.goto(f"{stage.url}/{LIFF_ID}/reports/new?kind=road")
        page.wait_for_url("**/liff/?code=*")
        assert told(page)["link"] == f"{stage.url}/{LIFF_ID}"
        assert visited[0] == f"{stage.product.url}/liff/?liff.state=%2Freports%2Fnew%3Fkind%3Droad"
        assert visited[1] == f"{stage.product.url}/liff/reports/new?kind=road"


def hand_menu(stage: Stage) -> None:
    """Give everybody a menu with one area that opens the shelters page."""
    uri = f"{stage.url}/{LIFF_ID}/shelters?kind=flood"
    body = menu()
    body["areas"][0]["action"] = {**LINK, "uri": uri, "label": "避難所をさがす"}
    stage.world.store.put("menu", "richmenu-1", body)
    stage.world.store.put_blob("menu:richmenu-1", "image/png", picture())
    stage.world.store.put("setting", "default_menu", {"menu": "richmenu-1"})


def open_phone(stage: Stage, key: str = "haru", **options: Any) -> Page:  # noqa: ANN401 - as above
    """Return the phone page held by this resident."""
    page = stage.page(**options)
    page.on("console", lambda line: stage.complaints.append(line.text))
    page.goto(f"{stage.url}/#{key}")
    page.wait_for_selector(f"html[data-ready={key}]", state="attached")
    return page


def frame_of(page: Page) -> Frame:
    """Return the frame of the page that slid up."""
    element = page.wait_for_selector("iframe")
    frame = element.content_frame() if element else None
    assert frame
    return frame


def open_shelters(page: Page) -> Frame:
    """Tap the menu and return the frame once it stands at its path."""
    page.get_by_role("button", name="避難所をさがす").click()
    frame = frame_of(page)
    frame.wait_for_url("**/liff/shelters?kind=flood")
    return frame


class TestInsideLine:
    """The page in the phone's frame."""

    def test_a_menu_tap_opens_the_page_with_tokens_and_cleans_the_address(
        self, stage: Stage
    ) -> None:
        hand_menu(stage)
        page = open_phone(stage, "kenta")
        page.get_by_role("button", name="避難所をさがす").click()
        page.wait_for_selector("[data-ref=sheet-title] >> text=避難所をさがす")
        frame = frame_of(page)
        frame.wait_for_url("**/liff/shelters?kind=flood")
        found = told(frame)
        assert found["profile"]["userId"] == stage.user("kenta")
        assert (found["inClient"], found["type"], found["os"]) == (True, "utou", "android")
        assert found["address"] == f"{stage.product.url}/liff/shelters?kind=flood"
        assert frame.evaluate("() => localStorage.length") == 0
        frame.get_by_role("button", name="閉じる").click()
        expect(page.locator("[data-ref=sheet]")).to_be_hidden()

    def test_a_new_window_is_the_new_holders_and_a_reload_stays_the_old_ones(
        self, stage: Stage
    ) -> None:
        hand_menu(stage)
        page = open_phone(stage, "haru")
        tokens = []
        for key in ("haru", "mei"):
            page.locator(f"input[value={key}]").check(force=True)
            page.wait_for_selector(f"html[data-ready={key}]", state="attached")
            frame = open_shelters(page)
            found = told(frame)
            assert found["profile"]["userId"] == stage.user(key)
            frame.evaluate(
                "() => { delete document.documentElement.dataset.ready; location.reload(); }"
            )
            tokens.append((found["token"], told(frame)["token"]))
        assert tokens[0][0] == tokens[0][1]
        assert tokens[1][0] == tokens[1][1] != tokens[0][0]

    @pytest.mark.parametrize("kind", ["stale", "forged"])
    def test_a_token_gone_bad_reaches_the_page_unnoticed_by_the_sdk(
        self, stage: Stage, kind: str
    ) -> None:
        hand_menu(stage)
        stage.world.troubles.add("kept_token", kind)
        found = told(open_shelters(open_phone(stage)))
        claims = stage.world.key.claims_of(found["token"])
        assert found["loggedIn"] is True
        assert (claims is None) == (kind == "forged")
        assert (found["claims"]["exp"] < stage.world.clock()) == (kind == "stale")

    @pytest.mark.parametrize("kind", ["stale", "forged"])
    def test_a_token_issued_bad_makes_init_fail(self, stage: Stage, kind: str) -> None:
        stage.world.troubles.add("id_token", kind)
        page = open_phone(stage)
        hand_menu(stage)
        page.get_by_role("button", name="避難所をさがす").click()
        frame = frame_of(page)
        assert told(frame)["failed"] == "INVALID_ID_TOKEN"


class TestThePhone:
    """What a person does with it."""

    def test_a_message_goes_out_as_a_webhook_and_an_answer_comes_in(self, stage: Stage) -> None:
        page = open_phone(stage)
        page.get_by_role("textbox", name="メッセージ").fill("<b>避難所</b>はどこ？")
        page.keyboard.press("Enter")
        expect(page.get_by_text("<b>避難所</b>はどこ？", exact=True)).to_be_visible()
        stage.world.webhooks.wait()
        event = stage.product.hooks[0]
        assert event["message"]["text"] == "<b>避難所</b>はどこ？"
        answer = {"type": "text", "text": "市役所のとなりです"}
        headers = {"Authorization": f"Bearer {CONFIG.channel_token}"}
        body = {"replyToken": event["replyToken"], "messages": [answer]}
        given = page.request.post(f"{stage.url}/v2/bot/message/reply", headers=headers, data=body)
        assert given.ok
        expect(page.get_by_text("市役所のとなりです", exact=True)).to_be_visible()

    def test_every_kind_of_message_is_drawn(self, stage: Stage) -> None:
        page = open_phone(stage)
        headers = {"Authorization": f"Bearer {CONFIG.channel_token}"}
        uri = {"type": "uri", "label": "くわしく見る", "uri": f"{stage.url}/{LIFF_ID}"}
        text = {"type": "text", "text": "避難指示", "weight": "bold", "color": "#b00020"}
        contents = [text, {"type": "separator"}, {"type": "button", "action": uri}]
        bubble = {
            "type": "bubble",
            "body": {"type": "box", "layout": "vertical", "contents": contents},
        }
        place = {"title": "中央公民館", "address": "中央町1", "latitude": 34, "longitude": 134}
        buttons = {"type": "buttons", "text": "えらぶ", "actions": [{**uri, "label": "申請する"}]}
        reply = {"type": "message", "label": "はい", "text": "はい、ぶじです"}
        messages = [
            {"type": "flex", "altText": "避難指示", "contents": bubble},
            {"type": "template", "altText": "えらぶ", "template": buttons},
            {"type": "location", **place},
            {"type": "sticker", "packageId": "446", "stickerId": "1988"},
            {"type": "text", "text": "ごぶじですか", "quickReply": {"items": [{"action": reply}]}},
        ]
        body = {"to": stage.user("haru"), "messages": messages}
        given = page.request.post(f"{stage.url}/v2/bot/message/push", headers=headers, data=body)
        assert given.ok, given.text()
        for words in ("避難指示", "中央公民館", "ごぶじですか"):
            expect(page.get_by_text(words, exact=True)).to_be_visible()
        for name in ("くわしく見る", "申請する"):
            expect(page.get_by_role("button", name=name)).to_be_visible()
        page.get_by_role("button", name="はい").click()
        expect(page.get_by_text("はい、ぶじです", exact=True)).to_be_visible()

    def test_it_works_by_keyboard_alone(self, stage: Stage) -> None:
        hand_menu(stage)
        page = open_phone(stage)
        area = page.get_by_role("button", name="避難所をさがす")
        area.focus()
        page.keyboard.press("Enter")
        close = page.get_by_role("button", name="ページを閉じる")
        expect(close).to_be_focused()
        page.keyboard.press("Enter")
        expect(area).to_be_focused()
        page.get_by_role("button", name="キーボードを出す").press("Enter")
        expect(page.get_by_role("textbox", name="メッセージ")).to_be_focused()

    def test_blocking_takes_the_menu_away_and_unblocking_brings_it_back(self, stage: Stage) -> None:
        hand_menu(stage)
        page = open_phone(stage)
        page.get_by_role("button", name="ブロックする").click()
        expect(page.get_by_text("ブロックしています")).to_be_visible()
        expect(page.get_by_role("button", name="避難所をさがす")).to_be_hidden()
        page.get_by_role("button", name="友だち追加・ブロック解除").click()
        expect(page.get_by_role("button", name="避難所をさがす")).to_be_visible()
        stage.world.webhooks.wait()
        assert [event["type"] for event in stage.product.hooks] == ["unfollow", "follow"]

    def test_a_trouble_is_booked_shown_and_called_off(self, stage: Stage) -> None:
        page = open_phone(stage)
        page.get_by_label("つぎに起きること").select_option("api monthly")
        page.get_by_role("button", name="予約する").click()
        expect(page.get_by_text("予約中：月の上限で断る（429） ×1")).to_be_visible()
        page.get_by_role("button", name="予約をすべて取り消す").click()
        expect(page.get_by_text("予約はありません")).to_be_visible()
        assert stage.world.troubles.waiting() == []

    @pytest.mark.parametrize("size", [(1440, 960), (390, 844)])
    def test_it_is_accessible_and_breaks_no_policy(
        self, stage: Stage, size: tuple[int, int]
    ) -> None:
        hand_menu(stage)
        page = open_phone(stage, viewport={"width": size[0], "height": size[1]})
        page.get_by_role("button", name="避難所をさがす").wait_for()
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found] == []
        if size[0] < 700:
            page.get_by_role("button", name="設定").click()
            page.get_by_role("heading", name="訓練").wait_for()
            assert Axe().run(page).response["violations"] == []
        assert [line for line in stage.complaints if "Security Policy" in line] == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

    def test_the_login_page_is_accessible(self, stage: Stage) -> None:
        page = stage.page(viewport={"width": 390, "height": 844})
        page.goto(f"{stage.product.url}/liff/")
        page.get_by_role("button", name="窓野 ハル").wait_for()
        assert Axe().run(page).response["violations"] == []
