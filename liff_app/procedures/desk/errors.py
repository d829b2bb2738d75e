"""Why a change on the desk may be refused."""

from __future__ import annotations

from liff_app.errors import Conflict


class CaseChanged(Conflict):
    """It is not at the version the change was made for; nothing was changed."""

    code = "case_changed"
    title = "ほかの人が先に変更しました。新しい内容を確かめてから、もう一度お願いします。"

    def __init__(self, ref: str, version: int) -> None:
        super().__init__(f"{ref} is at version {version}")
        self.ref = ref
        self.version = version


class StepRefused(Conflict):
    """The case stands where this cannot be done. The title says why."""

    code = "step_refused"
    title = "いまの状態では、この操作はできません。"
