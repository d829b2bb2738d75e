"""The finder's page as a browser without JavaScript sees it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from liff_app.shelters.board import CHECK_SECONDS
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.pages import PAGE
from liff_app.shelters.vocabulary import Fits, Hazard, Opening, Role
from tests.shelters.published import north, people, publish, row

pytestmark = pytest.mark.usefixtures("with_towns")

Begin = Callable[..., None]
PAGES = ("/shelters", "/liff/shelters")


class Page(HTMLParser):
    """What a page holds that these tests ask for; blank pieces for scripts are left out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []
        self.checked: list[str] = []
        self.selected: list[str] = []
        self.options: dict[str, str] = {}
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._ref: str | None = None
        self._hidden: list[str] = []
        self._option = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in ("template", "style"):
            self._hidden.append(tag)
        if self._hidden:
            return
        self.tags.append((tag, known))
        self._ref = known.get("data-ref")
        if tag == "a":
            self.links.append(known.get("href") or "")
        if tag == "input" and "checked" in known:
            self.checked.append(known.get("value") or "")
        if tag == "option":
            self._option = known.get("value") or ""
            if "selected" in known:
                self.selected.append(self._option)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("template", "style") and self._hidden:
            self._hidden.pop()
        self._ref = None
        if tag == "option":
            self._option = ""

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        self.words.append(data)
        if self._option:
            self.options[self._option] = self.options.get(self._option, "") + data.strip()
        if self._ref == "name":
            self.names.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def is_shown(self, ref: str) -> bool:
        """Whether the piece of that name is there and not hidden."""
        return any(known.get("data-ref") == ref and "hidden" not in known for _, known in self.tags)


def read(visitor: FlaskClient, path: str) -> Page:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    assert "Set-Cookie" not in answer.headers
    return Page(answer.text)


def towns_of(visitor: FlaskClient) -> dict[str, str]:
    """Code of each town offered, by its name with its reading."""
    options = read(visitor, "/shelters").options
    return {name: code for code, name in options.items()}


@pytest.mark.parametrize("path", PAGES)
def test_before_a_question_the_page_offers_hazards_and_towns(
    visitor: FlaskClient, path: str
) -> None:
    publish(row())
    page = read(visitor, path)
    assert page.names == []
    assert page.checked == [""]  # everything, in normal times
    assert list(page.options.values()) == [
        "コマド町（こまどちょう）",
        "中庭一丁目（なかにわいっちょうめ）",
        "中庭二丁目（なかにわにちょうめ）",
        "湊（みなと）",
    ]
    assert page.is_shown("before")
    assert not page.is_shown("found")
    assert "000-000-0000" in page.text


@pytest.mark.parametrize("path", PAGES)
def test_a_town_from_the_list_gives_places_by_distance(visitor: FlaskClient, path: str) -> None:
    publish(row("A1"), row("A2", name="川端小学校", lat=north(900), remarks="2階へ"))
    code = towns_of(visitor)["中庭一丁目（なかにわいっちょうめ）"]
    page = read(visitor, f"{path}?hazard=flood&purpose=escape&town={code}&q=&lat=&lon=")
    assert page.names == ["中央小学校", "川端小学校"]
    assert page.selected == [code]
    assert page.checked == ["flood"]
    assert "2か所のうち 2か所を表示しています" in page.text
    assert "洪水のとき避難できる" in page.text
    assert "2階へ" in page.text
    assert "開いて" not in page.text  # normal times: no state


@pytest.mark.parametrize(
    "typed", ["湊", "みなと", "ミナト", "ﾐﾅﾄ", "コマド", "こまど", "ｺﾏﾄﾞ町", " 湊 "]
)
def test_a_town_is_found_as_people_type_it(visitor: FlaskClient, typed: str) -> None:
    publish(row())
    page = read(visitor, f"/shelters?q={quote(typed)}")
    assert page.names == ["中央小学校"]


