"""Surroundings: are the settings that only Azure gives as they must be, and where do zones come from?"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from shared.config import Settings
from shared.finding import Finding, fine, wrong
from shared.needs import commands
from shared.needs.place import Place
from shared.settings_reference import named_by_triggers

CHECK = "setting"
_REFERENCE = re.compile(r"@Microsoft\.KeyVault\((.*)\)\s*", re.IGNORECASE | re.DOTALL)
_URI = re.compile(r"https://([^./]+)\.[^/]+/secrets/([^/]+)", re.IGNORECASE)
_NO_HOMEPAGE = "AzureWebJobsDisableHomepage"
_ANY_ZONE = "Europe/Berlin"


def check(settings: Settings, environment: Mapping[str, str], place: Place) -> Iterator[Finding]:
    """Yield what is found. Settings of triggers, and zones, matter to the app only, not to an operator's shell."""
    yield from references(environment, place)
    yield from _keys(settings, place)
    if settings.in_azure:
        yield from _of_triggers(environment, place)
        yield from _homepage(environment, place)
        yield zones(place)


def references(environment: Mapping[str, str], place: Place) -> Iterator[Finding]:
    """Yield a finding for each reference to a Key Vault that Azure left as it was."""
    for name, value in environment.items():
        if (match := _REFERENCE.fullmatch(value)) is not None:
            vault, secret = _named(match[1])
            found = f"still a reference to secret {secret!r} of vault {vault!r}: Azure couldn't resolve it"
            mend = (
                f"Is the secret there, and has the app's identity the role Key Vault Secrets User? "
                f"{commands.put_secret(vault, secret)} && {commands.restart(place)}"
            )
            yield wrong(CHECK, name, found, mend)


def zones(place: Place, path: Iterable[str] | None = None) -> Finding:
    """Return where time zones come from: of the pinned package, or of an image that changes by itself."""
    try:
        package = f"tzdata {version('tzdata')}"
        folder = str(Path(str(find_spec("tzdata").origin)).parent / "zoneinfo")  # type: ignore[union-attr]
    except PackageNotFoundError:
        mend = f"Deploy the package that {commands.PACKAGE} makes."
        return wrong("zones", "tzdata", "the package isn't installed, so zones depend on the image", mend)
    first = next(
        (one for one in (zoneinfo.TZPATH if path is None else path) if (Path(one) / _ANY_ZONE).is_file()), folder
    )
    if Path(first).resolve() == Path(folder).resolve():
        return fine("zones", "tzdata", package)
    mend = commands.set_setting(place, "PYTHONTZPATH", folder)
    return Finding("zones", "tzdata", "warning", f"zones come from {first} instead of {package}", mend)


def _named(reference: str) -> tuple[str, str]:
    """Return the names of vault and secret in a reference, which has two forms."""
    if (uri := _URI.search(reference)) is not None:
        return uri[1], uri[2].rstrip(")")
    parts = dict(part.strip().split("=", 1) for part in reference.split(";") if "=" in part)
    return parts.get("VaultName", "VAULT"), parts.get("SecretName", "SECRET")


def _of_triggers(environment: Mapping[str, str], place: Place) -> Iterator[Finding]:
    for name, default in named_by_triggers().items():
        if not environment.get(name):
            mend = f"{commands.set_setting(place, name, default)} (or all that is missing: {commands.PROVISION})"
            yield wrong(CHECK, name, "isn't given, so the host can't run its functions", mend)


def _homepage(environment: Mapping[str, str], place: Place) -> Iterator[Finding]:
    if environment.get(_NO_HOMEPAGE, "").casefold() != "true":
        mend = commands.set_setting(place, _NO_HOMEPAGE, "true")
        yield Finding(CHECK, _NO_HOMEPAGE, "warning", "not true: the host answers / with its own page", mend)


def _keys(settings: Settings, place: Place) -> Iterator[Finding]:
    given = (("AzureWebJobsStorage", settings.storage), ("COSMOS_KEY", settings.cosmos_key))
    for name, value in given:
        if value:
            found = "given: its key is used, so what is said of rights isn't the identity's"
            mend = f"{commands.delete_setting(place, name)}; in this shell: export {name}="
            yield Finding(CHECK, name, "warning", found, mend)
