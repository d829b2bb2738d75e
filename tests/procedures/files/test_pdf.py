"""Strangers' documents: looked into by a process of their own, refused where anything could run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from liff_app.limited_child import Down
from liff_app.procedures.files import pdf, pdf_reading
from liff_app.procedures.files.refusals import CheckingDown, FileRefused
from liff_app.procedures.files.rules import Refusal, is_pdf
from tests.procedures.files import papers


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    pdf.reader.close()


def refusal_of(raw: bytes) -> Refusal | None:
    found: list[FileRefused] = []
    try:
        pdf.checked(raw, "papers")
    except FileRefused as refused:
        found.append(refused)
    assert all(one.errors[0].field == "papers" for one in found)
    return found[0].refusal if found else None


@pytest.mark.parametrize("pages", [1, 50])
def test_an_honest_document_is_taken(pages: int) -> None:
    assert pdf.checked(papers.pdf(pages), "papers") == pages


@pytest.mark.parametrize("made", [papers.with_link, papers.with_picture, papers.packed])
def test_links_and_pictures_are_no_programs(made: Callable[[], bytes]) -> None:
    assert pdf.checked(made(), "papers") == 1


@pytest.mark.parametrize(
    "made",
    [
        papers.with_script,
        papers.with_file,
        papers.with_lone_script,
        papers.with_page_action,
        papers.with_form,
        papers.with_nested_script,
        papers.escaped_script,
        papers.packed_script,
    ],
)
def test_what_could_run_or_lies_inside_is_refused(made: Callable[[], bytes]) -> None:
    assert refusal_of(made()) is Refusal.ACTIVE


@pytest.mark.parametrize(
    "kind", ["/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie"]
)
def test_no_action_leads_out_of_the_document(kind: str) -> None:
    assert refusal_of(papers.on_opening(kind, F="x")) is Refusal.ACTIVE


def test_opening_at_a_page_is_no_action() -> None:
    assert refusal_of(papers.on_opening("/GoTo", D="1")) is None


@pytest.mark.parametrize(
    ("made", "refusal"),
    [
        (lambda: papers.pdf(51), Refusal.PAGES),
        (papers.encrypted, Refusal.ENCRYPTED),
        (papers.deep, Refusal.BROKEN),
        (papers.bomb, Refusal.BROKEN),
        (papers.endless, Refusal.BROKEN),
        (lambda: b"%PDF-1.7\n", Refusal.BROKEN),
        (lambda: b"%PDF-1.7\n" + b"\xff" * 10_000, Refusal.BROKEN),
        (lambda: papers.pdf()[:-200], Refusal.BROKEN),
        (lambda: papers.pdf(0), Refusal.BROKEN),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_reason(
    made: Callable[[], bytes], refusal: Refusal
) -> None:
    assert refusal_of(made()) is refusal


def test_a_document_cut_off_anywhere_never_takes_the_web_process_down() -> None:
    raw = papers.with_script()
    for at in range(0, len(raw), 97):
        refusal_of(raw[:at] or b"%PDF-")
    assert pdf.checked(papers.pdf(), "papers") == 1


def test_where_no_child_can_be_started_the_answer_is_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> None:
        raise Down

    monkeypatch.setattr(pdf.reader, "ask", nothing)
    with pytest.raises(CheckingDown):
        pdf.checked(papers.pdf(), "papers")


@pytest.mark.parametrize(
    "told", [{}, {"pages": 0}, {"pages": 51}, {"pages": "1"}, {"refused": "x"}]
)
def test_what_a_child_makes_up_is_not_believed(
    told: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Answer:
        header = told

    monkeypatch.setattr(pdf.reader, "ask", lambda *_: Answer)
    assert refusal_of(papers.pdf()) is Refusal.BROKEN


def test_the_check_itself_needs_no_process() -> None:
    assert pdf_reading.pages_of(papers.pdf(3)) == 3
    with pytest.raises(pdf_reading.Refused, match="file_active"):
        pdf_reading.pages_of(papers.with_script())


def test_a_document_is_known_by_its_bytes() -> None:
    assert is_pdf(papers.pdf())
    assert is_pdf(b"\n\n" + papers.pdf())
    assert not is_pdf(b"GIF89a")
