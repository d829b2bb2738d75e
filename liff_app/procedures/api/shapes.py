"""What programs send to the procedures' API and what they are told, for people and for OpenAPI."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from liff_app.apidoc import ApiModel


class ProcedureOut(BaseModel):
    """A form that can be filled in now."""

    model_config = ConfigDict(title="Procedure")

    slug: str
    title: str
    summary: str
    kind: str = Field(description="`application` or `survey`.")
    version: int = Field(description="Of the form; a submission names it.")
    minutes: int | None
    open_until: str | None = Field(description="ISO 8601, or null: without an end.")
    url: str = Field(description="The page where a resident fills it in.")


class ProceduresOut(BaseModel):
    """Every form that is open."""

    model_config = ConfigDict(title="Procedures")

    procedures: list[ProcedureOut]


class ConsentOut(BaseModel):
    """The purpose of use that whoever answers must have read."""

    model_config = ConfigDict(title="ProcedureConsent")

    text: str
    sha256: str = Field(description="Of the UTF-8 text, in hex; a submission repeats it.")


class ProcedureWhole(ProcedureOut):
    """A form with what it asks."""

    model_config = ConfigDict(title="ProcedureWhole")

    languages: list[str]
    consent: ConsentOut
    needs: str
    after: str
    document: dict[str, Any] = Field(description="Pages and questions, conditions as written.")
    schema_url: str


class SubmissionIn(ApiModel):
    """Answers to a form."""

    version: int = Field(ge=1, description="The form's, as `GET /procedures/{slug}` gives it.")
    consent: str = Field(max_length=64, description="`consent.sha256` of that version.")
    answers: dict[str, Any] = Field(description="By question name, as the schema says.")
    draft: str | None = Field(
        default=None, max_length=32, description="Where files were sent to; see `/drafts`."
    )


class SubmissionMade(BaseModel):
    """The receipt. A repeat gives the same one."""

    model_config = ConfigDict(title="SubmissionMade")

    number: str | None = Field(
        description="What people read out; it opens nothing. Null for an anonymous survey."
    )
    status: str
    fee_yen: int | None
    url: str | None = Field(description="Its page; null for an anonymous survey.")


class SubmissionOut(BaseModel):
    """Where a submission stands, for who sent it."""

    model_config = ConfigDict(title="Submission")

    number: str
    procedure: str
    version: int
    status: str
    revision: int
    received_at: str
    updated_at: str
    fee_yen: int | None
    answers: dict[str, Any]
    url: str


class DraftMade(BaseModel):
    """Where files of a submission are sent to first."""

    model_config = ConfigDict(title="SubmissionDraft")

    draft: str
    files_url: str


class FileQuery(ApiModel):
    """Which question the file answers."""

    path: str = Field(max_length=120, description="`photo`, or in a repeat `children/0/photo`.")
    name: str = Field(default="", max_length=120, description="As the sender calls the file.")


class FileMade(BaseModel):
    """A file that may be named in the answers."""

    model_config = ConfigDict(title="SubmissionFile")

    id: str


class PageQuery(ApiModel):
    """Which submissions."""

    after: str | None = Field(
        default=None, max_length=32, description="The receipt number behind which a page begins."
    )


class SystemSubmission(BaseModel):
    """A submission for another system."""

    model_config = ConfigDict(title="SystemSubmission")

    number: str
    version: int
    status: str
    source: str
    revision: int
    received_at: str = Field(description="ISO 8601; of an anonymous survey the day in Japan.")
    closed_at: str | None = Field(description="Same; null while it is open.")
    fee_yen: int | None
    answers: dict[str, Any] | None = Field(description="Null once they were forgotten.")


class SubmissionsOut(BaseModel):
    """A page of submissions, oldest first."""

    model_config = ConfigDict(title="SystemSubmissions")

    submissions: list[SystemSubmission]
    after: str | None = Field(description="For the next page; null: this is the last.")
