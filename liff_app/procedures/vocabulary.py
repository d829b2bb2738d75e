"""The words of procedures: their codes stand in the database, the API and the log."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a submission stands. What may follow what is one table: `rules.STEPS`."""

    RECEIVED = "received"  # 受付
    REVIEWING = "reviewing"  # 審査
    RETURNED = "returned"  # 差し戻し
    ACCEPTED = "accepted"  # 受理
    REJECTED = "rejected"  # 不受理
    COMPLETED = "completed"  # 完了
    WITHDRAWN = "withdrawn"  # 取下げ
    LAPSED = "lapsed"  # 期限切れで終了


class Mover(StrEnum):
    """Who takes a step."""

    STAFF = "staff"
    APPLICANT = "applicant"


class Need(StrEnum):
    """What a step cannot do without."""

    REASON = "reason"  # a sentence that the applicant reads
    ITEMS = "items"  # the answers that are wrong, each with why
    OVERDUE = "overdue"  # the day until which the applicant was asked to correct is over
    NOTE = "note"  # a sentence for the town hall only


class FormKind(StrEnum):
    """What a procedure is for. A survey has no workflow and no decision."""

    APPLICATION = "application"
    SURVEY = "survey"


class VersionState(StrEnum):
    """Where a version of a form stands; once published its document never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"  # a later one took its place, or it was closed


class Source(StrEnum):
    """The way a submission came in."""

    LIFF = "liff"
    COUNTER = "counter"  # a colleague typed it for somebody who stood there
    TELEPHONE = "telephone"
    API = "api"


class DraftPurpose(StrEnum):
    """What a draft will become."""

    NEW = "new"
    CORRECTION = "correction"  # of a submission that was returned
    PROXY = "proxy"  # a colleague fills it in for somebody
    TEST = "test"  # a colleague tries the form; never in the real queue or numbers


class EventKind(StrEnum):
    """What happened to a submission; events are added, never changed."""

    SUBMITTED = "submitted"
    MOVED = "moved"
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    PROPOSED = "proposed"  # a decision that a second colleague must approve
    APPROVED = "approved"
    NOT_APPROVED = "not_approved"
    NOTED = "noted"  # inside the town hall only
    ANSWERED = "answered"  # a sentence to the applicant without a step
    ASSIGNED = "assigned"
    DATED = "dated"
    DOCUMENT_ADDED = "document_added"
    DOCUMENT_REMOVED = "document_removed"
    FORGOTTEN = "forgotten"  # by retention: the answers are gone


class FilePurpose(StrEnum):
    """What a sealed file is."""

    ANSWER = "answer"
    DECISION = "decision"
    GONE = "gone"  # taken back; its bytes go with the next sweep
