"""What the pages of lists show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db
from liff_app.i18n import gettext as _
from liff_app.shelters import refusals
from liff_app.shelters.console import authors
from liff_app.shelters.editions import InHand, Publishable, Values
from liff_app.shelters.imports import queries, uploads
from liff_app.shelters.imports.preview import Preview, preview
from liff_app.shelters.imports.queries import ListLine, UploadLine
from liff_app.shelters.imports.uploads import Town, Upload
from liff_app.shelters.imports.words import KIND_WORDS, ROLE_WORDS, SOURCE_WORDS, list_name, with_id
from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.model import Problem, Severity
from liff_app.shelters.lists.suggest import suggest_mapping
from liff_app.shelters.places import Live
from liff_app.shelters.service import board
from liff_app.shelters.vocabulary import Opening

SHOWN = 100  # lines of a table before one asks for all
NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """Every list with its editions, and the files that wait. `who` names authors."""

    lists: Sequence[ListLine]
    waiting: Sequence[UploadLine]
    who: Mapping[str, str]
    kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    """A file that is looked at: what it says, what it would change, what is wrong with it."""

    upload: Upload
    who: str
    found: Preview
    shape: str  # which kind of list it was read as
    others: int
    errors: int
    warnings: int
    problems: Sequence[Problem]
    wanted: str  # error | warning | all
    hidden_problems: int
    lists: Mapping[str, str]  # names by id
    name: str
    is_new: bool
    source_unnamed: bool  # residents would be shown a placeholder
    placed: Sequence[tuple[str, int]]  # where positions that the file lacks come from


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person wants to see of a file."""

    problems: str
    everything: bool


def town() -> Town:
    """The town of this app, as reading a file must know it."""
    settings = current_app.config["SETTINGS"]
    return Town(
        code=settings.municipality_code,
        name=settings.municipality_name,
        geocoder_url=settings.geocoder_url,
    )


def used_places() -> frozenset[str]:
    """Ids of places that are open or being opened now."""
    live: Mapping[str, Live] = board().now(db.session, clock.now()).live
    busy = (Opening.OPEN, Opening.PREPARING)
    return frozenset(place for place, one in live.items() if one.opening in busy)


def look_at(session: Session, made: Publishable) -> Preview:
    """What publishing the edition would do now."""
    return preview(session, InHand.of(made), municipality_code=town().code, used=used_places())


def index_page(session: Session) -> IndexPage:
    """Every list and every file that waits."""
    lists, waiting = queries.lists(session), queries.waiting(session, now=clock.now())
    names = authors.names(session)
    said = {one.uploaded_by for one in waiting}
    said |= {edition.published_by for one in lists for edition in one.editions}
    return IndexPage(
        lists=lists,
        waiting=waiting,
        who={author: authors.words(author, names) for author in said},
        kinds={kind.value: word() for kind, word in KIND_WORDS.items()},
    )


def upload_page(session: Session, upload: Upload, asked: Asked) -> UploadPage:
    """The file as it would be published now. Raises ListUnreadable."""
    read = uploads.read(session, upload, town=town())
    found = look_at(session, read.edition)
    problems = read.edition.parsed.problems
    by_kind = Counter(one.severity for one in problems)
    wanted = [one for one in problems if asked.problems in ("all", one.severity.value)]
    limit = len(wanted) if asked.everything else SHOWN
    known, about = queries.list_names(session), read.edition.about
    return UploadPage(
        upload=upload,
        who=authors.words(upload.uploaded_by, authors.names(session)),
        found=found,
        shape=read.mapping.title or read.mapping.name,
        others=read.others,
        errors=by_kind[Severity.ERROR],
        warnings=by_kind[Severity.WARNING],
        problems=wanted[:limit],
        wanted=asked.problems,
        hidden_problems=max(0, len(wanted) - limit),
        lists=known,
        name=list_name(about.list_id, about.preset, about.attribution),
        source_unnamed=refusals.is_unnamed(about.attribution),
        is_new=read.edition.list_id not in known,
        placed=_placed(found),
    )


def mapping_of(session: Session, upload: Upload) -> tuple[ColumnMapping, tuple[str, ...]]:
    """The columns the file is read by, or those its headings suggest; and the headings."""
    if upload.headings:
        return suggest_mapping(upload.headings), upload.headings
    read = uploads.read(session, upload, town=town())
    return read.mapping, read.edition.parsed.headings


def role_options() -> list[tuple[str, str]]:
    """What rows without a role of their own may be."""
    return [(role.value, word()) for role, word in ROLE_WORDS.items()]


def tiles_url() -> str:
    """Where the map's background comes from."""
    return str(current_app.config["SETTINGS"].map_tiles_url)


def around(session: Session, row: Values) -> list[tuple[float, float]]:
    """What a map must show for somebody to find the row: where it is thought to be, or the town."""
    if row["lat"] is not None:
        return [(row["lat"], row["lon"])]
    known = [(place.lat, place.lon) for place in board().now(session, clock.now()).finder.places]
    if not known:
        return [(35.68, 139.76)]  # anywhere in Japan: a map must begin somewhere
    lats, lons = [lat for lat, _lon in known], [lon for _lat, lon in known]
    return [(min(lats), min(lons)), (max(lats), max(lons))]


def list_options(known: Mapping[str, str]) -> list[tuple[str, str]]:
    """Lists a file may be a new edition of, as a select shows them."""
    lists = [(key, with_id(name, key)) for key, name in known.items()]
    return [*lists, (NEW, _("新しい一覧として加える"))]


def _placed(found: Preview) -> list[tuple[str, int]]:
    counts = Counter(row["position_source"] for row in found.made.rows())
    order = ("geocoder", "town", "hand", "none")
    return [(SOURCE_WORDS[source](), counts[source]) for source in order if counts[source]]
