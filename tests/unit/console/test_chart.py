"""Are charts geometry that any policy takes, with what is known and nothing else?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser

from api.console import palette
from api.console.chart import COLUMNS, Chart, Point, drawn, thinned
from processors.pickup_rate.rates import Rate

BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = '"><script>alert(1)</script>'


def chart(*values: float | None, **more: object) -> Chart:
    """Return a chart of values, one by the hour."""
    points = [Point(BEGIN + n * HOUR, value) for n, value in enumerate(values)]
    return Chart(HOSTILE, BEGIN, BEGIN + len(values) * HOUR, points, **more)  # type: ignore[arg-type]


def tree(of: Chart) -> LexborHTMLParser:
    """Return the elements of a drawing."""
    return LexborHTMLParser(str(drawn(of)))


def test_a_drawing_has_no_style_and_no_script_whatever_its_texts_are() -> None:
    found = tree(chart(1, 2, told=[(BEGIN, HOSTILE)], threshold=1.5, firing=[(BEGIN, BEGIN + HOUR)]))
    assert found.css("svg")[0].attributes["aria-label"] == HOSTILE
    assert found.css("path.told title")[0].text() == HOSTILE
    assert not found.css("script, style, [style]")


def test_no_line_is_drawn_over_what_is_not_known() -> None:
    assert len(tree(chart(1, 2, None, 4, 5)).css("polyline.value")) == 2


def test_an_interval_is_drawn_where_it_is_known() -> None:
    points = [Point(BEGIN + n * HOUR, 50.0, 40.0, 60.0) for n in range(3)]
    found = tree(Chart("x", BEGIN, BEGIN + 3 * HOUR, points))
    assert len((found.css("polygon.band")[0].attributes["points"] or "").split()) == 6


def test_of_very_many_points_the_extremes_are_kept() -> None:
    points = [Point(BEGIN + n * HOUR, 1_000.0 if n == 7_777 else n % 10) for n in range(20_000)]
    few = thinned(points)
    assert len(few) <= 2 * COLUMNS
    assert max(one.value or 0.0 for one in few) == 1_000.0
    assert [one.at for one in few] == sorted(one.at for one in few)


def test_bars_and_empty_charts_are_drawn_too() -> None:
    assert len(tree(chart(3, 0, 5, bars=True)).css("rect.bar")) == 3
    assert tree(Chart("x", BEGIN, BEGIN, [])).css("svg")


def test_bars_of_a_few_hours_of_a_week_do_not_cover_each_other() -> None:
    points = [Point(BEGIN, 1.0), Point(BEGIN + HOUR, 2.0), Point(BEGIN + 100 * HOUR, 3.0)]
    found = tree(Chart("x", BEGIN, BEGIN + 168 * HOUR, points, bars=True)).css("rect.bar")
    places = [(float(one.attributes["x"] or 0), float(one.attributes["width"] or 0)) for one in found]
    assert all(x + width <= after + 0.1 for (x, width), (after, _) in pairwise(places))


def test_swatches_are_of_colours_alone() -> None:
    found = LexborHTMLParser(str(palette.swatches(["#a1b2c3", "red", HOSTILE, 5, "#12345"])))
    assert [one.attributes["fill"] for one in found.css("rect")] == ["#a1b2c3"]


def test_a_trend_of_nothing_is_a_flat_line() -> None:
    found = LexborHTMLParser(str(palette.trend({"2026-W47": 0, "2026-W48": 0})))
    points = (found.css("polyline")[0].attributes["points"] or "").split()
    assert len({point.partition(",")[2] for point in points}) == 1


def test_the_interval_of_a_rate_holds_it_and_ends_where_rates_do() -> None:
    for picked, total in ((0, 10), (1, 10), (5, 10), (10, 10), (399, 1_000)):
        rate = Rate(picked, total)
        assert rate.lower is not None
        assert rate.upper is not None
        assert rate.percent is not None
        assert 0 <= rate.lower <= rate.percent <= rate.upper <= 100
    assert (Rate(0, 0).lower, Rate(0, 10).lower, Rate(10, 10).upper) == (None, 0.0, 100.0)
    assert round(Rate(5, 10).lower or 0, 2) == 23.66  # (0.5 + z²/20 ∓ z √(0.025 + z²/400)) / (1 + z²/10)
