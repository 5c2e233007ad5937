"""Ports: what a caller opens and hands to operations, named here so that the command line knows nothing below them."""

from __future__ import annotations

from shared.documents.port import Body as Body
from shared.documents.port import Documents as Documents
