"""The product's own five forms, as a resident meets them: every page, empty and refused."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app.clock import JST
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.procedures import samples
from liff_app.procedures.engine.evaluation import evaluate
from liff_app.procedures.filling import drafts
from liff_app.procedures.filling.drafts import Filler
from liff_app.procedures.models import ProcedureDraft
from liff_app.procedures.workbooks.compiler import compile_workbook
from tests.conftest import on_sqlite
from tests.house.page import faults
from tests.procedures.ground import NOON, publish

from .journeys import LIFF, begin

pytestmark = on_sqlite


@pytest.mark.parametrize("language", ["ja", "ja-simple", "en"])
@pytest.mark.parametrize("name", samples.names())
def test_every_page_of_a_form_is_right_in_each_of_its_languages(
    app: Flask, resident: FlaskClient, settings: Settings, name: str, language: str
) -> None:
    compiled = compile_workbook(samples.raw(name), today=NOON.date())
    assert compiled.document is not None, compiled.faults
    with transaction() as session:
        form = publish(session, compiled.document, slug="mihon")
    journey = begin(resident, language=language)
    row = db.session.get_one(ProcedureDraft, journey.ref)
    assert row.language == language
    mine = Filler(resident_id=row.resident_id)
    draft = drafts.read(
        db.session, journey.ref, filler=mine, keys=settings.keys, now=row.updated_at
    )
    found = evaluate(form.document, draft.body.answers, today=NOON.astimezone(JST).date())
    pages = [one.name for one in form.document.pages if one.name in found.visible]
    assert len(pages) >= 3
    for page in pages:
        journey.get(page)
        answer = journey.post(page)
        assert answer.status_code in (303, 422), answer.text
    listed = resident.get(LIFF)
    assert faults(listed, LIFF) == []
