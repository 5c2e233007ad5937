"""docs/settings.md is made from shared/config.py: ``python -m tests.unit.test_settings_page`` writes it."""

from __future__ import annotations

import html
from itertools import groupby

from shared import config, settings_reference

PAGE = config.PROJECT_FOLDER / "docs/settings.md"
_HEAD = """# Settings

<!-- Made from shared/config.py: python -m tests.unit.test_settings_page -->

The app reads its settings once, from the environment. On a laptop it also reads `local.settings.json`; the environment
wins. [local.settings.sample.json](../local.settings.sample.json) has each setting with its local value.
`nightshift doctor` shows which settings are given, where, and what is wrong with them.
"""


def page() -> str:
    """Return the page that the settings give."""
    parts = [_HEAD]
    for section, settings in groupby(settings_reference.describe(), lambda one: one.section):
        rows = [
            f"| `{one.name}` | {_code(one.default)} | {html.escape(one.about, quote=False)} |\n" for one in settings
        ]
        parts.append(f"\n## {section}\n\n| setting | default | |\n|---|---|---|\n{''.join(rows)}")
    return "".join(parts)


def test_the_page_lists_every_setting_as_the_app_reads_it() -> None:
    assert PAGE.read_text("utf-8") == page(), "Bring it up to date: .venv/bin/python -m tests.unit.test_settings_page"


def test_every_setting_is_in_one_section() -> None:
    sections = [section for section, _ in groupby(settings_reference.describe(), lambda one: one.section)]
    assert "" not in sections
    assert len(sections) == len(set(sections))


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
