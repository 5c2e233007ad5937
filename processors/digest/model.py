"""Model of a digest: as it is kept in blobs and in container digests, and published in docs/schemas."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

VERSION = 2
"""Of the digest's making: raised whenever the same inputs would give another digest."""

SCRAPED = "scraped:"
"""What the name of a scraped item's picture begins with: its source and id are behind it."""

Verdict = Literal["up", "down"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Worn(_Part):
    """An item that is worn much, lately."""

    item: str
    title: str
    wears: int = Field(ge=1)
    recent: int = Field(0, ge=0, description="Wears in the weeks of wearsByWeek.")
    lastWornAt: str  # noqa: N815 - the document's own names
    score: float = Field(description="wears × max(0.1, 1 − days since it was worn / 180)")
    microUsd: int | None = Field(None, ge=0, description="What one wearing has cost so far.")  # noqa: N815


class Neglected(_Part):
    """An item that hasn't been worn for long, or never."""

    item: str
    title: str
    days: int | None = Field(description="Since it was worn last; null: never, as far as is known.")


class Category(_Part):
    """How much of the wardrobe is of one category."""

    name: str
    items: int = Field(ge=1)
    share: float = Field(ge=0, le=1)


class CostPerWear(_Part):
    """What one wearing of an item has cost so far."""

    item: str
    title: str
    wears: int = Field(ge=1)
    microUsd: int = Field(ge=0, description="In millionths of a US dollar.")  # noqa: N815


class Mood(_Part):
    """A mood of the last weeks that suits the profile."""

    id: str
    name: str
    primaryMood: str  # noqa: N815
    description: str
    palette: list[str]
    items: int = Field(ge=0, description="Scraped items that support it, of the last four weeks.")
    because: list[str] = Field(description="Words of the profile that it shows.")


class Find(_Part):
    """A scraped item that matches the profile."""

    item: str
    title: str
    url: str
    priceMicro: int | None = Field(description="In millionths of `currency`.")  # noqa: N815
    currency: str | None
    because: list[str]
    picture: str | None = Field(None, description="scraped:{source}/{item} of one that was scraped with a picture.")


class Suggestion(_Part):
    """What to wear or look at: an item of the wardrobe, or one of the scraped items."""

    item: str
    owned: bool
    title: str
    url: str | None
    rationale: str
    picture: str | None = Field(
        None, description="A thumbnail: of an item that is owned a blob in wardrobe-images, else as in finds."
    )


class Changed(_Part):
    """What a verdict of the last week has changed."""

    item: str
    title: str
    verdict: Verdict
    effect: str


class Glance(_Part):
    """A wardrobe in numbers."""

    items: int = Field(ge=1)
    wornLately: int = Field(ge=0, description="Items worn in the weeks of wearsByWeek.")  # noqa: N815
    microUsd: int | None = Field(None, ge=0, description="What a wearing has cost on average.")  # noqa: N815


class Week(_Part):
    """How often anything was worn in an ISO week."""

    week: str
    wears: int = Field(ge=0)


class Digest(_Part):
    """A user's digest of one ISO week."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Digest")

    schemaVersion: Literal[1] = 1  # noqa: N815
    userId: str  # noqa: N815
    week: str = Field(pattern=r"^\d{4}-W\d{2}$")
    run: str = Field(description="The run that made it.")
    asOf: str = Field(description="The instant that days are counted from.")  # noqa: N815
    name: str | None = Field(None, description="What the user is called.")
    locale: str = Field("en", description="The user's language and region, as BCP 47 has it.")
    direction: Literal["ltr", "rtl"] = Field("ltr", description="How that language is written.")
    madeOf: Literal["taste", "wardrobe"] = Field(  # noqa: N815
        "taste", description="What moods and finds were chosen by: of whom no likes are known, by what is owned."
    )
    worn: list[Worn]
    neglected: list[Neglected]
    balance: list[Category]
    glance: Glance | None = Field(None, description="null: owns nothing.")
    bestValue: list[CostPerWear]  # noqa: N815
    worstValue: list[CostPerWear]  # noqa: N815
    wearsByWeek: list[Week]  # noqa: N815
    moods: list[Mood]
    finds: list[Find]
    suggestions: list[Suggestion]
    suggestedBy: str = Field(description="rules-2, or openai: and the model's name.")  # noqa: N815
    changed: list[Changed] = Field(description="What the feedback of the last seven days has changed.")
