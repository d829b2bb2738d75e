"""What programs send to the reports' API and what they are told, for people and for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from liff_app.apidoc import ApiModel

Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="WGS 84, degrees.")]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="WGS 84, degrees.")]
MAX_ANSWERS = 20  # questions of a category; the form of our own asks at most five


class ReportIn(ApiModel):
    """A damage report. Also taken as multipart/form-data, there with `photo` up to three times."""

    category: str = Field(max_length=40, description="Code from `GET /api/v1/reports/categories`.")
    description: str = Field(default="", description="Free text, or empty.")
    lat: Lat
    lon: Lon
    accuracy_m: int | None = Field(
        default=None, ge=0, le=100_000, description="Radius the position was given with, in metres."
    )
    place_way: Literal["position", "pin", "town", "asset", "photo"] = Field(
        default="pin", description="How the place was said."
    )
    place_text: str = Field(default="", description="A landmark, in words.")
    asset_number: str = Field(default="", description="The number on the pole.")
    answers: dict[str, str] = Field(
        default={}, max_length=MAX_ANSWERS,
        description="Question code to option code or text; as a form `answers.<code>`.",
    )  # fmt: skip
    contact: str = Field(default="", description="Only if the resident wants to be called.")


class ReportMade(BaseModel):
    """The receipt. A repeat gives the same one."""

    model_config = ConfigDict(title="ReportMade")

    id: str = Field(description="Stands in addresses.")
    number: str = Field(description="What people read out; the last digit checks the others.")
    status: str
    url: str = Field(description="The page that shows what became of it.")
    photos_wanted: int = Field(description="How many photos may still be added.")


class PhotoOut(BaseModel):
    """A photo: who reported reads the whole one, others the one that colleagues let out."""

    model_config = ConfigDict(title="PhotoOut")

    id: str
    thumb_url: str
    large_url: str


class PhotoMade(BaseModel):
    """The photo that was added, or was there already."""

    model_config = ConfigDict(title="PhotoMade")

    photo: PhotoOut
    photos_wanted: int


class LineOut(BaseModel):
    """A report in the resident's own list."""

    model_config = ConfigDict(title="ReportLine")

    id: str
    number: str
    category: str
    category_name: str
    status: str
    town: str
    created_at: str
    updated_at: str
    mine: bool = Field(description="false: joined by 「わたしも」, reported by somebody else.")
    asks_fix: bool = Field(description="Whether 直った or まだ is being asked.")
    url: str


class MineOut(BaseModel):
    """The resident's reports, newest first."""

    model_config = ConfigDict(title="ReportLines")

    reports: list[LineOut]


class StepOut(BaseModel):
    """One public thing that happened."""

    model_config = ConfigDict(title="ReportStep")

    at: str
    kind: str
    status: str | None
    text: str
    by_town: bool


class ReportOut(BaseModel):
    """A report: whole for who reported or joined it, else only what is public.

    What the reader may not see is null, which is not the same as empty.
    """

    model_config = ConfigDict(title="Report")

    id: str
    number: str
    category: str
    category_name: str
    status: str
    lat: float
    lon: float
    created_at: str
    updated_at: str
    description: str | None
    place_text: str | None
    answers: dict[str, str] | None = Field(description="Question and answer in words.")
    mine: bool = Field(description="Reported or joined by the reader.")
    joined: int = Field(description="How many said 「わたしも」.")
    asks_fix: bool
    timeline: list[StepOut]
    photos: list[PhotoOut]
    can: list[str] = Field(
        description="What the reader may do now: reply, add_photo, take_back_text, "
        "take_back_photo, withdraw, leave, join, answer_fix."
    )
    url: str


class JoinOut(BaseModel):
    """The report that was joined: the one it is worked together with, if there is one."""

    model_config = ConfigDict(title="Joined")

    id: str
    number: str
    status: str
    url: str


class FixIn(ApiModel):
    """直った or まだ."""

    answer: Literal["fixed", "not_yet"]
    text: str = Field(default="", max_length=1000, description="What is still wrong, in words.")


class FixOut(BaseModel):
    """Where the report stands after the answer."""

    model_config = ConfigDict(title="FixAnswered")

    id: str
    status: str
