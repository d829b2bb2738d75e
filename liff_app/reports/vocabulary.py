"""The words of damage reports: their codes stand in the database, the API and the log."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Status(StrEnum):
    """Where a report stands. What may follow what is one table: `rules.STEPS`."""

    RECEIVED = "received"
    CHECKING = "checking"
    ASKED = "asked"
    PLANNED = "planned"
    WORKING = "working"
    FIXED = "fixed"
    NO_ACTION = "no_action"
    FORWARDED = "forwarded"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


class Mover(StrEnum):
    """Who takes a step."""

    STAFF = "staff"
    RESIDENT = "resident"


class Need(StrEnum):
    """What a step cannot do without."""

    REASON = "reason"  # a sentence that the residents read
    RECEIVER = "receiver"  # the body that takes it over, by name
    LEAD = "lead"  # the report it is worked together with


class EventKind(StrEnum):
    """What happened to a report; events are added, never changed."""

    FILED = "filed"
    MOVED = "moved"
    ANSWERED = "answered"  # a public sentence without a step
    REPLIED = "replied"  # the reporter's answer to a question
    NOTED = "noted"  # inside the town hall only
    ASSIGNED = "assigned"
    PRIORITISED = "prioritised"
    DATED = "dated"
    PLACED = "placed"
    RECLASSIFIED = "reclassified"
    MERGED = "merged"
    SPLIT = "split"
    GATHERED = "gathered"  # at the lead: another report joined its incident
    RELEASED = "released"  # at the lead: another report left it
    CHECKED = "checked"  # text or photos were let out to the public, or held back
    HIDDEN = "hidden"
    SHOWN = "shown"
    PHOTO_ADDED = "photo_added"
    TAKEN_BACK = "taken_back"
    FIX_CONFIRMED = "fix_confirmed"
    FIX_DENIED = "fix_denied"


class Source(StrEnum):
    """The way a report came in."""

    LIFF = "liff"
    API = "api"
    CONSOLE = "console"  # typed by a colleague for somebody on the telephone
    OPEN311 = "open311"


class PlaceWay(StrEnum):
    """How the reporter said where."""

    POSITION = "position"
    PIN = "pin"
    TOWN = "town"
    ASSET = "asset"
    PHOTO = "photo"


class Priority(IntEnum):
    """How soon; larger is sooner, so lists sort by it."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3


class Group(StrEnum):
    """When a category is offered: always, or while a disaster is on."""

    EVERYDAY = "everyday"
    DISASTER = "disaster"


class FixAnswer(StrEnum):
    """What a resident says after 「直しました」."""

    FIXED = "fixed"
    NOT_YET = "not_yet"
