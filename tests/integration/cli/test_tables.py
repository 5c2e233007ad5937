"""Do tables fit the terminal, and does every command take an id as a table shows it?"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.integration.cli.recording import Recording

LINES = """
schedule
wardrobe list {ada}
profile show {ada} --evidence
jobs list
dead-letters list
dead-letters list --by-cause
dead-letters replay --all --dry-run
runs list
sources list
moods list
moods trend
digest show {ada}
alerts states
alerts history
tasks list --client acme --state all
alerts backtest pickups --from 3d
alerts backtest pickups --from 3d --sweep threshold=20..80:20
pickup-rate backtest --scope merchant:m1 --from 4d
gates list
rescue --dry-run
jobs show job-completed
doctor --all
metrics list
metrics status
metrics series --org acme --from 60d
metrics overview --org acme --from 60d
metrics summary --org acme --from 60d
status
analyse {folder}/bad.csv
""".strip().splitlines()


@pytest.mark.parametrize("line", LINES)
def test_no_line_of_a_table_is_wider_than_the_terminal(
    line: str, recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in (80, 100, 160):
        monkeypatch.setenv("COLUMNS", str(width))
        said = recording.typed(shlex.split(line), tmp_path)
        table = [shown.rstrip() for shown in said.out.split("\n") if "─" in said.out]
        assert [shown for shown in table if len(shown) > width and "nightshift" not in shown] == []


@pytest.mark.parametrize(
    ("listing", "show"),
    [
        ("jobs list --kind run", "jobs show"),
        ("jobs list --kind notification", "jobs show"),
        ("jobs list --kind taste", "jobs show"),
        ("dead-letters list", "dead-letters show"),
        ("runs list", "runs show"),
        ("moods list", "moods show"),
    ],
)
def test_an_id_is_taken_as_a_table_shows_it(listing: str, show: str, recording: Recording, tmp_path: Path) -> None:
    said = recording.typed(shlex.split(listing), tmp_path)
    ids = [row.split()[0] for row in said.out.split("\n")[2:] if row and not row.startswith((" ", "One of"))]

    told = {shown: recording.typed([*show.split(), shown], tmp_path).code for shown in ids}

    assert ids
    assert set(told.values()) == {0}, told
