"""What is counted, for whom: nothing that is tried at one form is paid at another."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from liff_app.errors import TooMany
from liff_app.procedures.filling import limiting
from tests.conftest import on_sqlite

pytestmark = on_sqlite


def admitted(app: Flask, times: int, admit: Callable[[int], None]) -> int:
    """How many of so many are let in."""
    count = 0
    for number in range(times):
        with app.app_context():
            try:
                admit(number)
            except TooMany:
                continue
            count += 1
    return count


def test_a_draft_tried_at_one_form_or_by_somebody_else_is_new_at_another(app: Flask) -> None:
    def send(owner: str, form: str, *, other: bool = False) -> int:
        most = 2 * limiting.SENT_AN_HOUR
        return admitted(
            app, most, lambda n: limiting.admit_sending(owner, form, f"{n + most * other:020d}")
        )

    assert send("hanako", "a") == limiting.SENT_AN_HOUR
    assert send("hanako", "b") == limiting.SENT_AN_HOUR
    assert send("taro", "b") == limiting.SENT_AN_HOUR
    assert send("hanako", "b", other=True) == 0
    for form, number in (("b", 0), ("c", 15)):  # 15 was refused at the others
        name = f"{number:020d}"
        again = admitted(app, 5, lambda _n: limiting.admit_sending("hanako", form, name))  # noqa: B023 - called here
        assert again == 5, "the same one once more costs nothing"


def test_every_look_through_answers_counts_under_whatever_name(app: Flask) -> None:
    most = limiting.TRIED_AN_HOUR
    assert admitted(app, most + 5, lambda _n: limiting.admit_try("hanako", "a")) == most
    assert admitted(app, 5, lambda _n: limiting.admit_try("hanako", "b")) == 5


def test_colleagues_type_for_a_whole_queue(app: Flask) -> None:
    most = limiting.COLLEAGUES_AN_HOUR

    def all_of_it(number: int) -> None:
        limiting.admit_file("staff:1", by_colleague=True)
        limiting.admit_try("staff:1", "a", by_colleague=True)
        limiting.admit_sending("staff:1", "a", str(number), by_colleague=True)

    assert admitted(app, most + 1, all_of_it) == most
