"""Fields of settings: how one is declared, and how its value is read from the environment's text.

Plain dataclasses, since importing pydantic-settings alone would nearly double a cold start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, field
from typing import Any

from shared.errors import Misconfigured
from shared.suggestion import did_you_mean


def setting(
    name: str,
    default: Any,
    about: str,
    *,
    secret: bool = False,
    minimum: float | None = None,
    maximum: float = float("inf"),
    formerly: tuple[str, ...] = (),
    queue: bool = False,
    trigger: bool = False,
    section: str = "",
    choices: tuple[str, ...] = (),
) -> Any:
    """Describe a setting; `queue`: it names one. Older names (`formerly`) are read after the present one.

    `trigger`: a trigger names it, as it does that of a queue, so the host must have it. A setting that has `choices`
    takes one of them, in whatever case.

    `section` begins a section of the reference, for this setting and those after it.
    """
    metadata = {
        "name": name,
        "about": about,
        "secret": secret,
        "minimum": minimum,
        "maximum": maximum,
        "formerly": formerly,
        "queue": queue,
        "trigger": queue or trigger,
        "section": section,
        "choices": choices,
    }
    return field(default=default, repr=not secret, metadata=metadata)


def given_name(of: Field[Any], environment: Mapping[str, str]) -> str | None:
    """Return which of a setting's names `environment` has, its present one before its older ones; None: no one."""
    return next((name for name in (of.metadata["name"], *of.metadata["formerly"]) if name in environment), None)


def read(f: Field[Any], name: str, text: str) -> Any:
    """Return the value that `text` gives a setting, which goes by `name` here. Raises Misconfigured with the remedy."""
    if isinstance(f.default, bool):
        return _flag(name, text)
    if isinstance(f.default, str):
        return _choice(name, text, f.metadata["choices"]) if f.metadata["choices"] else text
    whole = isinstance(f.default, int)
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise Misconfigured(
            f"Setting {name} is {text!r}; it takes {kind}, such as {f.default}.", code="setting_invalid"
        ) from None
    least, most = f.metadata["minimum"], f.metadata["maximum"]
    if not least <= value <= most or value == float("inf"):
        bounds = f"{least} or more" if most == float("inf") else f"{least} to {most}"
        raise Misconfigured(f"Setting {name} is {text}; it takes {bounds}.", code="setting_invalid")
    return value


def _choice(name: str, text: str, choices: tuple[str, ...]) -> str:
    found = next((one for one in choices if one.lower() == text.strip().lower()), None)
    if found is None:
        listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
        raise Misconfigured(
            f"Setting {name} is {text!r}; it takes {listed}.{did_you_mean(text, choices)}", code="setting_invalid"
        )
    return found


def _flag(name: str, text: str) -> bool:
    meant = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    plain = text.strip().lower()
    if plain not in meant and plain:
        raise Misconfigured(f"Setting {name} is {text!r}; it takes true or false.", code="setting_invalid")
    return meant.get(plain, False)
