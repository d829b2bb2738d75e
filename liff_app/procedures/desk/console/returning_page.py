"""The page on which colleagues point at what is wrong: every answer with a box for its comment."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures import telling
from liff_app.procedures.desk import pointing
from liff_app.procedures.desk.case_queries import Case
from liff_app.procedures.desk.console import answers
from liff_app.procedures.desk.console.answers import Sheet
from liff_app.procedures.desk.returning import Item, Spot
from liff_app.procedures.engine.document import words
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.fields.views import Line, Section
from liff_app.procedures.files.views import FileView
from liff_app.procedures.telling import Told as What

SIDES = ("left", "top", "width", "height")
FULL = 100.0  # percent
LONGEST_PATH, LONGEST_SIDE = 200, 12
MOST_POINTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photo of an answer, and the box on it in percent of its sides ("" for none)."""

    id: str
    href: str
    name: str
    width: int
    height: int
    sides: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An answer, or one of several as a whole, that can be pointed at."""

    path: str
    label: str
    words: str
    is_whole: bool
    chosen: bool
    comment: str
    error: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The points of one page of the form."""

    title: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPage:
    """Everything the template needs besides the case."""

    parts: tuple[Part, ...]
    text: str
    due_on: str
    message: str  # what LINE will say, "" where nobody hears of it
    label: str


def read(form: MultiDict[str, str]) -> list[Item]:
    """The points that were chosen. Raises InputInvalid for boxes that are none."""
    paths = list(dict.fromkeys(form.getlist("item")))[:MOST_POINTS]
    faults: list[FieldError] = []
    items: list[Item] = []
    for path in (one[:LONGEST_PATH] for one in paths):
        field = pointing.field_of(path)
        try:
            spot = _spot(form, path)
        except ValueError:
            message = _("写真の場所は、1つの答えに1か所だけ、かこんでください。")
            faults.append(FieldError(field, "spot", message))
            continue
        items.append(Item(path=path, comment=form.get(field, ""), spot=spot))
    if faults:
        raise InputInvalid(faults)
    return items


def page(
    case: Case,
    sheet: Sheet,
    files: Mapping[str, FileView],
    form: MultiDict[str, str] | None,
    errors: Sequence[FieldError] = (),
) -> ReturnPage:
    """The page; `form`: as it was typed, None for the first time."""
    making = _Making(case, sheet, files, form or MultiDict(), {e.field: e.message for e in errors})
    said = telling.words(What.RETURNED, case.form, case.number) if case.is_told else None
    return ReturnPage(
        parts=making.parts(),
        text=making.form.get("text", ""),
        due_on=making.form.get("due_on", ""),
        message=said.text if said else "",
        label=said.label if said else "",
    )


def named(errors: Sequence[FieldError], sheet: Sheet) -> tuple[FieldError, ...]:
    """The sentences with the names of their questions before them, for the list on top."""
    labels = {pointing.field_of(path): label for path, label in sheet.labels.items()}
    return tuple(
        replace(one, message=_("%(label)s：%(told)s", label=labels[one.field], told=one.message))
        if one.field in labels
        else one
        for one in errors
    )


@dataclass(frozen=True, slots=True)
class _Making:
    case: Case
    sheet: Sheet
    files: Mapping[str, FileView]
    form: MultiDict[str, str]
    wrong: Mapping[str, str]

    def parts(self) -> tuple[Part, ...]:
        """What can be pointed at, page by page."""
        paths = pointing.pointable(self.case.form.document, self.sheet.seen)
        found = []
        for section in self.sheet.sections:
            points: list[Point] = []
            for block in section.blocks:
                if block.path in paths and not any(one.path == block.path for one in points):
                    whole = self.point(block.path, block.title, ())
                    points.append(replace(whole, is_whole=True))
                points += [self.line(line) for line in block.lines if line.path in paths]
            found.append(Part(title=self.title(section), points=tuple(points)))
        return tuple(one for one in found if one.points)

    def title(self, section: Section) -> str:
        """The page's own title; where it has none, that of a repeat on it, "" where it has none."""
        document = self.case.form.document
        names = {block.path.partition("/")[0] for block in section.blocks}
        said = (
            words_of(words(one.label, answers.LANGUAGE, document.default_language)).plain
            for one in placing.repeats_of(document)
            if one.name in names
        )
        return section.title or next(filter(None, said), "")

    def line(self, line: Line) -> Point:
        """One answer."""
        pictures = (self.files.get(one.id) for one in line.files)
        shown = tuple(self.picture(line.path, one) for one in pictures if one and one.width)
        label = self.sheet.labels.get(line.path, line.label)
        return replace(self.point(line.path, label, shown), words=line.words)

    def point(self, path: str, label: str, pictures: tuple[Picture, ...]) -> Point:
        """What was typed about it."""
        field = pointing.field_of(path)
        return Point(
            path=path,
            label=label,
            words="",
            is_whole=False,
            chosen=path in self.form.getlist("item"),
            comment=self.form.get(field, ""),
            error=self.wrong.get(field, ""),
            pictures=pictures,
        )

    def picture(self, path: str, file: FileView) -> Picture:
        """A photo with the box that was drawn on it."""
        return Picture(
            id=file.id,
            href=answers.address(self.case, file.id, thumb=False),
            name=file.name,
            width=file.width or 1,
            height=file.height or 1,
            sides={side: self.form.get(_side(path, file.id, side), "") for side in SIDES},
        )


def _spot(form: MultiDict[str, str], path: str) -> Spot | None:
    """The box that was drawn for that answer. Raises ValueError for several, or for no numbers."""
    drawn = []
    for file_id in dict.fromkeys(form.getlist(f"picture.{path}")):
        typed = [_plain(form.get(_side(path, file_id, side), "")) for side in SIDES]
        if any(typed):
            drawn.append((file_id, [float(one) / FULL for one in typed]))
    if len(drawn) > 1:
        raise ValueError(path)
    if not drawn:
        return None
    file_id, (x, y, w, h) = drawn[0]
    return Spot(file_id=file_id, x=x, y=y, w=w, h=h)


def _side(path: str, file_id: str, side: str) -> str:
    return f"spot.{path}.{file_id}.{side}"


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip().rstrip("%")[:LONGEST_SIDE]
