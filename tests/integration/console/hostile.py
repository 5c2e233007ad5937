"""What strangers write where a title, a name or a reason belongs, and whether a page shows it as text."""

from __future__ import annotations

from tests.integration.console.browser import Shown

SCRIPT = "<script>alert(1)</script>"
"""Runs wherever it isn't escaped."""
ATTRIBUTE = '"><img src=x onerror=alert(1)>'
"""Leaves an attribute that isn't quoted."""


def is_harmless(page: Shown) -> bool:
    """Return whether nothing of what strangers wrote became an element or an attribute of a page."""
    scripts = [one for one in page.tree.css("script") if not one.attributes.get("src")]
    handlers = [name for one in page.tree.css("*") for name in one.attributes if name.startswith("on")]
    return not scripts and not handlers and not page.tree.css("img, style, [style]")
