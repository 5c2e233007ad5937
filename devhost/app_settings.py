"""App settings: what does a name stand for? Names are found ignoring case, as the host's configuration does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from devhost.errors import FunctionInError

_PLACEHOLDER = re.compile(r"%([^%]*)%")


class AppSettings:
    """The environment as the host sees it (local.settings.json already laid under it)."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._folded = {name.casefold(): value for name, value in values.items()}

    def get(self, name: str) -> str | None:
        """Return the value of setting `name`, or None. The exact spelling wins over others."""
        return self._values.get(name, self._folded.get(name.casefold()))

    def under(self, prefix: str) -> dict[tuple[str, ...], str]:
        """Return the settings ``{prefix}__a__b`` as {("a", "b"): value}, with the path casefolded."""
        start = f"{prefix}__".casefold()
        return {
            tuple(name[len(start) :].split("__")): value
            for name, value in self._folded.items()
            if name.startswith(start)
        }

    def fill(self, text: str) -> str:
        """Return `text` with each %NAME% replaced. Raises FunctionInError when one resolves to nothing."""

        def value_of(match: re.Match[str]) -> str:
            value = self.get(match.group(1))
            if not value:
                raise FunctionInError(
                    f"{match.group()} resolves to nothing. Set {match.group(1)} in local.settings.json (Values) or in "
                    "the environment."
                )
            return value

        return _PLACEHOLDER.sub(value_of, text)

    def is_disabled(self, function_name: str) -> bool:
        """Say whether AzureWebJobs.{name}.Disabled (or, since Linux shells allow no dots, with underscores) is true."""
        for name in (f"AzureWebJobs.{function_name}.Disabled", f"AzureWebJobs_{function_name}_Disabled"):
            if (self.get(name) or "").strip().casefold() in ("true", "1"):
                return True
        return False
