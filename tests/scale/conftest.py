"""What do the tests of costs share? Time that they move."""

from __future__ import annotations

from tests.integration.conftest import time

__all__ = ["time"]
