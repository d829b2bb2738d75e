"""Why a change of a report may be refused."""

from __future__ import annotations

from liff_app.errors import Conflict


class ReportChanged(Conflict):
    """The report is not at the version the change was made for; nothing was changed."""

    code = "report_changed"
    title = "ほかの人が先に変更しました。新しい内容を確かめてから、もう一度お願いします。"

    def __init__(self, ref: str, version: int) -> None:
        super().__init__(f"{ref} is at version {version}")
        self.ref = ref
        self.version = version


class StepRefused(Conflict):
    """The report stands where this cannot be done. `shown_code` and the title say why."""

    code = "step_refused"
    title = "いまの状態では、この操作はできません。"
