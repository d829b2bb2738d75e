"""Five workbooks, each from a clerk's disk to a finished case.

Uploaded, published, sent, returned, put right, decided, completed; one of them without any script,
on every side.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from liff_app import clock
from liff_app import demo_town as the_town
from liff_app.db import transaction
from liff_app.procedures.postal import service as postal
from liff_app.procedures.postal.lists import read_list

from .conftest import Phones, chromium
from .procedure_hands import LIFF, Resident, Reviewer, upload_and_publish
from .servers import Town, running_town

pytestmark = pytest.mark.e2e


def photo(name: str = "IMG_0001.jpg") -> dict[str, Any]:
    """A picture as a file input takes it."""
    raw = io.BytesIO()
    Image.new("RGB", (800, 600), (150, 180, 210)).save(raw, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": raw.getvalue()}


WHO = {"name": "𠮷田 ひなた", "kana": "よしだ ひなた", "phone": "090-0000-0001"}
HOME = {"postal": "000-0011", "address": "まど県まど市あかり町12番1号"}
BORN = ("S", "63", "11", "2")


@dataclass(frozen=True, kw_only=True)
class Way:
    """One workbook's way: what is answered, what was wrong with it, and how it ends."""

    name: str
    resident: str
    answers: dict[str, Any]
    points: dict[str, str]  # path and what the reviewer says
    mended: dict[str, Any]
    pages: list[str]
    shown: tuple[str, ...]  # words on the page where all stands once more
    after: str  # words of what was put right
    hidden: tuple[str, ...] = ()
    said: str = "確かめました。"
    by_two: bool = False
    scripts: bool = True
    fee: str = field(default="")


