"""Who acts in tests of operations?"""

from __future__ import annotations

from operations.actor import EVERYTHING, Actor

ADMIN = Actor("cli:ada", frozenset({"admin"}), frozenset({EVERYTHING}))
