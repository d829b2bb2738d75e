"""An account in a real browser: from the command's link to its end; and the pages for everybody."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from liff_app import clock
from liff_app.staff import codes
from liff_app.staff.vocabulary import Role

from .conftest import Phones, Visit
from .people import sign_in
from .servers import Town
from .test_accessibility import faults

pytestmark = pytest.mark.e2e

PASSWORD = "mizuumi kitsune entotsu"
OFFICE = {"width": 1280, "height": 900}


def invite(town: Town, login: str, role: str = "viewer") -> str:
    """Address of the link that the command prints."""
    printed = town.run("staff", "add", login, "--name", "窓 まどか", "--role", role)
    found = re.search(r"http://\S+", printed)
    assert found, printed
    return found[0]


def new_login() -> str:
    return f"madoka-{secrets.token_hex(3)}"


def set_up(page: Page, link: str) -> tuple[str, list[str]]:
    """Password and phone as the link asks for them; gives the secret and the recovery codes."""
    page.goto(link)
    page.get_by_label("新しいパスワード").fill(PASSWORD)
    page.get_by_label("もう一度、同じパスワード").fill(PASSWORD)
    page.get_by_role("button", name="次へ進む").click()
    expect(page.get_by_role("img", name="認証アプリで読み取るQRコード")).to_be_visible()
    page.get_by_text("読み取れないときは").click()
    secret = page.locator(".setup-secret").inner_text().replace(" ", "")
    page.get_by_label("6桁の数字").fill(codes.code_at(secret, clock.now()))
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("heading", name="回復コードを控えてください")).to_be_visible()
    return secret, page.locator(".setup-codes li").all_inner_texts()


def enter(page: Page, login: str, code: str, password: str = PASSWORD) -> None:
    """Fill and send the sign-in form."""
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(password)
    page.get_by_label("確認コード").fill(code)
    page.get_by_role("button", name="ログインする").click()


def test_an_account_lives_from_its_link_to_its_end(  # noqa: PLR0915 - a whole life
    phones: Phones, town: Town
) -> None:
    login = new_login()
    link = invite(town, login)
    clerk = phones(town.url)
    page = clerk.page
    secret, recovery = set_up(page, link)
    page.get_by_role("link", name="控えました。ログインする").click()
    clerk.foresee("status of 401", "status of 404", "status of 409")

    enter(page, login, codes.code_at(secret, clock.now()))  # used when the phone was set up
    expect(page.get_by_role("alert")).to_contain_text("どれかがちがいます")
    enter(page, login, recovery[0])
    expect(page.get_by_role("heading", name="窓 まどかさんの仕事")).to_be_visible()
    expect(page.get_by_role("navigation", name="業務").get_by_text("職員")).to_have_count(0)

    boss = phones(town.url, None, viewport=OFFICE)
    sign_in(boss, town, Role.ADMINISTRATOR)
    boss.open("/console/staff/")
    boss.page.get_by_role("listitem").filter(has_text=login).get_by_role("link").click()
    boss.page.get_by_text("役割を足す").first.click()
    boss.page.get_by_role("radio", name="管理者").check()
    boss.page.get_by_role("button", name="役割を足す").click()
    expect(boss.page.get_by_role("button", name="管理者を外す")).to_be_visible()

    page.reload()
    expect(page.get_by_role("heading", name="職員のログイン")).to_be_visible()
    enter(page, login, recovery[1])
    page.get_by_role("navigation", name="業務").get_by_text("職員").click()
    expect(page.get_by_role("heading", name="職員", exact=True)).to_be_visible()

    boss.page.reload()  # it knows of the new session now
    boss.page.get_by_text("すべてログアウトさせる").click()
    boss.page.get_by_role("button", name="ログアウトさせる").click()
    page.goto(f"{town.url}/console/sessions")
    expect(page.get_by_role("heading", name="職員のログイン")).to_be_visible()
    enter(page, login, recovery[2])
    expect(page.get_by_text("（いま見ている所）")).to_be_visible()

    boss.page.get_by_text("停止する（異動や退職のとき）").click()
    boss.page.get_by_role("button", name="この職員を停止する").click()
    expect(boss.page.get_by_text("停止しています")).to_be_visible()
    page.reload()
    enter(page, login, recovery[3])
    expect(page.get_by_role("alert")).to_contain_text("どれかがちがいます")
    page.goto(link)
    expect(page.get_by_role("heading", name="このリンクはもう使えません")).to_be_visible()


def test_a_colleague_ends_the_session_at_the_other_pc(phones: Phones, town: Town) -> None:
    login = new_login()
    one, other = phones(town.url), phones(town.url, None, viewport=OFFICE)
    secret, recovery = set_up(one.page, invite(town, login))
    assert secret
    one.page.goto("/console/login")
    enter(one.page, login, recovery[0])
    other.page.goto("/console/login")
    enter(other.page, login, recovery[1])
    expect(other.page.get_by_role("heading", name="窓 まどかさんの仕事")).to_be_visible()
    one.page.goto("/console/sessions")
    one.page.get_by_role("button", name=re.compile("をログアウトさせる")).click()
    expect(one.page.get_by_role("button", name=re.compile("をログアウトさせる"))).to_have_count(0)
    other.page.reload()
    expect(other.page.get_by_role("heading", name="職員のログイン")).to_be_visible()


def test_an_administrator_invites_narrows_and_signs_out(phones: Phones, town: Town) -> None:
    boss = phones(town.url, None, viewport=OFFICE)
    sign_in(boss, town, Role.ADMINISTRATOR)
    page, login = boss.page, new_login()
    boss.open("/console/staff/new")
    page.get_by_label("名前", exact=False).first.fill("体育館 太郎")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_role("radio", name="避難所の担当").check()
    page.get_by_label("避難所（避難所の担当だけ）").select_option(label="まど市立中央小学校")
    page.get_by_role("button", name="加えて、リンクを作る").click()
    link = page.locator(".setup-secret").inner_text()
    teacher = phones(town.url)
    teacher.page.goto(link)
    expect(teacher.page.get_by_text("体育館 太郎")).to_be_visible()
    page.get_by_role("link", name="渡しました").click()
    expect(page.get_by_text("（まど市立中央小学校）")).to_be_visible()
    page.get_by_role("button", name="ログアウト", exact=True).click()
    expect(page.get_by_role("heading", name="職員のログイン")).to_be_visible()


def test_from_a_mails_link_a_colleague_lands_where_it_leads(phones: Phones, town: Town) -> None:
    """Another site's link brings no Strict cookie along."""
    clerk = phones(town.url)
    sign_in(clerk, town, Role.VIEWER)
    clerk.page.goto(town.line)
    clerk.page.evaluate("(to) => { location.href = to; }", f"{town.url}/console/sessions")
    expect(clerk.page.get_by_text("（いま見ている所）")).to_be_visible()


