"""The README's table of settings is made from shared/config.py: ``python -m tests.unit.test_readme`` writes it."""

from __future__ import annotations

import html

from shared import config

README = config.PROJECT_FOLDER / "README.md"
_BEGIN, _END = "<!-- settings -->\n", "<!-- /settings -->"


def wanted(readme: str) -> str:
    """Return the README with the table that the settings give."""
    before, rest = readme.split(_BEGIN)
    _, after = rest.split(_END)
    rows = [
        f"| `{name}` | {_code(default)} | {html.escape(about, quote=False)} |"
        for name, default, about in config.describe()
    ]
    table = "\n".join(["| setting | default | |", "|---|---|---|", *rows])
    return f"{before}{_BEGIN}{table}\n{_END}{after}"


def test_the_readme_lists_every_setting_as_the_app_reads_it() -> None:
    readme = README.read_text(encoding="utf-8")
    assert readme == wanted(readme), "Bring it up to date: .venv/bin/python -m tests.unit.test_readme"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    README.write_text(wanted(README.read_text(encoding="utf-8")), encoding="utf-8")
