"""Numbers of street lights and the like, as lists write them and as people type them."""

from __future__ import annotations

import re

from liff_app.search_text import search_key

_BETWEEN = re.compile(r"[\s\-ー_.・,/#№()「」:]+")
_UNIT = re.compile(r"^(?:no|番号)")


def number_key(text: str) -> str:
    """The number as searches compare it: ＡＢ－０１ ２, "ab 012" and "No.AB-012" are the same.

    A 第 or 号 stays: it may be all that tells two series apart.
    """
    return _UNIT.sub("", _BETWEEN.sub("", search_key(text)))[:40]
