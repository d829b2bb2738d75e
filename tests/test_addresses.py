"""Numbers in addresses that no column can hold lead nowhere, and break nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter

from liff_app.addresses import BIGGEST


def test_every_number_in_an_address_has_a_bound(app: Flask) -> None:
    numbers = [
        (rule.rule, one)
        for rule in app.url_map.iter_rules()
        for one in rule._converters.values()  # noqa: SLF001 - werkzeug tells it nowhere else
        if isinstance(one, IntegerConverter)
    ]
    assert len(numbers) > 15
    for rule, one in numbers:
        assert one.max is not None, rule
        assert one.max <= BIGGEST, rule


@pytest.mark.parametrize("digits", [str(BIGGEST + 1), str(2**63), "9" * 40, "9" * 5000])
def test_beyond_it_there_is_no_address(app: Flask, digits: str) -> None:
    adapter = app.url_map.bind("localhost")
    known = f"/console/procedures/forms/mihon/{BIGGEST}"
    assert adapter.match(known)[1] == {"slug": "mihon", "number": BIGGEST}
    with pytest.raises(NotFound):
        adapter.match(f"/console/procedures/forms/mihon/{digits}")
