"""Session of a command: the settings of this folder, and the services they name, open while the command runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from shared import config
from shared.config import PROJECT_FOLDER, Settings
from shared.errors import Misconfigured

if TYPE_CHECKING:
    from operations.ports import Documents
    from shared.services import Services

_T = TypeVar("_T")


_settings_folder = PROJECT_FOLDER


def use_settings_of(folder: Path) -> None:
    """Take local.settings.json from `folder` instead of from beside function_app.py."""
    global _settings_folder
    _settings_folder = folder


def settings_file() -> Path | None:
    """Return the local.settings.json that lies under the environment; None when there is none."""
    from devhost import local_settings

    file = _settings_folder / local_settings.FILE_NAME
    return file if file.exists() else None


def file_settings() -> dict[str, str]:
    """Return what local.settings.json says, nothing when there is none. Raises Misconfigured when it can't be read."""
    from devhost import local_settings
    from devhost.errors import Refused

    try:
        return local_settings.read(_settings_folder)
    except Refused as error:
        raise Misconfigured(str(error)) from None


@cache
def settings() -> Settings:
    """Return the settings: the environment over local.settings.json. Raises Misconfigured with the remedy."""
    from devhost import local_settings
    from devhost.errors import Refused

    try:
        local_settings.apply(_settings_folder, os.environ)
    except Refused as error:
        raise Misconfigured(str(error)) from None
    return config.settings()


def with_services(work: Callable[[Services], Awaitable[_T]]) -> _T:
    """Run `work` with everything open: documents, queues, blobs. Raises Refused when Azurite isn't there."""
    from operations.storage import require_local
    from shared.services import open_services

    require_local(settings())

    async def run() -> _T:
        services = _opened(open_services)
        try:
            return await work(services)
        finally:
            await services.close()

    return asyncio.run(run())


def with_documents(work: Callable[[Documents, Settings], Awaitable[_T]]) -> _T:
    """Run `work` with the document store alone: quicker to open, and needs no storage account."""
    from shared.services import open_documents

    async def run() -> _T:
        documents = _opened(open_documents)
        try:
            return await work(documents, settings())
        finally:
            await documents.close()

    return asyncio.run(run())


def _opened(opener: Callable[[Settings], _T]) -> _T:
    try:
        return opener(settings())
    except OSError as error:
        folder = settings().home_folder
        raise Misconfigured(
            f"{folder} can't be made: {error.strerror}. Set NIGHTSHIFT_HOME to another folder."
        ) from None
