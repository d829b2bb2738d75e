"""What a resident reads when a file cannot be taken for a photo: what to do next, and no blame."""

from __future__ import annotations

from liff_app.errors import FieldError, InputInvalid, Unavailable
from liff_app.i18n import gettext as _
from liff_app.photos.rules import Refusal

FIELD = "photo"


class PhotoRefused(InputInvalid):
    """The file is not taken. `shown_code` is one of `rules.Refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        sentence = _sentence(refusal)
        super().__init__([FieldError(FIELD, refusal.value, sentence)])
        self.refusal = refusal
        self.shown_code, self.shown_title = refusal.value, sentence


class WorkshopDown(Unavailable):
    """The process that decodes photos cannot be started, or keeps dying."""

    code = "photo_unavailable"
    title = "いま写真をお預かりできません。しばらくしてからお試しください。文章だけなら送れます。"


class PhotosBusy(Unavailable):
    """Other photos are in hand, of the same sender or of others."""

    code = "photo_busy"
    title = (
        "いま写真の受け付けが混み合っています。少し待ってからお試しください。文章だけなら送れます。"
    )


def _sentence(refusal: Refusal) -> str:
    match refusal:
        case Refusal.TYPE:
            return _("この形式の写真は使えません。もう一度写真をとるか、別の写真を選んでください。")
        case Refusal.BROKEN:
            return _("写真を読み取れませんでした。もう一度写真をとるか、別の写真を選んでください。")
        case Refusal.TOO_LARGE:
            return _("写真は12MBまで送れます。小さくするか、別の写真を選んでください。")
        case Refusal.TOO_MANY_PIXELS:
            return _(
                "写真は2400万画素まで送れます。カメラの設定を小さくするか、別の写真を選んでください。"
            )
        case Refusal.TIMEOUT:
            return _(
                "写真の読み取りに時間がかかりすぎました。"
                "もう一度写真をとるか、別の写真を選んでください。"
            )
