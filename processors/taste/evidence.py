"""Taste evidence: what did one picture tell about a user's taste?

One evidence per (user, item, picture), ordered by (createdAt, job id, generation): only a later one replaces it, so
like, unlike, like ends as a like in whatever order the three arrive, and a re-run changes nothing.
"""

from __future__ import annotations

import hashlib
from typing import Any

from processors.taste.analysers.findings import Findings
from processors.taste.model import TasteJob
from shared.documents.ids import compound

Order = tuple[str, str, int]
"""(createdAt, job id, generation): names the signal and the handling of it that wrote an evidence.

A job id and generation alone may come again for a later signal, once the job's record has expired or was purged.
"""


def evidence_id(like: TasteJob) -> str:
    """Return the id of the evidence that a like is about."""
    return compound(like.item_id, hashlib.sha256(like.image_url.encode()).hexdigest()[:32])


def evidence_body(like: TasteJob, generation: int, findings: Findings | None) -> dict[str, Any]:
    """Return the evidence document of a settled like. `findings` is None when the like was taken back."""
    return {
        "id": evidence_id(like),
        "userId": like.user_id,
        "itemId": like.item_id,
        "imageUrl": like.image_url,
        "signal": like.signal,
        "createdAt": like.createdAt,
        "jobId": like.job_id,
        "generation": generation,
        "order": f"{like.createdAt}|{like.job_id}",
        "findings": None
        if findings is None
        else {
            "styleKeywords": list(findings.style_keywords),
            "colors": list(findings.colors),
            "garments": list(findings.garments),
            "brand": findings.brand,
            "analyser": findings.analyser,
        },
        "schemaVersion": 1,
    }


def moved_up(body: dict[str, Any], created: str) -> dict[str, Any]:
    """Return an evidence as if its signal had been given at `created`."""
    return {**body, "createdAt": created, "order": f"{created}|{body['jobId']}"}


def is_of_handling(body: dict[str, Any], like: TasteJob, generation: int) -> bool:
    """Return whether an evidence comes from that generation of the like's job, whenever the signal was given."""
    return (body["jobId"], body["generation"], body["signal"]) == (like.job_id, generation, like.signal)


def order_of(body: dict[str, Any]) -> Order:
    """Return what orders an evidence among those of its picture, and tells which handling it comes from."""
    return body["createdAt"], body["jobId"], body["generation"]
