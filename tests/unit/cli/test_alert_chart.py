"""Can a backtest's chart be read, on any terminal and on a pipe?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cli.alert_chart import Charted, drawn

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def charted(*values: float | None, threshold: float | None = 40, firing: tuple[int, int] | None = None) -> Charted:
    """A chart of one value a day, which fired from one day to another."""
    spans = [(BEGIN + firing[0] * DAY, BEGIN + firing[1] * DAY)] if firing else []
    at = [(BEGIN + n * DAY, value) for n, value in enumerate(values)]
    return Charted(BEGIN, BEGIN + len(values) * DAY, at, spans, threshold)


def test_no_line_is_wider_than_asked_for() -> None:
    lines = drawn(charted(*range(90), firing=(10, 80)), 80)

    assert max(map(len, lines)) == 80


def test_values_hold_until_the_next_evaluation_and_the_threshold_lies_between_them() -> None:
    lines = drawn(charted(80, 80, 20, 20, firing=(2, 4)), 52)

    top, bottom = lines[0], lines[11]
    assert top == f"{'80':>10} ┤{'█' * 20}"
    assert bottom == f"{'20':>10} ┤{' ' * 20}{'█' * 20}"
    (line,) = [one for one in lines if "40 ─" in one]
    assert line.endswith("┄" * 40)
    assert lines[12] == f"{'fires':>10}  {' ' * 20}{'▓' * 20}"
    assert lines[13].split() == ["01", "Nov", "02", "Nov", "03", "Nov"]


def test_what_could_not_be_compared_is_marked() -> None:
    lines = drawn(charted(50, None, 50, 50), 52)

    assert f"{'no data':>10}  {' ' * 10}{'·' * 10}" in lines


def test_a_short_range_has_times_of_day() -> None:
    of = Charted(BEGIN, BEGIN + DAY, [(BEGIN, 1.0)], [], None)

    assert drawn(of, 52)[-1].split()[:2] == ["00:00", "07:12"]


def test_without_any_value_there_are_bands_alone() -> None:
    lines = drawn(charted(None, None, threshold=None, firing=(0, 1)), 52)

    assert [line.split()[0] for line in lines] == ["fires", "no", "00:00"]


def test_values_that_are_all_alike_make_one_row() -> None:
    assert drawn(charted(7, 7, threshold=7), 52)[0] == f"{'7 ─':>10} ┤{'█' * 40}"
