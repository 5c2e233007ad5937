"""Message model of taste jobs."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from shared import clock, outside_ids
from shared.jobs.record import JobKey
from shared.web import addresses

Signal = Literal["up", "down", "none"]


def _instant(text: str) -> str:
    clock.parse(text)
    return text


def _address(text: str) -> str:
    problem = addresses.problem_of(text)
    if problem is not None:
        raise ValueError(f"isn't taken: {problem}")
    return text


Id = Annotated[str, StringConstraints(min_length=1, max_length=outside_ids.MAX_CHARACTERS, pattern=outside_ids.PATTERN)]
Address = Annotated[
    str, StringConstraints(min_length=1, max_length=addresses.MAX_URL_CHARACTERS), AfterValidator(_address)
]
Instant = Annotated[str, StringConstraints(max_length=64), AfterValidator(_instant)]


class TasteJob(BaseModel):
    """One like (or dislike, or a like taken back) of one picture of one item by one user."""

    model_config = ConfigDict(extra="ignore", frozen=True, title="TasteJob")

    user_id: Id = Field(description="Whose taste this tells of.")
    item_id: Id = Field(description="The item in the user's wardrobe or in a shop.")
    image_url: Address = Field(
        description="The picture: a blob that the app may read (see IMAGE_BLOB_ACCOUNTS), or any public https address. "
        "Without a user name or a password."
    )
    job_id: Id | None = Field(
        default=None,
        description="Names the job. Default: a hash of user, item, image, index, signal and createdAt as given. A "
        "repeat without createdAt is a duplicate inside the windows, but counts as given when the queue got it.",
    )
    gallery_image_index: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = Field(
        default=None, description="Which picture of the item's gallery it is."
    )
    title: Annotated[str, StringConstraints(max_length=1000)] | None = Field(
        default=None, description="The item's title; wins over the wardrobe's."
    )
    tags: Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(max_length=100)] | None = Field(
        default=None, description="The item's tags; win over the wardrobe's."
    )
    createdAt: Instant | None = Field(  # noqa: N815 - the message's own name
        default=None,
        description="When the user gave the signal (ISO 8601 with an offset). Default: when the queue got the message. "
        "Of several signals on one picture the latest counts, in whatever order they arrive.",
    )
    signal: Signal = Field(default="up", description="up: likes it. down: dislikes it. none: takes either back.")


def settle(like: TasteJob, put_at: datetime) -> TasteJob:
    """Return `like` with its job id and its time given, so that every later message of the job says the same.

    A createdAt in the future is clamped to `put_at`, when the queue got the message. Queues tell that in whole seconds,
    cut off: a like and its taking back within one second keep their order up to the second's end.
    """
    latest = put_at.replace(microsecond=999_000)
    created = min(clock.parse(like.createdAt), latest) if like.createdAt else put_at
    return like.model_copy(update={"job_id": job_id_of(like), "createdAt": clock.to_text(created)})


def job_id_of(like: TasteJob) -> str:
    """Return the job's id: as given, else a hash of what makes it that signal."""
    if like.job_id:
        return like.job_id
    parts = [like.user_id, like.item_id, like.image_url, like.gallery_image_index, like.signal, like.createdAt]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def key_of(like: TasteJob) -> JobKey:
    """Return which job record a like belongs to."""
    return JobKey(like.user_id, job_id_of(like))
