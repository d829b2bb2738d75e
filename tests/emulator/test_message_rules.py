"""What counts as a message LINE accepts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.emulator.message_rules import message_list_faults, text_faults, utf16_units

URI = {"type": "uri", "label": "開く", "uri": "https://liff.line.me/1-a"}
LONG_POSTBACK = {"type": "postback", "data": "x" * 301}
PLACE = {
    "type": "location",
    "title": "市役所",
    "address": "中央町1",
    "latitude": 34,
    "longitude": 134,
}
IMAGE = {"type": "image", "originalContentUrl": "https://a/b", "previewImageUrl": "https://a/b"}
FLEX = {"type": "flex", "altText": "お知らせ"}
BUBBLE = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": []}}


DANCE = {"type": "dance"}


def carousel(count: int) -> dict[str, Any]:
    """Return a carousel of this many bubbles."""
    return {"type": "carousel", "contents": [BUBBLE] * count}


def buttons(action: object) -> dict[str, Any]:
    """Return a buttons template with one action."""
    template = {"type": "buttons", "text": "?", "actions": [action]}
    return {"type": "template", "altText": "確認", "template": template}


def quick(count: int, action: object = URI) -> dict[str, Any]:
    """Return a text with this many quick replies."""
    items = [{"type": "action", "action": action}] * count
    return {"type": "text", "text": "?", "quickReply": {"items": items}}


NAMES = ["type", "text", "contents", "action", "actions", "quickReply", "items", "template"]
WORDS = st.sampled_from(["text", "flex", "bubble", "uri", "template", "carousel"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | WORDS
SHAPES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES), inner | WORDS, max_size=5)
    ),
    max_leaves=20,
)


def faults(message: object) -> list[str]:
    """Return the properties at fault."""
    return [where.removeprefix("messages[0].") for where, _ in message_list_faults([message])]


@pytest.mark.parametrize(
    "message",
    [
        {"type": "text", "text": "あ" * 5000},
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        PLACE,
        IMAGE,
        {**IMAGE, "originalContentUrl": "http://localhost:8080/b"},
        {**FLEX, "contents": BUBBLE},
        {**FLEX, "contents": carousel(12)},
        buttons(URI),
        quick(13),
    ],
)
def test_a_good_message_has_no_fault(message: dict[str, Any]) -> None:
    assert faults(message) == []


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("words", "messages[0]"),
        ({"type": "telegram"}, "type"),
        ({"type": "text", "text": "あ" * 5001}, "text"),
        ({"type": "text", "text": "🌀" * 2501}, "text"),
        ({"type": "text", "text": ""}, "text"),
        ({"type": "sticker", "packageId": "446"}, "stickerId"),
        ({**PLACE, "latitude": 91}, "latitude"),
        ({**PLACE, "latitude": True}, "latitude"),
        ({**IMAGE, "originalContentUrl": "http://a.jp/b"}, "originalContentUrl"),
        ({**FLEX, "altText": "", "contents": BUBBLE}, "altText"),
        ({**FLEX, "altText": "a" * 1501, "contents": BUBBLE}, "altText"),
        ({**FLEX, "contents": {"type": "box"}}, "contents.type"),
        ({**FLEX, "contents": {**BUBBLE, "x": "y" * 30_720}}, "contents"),
        ({**FLEX, "contents": carousel(13)}, "contents.contents"),
        (quick(14), "quickReply.items"),
        (quick(1, {"type": "uri", "uri": "javascript:1"}), "quickReply.items[0].action.uri"),
        (buttons(LONG_POSTBACK), "template.actions[0].data"),
        (
            {**FLEX, "contents": {**BUBBLE, "footer": {"action": DANCE}}},
            "contents.footer.action.type",
        ),
    ],
)
def test_a_fault_names_its_property(message: object, where: str) -> None:
    assert faults(message) == [where]


@given(st.text(max_size=40))
def test_text_is_measured_in_utf_16_units(text: str) -> None:
    units = utf16_units(text)
    assert units == sum(2 if ord(character) > 0xFFFF else 1 for character in text)
    assert (text_faults(text, "text", 10) == []) == (1 <= units <= 10)


@given(SHAPES)
def test_no_shape_of_message_is_a_crash(message: object) -> None:
    assert isinstance(message_list_faults([message]), list)
