"""What does a command work with? The settings of this folder, and what they name, open while the command runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from shared.config import PROJECT_FOLDER, Settings, settings
from shared.errors import Misconfigured

if TYPE_CHECKING:
    from shared.documents.port import Documents
    from shared.services import Services

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the settings come from: the environment over `file` (None: there is no such file)."""

    file: Path | None


def read_settings(folder: Path | None) -> Source:
    """Lay local.settings.json of `folder` (default: beside function_app.py) under the environment.

    Raises Misconfigured when the file can't be used.
    """
    from devhost import local_settings
    from devhost.errors import Refused

    folder = folder or PROJECT_FOLDER
    try:
        local_settings.apply(folder, os.environ)
    except Refused as error:
        raise Misconfigured(str(error)) from None
    file = folder / local_settings.FILE_NAME
    return Source(file if file.exists() else None)


def with_services(work: Callable[[Services], Awaitable[_T]]) -> _T:
    """Run `work` with everything open: documents, queues, blobs. Raises Failed when Azurite is wanted and not there."""
    from cli import azurite
    from shared.services import open_services

    azurite.require(settings())

    async def run() -> _T:
        services = open_services()
        try:
            return await work(services)
        finally:
            await services.close()

    return asyncio.run(run())


def with_documents(work: Callable[[Documents, Settings], Awaitable[_T]]) -> _T:
    """Run `work` with the document store alone: quicker to open, and needs no storage account."""
    from shared.services import open_documents

    async def run() -> _T:
        documents = open_documents(settings())
        try:
            return await work(documents, settings())
        finally:
            await documents.close()

    return asyncio.run(run())
