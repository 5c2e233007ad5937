"""Client of the language model: which server is asked, and how is a connection to it opened?

OpenAI, Azure OpenAI by the app's identity, or any server that OPENAI_BASE_URL names; by the openai SDK, with its own
retries off (`shared.web.retries` tries, jobs wait, gates close). Importing this module doesn't load the SDK: that takes
seconds, so the first question does it, in a thread, and no other job of the process waits for it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from shared.config import Settings
from shared.errors import Misconfigured

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OPENAI_URL = "https://api.openai.com/v1"
_AZURE_SCOPE = "https://cognitiveservices.azure.com/.default"
_UNUSED_KEY = "unused"
"""What servers of one's own get that ask for no key; the SDK insists on one."""


def gate_of(model: str) -> str:
    """Return the name of the gate that failures of a model close."""
    return f"model:{model}"


def described(settings: Settings) -> str:
    """Return whom the settings ask, in words."""
    if settings.azure_openai_endpoint:
        return f"Azure OpenAI at {settings.azure_openai_endpoint}, by the app's identity"
    if settings.openai_base_url:
        return f"the server at {settings.openai_base_url}"
    return "OpenAI"


class ModelClient:
    """The SDK's client for one model (with Azure OpenAI: deployment), opened when first asked for."""

    def __init__(self, settings: Settings, model: str) -> None:
        self._settings = settings
        self._model = model
        self._client: AsyncOpenAI | None = None
        self._credential: Any = None
        self._opening = asyncio.Lock()

    @property
    def provider(self) -> str:
        """What OpenTelemetry calls whoever is asked; a server of one's own goes by its API's name."""
        return "azure.ai.openai" if self._settings.azure_openai_endpoint else "openai"

    async def open(self) -> AsyncOpenAI:
        """Return the client. Raises Misconfigured when the settings name no model."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._opened)
        return self._client

    async def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.close()
        if self._credential is not None:
            await self._credential.close()
        self._client = self._credential = None

    def _opened(self) -> AsyncOpenAI:
        client = self._opened_azure() if self._settings.azure_openai_endpoint else self._opened_openai()
        _ = client.chat.completions, client.embeddings  # the SDK loads them when they are first asked for
        return client

    def _opened_openai(self) -> AsyncOpenAI:
        settings = self._settings
        if not settings.openai_api_key and not settings.openai_base_url:
            raise Misconfigured(
                "No language model is configured. Set OPENAI_API_KEY, AZURE_OPENAI_ENDPOINT or OPENAI_BASE_URL; or "
                "work without one: TASTE_ANALYSER, MOOD_EXTRACTOR and EMBEDDINGS take local.",
                code="model_unset",
                dependency=gate_of(self._model),
            )
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=settings.openai_api_key or _UNUSED_KEY,
            base_url=settings.openai_base_url or OPENAI_URL,
            timeout=settings.openai_timeout_seconds,
            max_retries=0,
        )

    def _opened_azure(self) -> AsyncOpenAI:
        from azure.identity.aio import DefaultAzureCredential, get_bearer_token_provider
        from openai import AsyncAzureOpenAI

        settings = self._settings
        key = settings.openai_api_key or None
        if key is None:
            self._credential = DefaultAzureCredential()
        return AsyncAzureOpenAI(
            azure_endpoint=settings.azure_openai_endpoint,
            azure_deployment=self._model,
            api_version=settings.azure_openai_api_version,
            api_key=key,
            azure_ad_token_provider=None if key else get_bearer_token_provider(self._credential, _AZURE_SCOPE),
            timeout=settings.openai_timeout_seconds,
            max_retries=0,
        )
