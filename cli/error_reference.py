"""The page of error codes, docs/errors.md, made from the code.

``python -m cli.error_reference`` prints it; with ``--write`` it writes the page.
"""

from __future__ import annotations

import argparse

from cli.remedies import REMEDIES
from shared.config import PROJECT_FOLDER
from shared.error_codes import MEANINGS

PAGE = PROJECT_FOLDER / "docs" / "errors.md"
_HEAD = """\
# Error codes
Made by `python -m cli.error_reference --write` from shared/error_codes.py and cli/remedies.py.

A code is stable: dead letters, log events, filters (`nightshift dead-letters list`) and the API use it. The message
beside it says what was wrong this time.

| code | what it means | what to do on the command line |
|---|---|---|
"""


def page() -> str:
    """Return the page as Markdown."""
    rows = (
        f'| <a id="{code}"></a>`{code}` | {meaning} | {REMEDIES.get(code, "")} |\n'
        for code, meaning in sorted(MEANINGS.items())
    )
    return _HEAD + "".join(rows)


def main() -> None:
    """Print the page, or write it with --write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write it to {PAGE.relative_to(PROJECT_FOLDER)}")
    if parser.parse_args().write:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")


if __name__ == "__main__":
    main()
