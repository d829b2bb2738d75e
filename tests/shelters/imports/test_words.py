"""Words of editions: each kind has its own, or a page would fail when it meets one."""

from __future__ import annotations

from flask import Flask

from liff_app.shelters.editions import EditionKind
from liff_app.shelters.imports.words import KIND_WORDS


def test_every_kind_of_edition_has_words_of_its_own(app: Flask) -> None:
    with app.test_request_context():
        said = {kind: KIND_WORDS[kind]() for kind in EditionKind}
    assert len(set(said.values())) == len(EditionKind)
