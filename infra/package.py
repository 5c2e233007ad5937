"""Package of a deployment: ``python -m infra.package PACKAGES FILE`` makes the zip; scripts/package calls it.

The same commit gives the same bytes: entries are sorted, their times and rights fixed, and what an installer writes of
the machine that it ran on is left out.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from shared.config import PROJECT_FOLDER

SITE_PACKAGES = PurePosixPath(".python_packages/lib/site-packages")
"""Where the Python worker looks for an app's packages."""
APP = ("function_app.py", "host.json", "api", "operations", "processors", "shared")
"""What runs in Azure: files and folders of the project."""
VENDORED = PurePosixPath("api/console/static/vendor")
"""What others made and the console serves, with licences: ./scripts/setup copies it there, and git ignores it."""
COMMAND_LINE_ONLY = ("markdown-it-py", "mdurl", "plotext", "pygments", "rich", "shellingham", "typer")
"""Packages of requirements.txt that only the command line imports."""
_OLDEST = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
_OF_THE_INSTALLER = frozenset({"INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json"})
_NOT_RUN = frozenset({"__pycache__", "tests", "bin"})
_NO_PACKAGE = frozenset({".lock", "docs"})
"""What lies beside the packages: the installer's own, and what a wheel has put there by mistake."""
_NOT_READ = frozenset({".pyc", ".pyi", ".pyx", ".pxd", ".h", ".c", ".a"})


def entries(packages: Path) -> Iterator[tuple[str, Path]]:
    """Yield (name in the zip, file) of everything that a deployment holds; `packages` is what was installed."""
    for name in _tracked():
        yield name, PROJECT_FOLDER / name
    for file in (PROJECT_FOLDER / VENDORED).glob("[!.]*"):
        yield str(VENDORED / file.name), file
    for file in packages.rglob("*"):
        inside = file.relative_to(packages)
        if file.is_file() and _runs(inside):
            yield str(SITE_PACKAGES / inside.as_posix()), file


def write(found: Iterator[tuple[str, Path]], to: Path) -> None:
    """Write a zip that depends on the names and contents of its files and on nothing else."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, file in sorted(found):
            entry = zipfile.ZipInfo(name, _OLDEST)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _READABLE, 3
            archive.writestr(entry, file.read_bytes())


def requirements() -> str:
    """Return the lock without what only the command line needs, hashes included."""
    kept: list[str] = []
    is_ours = True
    for line in (PROJECT_FOLDER / "requirements.txt").read_text("utf-8").splitlines(keepends=True):
        if line[0] not in " #\n":
            is_ours = line.partition("==")[0] not in COMMAND_LINE_ONLY
        if is_ours:
            kept.append(line)
    return "".join(kept)


def _tracked() -> list[str]:
    """Return the app's files that git knows, so that nothing comes along that happens to lie there."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--", *APP], cwd=PROJECT_FOLDER, check=True, capture_output=True, text=True
    )
    return [name for name in told.stdout.split("\0") if name]


def _runs(file: Path) -> bool:
    of_the_installer = file.name in _OF_THE_INSTALLER and file.parent.name.endswith(".dist-info")
    if of_the_installer or file.parts[0] in _NO_PACKAGE:
        return False
    return not _NOT_RUN & set(file.parts[:-1]) and file.suffix not in _NOT_READ


def _main(packages: Path, to: Path) -> None:
    found = list(entries(packages))
    write(iter(found), to)
    unpacked = sum(file.stat().st_size for _, file in found)
    digest = hashlib.sha256(to.read_bytes()).hexdigest()
    print(f"{to}: {len(found)} files, {_megabytes(to.stat().st_size)} ({_megabytes(unpacked)} unpacked)")
    print(f"sha256 {digest}")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


if __name__ == "__main__":
    if sys.argv[1:] == ["--requirements"]:
        sys.stdout.write(requirements())
    else:
        _main(Path(sys.argv[1]), Path(sys.argv[2]))
