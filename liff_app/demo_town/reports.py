"""What people of まど市 saw in the last weeks: a handful of reports at every stage of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from liff_app.db import transaction
from liff_app.reports import casework, filing, merging, sentences
from liff_app.reports.filing import FileDraft
from liff_app.reports.scope import EVERYWHERE
from liff_app.reports.vocabulary import PlaceWay, Source, Status

BY = "key:demo"  # nobody's: whoever opens the console finds them unread


@dataclass(frozen=True, slots=True)
class Seen:
    """Something seen: when, what, where, and how far its handling has come."""

    days_ago: float
    category: str
    text: str
    lat: float
    lon: float
    place: str
    status: Status = Status.RECEIVED
    said: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    same_as: int | None = None  # the place in this list of what it is worked together with


SEEN = (
    Seen(
        0.1, "road", "歩道に直径30cmほどの穴があいています。つえをついた人がころびそうです。",
        35.6112, 140.2951, "一番窓のバス停の前",
    ),
    Seen(
        0.3, "road", "バス停のところに大きな穴があります。", 35.6113, 140.2952, "一番窓バス停",
        same_as=0,
    ),
    Seen(
        1.2, "tree", "木の枝が折れて、通学路にたれさがっています。", 35.6188, 140.2903,
        "丘の上の小学校のうら", Status.CHECKING,
    ),
    Seen(
        3.0, "dumping", "川ぞいに古いタイヤが4本捨てられています。", 35.6031, 140.2927,
        "川端町の橋の下", Status.PLANNED, "今週の木曜日に、回収に行きます。",
    ),
    Seen(
        6.5, "river", "ていぼうの草の中に、ひびが見えます。", 35.6047, 140.2823, "風見の水門の近く",
        Status.FORWARDED, "川の管理をしている県に引き継ぎました。",
    ),
    Seen(
        9.0, "sign", "「止まれ」の標識がかたむいています。", 35.6171, 140.3042, "北戸の四つ角",
        Status.FIXED, "標識をまっすぐに直し、土台を固めました。",
    ),
    Seen(
        20.0, "other", "ベンチの板が1枚外れています。", 35.6121, 140.2882, "あかり町の広場",
        Status.NO_ACTION, "このベンチは、来月の広場の工事で新しくなります。",
    ),
)  # fmt: skip


def fill(*, now: datetime) -> int:
    """The reports are there; those of an earlier time stay as they are. Gives how many there are.

    Nobody's phone is told: they are nobody's.
    """
    refs: list[str] = []
    with transaction() as session:
        sentences.bring(session)
        for number, seen in enumerate(SEEN):
            at = now - timedelta(days=seen.days_ago)
            receipt = filing.file_for_caller(
                session,
                _draft(seen),
                actor=BY,
                key=f"demo-town-report-{number:02}",
                settings=current_app.config["SETTINGS"],
                now=at,
            )
            refs.append(receipt.ref)
            if not receipt.repeated:
                _work(session, seen, refs, at + timedelta(hours=5))
    return len(refs)


def _draft(seen: Seen) -> FileDraft:
    return FileDraft(
        category=seen.category,
        description=seen.text,
        lat=seen.lat,
        lon=seen.lon,
        accuracy_m=15,
        place_way=PlaceWay.PIN,
        place_text=seen.place,
        answers=dict(seen.answers),
        source=Source.API,
    )


def _work(session: Session, seen: Seen, refs: list[str], at: datetime) -> None:
    """The report stands where it should, with the sentence that says why."""
    ref, version = refs[-1], 1
    if seen.same_as is not None:
        merging.merge(
            session, ref, refs[seen.same_as], into_version=1,
            version=version, actor=BY, scope=EVERYWHERE, now=at,
        )  # fmt: skip
        return
    if seen.status is Status.RECEIVED:
        return
    receiver = "県の土木事務所" if seen.status is Status.FORWARDED else ""
    casework.move(
        session, ref, seen.status, text=seen.said, receiver=receiver,
        version=version, actor=BY, scope=EVERYWHERE, now=at,
    )  # fmt: skip
