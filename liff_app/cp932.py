"""Text for programs that read nothing but CP932 (Windows' Shift_JIS), and what got lost on the way.

Never in silence: what the code page lacks is written as 〓 and told, and so is what it has under
another code point only.
"""

from __future__ import annotations

from dataclasses import dataclass

from liff_app.letters import clusters

NAME = "cp932"
MISSING = "〓"
# Characters that Japanese text has twice in Unicode, once as CP932's own table names them.
_TWINS = str.maketrans("〜−—‖¢£¬\u00a0", "～－―∥￠￡￢ ")


@dataclass(frozen=True, slots=True)
class Loss:
    """A character, as people count them, that could not be written as it is."""

    original: str
    written: str

    @property
    def code_points(self) -> str:
        """`U+845B U+E0100`."""
        return " ".join(f"U+{ord(one):04X}" for one in self.original)


def fit(text: str) -> tuple[str, list[Loss]]:
    """The text as CP932 can hold it, and each character that is not what it was.

    A character with a variation selector or an accent is one: its base alone would be another.
    """
    if _fits(text):
        return text, []
    losses: list[Loss] = []
    written: list[str] = []
    for cluster in clusters(text):
        one = cluster if _fits(cluster) else _nearest(cluster)
        if one != cluster:
            losses.append(Loss(cluster, one))
        written.append(one)
    return "".join(written), losses


def _nearest(cluster: str) -> str:
    twin = cluster.translate(_TWINS)
    return twin if _fits(twin) else MISSING


def _fits(text: str) -> bool:
    """Whether the code page gives the text back as it was: some of its codes stand for two."""
    try:
        return text.encode(NAME).decode(NAME) == text
    except UnicodeEncodeError:
        return False
