"""How a message looks in LINE: its words and, where it leads somewhere, one large button.

The words and the button stand in one bubble, so that nobody has to see which button belongs to
which words. Flex letters keep their size unless told to follow the one chosen in LINE.
"""

from __future__ import annotations

from typing import Any, Final

BUTTON: Final = "#0017c1"  # --c-action of static/css/tokens.css; white on it has contrast 11


def message(text: str, *, address: str | None, label: str) -> dict[str, Any]:
    """LINE's message object: a text, or with an `address` a bubble with a button."""
    if address is None:
        return {"type": "text", "text": text}
    words = {"type": "text", "text": text, "wrap": True, "size": "lg", "scaling": True}
    button = {
        "type": "button",
        "style": "primary",
        "color": BUTTON,
        "scaling": True,
        "adjustMode": "shrink-to-fit",
        "action": {"type": "uri", "label": label, "uri": address},
    }
    return {
        "type": "flex",
        "altText": text,  # what the notification shows, and a phone that reads aloud
        "contents": {
            "type": "bubble",
            "body": {"type": "box", "layout": "vertical", "contents": [words]},
            "footer": {"type": "box", "layout": "vertical", "contents": [button]},
        },
    }