WASTE = Way(
    name="sodai_gomi",
    resident="haru",
    answers=WHO | HOME | {
        "home_kind": "flat", "room": "まどハイツ 203",
        "items": [
            {"goods_kind": "furniture", "goods": "sofa", "quantity": "2"},
            {"goods_kind": "other", "goods": "other_large", "goods_other": "木の板",
             "quantity": "1"},
        ],
        "no_appliances": "true", "when": "early", "put_out": "front", "place": "あかり町",
        "place_note": "青い門の左です。",
    },
    points={
        "place_note": "門が2つあります。どちらですか。",
        "items/1/quantity": "数を確かめてください。",
    },
    mended={"place_note": "北の門です。", "items": [{}, {"quantity": "3"}]},
    pages=["who", "home", "page_items", "fee_page", "day", "spot", "page_photo"],
    shown=("木の板", "4,000円", "まどハイツ 203"),
    hidden=("運び出しが難しい理由",),
    after="北の門です。",
    fee="5,600円",
)  # fmt: skip
COPY = Way(
    name="juminhyo",
    resident="kenta",
    answers=WHO | HOME | {
        "who": "self", "birth": BORN, "scope": "part", "members": "𠮷田 ひなた、𠮷田 そら",
        "with_head": "yes", "with_domicile": "no", "with_number": "no", "purpose": "work",
        "copies": "2", "delivery": "post", "id_kind": "licence", "id_photo": photo("card.jpg"),
        "true_words": "true",
    },
    points={"members": "そらさんの字を確かめてください。"},
    mended={"members": "𠮷田 ひなた、𠮷田 空"},
    pages=["start", "person", "contents", "delivery_page", "identity"],
    shown=("昭和63年", "card.jpg", "710円"),
    hidden=("マイナンバーがのった住民票の提出先",),
    after="𠮷田 空",
)  # fmt: skip
DAMAGE = Way(
    name="risai_shomei",
    resident="satoru",
    scripts=False,
    answers=WHO | HOME | {
        "applicant": "agent", "agent_name": "窓野 ハル", "agent_phone": "090-0000-0002",
        "agent_relation": "household", "birth": BORN, "place": "あかり町",
        "house_kind": "own_house", "relation": "other", "relation_other": "兄の家を借りています。",
        "staying": "family", "staying_address": "まど市湊4番2号の姉の家",
        "disaster_kind": "flood", "disaster_date": ("R", "7", "9", "12"),
        "parts": ["floor", "inner"], "water": "above", "water_cm": "35",
        "damage_text": "畳と壁がぬれました。", "photos": [photo("家.jpg")],
        "way": "visit", "visit": ["wd_am", "weekend"], "uses": ["insurance"], "copies": "1",
        "share": "yes", "true_words": "true",
    },
    points={"water_cm": "写真では、もっと高く見えます。"},
    mended={"water_cm": "53"},
    pages=["page_applicant", "agent", "person", "house", "disaster", "damage", "survey",
           "certificate"],
    shown=("兄の家を借りています。", "家.jpg", "令和7年"),
    hidden=("委任状",),
    after="53",
)  # fmt: skip
CHILDREN = Way(
    name="jido_teate",
    resident="mei",
    by_two=True,
    answers=WHO | HOME | {
        "birth": BORN, "moved": "no", "pension": "employee", "employer": "まど製作所",
        "has_spouse": "yes", "spouse_name": "𠮷田 空", "spouse_birth": ("H", "1", "1", "8"),
        "spouse_lives": "together", "own_income": "3,000,000", "spouse_income": "4000000",
        "why_recipient": "妻は、この春まで休職していました。",
        "children": [
            {"child_name": "𠮷田 そら", "child_kana": "ヨシダ ソラ",
             "child_birth": ("H", "31", "4", "30"), "child_relation": "child",
             "child_lives": "together", "cares": "yes"},
            {"child_name": "𠮷田 うみ", "child_kana": "ヨシダ ウミ",
             "child_birth": ("R", "1", "5", "1"), "child_relation": "child",
             "child_lives": "apart", "child_address": "まど市丘の上一丁目2番3号",
             "apart_reason": "school", "cares": "yes"},
        ],
        "older": "no", "change_account": "yes", "bank": "まど銀行 中庭支店",
        "account_kind": "ordinary", "account_number": "０１２３４５６",
        "account_name": "ヨシダ ヒナタ", "passbook": photo("通帳.jpg"),
        "look_up": "true", "true_words": "true",
    },
    points={"children/1/child_birth": "住民票とちがいます。", "account_number": "読めません。"},
    mended={"account_number": "6543210", "children": [{}, {"child_birth": ("R", "2", "5", "1")}]},
    pages=["recipient", "home", "work", "spouse", "page_children", "result", "account",
           "agreement"],
    shown=("平成31年4月30日", "令和元年5月1日", "妻は、この春まで休職していました。"),
    after="令和2年5月1日",
)  # fmt: skip
SURVEY: dict[str, Any] = {
    "age": "30s", "town": "hill", "years": "1to5", "household": "small", "roads": "poor",
    "parks": "good", "waste": "good", "buses": "so_so", "health": "fair", "safety": "unknown",
    "unsatisfied": "坂の道の手すりがほしいです。", "childcare": "fair",
    "child_wish": ["play", "road"], "knows_shelter": "yes", "prepared": "yes",
    "things": ["water", "light"], "uses": ["shelter", "report"], "uses_scale": "good",
    "priority": ["roads", "child", "green"], "stay": "yes", "free": "木陰を増やしてください。",
}  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """まど市 without a form, nobody's but this module's."""
    chromium()
    with running_town(tmp_path_factory.mktemp("whole")) as own:
        with own.app.app_context():
            the_town.load(now=clock.now())
            codes = (the_town.FOLDER / "postal_codes.csv").read_bytes()
            with transaction() as session:
                postal.import_list(session, read_list(codes))
        yield own


@pytest.mark.parametrize("way", [WASTE, COPY, DAMAGE, CHILDREN], ids=lambda one: one.name)
def test_from_the_clerks_disk_to_a_completed_case(phones: Phones, town: Town, way: Way) -> None:
    upload_and_publish(phones, town, way.name, scripts=way.scripts)
    resident = Resident(phones, town, way.resident, scripts=way.scripts)
    number = _sends(resident, way)
    reviewer = Reviewer(phones, town, scripts=way.scripts)
    reviewer.open(number)
    reviewer.send_back(way.points)
    _puts_right(resident, way, number)
    _decides(phones, town, reviewer, way, number)
    said = resident.messages()
    assert sum("申請が認められました。" in one for one in said) == 1
    assert sum("手続きが終わりました。" in one for one in said) == 1
    private = ("ひなた", way.said, *way.points.values())
    assert not any(words in one for one in said for words in private)
    resident.page.reload()
    expect(resident.page.locator(".procedure-head")).to_contain_text("手続きが終わりました")
    expect(resident.page.locator("main")).to_contain_text(way.said)


