"""What people of まど市 sent in: invented names, invented addresses, at every stage of work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from liff_app.procedures.vocabulary import Source, Status

Answers = dict[str, Any]
DAMAGE, CARD = "damage.jpg", "card.jpg"  # stand where answers name files
SURVEY_ANSWERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Something sent in, and how far its handling has come."""

    form: str  # the workbook
    days_ago: float
    answers: Answers
    status: Status = Status.RECEIVED
    said: str = ""  # to the applicant
    returned: tuple[tuple[str, str], ...] = ()  # path and comment
    spot: tuple[float, float, float, float] | None = None  # on the photo of the first of them
    note: str = ""
    is_proposed: bool = False  # a decision waits for a second colleague
    is_resident: bool = False  # it is the demo resident's own
    source: Source = Source.LIFF


# Three of them have letters that older systems drop: 𠮷, 神 (U+FA19), 葛 with a variation selector.
_PEOPLE = (
    ("窓野 ハル", "マドノ ハル", "0000021", "まど県まど市中庭一丁目3番5号"),
    ("\U00020bb7田 ひなた", "ヨシダ ヒナタ", "0000011", "まど県まど市あかり町12番1号"),
    ("\ufa19山 湊", "カミヤマ ミナト", "0000031", "まど県まど市湊4番2号"),
    ("葛\U000e0100城 つむぎ", "カツラギ ツムギ", "0000013", "まど県まど市丘の上二丁目8番7号"),
    ("町井 健太", "マチイ ケンタ", "0000015", "まど県まど市川端町9番14号"),
    ("格子 さつき", "コウシ サツキ", "0000017", "まど県まど市格子町1番22号"),
    ("北戸 勇", "キタド イサム", "0000016", "まど県まど市北戸15番3号"),
    ("白壁 文子", "シラカベ フミコ", "0000019", "まど県まど市白壁6番6号"),
    ("風見 あおい", "カザミ アオイ", "0000014", "まど県まど市風見2番9号"),
    ("グエン・ティ・ホア", "グエン ティ ホア", "0000022", "まど県まど市浜窓7番11号"),
    ("日野 菫", "ヒノ スミレ", "0000023", "まど県まど市日なた20番8号"),
    ("小窓 蓮", "コマド レン", "0000018", "まど県まど市小窓3番17号"),
)  # fmt: skip
_BORN = ("1951-03-14", "1988-11-02", "1979-01-08", "1990-05-01", "1989-01-07", "1962-09-23")
_GOODS = (
    ("furniture", "sofa"), ("furniture", "chair"), ("bedding", "futon"), ("hobby", "bicycle"),
    ("furniture", "drawers"), ("electric", "microwave"), ("bedding", "mattress"), ("hobby", "pram"),
)  # fmt: skip
_SPOTS = ((35.6085, 140.2930), (35.6120, 140.2880), (35.5865, 140.3090), (35.6215, 140.2955))


def _who(number: int, *, home: bool = True) -> Answers:
    name, kana, postal, address = _PEOPLE[number % len(_PEOPLE)]
    phone = f"+8190000000{number % 100:02d}"
    there = {"postal": postal, "address": address} if home else {}
    return {"name": name, "kana": kana, "phone": phone} | there


def waste(number: int) -> Answers:
    """An application for 粗大ごみ."""
    items = []
    for step in range(1 + number % 3):
        kind, goods = _GOODS[(number * 3 + step) % len(_GOODS)]
        items.append({"goods_kind": kind, "goods": goods, "quantity": 1 + (number + step) % 2})
    lat, lon = _SPOTS[number % len(_SPOTS)]
    place = {"lat": lat, "lon": lon}
    way: Answers = {"put_out": "front", "place": place, "place_note": "青い門の左です。"}
    if number % 4 == 3:  # noqa: PLR2004 - every fourth
        way = {"put_out": "carry", "carry_reason": ["age"], "floor": 2, "lift": "no"}
    home = {"home_kind": "flat", "room": "まどハイツ 203"} if number % 3 else {"home_kind": "house"}
    rest = {"items": items, "no_appliances": True, "when": "early"}
    return _who(number) | home | rest | way


