"""The words of staff accounts: roles, and the scopes of keys that other systems hold."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a colleague may do; a grant may narrow it to a department or a shelter."""

    ADMINISTRATOR = "administrator"
    SENDER = "sender"
    APPROVER = "approver"
    REPORT_REVIEWER = "report_reviewer"
    PROCEDURE_REVIEWER = "procedure_reviewer"
    SHELTER_STAFF = "shelter_staff"
    VIEWER = "viewer"


class KeyScope(StrEnum):
    """What the key of another system may do."""

    SHELTERS_READ = "shelters:read"
    SHELTERS_WRITE = "shelters:write"
    REPORTS_READ = "reports:read"
    REPORTS_WRITE = "reports:write"
    SUBMISSIONS_READ = "submissions:read"
    AUDIT_READ = "audit:read"
