"""Forms: added, brought in new versions, published for a time, closed; never changed behind."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from liff_app.db import db, transaction
from liff_app.errors import Conflict, InputInvalid, NotAllowed, NotFound
from liff_app.procedures import forms
from liff_app.procedures.definitions import queries, service
from liff_app.procedures.definitions.immutable import VersionFrozen
from liff_app.procedures.definitions.queries import State
from liff_app.procedures.definitions.service import NewProcedure, VersionChanged
from liff_app.procedures.engine.document import digest_of, to_json
from liff_app.procedures.models import Procedure, ProcedureVersion
from liff_app.procedures.scope import EVERYWHERE
from liff_app.staff import service as staff
from liff_app.staff.rules import Colleague, Grant
from liff_app.staff.vocabulary import Role
from tests.procedures.ground import NOON, document, page, question

from .making import BY, add, edition, of, publish, upload

HOUR = timedelta(hours=1)
OTHER = edition(page("only", question("only")))


def states(now: datetime = NOON) -> dict[int, State]:
    """Where each version of the form stands."""
    found = queries.versions(db.session, "mihon", EVERYWHERE, now=now)
    db.session.rollback()
    return {one.number: one.state for one in found}


def opened(now: datetime = NOON) -> int | None:
    """Number of the version that residents may begin, None for none."""
    try:
        return forms.open_form(db.session, "mihon", now=now).number
    except NotFound:
        return None
    finally:
        db.session.rollback()


def departments() -> tuple[str, str]:
    """Ids of two departments."""
    with transaction() as session:
        return staff.add_department(session, "税務課"), staff.add_department(session, "環境課")


def codes(error: pytest.ExceptionInfo[InputInvalid]) -> list[str]:
    return [f"{one.field}:{one.code}" for one in error.value.errors]


def test_a_new_form_is_a_draft_that_no_resident_sees(app: Flask) -> None:
    placed = add()
    assert (placed.slug, placed.number) == ("mihon", 1)
    assert states() == {1: State.DRAFT}
    assert opened() is None
    row = db.session.get_one(ProcedureVersion, placed.version_id)
    assert row.document == to_json(document())
    assert row.sha256 == digest_of(row.document)
    assert row.created_by == BY.actor


@pytest.mark.parametrize(
    ("slug", "code"),
    [("", "pattern"), ("ab", "pattern"), ("Mihon", "pattern"), ("1abc", "pattern"),
     ("a b c", "pattern"), ("粗大ごみ", "pattern"), ("a" * 41, "pattern"), ("drafts", "taken"),
     ("new", "taken"), ("bench", "taken"), ("mihon", "taken")],
)  # fmt: skip
def test_an_address_is_short_plain_and_free(app: Flask, slug: str, code: str) -> None:
    add()
    with pytest.raises(InputInvalid) as refused:
        add(slug)
    assert codes(refused) == [f"slug:{code}"]


def test_versions_count_up_and_an_application_stays_one(app: Flask) -> None:
    add()
    assert upload("mihon", OTHER).number == 2
    with pytest.raises(InputInvalid) as refused:
        upload("mihon", edition(kind="survey"))
    assert codes(refused) == ["workbook:other_kind"]
    assert states() == {2: State.DRAFT, 1: State.DRAFT}


def test_a_draft_is_put_away_and_brought_back_but_nothing_published_is(app: Flask) -> None:
    add()
    with transaction() as session:
        service.discard_version(session, "mihon", 1, by=BY, now=NOON)
    assert states() == {1: State.DISCARDED}
    with pytest.raises(Conflict):
        publish("mihon", 1)
    with transaction() as session:
        service.restore_version(session, "mihon", 1, by=BY, now=NOON)
    publish("mihon", 1)
    for change in (service.discard_version, service.restore_version):
        with pytest.raises(Conflict), transaction() as session:
            change(session, "mihon", 1, by=BY, now=NOON)
    assert states() == {1: State.OPEN}


def test_a_draft_is_changed_only_by_who_saw_it_as_it_is(app: Flask) -> None:
    add()
    seen = digest_of(to_json(document()))
    with transaction() as session:
        service.change_draft(session, "mihon", 1, OTHER, seen=seen, by=BY, now=NOON)
    with pytest.raises(VersionChanged), transaction() as session:
        service.change_draft(session, "mihon", 1, edition(), seen=seen, by=BY, now=NOON)
    publish("mihon", 1)
    seen = digest_of(to_json(OTHER.document))
    with pytest.raises(Conflict), transaction() as session:
        service.change_draft(session, "mihon", 1, edition(), seen=seen, by=BY, now=NOON)
    assert forms.open_form(db.session, "mihon", now=NOON).document == OTHER.document


@pytest.mark.parametrize("column", ["document", "sha256", "workbook", "number", "procedure_id"])
@pytest.mark.parametrize("state", ["published", "retired"])
def test_under_every_operation_a_published_version_refuses_to_change(
    app: Flask, column: str, state: str
) -> None:
    placed = add()
    publish("mihon", 1)
    if state == "retired":
        upload("mihon", OTHER)
        publish("mihon", 2)
    before = _row(placed.version_id)
    value = 9 if column == "number" else b"x" * 32 if column in ("sha256", "workbook") else "x"
    with pytest.raises(VersionFrozen), transaction() as session:
        setattr(session.get_one(ProcedureVersion, placed.version_id), column, value)
    with pytest.raises(VersionFrozen), transaction() as session:
        _as_draft(session.get_one(ProcedureVersion, placed.version_id), column, value)
    with pytest.raises(VersionFrozen), transaction() as session:
        session.delete(session.get_one(ProcedureVersion, placed.version_id))
    assert _row(placed.version_id) == before


def _as_draft(row: ProcedureVersion, column: str, value: object) -> None:
    """Change the column and say in the same breath that it is a draft."""
    row.state = "draft"
    setattr(row, column, value)


def _row(version_id: str) -> tuple[object, ...]:
    wanted = select(ProcedureVersion.document, ProcedureVersion.sha256, ProcedureVersion.state,
                    ProcedureVersion.workbook, ProcedureVersion.number).where(
                        ProcedureVersion.id == version_id)  # fmt: skip
    found = tuple(db.session.execute(wanted).one())
    db.session.rollback()
    return found


def test_a_department_makes_its_own_forms_and_sees_no_others(app: Flask) -> None:
    tax, waste = departments()
    with transaction() as session:
        new = NewProcedure(slug="zei", department_id=tax)
        service.add_procedure(session, new, edition(), by=of(tax), now=NOON)
    for department_id in (waste, None):
        new = NewProcedure(slug="gomi", department_id=department_id)
        with pytest.raises(InputInvalid) as refused, transaction() as session:
            service.add_procedure(session, new, edition(), by=of(tax), now=NOON)
        assert codes(refused) == ["department:not_yours"]
    add("gomi", edition(prefix="ご"), department_id=waste)
    add("dare", edition(prefix="だ"))
    assert [one.slug for one in queries.lines(db.session, of(tax).scope, now=NOON)] == ["zei"]
    db.session.rollback()
    for slug in ("gomi", "dare", "nothing"):
        for change in (service.close, service.reopen):
            with pytest.raises(NotFound), transaction() as session:
                change(session, slug, by=of(tax), now=NOON)
        with pytest.raises(NotFound), transaction() as session:
            service.publish(session, slug, 1, by=of(tax), now=NOON)
        with pytest.raises(NotFound), transaction() as session:
            service.upload_version(session, slug, edition(), by=of(tax), now=NOON)
        with pytest.raises(NotFound):
            queries.version(db.session, slug, 1, of(tax).scope, now=NOON)
    with pytest.raises(InputInvalid), transaction() as session:
        service.set_department(session, "zei", waste, by=of(tax), now=NOON)


def test_whose_forms_a_colleague_makes_follows_from_their_roles(app: Flask) -> None:
    def maker(*grants: Grant) -> service.Maker:
        return service.maker_of(
            Colleague(
                id="0" * 12, name="", login="", grants=grants, session_id="", confirmed_at=NOON
            )
        )

    assert maker(Grant(Role.ADMINISTRATOR)).scope == EVERYWHERE
    assert maker(Grant(Role.PROCEDURE_REVIEWER)).scope == EVERYWHERE
    narrow = Grant(Role.PROCEDURE_REVIEWER, department="tax")
    assert maker(narrow).scope == of("tax").scope
    assert maker(narrow, Grant(Role.ADMINISTRATOR)).scope == EVERYWHERE
    for other in (Role.REPORT_REVIEWER, Role.VIEWER, Role.SENDER):
        with pytest.raises(NotAllowed):
            maker(Grant(other))


def test_forms_stand_in_the_order_that_the_town_gives_them(app: Flask) -> None:
    for n, slug in enumerate(("aaa", "bbb", "ccc")):
        add(slug, edition(prefix="あいう"[n]))

    def order() -> list[str]:
        return [one.slug for one in queries.lines(db.session, EVERYWHERE, now=NOON)]

    def move(slug: str, *, up: bool) -> None:
        db.session.rollback()
        with transaction() as session:
            service.move(session, slug, up=up, by=BY, now=NOON)

    assert order() == ["aaa", "bbb", "ccc"]
    move("ccc", up=True)
    assert order() == ["aaa", "ccc", "bbb"]
    move("aaa", up=True)
    move("bbb", up=False)
    assert order() == ["aaa", "ccc", "bbb"]
    with pytest.raises(NotAllowed), transaction() as session:
        service.move(session, "aaa", up=False, by=of("x"), now=NOON)


def test_the_title_is_the_published_ones_until_another_is_published(app: Flask) -> None:
    add()
    first = service.Edition(document=document())
    publish("mihon", 1)
    renamed = service.Edition(
        document=type(first.document)(
            form_id="sample", title={"ja": "新しい名前"}, languages=("ja",),
            default_language="ja", settings=first.document.settings, pages=first.document.pages,
        )
    )  # fmt: skip
    upload("mihon", renamed)

    def title() -> str:
        found = db.session.scalars(select(Procedure.title)).one()
        db.session.rollback()
        return found

    assert title() == "見本の手続き"
    publish("mihon", 2)
    assert title() == "新しい名前"
