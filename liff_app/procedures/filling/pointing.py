"""What staff ask to be put right, with its name, its field and its part of a picture."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.procedures.desk.returning import Item, Spot
from liff_app.procedures.engine.document import Document, Page, Text
from liff_app.procedures.engine.evaluation import Evaluated, Wording
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.asking import Ask, Marked
from liff_app.procedures.fields.attached import Address
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.fields.views import (
    GroupView,
    InstanceView,
    ItemView,
    PageView,
    QuestionView,
)
from liff_app.procedures.files import service as files
from liff_app.procedures.files.views import FileView
from liff_app.procedures.filling.correction import named
from liff_app.procedures.sealing import DataKey

__all__ = ["Point", "Pointing", "beside", "pictures"]

_SIDE = 1000  # points of a picture whose sides nobody wrote down


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to put right. `field`: path of the field a link leads to, empty where none is."""

    path: str
    page: str
    name: str  # お子さん 2 の 生年月日
    field: str
    ask: Ask


class Pointing:
    """The points of one return, in the words and on the pages of its form."""

    def __init__(
        self,
        document: Document,
        evaluated: Evaluated,
        language: str,
        pictures: Mapping[str, FileView],
        address: Address,
    ) -> None:
        self.document, self.wording = document, Wording(document, evaluated, language)
        self.pictures, self.address = pictures, address

    def point(self, item: Item, asked: Collection[str] = ()) -> Point:
        """That item. `asked`: paths of the fields that are open."""
        places = placing.places(self.document)
        inside = [one for one in asked if named(one, item.path)]
        first = min(inside, key=lambda path: placing.order(places, path), default="")
        return Point(
            path=item.path,
            page=next((one.name for one in self.document.pages if _is_on(one, item.path)), ""),
            name=self.name(item.path),
            field=first,
            ask=Ask(comment=item.comment, picture=self._marked(item.spot)),
        )

    def name(self, path: str) -> str:
        """What the answer is called, with which one of several it belongs to."""
        repeat, index, inner = placing.split(path)
        question = placing.question_at(self.document, path)
        label = self._plain(question.label, path) or question.name if question else ""
        one = next((one for one in placing.repeats_of(self.document) if one.name == repeat), None)
        if one is None:
            return label
        several = self._plain(one.label, one.name)
        if index is None:
            return several
        instance = f"{several} {index + 1}".strip()
        return _("%(one)s の %(label)s", one=instance, label=label) if inner else instance

    def _plain(self, text: Text, path: str) -> str:
        return words_of(self.wording.said(text, path)).plain if text else ""

    def _marked(self, spot: Spot | None) -> Marked | None:
        """The picture, where it still is, with the part that is meant."""
        seen = self.pictures.get(spot.file_id) if spot else None
        if spot is None or seen is None:
            return None
        wide, high = seen.width or _SIDE, seen.height or _SIDE
        return Marked(
            href=self.address(seen.id, False), width=wide, height=high,
            x=spot.x * wide, y=spot.y * high, w=spot.w * wide, h=spot.h * high,
        )  # fmt: skip


def pictures(session: Session, key: DataKey, items: Collection[Item]) -> dict[str, FileView]:
    """The pictures that the items point at, by id."""
    return files.views(session, key, [one.spot.file_id for one in items if one.spot])


def beside(view: PageView, points: Collection[Point], recalls: Mapping[str, str]) -> PageView:
    """The page with what is asked beside each field, and what may be used again."""
    asks: dict[str, tuple[Ask, ...]] = {}
    for one in points:
        asks[one.path] = (*asks.get(one.path, ()), one.ask)
    return replace(view, items=tuple(_beside(one, asks, recalls) for one in view.items))


def _beside(
    item: ItemView, asks: Mapping[str, tuple[Ask, ...]], recalls: Mapping[str, str]
) -> ItemView:
    mine = asks.get(item.path, ())
    if isinstance(item, QuestionView):
        return replace(item, asks=mine, recall="" if item.locked else recalls.get(item.path, ""))
    if isinstance(item, GroupView):
        return replace(item, items=tuple(_beside(one, asks, recalls) for one in item.items))
    return replace(item, asks=mine, instances=tuple(_instance(one, asks) for one in item.instances))


def _instance(one: InstanceView, asks: Mapping[str, tuple[Ask, ...]]) -> InstanceView:
    inside = tuple(_beside(each, asks, {}) for each in one.items)
    return replace(one, asks=asks.get(one.path, ()), items=inside)


def _is_on(page: Page, path: str) -> bool:
    return path.partition("/")[0] in placing.names_on(page)
