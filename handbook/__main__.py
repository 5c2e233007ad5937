"""Command line of the handbook: write the site's pages, or check a site that was built of them.

``python -m handbook pages FOLDER`` and ``python -m handbook check FOLDER``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from handbook import site, tree

_PROJECT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    """Do what is asked; return the exit code."""
    match arguments:
        case ["pages", folder]:
            try:
                print(f"{tree.write(_PROJECT, Path(folder))} pages")
            except tree.LinkLeadsNowhere as error:
                print(error, file=sys.stderr)
                return 1
            return 0
        case ["check", folder]:
            found = site.problems(Path(folder))
            print("\n".join(found) or "Every link leads somewhere, and nothing comes from other servers.")
            return 1 if found else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