def test_an_ambiguous_name_asks_back_with_links_that_keep_the_question(
    visitor: FlaskClient,
) -> None:
    publish(row())
    page = read(visitor, f"/shelters?q={quote('なかにわ')}&hazard=flood&purpose=stay")
    assert page.names == []
    offered = [link for link in page.links if "town=" in link and "town=&" not in link]
    assert len(offered) == 2  # not the neighbour's 中庭三丁目
    assert "どの町ですか" in page.text
    parts = urlsplit(offered[0])
    answer = read(visitor, f"{parts.path}?{parts.query}")
    assert answer.selected
    assert "hazard=flood" in parts.query
    assert "purpose=stay" in parts.query


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (f"q={quote('ない町')}", "「ない町」という町はありません。一覧からえらんでください。"),
        ("town=479993ffffffffff", "えらんだ町は一覧にありません。もう一度えらんでください。"),
        ("lat=abc&lon=140", "緯度と経度は、35.681 と 139.767 のように数字で入れてください。"),
        ("lat=51.5&lon=0.1", "日本の中の緯度・経度を入れてください。"),
        (f"q={quote('%_')}", "「%_」という町はありません。一覧からえらんでください。"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(
    visitor: FlaskClient, query: str, sentence: str
) -> None:
    publish(row())
    page = read(visitor, f"/shelters?{query}")
    assert sentence in page.text
    assert page.names == []
    assert any(known.get("role") == "alert" for _, known in page.tags)


@pytest.mark.parametrize(
    "query", ["town=%00", "q=%00", "lat=%00&lon=%00", "hazard=%00&purpose=%FF"]
)
def test_bytes_no_database_takes_are_no_fault_of_ours(visitor: FlaskClient, query: str) -> None:
    assert visitor.get(f"/shelters?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", True),
        ("hazard=flood", True),
        ("hazard=&purpose=escape&town=&q=&lat=&lon=", True),
        ("lat=35.601&lon=140.301", False),
        ("lat=35.601&lon=", False),
        ("lat=35.601&lon=abc", False),
        ("lat=51.5&lon=0.1", False),
    ],
)
def test_a_page_told_a_position_is_kept_by_no_cache(
    visitor: FlaskClient, query: str, *, kept: bool
) -> None:
    publish(row())
    cache = visitor.get(f"/shelters?{query}").headers["Cache-Control"]
    assert cache == ("public, max-age=60, stale-while-revalidate=86400" if kept else "no-store")
    assert visitor.get(f"/liff/shelters?{query}").headers["Cache-Control"] == "no-store"


def test_the_public_page_is_the_same_for_everybody(visitor: FlaskClient) -> None:
    publish(row())
    one = visitor.get("/shelters", headers={"Cookie": "text_size=xlarge; language=en"})
    assert "nonce" not in one.headers["Content-Security-Policy"]
    assert "nonce=" not in one.text
    assert '<html lang="ja" data-size="xlarge"' not in one.text
    moving = re.compile(r'data-at="\d+"|\d+:\d\d')
    assert moving.sub("", one.text) == moving.sub("", visitor.get("/shelters").text)
    assert "csrf" not in one.text
    assert "Set-Cookie" not in one.headers


def test_a_typed_position_is_rounded_before_it_is_shown_back(visitor: FlaskClient) -> None:
    publish(row())
    text = visitor.get("/shelters?lat=35.60123456&lon=140.30123456").text
    assert 'data-lat="35.601"' in text
    assert "35.6012" not in text


def test_far_places_are_shown_with_what_to_do_instead(visitor: FlaskClient) -> None:
    publish(row(lat=36.2))
    page = read(visitor, "/shelters?lat=35.601&lon=140.301&hazard=tsunami")
    assert page.is_shown("far")
    assert re.search("この災害の避難場所は ?5 km以内にありません", page.text)
    assert "近くの高い場所か" in page.text
    assert page.names == ["中央小学校"]
    publish(row(lat=35.6))
    assert not read(visitor, "/shelters?lat=35.601&lon=140.301&hazard=tsunami").is_shown("far")


def test_a_hazard_no_place_is_designated_for_says_so(visitor: FlaskClient) -> None:
    publish(row(hazards=dict.fromkeys(Hazard, Fits.UNKNOWN)))
    page = read(visitor, "/shelters?lat=35.601&lon=140.301&hazard=volcano")
    assert page.names == []
    assert page.is_shown("none")
    assert page.is_shown("far")


def test_welfare_shelters_are_a_list_of_their_own_with_whom_they_take(
    visitor: FlaskClient,
) -> None:
    welfare = {"role": Role.WELFARE, "hazards": dict.fromkeys(Hazard, Fits.UNKNOWN)}
    publish(
        row("A1"),
        row("W1", name="遠い家", lat=north(3_000), target="介護が必要な人", **welfare),
        row("W2", name="近い家", lat=north(200), target="2歳までの子と親", **welfare),
    )
    query = "lat=35.6&lon=140.3&hazard=flood"
    for purpose in ("escape", "stay"):
        page = read(visitor, f"/shelters?{query}&purpose={purpose}")
        assert "家" not in "".join(page.names)
        assert page.is_shown("welfare-link")
    page = read(visitor, f"/shelters?{query}&purpose=welfare")
    assert page.names == ["近い家", "遠い家"]
    assert "対象の人：2歳までの子と親" in page.text
    assert "対象の人：介護が必要な人" in page.text
    assert "2か所のうち 2か所を表示しています" in page.text
    assert not page.is_shown("far")
    assert "指定なし" not in page.text
    assert "まず近くの避難所へ行って" in page.text


