"""Reading of frequencies: what users write becomes a value, or an error that names the member, the value and a remedy.

A member that is left out is as in the default: daily at 00:00 in America/Los_Angeles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from reprlib import Repr
from typing import Any, get_args
from zoneinfo import ZoneInfo, available_timezones

from processors.alerts.frequency.pattern import pattern_of
from processors.alerts.frequency.value import DEFAULT, Day, Frequency, Type
from shared.errors import UsageError
from shared.suggestion import did_you_mean

_TYPES: tuple[Type, ...] = get_args(Type)
_MEMBERS: Mapping[Type, tuple[str, ...]] = {
    "daily": ("time",),
    "weekly": ("time", "dayOfWeek"),
    "monthly": ("time", "dayOfMonth"),
    "hourly": ("time",),
    "cron": ("expression",),
}
_REMEDIES = {
    "expression": 'It takes a text of five fields, such as "0 9 * * 1-5".',
    "dayOfWeek": "Days are 0 to 6 (Sunday is 0, and 7), or names such as monday.",
    "dayOfMonth": 'Days are 1 to 31, or "last".',
}
"""What to write for the members that have no default."""
_TIME = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])")
_DAY_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_NOT_ZONES = ("posix/", "right/", "localtime", "posixrules", "Factory")
"""What a system keeps beside its zones: copies, some with leap seconds, and what differs by machine."""
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 80


def parse(value: object) -> Frequency:
    """Return the frequency of a JSON value; the default for None.

    Raises UsageError (`frequency_invalid`, the member in its fields) when the value isn't one.
    """
    if value is None:
        return DEFAULT
    if not isinstance(value, Mapping):
        raise _invalid("", value, 'It is an object such as {"type": "daily", "time": "09:00"}.')
    type_ = _type(value.get("type", DEFAULT.type))
    _check_members(value, type_)
    timezone = _timezone(value.get("timezone", DEFAULT.timezone))
    if type_ == "cron":
        return Frequency(type_, timezone, expression=_expression(value.get("expression")))
    days: tuple[Day, ...] = ()
    if type_ == "weekly":
        days = _days("dayOfWeek", value.get("dayOfWeek"), _weekday)
    if type_ == "monthly":
        days = _days("dayOfMonth", value.get("dayOfMonth"), _day_of_month)
    return Frequency(type_, timezone, _time(value.get("time", DEFAULT.time)), days)


def _type(given: object) -> Type:
    for known in _TYPES:
        if given == known:
            return known
    raise _invalid("type", given, f"Known are: {', '.join(_TYPES)}.", _TYPES)


def _check_members(value: Mapping[Any, object], type_: Type) -> None:
    known = ("type", *_MEMBERS[type_], "timezone")
    for name in value:
        if name not in known:
            meant = did_you_mean(str(name), known)
            refused = f"A {type_} frequency has no member {_SHORT.repr(name)}.{meant}"
            raise _refusal(str(name), f"{refused} It takes {', '.join(known)}.")
    for name in _REMEDIES.keys() & {*known}:
        if value.get(name) in (None, [], ()):
            raise _refusal(name, f"A {type_} frequency needs {name}. {_REMEDIES[name]}")


def _timezone(given: object) -> str:
    remedy = "It takes a name of the tz database, such as Europe/Berlin."
    if not isinstance(given, str):
        raise _invalid("timezone", given, remedy)
    try:
        if given.startswith(_NOT_ZONES):
            raise ValueError(given)
        ZoneInfo(given)
    except (LookupError, ValueError, OSError):
        raise _invalid("timezone", given, remedy, available_timezones()) from None
    return given


def _time(given: object) -> str:
    match = _TIME.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise _invalid("time", given, 'It takes a text from "00:00" to "23:59".')
    return f"{int(match['hour']):02}:{match['minute']}"


def _expression(given: object) -> str:
    if not isinstance(given, str):
        raise _invalid("expression", given, _REMEDIES["expression"])
    expression = " ".join(given.upper().split())
    try:
        pattern_of(expression)
    except ValueError as error:
        raise _invalid("expression", given, f"It {error}.") from None
    return expression


def _days(member: str, given: object, read: Callable[[object], Day]) -> tuple[Day, ...]:
    days = {read(one) for one in (given if isinstance(given, list | tuple) else [given])}
    return (*sorted(day for day in days if isinstance(day, int)), *(("last",) if "last" in days else ()))


def _weekday(given: object) -> Day:
    if isinstance(given, str):
        name = given.strip().lower()
        for number, known in enumerate(_DAY_NAMES):
            if name in (known, known[:3]):
                return number
    elif isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= 7:
        return given % 7
    raise _invalid("dayOfWeek", given, _REMEDIES["dayOfWeek"], _DAY_NAMES)


def _day_of_month(given: object) -> Day:
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= 31:
        return given
    if isinstance(given, str) and given.strip().lower() == "last":
        return "last"
    raise _invalid("dayOfMonth", given, _REMEDIES["dayOfMonth"], ("last",))


def _invalid(member: str, given: object, remedy: str, known: Iterable[str] = ()) -> UsageError:
    meant = did_you_mean(given, known) if isinstance(given, str) else ""
    of = f"frequency's {member}" if member else "frequency"
    return _refusal(member or "frequency", f"The {of} can't be {_SHORT.repr(given)}.{meant} {remedy}")


def _refusal(member: str, text: str) -> UsageError:
    return UsageError(text, code="frequency_invalid", fields={"field": member})