def copy(number: int, *, third: bool = False) -> Answers:
    """A request for 住民票の写し."""
    answers = _who(number) | {
        "birth": _BORN[number % len(_BORN)],
        "copies": 1 + number % 2,
        "id_kind": "mynumber",
        "id_photo": [CARD],
        "true_words": True,
    }
    answers |= {"delivery": "post"} if number % 2 else {"delivery": "counter", "office": "hall"}
    if third:
        other = _PEOPLE[(number + 5) % len(_PEOPLE)]
        return answers | {
            "who": "third",
            "target_name": other[0],
            "target_address": other[3],
            "third_reason": "contract",
            "third_detail": "アパートの契約のことで、連絡がつかないため。",
            "evidence": [CARD],
        }
    shown = {"with_head": "yes", "with_domicile": "no", "with_number": "no"}
    return answers | {"who": "self", "scope": "all", "purpose": "work"} | shown


def damage(number: int) -> Answers:
    """An application for 罹災証明書 after a storm or a flood; the day of it is still open."""
    is_flood = number % 2 == 0
    way = {"way": "visit", "visit": ["wd_am", "weekend"]} if is_flood else {"way": "photo"}
    water = {"water": "above", "water_cm": 35} if is_flood else {"water": "none"}
    text = "1階の床の上まで水が来て、畳と壁がぬれました。" if is_flood else "屋根の瓦が落ちました。"
    return _who(number) | way | water | {
        "applicant": "self",
        "birth": _BORN[number % len(_BORN)],
        "house_kind": "own_house",
        "relation": "owner",
        "staying": "home",
        "disaster_kind": "flood" if is_flood else "storm",
        "parts": ["inner", "floor"] if is_flood else ["roof"],
        "damage_text": text,
        "photos": [DAMAGE],
        "copies": 1,
        "uses": ["insurance"],
        "share": "yes",
        "true_words": True,
    }  # fmt: skip


def children(number: int) -> Answers:
    """A yearly report for 児童手当."""
    family = _PEOPLE[number % len(_PEOPLE)][0].split()[0]
    kana = _PEOPLE[number % len(_PEOPLE)][1].split()[0]
    named = (("みなみ", "ミナミ", "2015-06-30"), ("そら", "ソラ", "2019-04-30"),
             ("うみ", "ウミ", "2019-05-01"))  # fmt: skip
    listed = [
        {
            "child_name": f"{family} {first}",
            "child_kana": f"{kana} {reading}",
            "child_birth": born,
            "child_relation": "child",
            "child_lives": "together",
            "cares": "yes",
        }
        for first, reading, born in named[: 1 + number % 3]
    ]
    older = {"older": "no"} if len(listed) > 1 else {}
    return _who(number) | older | {
        "birth": _BORN[(number + 1) % len(_BORN)],
        "moved": "no",
        "pension": "employee",
        "employer": "まど製作所",
        "has_spouse": "no",
        "children": listed,
        "change_account": "no",
        "look_up": True,
        "true_words": True,
    }  # fmt: skip


_NEW, _READ, _BACK, _YES, _NO, _DONE, _GONE = (
    Status.RECEIVED, Status.REVIEWING, Status.RETURNED, Status.ACCEPTED, Status.REJECTED,
    Status.COMPLETED, Status.WITHDRAWN,
)  # fmt: skip
_WASTE, _COPY, _DAMAGE, _CHILD = "sodai_gomi", "juminhyo", "risai_shomei", "jido_teate"

