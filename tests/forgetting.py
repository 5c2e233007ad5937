"""How does a test let a user be forgotten?"""

from __future__ import annotations

from collections import Counter

from processors.users import kept
from shared.services import Services


async def forgotten(services: Services, user: str) -> Counter[str]:
    """Delete all that is kept of a user; return how many things of each kind."""
    return Counter([what async for what in kept.forget(services, user)])