def _sends(resident: Resident, way: Way) -> str:
    """The resident answers page by page, reads it once more, and sends it."""
    resident.begin(way.name.replace("_", "-"))
    assert resident.fill_in(way.answers) == way.pages
    main = resident.page.locator("main")
    for words in way.shown:
        expect(main).to_contain_text(words)
    for words in way.hidden:
        expect(main).not_to_contain_text(words)
    number = resident.send()
    assert re.fullmatch(r"令\d+-.-\d{6}-\d", number)
    return number


def _puts_right(resident: Resident, way: Way, number: str) -> None:
    """One message came; it leads to exactly the questions that were pointed at."""
    told = [one for one in resident.messages() if "直していただきたいところがあります。" in one]
    assert len(told) == 1
    assert number in told[0]
    link = re.search(r"/procedures/sent/[0-9a-f]{32}", told[0])
    assert link, told[0]
    page = resident.page
    page.goto(f"/liff{link[0]}")
    resident.looks("mine")
    page.get_by_role("link", name="直すところを見る").click()
    expect(page.locator(".procedure-point")).to_have_count(len(way.points))
    for comment in way.points.values():
        expect(page.locator("main")).to_contain_text(comment)
    resident.looks("points")
    with page.expect_navigation():
        page.get_by_role("button", name="直す", exact=True).click()
    assert len(resident.fill_in(way.mended)) == len({path.split("/")[0] for path in way.points})
    expect(page.locator("main")).to_contain_text(way.after)
    if way.fee:
        expect(page.locator(".procedure-fee")).to_contain_text(way.fee)
    assert resident.send() == number
    page.get_by_role("link", name="申請の様子を見る").click()


def _decides(phones: Phones, town: Town, reviewer: Reviewer, way: Way, number: str) -> None:
    """The reviewer sees what became different, accepts it and completes it."""
    reviewer.open(number)
    main = reviewer.page.locator("main")
    expect(reviewer.page.locator("[data-changed]").first).to_be_visible()
    expect(main).to_contain_text(
        f"ちがう答え：{len(way.points)}" if not way.fee else "ちがう答え："
    )
    reviewer.step("accepted")
    if way.by_two:
        expect(main).to_contain_text("提案した人は承認できません")
        other = Reviewer(phones, town, scripts=way.scripts)
        other.open(number)
        with other.page.expect_navigation():
            other.page.get_by_role("button", name="この決定を承認する").click()
        expect(other.page.locator("#done")).to_be_visible()
        reviewer.open(number)
    reviewer.step("completed", way.said)
    expect(reviewer.page.locator(".case-head")).to_contain_text("完了")


def test_a_survey_goes_from_the_clerks_disk_to_its_results(phones: Phones, town: Town) -> None:
    """It names nobody, is answered once, and too few answers show no numbers."""
    upload_and_publish(phones, town, "shimin_anketo", scripts=True)
    resident = Resident(phones, town, "hoa", scripts=True)
    resident.begin("shimin-anketo")
    pages = resident.fill_in(SURVEY)
    assert pages == [
        "you",
        "satisfaction",
        "page_unsatisfied",
        "children_page",
        "ready",
        "line",
        "future",
    ]
    assert resident.send() == ""
    resident.page.get_by_role("link", name="みんなの答えを見る").click()
    expect(resident.page.get_by_role("heading", level=1)).to_be_visible()
    resident.looks("results")
    expect(resident.page.locator("main")).not_to_contain_text("坂の道の手すり")
    resident.page.goto(f"{LIFF}/shimin-anketo")
    expect(resident.page.locator("main")).to_contain_text("もう答えていただきました")
    assert not any("回答を受け付けました" in one for one in resident.messages())
    clerk = Reviewer(phones, town, scripts=True)
    clerk.page.goto("/console/procedures")
    expect(clerk.page.locator("main")).not_to_contain_text("まちの暮らしアンケート 令")
