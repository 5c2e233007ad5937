"""Measures: named values with their samples, which one workload provides and any other may ask for.

A workload provides a `Measure`, processors/catalogue.py lists it, and hands the list to the kinds that ask. So
workloads never import each other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from shared.errors import UsageError
from shared.suggestion import did_you_mean

if TYPE_CHECKING:
    from shared.services import Services


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time: [begin, end), in UTC."""

    begin: datetime
    end: datetime

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.begin - (self.end - self.begin), self.begin)


@dataclass(frozen=True, slots=True)
class Measured:
    """A value, unrounded, and what it rests on.

    `sample` is how many things it was taken from, for whoever wants a least number of them. `counts` are the numbers
    that the value was made of; `facts` are what else is told of it, fit for JSON.
    """

    value: float
    unit: str
    sample: int
    counts: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoData:
    """There is no value, for this reason. `facts` as in Measured."""

    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gone:
    """Nobody can tell, for this reason: what a value was made of isn't kept any more, or only in larger pieces."""

    reason: str


Reading = Measured | NoData
Past = Reading | Gone
Reader = Callable[["Services", Sequence["Ask"]], Awaitable[list[Reading]]]
"""Answers many asks at once, in their order. Raises UsageError for a scope or an option that it doesn't know, and the
failure's class when it can't read: a failure is never NoData."""
Historian = Callable[["Services", Sequence["Ask"]], Awaitable[list[Past]]]
"""Answers very many asks at once, in their order, from one reading of the rows of their whole span. Values, samples and
counts are the reader's, as if all data had arrived in time; facts may be left out. Raises as a reader does, but for
windows whose rows are no longer kept: they are Gone."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that a workload provides. All that share a reader are read in one call of it.

    One without a `history` has each window of the past read by itself.
    """

    name: str
    unit: str
    about: str
    read: Reader
    history: Historian | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A measure that is one divided by another. Its sample is the divisor's."""

    name: str
    unit: str
    about: str
    of: AnyMeasure
    to: AnyMeasure


AnyMeasure = Measure | Ratio


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for: a measure of a scope in a window. Which scopes and options there are, its workload says."""

    measure: AnyMeasure
    scope: str
    window: Period
    options: Mapping[str, Any] = field(default_factory=dict)


class Measures:
    """The measures of an app, by name."""

    def __init__(self, measures: Iterable[AnyMeasure]) -> None:
        """Take in the measures. Raises ValueError when two have the same name."""
        self._by_name: dict[str, AnyMeasure] = {}
        for measure in measures:
            if measure.name in self._by_name:
                raise ValueError(f"Two measures are called {measure.name!r}")
            self._by_name[measure.name] = measure

    def __iter__(self) -> Iterator[AnyMeasure]:
        return iter(self._by_name.values())

    def named(self, name: str) -> AnyMeasure:
        """Return the measure called `name`. Raises UsageError that lists the known ones."""
        if name not in self._by_name:
            known = ", ".join(sorted(self._by_name))
            meant = did_you_mean(name, self._by_name)
            raise UsageError(f"There is no measure {name!r}.{meant} Known are: {known}.", code="measure_unknown")
        return self._by_name[name]


def ratio(name: str, of: AnyMeasure, to: AnyMeasure) -> Ratio:
    """Return the measure `of` ÷ `to`. Both are asked for the same scope, window and options."""
    unit = "" if of.unit == to.unit else f"{of.unit}/{to.unit}"
    return Ratio(name, unit, f"{of.name} ÷ {to.name}", of, to)


async def read(services: Services, asks: Sequence[Ask]) -> list[Reading]:
    """Return the reading of each ask, in their order; each reader is called once. Raises what a reader raises."""
    parts = [part for ask in asks for part in _parts(ask)]
    places: dict[Reader, list[int]] = {}
    for place, (reader, _) in enumerate(parts):
        places.setdefault(reader, []).append(place)
    found: dict[int, Reading] = {}
    for reader, of_reader in places.items():
        readings = await reader(services, [parts[place][1] for place in of_reader])
        found.update(zip(of_reader, readings, strict=True))
    in_order = iter([found[place] for place in range(len(parts))])
    return [_joined(ask.measure, in_order) for ask in asks]


async def history(services: Services, asks: Sequence[Ask]) -> list[Past]:
    """Return what each ask comes to, in their order: many windows of the past, whose rows are read once.

    Raises what a reader raises.
    """
    parts = [[part for _, part in _parts(ask)] for ask in asks]
    flat = [part for its in parts for part in its]
    places: dict[tuple[Reader, Historian | None], list[int]] = {}
    for place, part in enumerate(flat):
        assert isinstance(part.measure, Measure)  # no ratio is left
        places.setdefault((part.measure.read, part.measure.history), []).append(place)
    found: dict[int, Past] = {}
    for (reader, historian), of_both in places.items():
        of = [flat[place] for place in of_both]
        if historian is not None:
            found.update(zip(of_both, await historian(services, of), strict=True))
        else:
            found.update([(place, (await reader(services, [flat[place]]))[0]) for place in of_both])
    in_order = iter([found[place] for place in range(len(flat))])
    return [_joined_past(ask.measure, list(islice(in_order, len(its)))) for ask, its in zip(asks, parts, strict=True)]


def _parts(ask: Ask) -> Iterator[tuple[Reader, Ask]]:
    """Yield what is to be read for an ask: itself, or the two parts of its ratio."""
    if isinstance(ask.measure, Ratio):
        yield from _parts(replace(ask, measure=ask.measure.of))
        yield from _parts(replace(ask, measure=ask.measure.to))
    else:
        yield ask.measure.read, ask


def _joined_past(measure: AnyMeasure, its: Sequence[Past]) -> Past:
    """Return the measure's reading from all of its parts; with one of them it is gone."""
    readings = [one for one in its if not isinstance(one, Gone)]
    gone = [one for one in its if isinstance(one, Gone)]
    return gone[0] if gone else _joined(measure, iter(readings))


def _joined(measure: AnyMeasure, readings: Iterator[Reading]) -> Reading:
    """Return the measure's reading, made from the next of its parts'."""
    if isinstance(measure, Measure):
        return next(readings)
    of, to = _joined(measure.of, readings), _joined(measure.to, readings)
    facts = {"of": _told(measure.of, of), "to": _told(measure.to, to)}
    if isinstance(of, NoData):
        return NoData(f"no data of {measure.of.name}: {of.reason}", facts)
    if isinstance(to, NoData):
        return NoData(f"no data of {measure.to.name}: {to.reason}", facts)
    if to.value == 0:
        return NoData(f"{measure.to.name} is 0", facts)
    return Measured(of.value / to.value, measure.unit, to.sample, facts=facts)


def _told(measure: AnyMeasure, reading: Reading) -> dict[str, Any]:
    if isinstance(reading, NoData):
        return {"measure": measure.name, "noData": reading.reason}
    return {"measure": measure.name, "value": reading.value, "unit": reading.unit, "sample": reading.sample}