SENT = (
    Sent(form=_WASTE, days_ago=0.1, answers=waste(1)),
    Sent(form=_WASTE, days_ago=0.6, answers=waste(2)),
    Sent(form=_WASTE, days_ago=1.1, answers=waste(4), source=Source.TELEPHONE),
    Sent(form=_WASTE, days_ago=1.5, answers=waste(5)),
    Sent(form=_WASTE, days_ago=2.2, answers=waste(6), status=_READ),
    Sent(form=_WASTE, days_ago=3.0, answers=waste(7), status=_READ, note="階段がせまいので2人で。"),
    Sent(
        form=_WASTE, days_ago=2.5, answers=waste(0), status=_BACK, is_resident=True,
        said="もう少しだけ教えてください。",
        returned=(("place_note", "門の色が2つあります。どちらの門か教えてください。"),
                  ("items/0/quantity", "電話では1つとうかがいました。数を確かめてください。")),
    ),
    Sent(form=_WASTE, days_ago=4.1, answers=waste(8), status=_YES, said="次の日曜日に収集します。"),
    Sent(form=_WASTE, days_ago=6.0, answers=waste(9), status=_YES),
    Sent(form=_WASTE, days_ago=9.3, answers=waste(10), status=_DONE, said="収集しました。"),
    Sent(form=_WASTE, days_ago=12.0, answers=waste(12), status=_DONE, is_resident=True),
    Sent(form=_WASTE, days_ago=15.0, answers=waste(13), status=_DONE),
    Sent(form=_WASTE, days_ago=16.4, answers=waste(14), status=_GONE,
         said="お電話で、申込みをやめるとうかがいました。"),
    Sent(form=_COPY, days_ago=0.2, answers=copy(2)),
    Sent(form=_COPY, days_ago=0.4, answers=copy(3)),
    Sent(form=_COPY, days_ago=1.3, answers=copy(9), source=Source.COUNTER),
    Sent(form=_COPY, days_ago=2.0, answers=copy(7, third=True), status=_READ,
         note="契約書の写しを待っている。"),
    Sent(form=_COPY, days_ago=3.2, answers=copy(8), status=_BACK,
         returned=(("id_photo", "文字が光って読めません。明るいところで撮り直してください。"),),
         spot=(0.08, 0.2, 0.55, 0.3)),
    Sent(form=_COPY, days_ago=5.0, answers=copy(1), status=_DONE),
    Sent(form=_COPY, days_ago=8.0, answers=copy(4), status=_DONE),
    Sent(form=_COPY, days_ago=11.0, answers=copy(6, third=True), status=_NO,
         said="請求の理由が、住民票の写しを渡せる場合に当たりませんでした。"),
    Sent(form=_DAMAGE, days_ago=0.3, answers=damage(3)),
    Sent(form=_DAMAGE, days_ago=2.1, answers=damage(4), status=_READ),
    Sent(form=_DAMAGE, days_ago=4.4, answers=damage(5), status=_BACK,
         returned=(("photos", "建物の全体が分かる写真も付けてください。"),
                   ("relation", "借りている家か、自分の家かを確かめてください。"))),
    Sent(form=_DAMAGE, days_ago=10.0, answers=damage(6), status=_YES,
         said="調査の結果、準半壊でした。"),
    Sent(form=_DAMAGE, days_ago=21.0, answers=damage(8), status=_DONE),
    Sent(form=_CHILD, days_ago=0.5, answers=children(3)),
    Sent(form=_CHILD, days_ago=1.8, answers=children(4), status=_READ),
    Sent(form=_CHILD, days_ago=3.3, answers=children(5), status=_READ, is_proposed=True),
    Sent(form=_CHILD, days_ago=6.2, answers=children(7), status=_BACK,
         returned=(("children/0/child_birth", "住民票の生年月日とちがいます。"),)),
    Sent(form=_CHILD, days_ago=9.9, answers=children(8), status=_DONE),
    Sent(form=_CHILD, days_ago=14.0, answers=children(11), status=_YES),
)  # fmt: skip

_SCALE = ("good", "fair", "fair", "so_so", "poor", "fair", "good", "unknown")
_OPINIONS = (
    "夜のバスがもう1本あると助かります。", "公園の木陰を増やしてください。",
    "ごみの日の一覧がLINEで見られて便利です。", "通学路の草刈りを早めにお願いします。",
)  # fmt: skip


def survey() -> Iterator[Answers]:
    """Answers to the survey: nobody's."""
    for number in range(SURVEY_ANSWERS):
        yield _opinion(number)


def _opinion(number: int) -> Answers:
    def one(of: tuple[str, ...], step: int) -> str:
        return of[(number * step + number // 7) % len(of)]

    names = ("roads", "parks", "waste", "buses", "health", "safety")
    answers: Answers = {name: one(_SCALE, step) for step, name in enumerate(names, start=1)}
    household = one(("alone", "adults", "adults", "small", "school"), 3)
    answers |= {
        "age": one(("20s", "30s", "40s", "50s", "60s", "70s", "70s"), 2),
        "town": one(("centre", "hill", "river", "east", "harbour"), 3),
        "years": one(("u1", "1to5", "6to20", "over20"), 1),
        "household": household,
        "knows_shelter": one(("yes", "yes", "no"), 1),
        "prepared": "yes" if number % 3 else "no",
        "uses": ["none"] if number % 5 == 0 else ["shelter", "report"][: 1 + number % 2],
        "priority": [one(("roads", "traffic", "child", "care", "disaster"), 2), "green"],
        "stay": one(("yes", "yes", "maybe", "move"), 1),
    }
    answers |= {"things": ["water", "light"]} if number % 3 else {"why_not": "how"}
    if number % 5:
        answers["uses_scale"] = one(("good", "fair", "so_so"), 1)
    if household in {"small", "school"}:
        answers |= {"childcare": one(_SCALE, 2), "child_wish": ["play"]}
    return answers | ({"free": one(_OPINIONS, 1)} if number % 6 == 0 else {})
