"""Editions of lists that nobody may publish, whoever asks and from wherever."""

from __future__ import annotations

from liff_app.errors import Conflict
from liff_app.shelters.editions import About, EditionKind
from liff_app.shelters.lists.mapping import NAMELESS

FIELD_LIST = "ad_hoc"  # the places added in the field, amended one by one and never by a file


class ListReserved(Conflict):
    """The list is made by the product itself, from places that colleagues added."""

    code = "list_reserved"
    title = (
        "「現場で加えた場所」は、ファイルや前の版で変えられません。"
        "避難所のページで、1か所ずつ直すか取りやめてください。"
    )


class SourceUnnamed(Conflict):
    """The source to be shown to residents still says "the municipality that published it"."""

    code = "source_unnamed"
    title = f"出典が「{NAMELESS}」のままです。どの自治体の一覧かを「出典の表示」に書いてください。"


def check(about: About) -> None:
    """Raises ListReserved or SourceUnnamed."""
    if about.kind is not EditionKind.FIELD:
        check_target(about.list_id)
    if about.kind is EditionKind.IMPORT and is_unnamed(about.attribution):
        raise SourceUnnamed(about.list_id)


def check_target(list_id: str) -> None:
    """Raises ListReserved for a list that takes no file, no pin and no withdrawal."""
    if list_id == FIELD_LIST:
        raise ListReserved(list_id)


def is_unnamed(attribution: str) -> bool:
    """Whether the source still holds the words that stand for a name."""
    return NAMELESS in attribution
