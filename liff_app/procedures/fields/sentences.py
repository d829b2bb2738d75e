"""What is wrong with an answer, as the applicant reads it beside the field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.procedures.engine.document import FILE_KINDS, Document, Kind, Page, Question, Repeat
from liff_app.procedures.engine.evaluation import Evaluated, Problem, Wording
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.ruby import words_of

__all__ = ["all_faults", "page_faults"]

_CHOICES = frozenset({Kind.CHOOSE_ONE, Kind.CHOOSE_MANY})


def page_faults(
    document: Document,
    page: Page,
    evaluated: Evaluated,
    language: str,
    read: Sequence[FieldError] = (),
) -> tuple[FieldError, ...]:
    """What is wrong on one page, in its order, one sentence for a question.

    `read` are the faults of reading it: what could not be read is not also called missing.
    """
    names = set(placing.names_on(page))
    found = [one for one in evaluated.problems if one.path.partition("/")[0] in names]
    return _joined(document, evaluated, language, read, found)


def all_faults(document: Document, evaluated: Evaluated, language: str) -> tuple[FieldError, ...]:
    """What is wrong in the whole form, in its order."""
    return _joined(document, evaluated, language, (), evaluated.problems)


def _sentence(document: Document, wording: Wording, problem: Problem) -> str:
    """The form's own words where there are some, else ours. Without readings."""
    own = wording.said(problem.message, problem.path)
    if own:
        return words_of(own).plain
    question = placing.question_at(document, problem.path)
    return _ours(problem.code, question, _repeat(document, problem.path))


def _joined(
    document: Document,
    evaluated: Evaluated,
    language: str,
    read: Sequence[FieldError],
    problems: Iterable[Problem],
) -> tuple[FieldError, ...]:
    found: dict[str, FieldError] = {one.field: one for one in read}
    wording = Wording(document, evaluated, language)
    for one in problems:
        told = _sentence(document, wording, one)
        found.setdefault(one.path, FieldError(one.path, one.code, told))
    places = placing.places(document)
    return tuple(sorted(found.values(), key=lambda fault: placing.order(places, fault.field)))


def _repeat(document: Document, path: str) -> Repeat | None:
    name = path.partition("/")[0]
    return next((one for one in placing.repeats_of(document) if one.name == name), None)


def _ours(code: str, question: Question | None, repeat: Repeat | None) -> str:
    match code:
        case "required":
            return _missing(question)
        case "too_few":
            return _("もっと追加してください。%(n)s以上いります。", n=repeat.least if repeat else 1)
        case "too_many":
            most = question.most_files if question else repeat.most if repeat else 1
            return _("%(n)sまでにしてください。", n=most)
        case _:
            return _OURS.get(code, _unfit)()


def _missing(question: Question | None) -> str:
    if question is None:
        return _("入力してください。")
    if question.kind in _CHOICES:
        return _("えらんでください。")
    if question.kind in FILE_KINDS:
        return _("ファイルをつけてください。")
    if question.kind is Kind.PLACE:
        return _("場所をえらんでください。")
    if question.kind is Kind.CONSENT:
        return _("同意するときは、チェックを入れてください。")
    return _("入力してください。")


def _unfit() -> str:
    return _("この答えは使えません。確かめて、直してください。")


_OURS: Mapping[str, Callable[[], str]] = {
    "choice": lambda: _("ならんでいる中から、えらびなおしてください。"),
    "type": lambda: _("この答えは読み取れません。入力しなおしてください。"),
    "range": lambda: _("数が大きすぎるか、小さすぎます。確かめて、直してください。"),
    "too_long": lambda: _("長すぎます。短くしてください。"),
    "unknown": lambda: _("この質問は、この手続きにありません。"),
}