def test_the_total_counts_the_list_asked_for(visitor: FlaskClient, begin: Begin) -> None:
    no_flood = {**dict.fromkeys(Hazard, Fits.YES), Hazard.FLOOD: Fits.NO}
    publish(
        *(row(f"N{n}", name=f"第{n}広場", lat=north(n * 10)) for n in range(25)),
        row("X1", name="河川敷", hazards=no_flood),
        row("W1", name="まどの家", role=Role.WELFARE),
        row("S1", name="体育館", role=Role.SHELTER, hazards=dict.fromkeys(Hazard, Fits.UNKNOWN)),
    )
    where = "lat=35.6&lon=140.3"
    assert f"27か所のうち {PAGE}か所" in read(visitor, f"/shelters?{where}").text
    assert f"25か所のうち {PAGE}か所" in read(visitor, f"/shelters?{where}&hazard=flood").text
    assert "1か所のうち 1か所" in read(visitor, f"/shelters?{where}&purpose=stay").text
    assert "1か所のうち 1か所" in read(visitor, f"/shelters?{where}&purpose=welfare").text
    begin(Hazard.FLOOD)
    assert f"25か所のうち {PAGE}か所" in read(visitor, f"/shelters?{where}").text


@pytest.mark.parametrize("path", PAGES)
def test_in_a_disaster_its_hazard_is_chosen_and_its_banner_shown(
    visitor: FlaskClient, begin: Begin, path: str
) -> None:
    publish(row(capacity=people(100)), row("A2", name="川端小学校", lat=north(600)))
    begin(
        Hazard.TSUNAMI,
        Hazard.EARTHQUAKE,
        川端小学校=Change(opening=Opening.OPEN, people=50, note="毛布が足りません"),
    )
    page = read(visitor, f"{path}?lat=35.6&lon=140.3")
    assert page.checked == ["tsunami"]
    assert page.names == ["川端小学校", "中央小学校"]  # open before nearer
    for word in ("台風第19号", "津波・地震", "11月22日（土）14:05 から", "開いています",
                 "避難している人 50人", "毛布が足りません", "開いているか不明",
                 "ここから下は、まだ使えるとわかっていない場所です"):  # fmt: skip
        assert word in page.text, word
    assert "訓練" not in page.text
    assert "" not in page.checked
    other = read(visitor, f"{path}?lat=35.6&lon=140.3&hazard=flood")
    assert other.checked == ["flood"]


def test_a_drill_is_unmistakable(visitor: FlaskClient, begin: Begin) -> None:
    publish(row())
    begin(Hazard.FLOOD, drill=True, 中央小学校=Change(opening=Opening.OPEN))
    page = read(visitor, "/shelters?lat=35.6&lon=140.3")
    assert "【訓練】これは訓練です" in page.text
    assert "開いています" in page.text


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "{{7*7}}{% raise %}",
    "</script><script>alert(1)</script>",
    "\"'><b>",
    "--><!--",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_words_on_the_page(
    visitor: FlaskClient, begin: Begin, name: str
) -> None:
    publish(
        row(name=name, kana=name, address=name, remarks=name, floors=name, target=name),
        attribution=name,
    )
    begin(Hazard.FLOOD, **{name: Change(opening=Opening.OPEN, note=name)})
    for path in PAGES:
        text = visitor.get(f"{path}?lat=35.6&lon=140.3&q={quote(name)}").text
        assert name not in text or not set(name) & set("<>\"'")
        page = Page(text)
        assert page.names == [name]
        assert not any("onerror" in known for _, known in page.tags)
        assert "alert(1)" not in "".join(known.get("src") or "" for _, known in page.tags)
        scripts = [known for tag, known in page.tags if tag == "script"]
        assert all("src" in known for known in scripts)


def test_a_hostile_question_stays_a_question(visitor: FlaskClient) -> None:
    for name in HOSTILE:
        text = visitor.get(f"/shelters?q={quote(name)}&town={quote(name)}").text
        assert name not in text or not set(name) & set("<>\"'")
        assert "49" not in Page(text).text


def test_every_tab_and_link_of_the_page_leads_on(visitor: FlaskClient) -> None:
    publish(row(), row("W1", name="まどの家", role=Role.WELFARE))
    code = towns_of(visitor)["湊（みなと）"]
    page = read(visitor, f"/shelters?town={code}&hazard=flood")
    inner = [link for link in page.links if link.startswith("/shelters?")]
    assert len(inner) >= 3
    for link in inner:
        parts = urlsplit(link)
        follow = read(visitor, f"{parts.path}?{parts.query}")
        assert follow.selected == [code]
        assert follow.checked == ["flood"]


def test_the_page_is_shown_from_memory_while_the_database_is_away(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(row())
    assert client.get("/shelters").status_code == 200
    time.sleep(CHECK_SECONDS * 1.1)

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    monkeypatch.setattr(Session, "execute", away)
    monkeypatch.setattr(Session, "scalars", away)
    for path in ("/shelters", "/shelters?q=%E6%B9%8A", "/liff/shelters"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "避難所をさがす" in answer.get_data(as_text=True)
