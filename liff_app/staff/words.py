"""How roles are called on the screen and on a terminal, and what each may do."""

from __future__ import annotations

from collections.abc import Mapping

from liff_app.i18n import gettext as _
from liff_app.staff.rules import Grant
from liff_app.staff.vocabulary import Role


def role_names() -> dict[Role, str]:
    """The name of each role."""
    return {
        Role.ADMINISTRATOR: _("管理者"),
        Role.SHELTER_STAFF: _("避難所の担当"),
        Role.REPORT_REVIEWER: _("通報の担当"),
        Role.PROCEDURE_REVIEWER: _("申請の担当"),
        Role.SENDER: _("配信の作成"),
        Role.APPROVER: _("配信の承認"),
        Role.VIEWER: _("閲覧だけ"),
    }


def role_hints() -> dict[Role, str]:
    """What each role may do, in a sentence."""
    return {
        Role.ADMINISTRATOR: _(
            "職員、一覧の取り込み、災害の開始と終了。すべての避難所を変えられます。"
        ),
        Role.SHELTER_STAFF: _("避難所の開設や人数を変えられます。避難所を1つに絞れます。"),
        Role.REPORT_REVIEWER: _("住民からの通報を読み、対応を書きます。部署を1つに絞れます。"),
        Role.PROCEDURE_REVIEWER: _("住民からの申請を審査します。部署を1つに絞れます。"),
        Role.SENDER: _("お知らせを書きます。送るには、別の人の承認がいります。"),
        Role.APPROVER: _("お知らせを確かめて、送ることを認めます。"),
        Role.VIEWER: _("避難所の一覧と統計を見ます。何も変えられません。"),
    }


def narrowed(grant: Grant, departments: Mapping[str, str], shelters: Mapping[str, str]) -> str:
    """For what a grant is: the department, the shelter, or everywhere."""
    if grant.department is not None:
        return departments.get(grant.department, grant.department)
    if grant.shelter is not None:
        return shelters.get(grant.shelter, grant.shelter)
    return ""
