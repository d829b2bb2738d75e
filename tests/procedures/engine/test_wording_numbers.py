"""Numbers in labels that speak of answers."""

from __future__ import annotations

from datetime import date

import pytest

from liff_app.procedures.engine.document import Kind
from liff_app.procedures.engine.evaluation import Wording, evaluate
from tests.procedures.ground import document, page, question


@pytest.mark.parametrize(
    ("given", "told"),
    [(4000, "4,000円"), (1234567, "1,234,567円"), (800, "800円"), (-4000.5, "-4,000.5円")],
)
def test_a_number_in_a_label_looks_as_it_does_everywhere(given: float, told: str) -> None:
    form = document(
        page(
            "money",
            question("price", Kind.DECIMAL),
            question("total", Kind.CALCULATED, calculation="${price} * 1"),
        )
    )
    found = evaluate(form, {"price": given}, today=date(2026, 11, 23))
    assert Wording(form, found, "ja").said({"ja": "${total}円"}) == told