def test_a_colleague_comes_in_by_the_towns_own_issuer(phones: Phones, town: Town) -> None:
    login = new_login()
    invite(town, login, "administrator")
    clerk = phones(town.url)
    clerk.page.goto("/console/sessions")
    clerk.page.get_by_role("link", name="庁内のアカウントでログインする").click()
    clerk.page.get_by_label("ログイン名").fill(login)
    clerk.page.get_by_role("button", name="ログインする").click()
    expect(clerk.page.get_by_text("（いま見ている所）")).to_be_visible()
    clerk.open("/console/staff/new")

    stranger = phones(town.url)
    stranger.foresee("status of 401")
    stranger.page.goto("/console/login")
    stranger.page.get_by_role("link", name="庁内のアカウントでログインする").click()
    stranger.page.get_by_label("ログイン名").fill("nobody")
    stranger.page.get_by_role("button", name="ログインする").click()
    expect(stranger.page.get_by_role("alert")).to_contain_text("登録されていません")


Opening = Callable[[Visit, Town], None]


def console(address: str) -> Opening:
    """A page of the console, as an administrator sees it."""

    def open_it(visit: Visit, town: Town) -> None:
        account_id = sign_in(visit, town, Role.ADMINISTRATOR, (Role.SENDER, {}))
        visit.foresee("status of 404")
        visit.open(address.replace("ME", account_id))

    return open_it


def in_front(address: str) -> Opening:
    """A page in front of the console."""
    return lambda visit, _town: visit.open(address)


def wrong(visit: Visit, _town: Town) -> None:
    """The sign-in after something did not fit."""
    visit.foresee("status of 401")
    visit.open("/console/login")
    enter(visit.page, new_login(), "000000")
    expect(visit.page.get_by_role("alert")).to_be_visible()


def first_step(visit: Visit, town: Town) -> None:
    """A link, with a password that will not do."""
    visit.foresee("status of 422")
    visit.page.goto(invite(town, new_login()))
    visit.page.get_by_label("新しいパスワード").fill("password1234567")
    visit.page.get_by_label("もう一度、同じパスワード").fill("password1234567")
    visit.page.get_by_role("button", name="次へ進む").click()
    expect(visit.page.get_by_role("alert")).to_be_visible()


def second_step(visit: Visit, town: Town) -> None:
    """The phone's QR code."""
    visit.page.goto(invite(town, new_login()))
    visit.page.get_by_label("新しいパスワード").fill(PASSWORD)
    visit.page.get_by_label("もう一度、同じパスワード").fill(PASSWORD)
    visit.page.get_by_role("button", name="次へ進む").click()
    visit.page.get_by_text("読み取れないときは").click()


def last_step(visit: Visit, town: Town) -> None:
    """The recovery codes."""
    set_up(visit.page, invite(town, new_login()))


def all_open(opening: Opening) -> Opening:
    """The page with every fold open."""

    def open_it(visit: Visit, town: Town) -> None:
        opening(visit, town)
        visit.page.evaluate(
            "() => document.querySelectorAll('details').forEach((d) => d.open = true)"
        )

    return open_it


PAGES: dict[str, Opening] = {
    "sign-in": all_open(in_front("/console/login")),
    "refused": wrong,
    "password": first_step,
    "phone": second_step,
    "recovery codes": last_step,
    "dashboard": console("/console/"),
    "my account": console("/console/sessions"),
    "confirm": console("/console/confirm"),
    "colleagues": console("/console/staff/"),
    "new colleague": console("/console/staff/new"),
    "colleague": all_open(console("/console/staff/ME")),
    "departments": console("/console/departments/"),
    "not found": console("/console/staff/nobody"),
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_dark_and_largest_text(
    phones: Phones, town: Town, name: str
) -> None:
    visit = phones(town.url)
    PAGES[name](visit, town)
    assert faults(visit.page) == []
    visit.page.emulate_media(color_scheme="dark")
    assert faults(visit.page) == []
    visit.page.evaluate("() => { document.documentElement.dataset.size = 'xlarge'; }")
    assert faults(visit.page) == []
    visit.page.set_viewport_size({"width": 320, "height": 640})
    assert visit.page.evaluate("() => document.scrollingElement.scrollWidth") <= 320
