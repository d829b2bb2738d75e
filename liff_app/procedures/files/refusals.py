"""Why a file is not taken, and what to do next."""

from __future__ import annotations

from liff_app.errors import FieldError, InputInvalid, Unavailable
from liff_app.i18n import gettext as _
from liff_app.procedures.files.rules import Refusal


class FileRefused(InputInvalid):
    """The file is not taken; nothing was kept. `shown_code` is one of `Refusal`."""

    def __init__(self, refusal: Refusal, *, field: str, told: str = "") -> None:
        sentence = told or _sentence(refusal)
        super().__init__([FieldError(field, refusal.value, sentence)])
        self.refusal = refusal
        self.shown_code, self.shown_title = refusal.value, sentence


class CheckingDown(Unavailable):
    """The process that looks into documents cannot be started, or keeps dying."""

    code = "file_unavailable"
    title = "いまファイルをお預かりできません。しばらくしてからお試しください。"


def _sentence(refusal: Refusal) -> str:  # noqa: PLR0911 - one sentence a reason
    match refusal:
        case Refusal.EMPTY:
            return _("ファイルが空です。別のファイルをえらんでください。")
        case Refusal.TOO_LARGE:
            return _("ファイルは10MBまで送れます。小さくするか、別のファイルをえらんでください。")
        case Refusal.ENCRYPTED:
            return _("パスワードのついたPDFは使えません。パスワードを外してから送ってください。")
        case Refusal.ACTIVE:
            return _(
                "動くしかけやファイルが入ったPDFは使えません。印刷して写真にとるか、保存しなおして送ってください。"
            )
        case Refusal.PAGES:
            return _("PDFは50ページまで送れます。分けて送ってください。")
        case Refusal.BROKEN:
            return _(
                "ファイルを読み取れませんでした。もう一度保存するか、別のファイルをえらんでください。"
            )
        case _:
            return _("写真かPDFをえらんでください。ほかの形式は使えません。")
