"""Check of settings: which are given, by whom, and are they understood?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from shared.config import Settings
from shared.errors import Misconfigured
from shared.finding import Finding, wrong
from shared.setting_fields import given_name
from shared.settings_reference import named_by_triggers
from shared.suggestion import did_you_mean

CHECK = "setting"
ENVIRONMENT, FILE, DEFAULT = "environment", "local.settings.json", "default"

_WORKER = "FUNCTIONS_WORKER_RUNTIME"
_OF_OTHERS = (
    "FUNCTIONS_",
    "AZUREWEBJOBS",
    "AZUREFUNCTIONSJOBHOST",
    "APPLICATIONINSIGHTS_",
    "WEBSITE_",
    "PYTHON",
    "OTEL_",
)
"""Beginnings of names that the host, the worker or Azure's libraries read."""


def check(environment: Mapping[str, str], file: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each setting of the app and for what nobody reads; `environment` wins over `file`."""
    known = {field.metadata["name"]: field for field in fields(Settings)}
    for name, field in known.items():
        by = given_name(field, {**file, **environment}) or name
        source = ENVIRONMENT if by in environment else FILE if by in file else DEFAULT
        value = environment.get(by, file.get(by))
        if value is None:
            value = str(field.default) if field.default is not False else ""
        shown = ("given, and not shown" if value else "") if field.metadata["secret"] else value
        yield Finding(CHECK, name, "ok", shown, source=source)
    older = {old: name for name, field in known.items() for old in field.metadata["formerly"]}
    yield from _by_older_names(older, environment, file)
    for name in file:
        if name not in known and name not in older and not name.upper().startswith(_OF_OTHERS):
            mend = f"Correct its name, or remove it.{did_you_mean(name, known)}"
            yield Finding(CHECK, name, "warning", "nobody reads it", mend, FILE)
    yield from _of_triggers(environment, file)
    yield from _whole(environment, file)


def _by_older_names(
    older: Mapping[str, str], environment: Mapping[str, str], file: Mapping[str, str]
) -> Iterator[Finding]:
    for old, name in older.items():
        if old in environment or old in file:
            source = ENVIRONMENT if old in environment else FILE
            if name in environment or name in file:
                yield Finding(CHECK, old, "warning", f"an old name of {name}, which wins", "Remove it.", source)
            else:
                yield Finding(CHECK, old, "warning", f"an old name of {name}", f"Rename it: {name}.", source)


def _of_triggers(environment: Mapping[str, str], file: Mapping[str, str]) -> Iterator[Finding]:
    """The host fills a trigger's %NAME% from what is given, and knows none of the app's defaults."""
    for name, default in named_by_triggers().items():
        if file and name not in file and name not in environment:
            yield wrong(CHECK, name, "isn't given, so the host can't run its functions", f"Set {name}={default}")


def _whole(environment: Mapping[str, str], file: Mapping[str, str]) -> Iterator[Finding]:
    given = {**file, **environment}
    try:
        Settings.from_environment(given)
    except Misconfigured as error:
        yield wrong(CHECK, "all together", str(error))
    if file and given.get(_WORKER) != "python":
        yield wrong(
            CHECK,
            _WORKER,
            f"is {given.get(_WORKER)!r}, so func start doesn't know what to run",
            f"Set it: {_WORKER}=python",
        )
