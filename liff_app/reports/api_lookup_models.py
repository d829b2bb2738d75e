"""What a form asks before anything is sent, and what it is told, for people and for OpenAPI."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from liff_app.apidoc import ApiModel
from liff_app.reports.api_models import Lat, Lon


class NearQuery(ApiModel):
    """Where, and what kind."""

    lat: Lat
    lon: Lon
    category: str = Field(max_length=40)
    radius_m: int = Field(default=250, ge=1, le=1000)


class NearOut(BaseModel):
    """An open report of the same kind nearby, as far as it is public."""

    model_config = ConfigDict(title="NearReport")

    id: str
    number: str
    category: str
    status: str
    distance_m: int = Field(description="Rounded to 10 m.")
    town: str = Field(description="The town it lies in; empty where none is known.")
    lat: float
    lon: float
    created_at: str
    text: str | None
    photo_url: str | None
    joined: int
    mine: bool = Field(description="Reported or joined by the reader already.")
    url: str


class NearListOut(BaseModel):
    """Nearest first."""

    model_config = ConfigDict(title="NearReports")

    reports: list[NearOut]


class StopOut(BaseModel):
    """Where to turn instead of sending a report."""

    model_config = ConfigDict(title="Stop")

    kind: Literal["emergency", "not_ours"]
    title: str
    text: str
    phone: str
    phone_label: str


class OptionOut(BaseModel):
    """An answer to choose from."""

    model_config = ConfigDict(title="Option")

    code: str
    label: str
    stop: StopOut | None


class QuestionOut(BaseModel):
    """What is asked besides."""

    model_config = ConfigDict(title="Question")

    code: str
    label: str
    kind: Literal["choice", "text"]
    options: list[OptionOut]
    required: bool
    hint: str


class CategoryOut(BaseModel):
    """A kind of damage that may be reported now."""

    model_config = ConfigDict(title="Category")

    code: str
    name: str
    group: Literal["everyday", "disaster"]
    icon: str
    hint: str
    number_label: str
    questions: list[QuestionOut]
    stop: StopOut | None


class CategoriesOut(BaseModel):
    """In the order in which they are offered; those of a disaster come first while one is on."""

    model_config = ConfigDict(title="Categories")

    disaster: bool
    categories: list[CategoryOut]


class PlaceQuery(ApiModel):
    """A position."""

    lat: Lat
    lon: Lon


class PlaceOut(BaseModel):
    """Whose place it is."""

    model_config = ConfigDict(title="Place")

    inside: bool
    town_code: str | None
    town_name: str
    likely: str | None = Field(description="Outside: the municipality it is likely to be.")


class AssetQuery(ApiModel):
    """A number as somebody typed it."""

    number: str = Field(min_length=1, max_length=80)
    category: str | None = Field(default=None, max_length=40)


class AssetOut(BaseModel):
    """A thing with a number on it."""

    model_config = ConfigDict(title="Asset")

    number: str
    category: str
    lat: float
    lon: float
    note: str


class AssetsOut(BaseModel):
    """Every thing of that number."""

    model_config = ConfigDict(title="Assets")

    assets: list[AssetOut]
