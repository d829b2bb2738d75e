"""Why a check-in may be refused."""

from __future__ import annotations

from liff_app.errors import Conflict, FieldError, InputInvalid, NotFound, TooMany


class CheckInOff(NotFound):
    """No disaster is on, or people are not checked in during this one."""

    code = "checkin_off"
    title = "いまは避難所の受付をしていません。"


class CodeUnknown(InputInvalid):
    """No code that is good now: mistyped, too old, used, or of another disaster. All alike."""

    code = "code_unknown"
    title = "この番号では受け付けられません。"

    def __init__(self) -> None:
        message = (
            "この番号は使えません。まちがいか、10分がすぎたか、もう使った番号です。"
            "新しい番号を見せてもらうか、人数だけで受け付けてください。"
        )
        super().__init__([FieldError("code", "code_unknown", message)])


class CodesBlocked(TooMany):
    """Too many wrong codes were tried at the shelter: for a while none is looked up."""

    code = "codes_blocked"
    title = (
        "まちがった番号が続いたので、しばらく番号では受け付けられません。"
        "人数だけで受け付けてください。"
    )


class DoorUnknown(InputInvalid):
    """No shelter has that number at its door."""

    code = "door_unknown"
    title = "その番号の避難所はありません。"

    def __init__(self) -> None:
        message = "その番号の避難所はありません。避難所の紙の6けたの数字を入れてください。"
        super().__init__([FieldError("door", "door_unknown", message)])


class ShelterClosed(Conflict):
    """The shelter says that it is closed: residents cannot check themselves in."""

    code = "shelter_closed"
    title = "この避難所は閉まっています。係の人に聞いてください。"


class StayOver(Conflict):
    """The stay has ended, so its counts cannot change."""

    code = "stay_over"
    title = "この家族は、もう出ています。"


class StayLive(Conflict):
    """The stay goes on, so its record cannot be deleted."""

    code = "stay_live"
    title = "まだ避難所に入っています。先に「出る」を押してください。"


class MovedOn(Conflict):
    """The family is checked in somewhere else by now."""

    code = "moved_on"
    title = "この家族は、ほかの避難所に入りました。"
