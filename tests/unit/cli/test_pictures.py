"""Which local file is read as a picture?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import pictures
from shared.errors import Refused


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "big.png"
    file.write_bytes(b"12345")

    with pytest.raises(Refused, match="5 bytes; a picture may have up to 4"):
        pictures.read(file, 4)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="can't be read"):
        pictures.read(tmp_path, 10_000)
