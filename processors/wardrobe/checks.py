"""Validation of wardrobe items: refuses what no like could name or no analysis could read."""

from __future__ import annotations

from shared import outside_ids
from shared.errors import Permanent
from shared.web import addresses


def check_id(name: str, id: str) -> None:
    """Raise Permanent `id_refused` for an id that no taste job may have; `name` says whose it is (``item_id``)."""
    problem = outside_ids.problem_of(id)
    if problem is not None:
        raise Permanent(f"{name} {problem}", code="id_refused", dependency="content")


def check_address(url: str) -> None:
    """Raise Permanent `address_refused` for a picture's address that no taste job may have."""
    problem = addresses.problem_of(url)
    if problem is not None:
        raise addresses.refused(url, problem)
