"""What the parts of a workbook refer to: nothing that lies outside, but addresses behind words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from defusedxml.ElementTree import fromstring

# As Excel writes them for an address that somebody typed into a cell; nobody here follows one.
_LINKS: Final = frozenset(
    {
        "http://schemas.openxmlformats.org/officedocument/2006/relationships/hyperlink",
        "http://purl.oclc.org/ooxml/officedocument/relationships/hyperlink",
    }
)
_ADDRESS: Final = re.compile(r"#|(?:https?|mailto|tel):", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.\-]*:|\\|//", re.IGNORECASE)


def is_relations(part: str) -> bool:
    """Whether the part of that name says what another one refers to."""
    return part.lower().endswith(".rels")


def reach_out(text: bytes) -> bool:
    """Whether any of the relations leads out of the workbook, however it is written.

    Raises ParseError, or defusedxml's, for what is no plain XML.
    """
    return any(_reaches_out(one.attrib) for one in fromstring(text, forbid_dtd=True).iter())


def _reaches_out(attributes: Mapping[str, str]) -> bool:
    said = {name.rpartition("}")[2].lower(): text.strip() for name, text in attributes.items()}
    target = said.get("target", "")
    is_inside = said.get("targetmode", "Internal").lower() == "internal"
    if is_inside and not _ELSEWHERE.match(target):
        return False
    return said.get("type", "").lower() not in _LINKS or not _ADDRESS.match(target)
