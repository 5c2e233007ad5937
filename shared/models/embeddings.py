"""Embeddings: how does a text become a vector, and how is a vector stored?

Vectors are unit-length float32, kept as little-endian Base64 beside the name of the model that made them; vectors of
different models are never compared. By default they are made on this machine from hashed character n-grams (Weinberger
et al., "Feature Hashing for Large Scale Multitask Learning", 2009), and are named so: they tell alike spelling, not
alike meaning. EMBEDDINGS=openai asks OpenAI or Azure OpenAI, many texts at a time.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ValidationError

from shared.config import Settings
from shared.documents.port import Documents
from shared.errors import NightshiftError
from shared.models.client import ModelClient, gate_of
from shared.models.failures import classed, invalid
from shared.telemetry import signals
from shared.usage.budget import BUDGET_GATE, Caller, Usage, price_of
from shared.web import retries

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

LOCAL_MODEL = "local-ngrams-256-1"
LOCAL_DIMENSIONS = 256
MAX_TEXT_CHARACTERS = 2_000
"""A longer text is cut."""
BATCH = 2_048
BATCH_CHARACTERS = 600_000
"""Most texts and characters of one request: what OpenAI takes, with room to spare."""
_HASHED_AT_ONCE = 256
_NGRAMS = (3, 4, 5)
_FLOAT_BYTES = 4


class Embedder(Protocol):
    """Makes vectors of texts."""

    @property
    def model(self) -> str:
        """The name of what makes them: vectors of another one can't be compared with them."""
        ...

    async def embed(self, texts: Sequence[str], caller: Caller) -> Vectors:
        """Return one unit-length row per text. Raises the failure's class; never returns fewer rows or an empty one."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


def open_embedder(settings: Settings, documents: Documents) -> Embedder:
    """Return the embedder that EMBEDDINGS names."""
    return ModelEmbedder(settings, documents) if settings.embeddings == "openai" else LocalEmbedder()


def dependencies(settings: Settings) -> tuple[str, ...]:
    """Return the gates that embedding a text may close."""
    return (gate_of(settings.openai_embedding_model), BUDGET_GATE) if settings.embeddings == "openai" else ()


def encoded(vector: Vectors) -> str:
    """Return one vector as it is kept."""
    return base64.b64encode(vector.astype("<f4", copy=False).tobytes()).decode("ascii")


def decoded(texts: Sequence[str]) -> Vectors:
    """Return kept vectors, one a row. Raises ValueError when they aren't all of one length."""
    import numpy as np

    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    size, rest = divmod(len(binascii.a2b_base64(texts[0])), _FLOAT_BYTES)
    if rest or len({len(text) for text in texts}) > 1:
        raise ValueError("vectors of different lengths, or no vectors")
    rows = np.empty((len(texts), size), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):  # one after the other: their bytes needn't all be there at once
        row[:] = np.frombuffer(binascii.a2b_base64(text), dtype="<f4")
    return rows


class LocalEmbedder:
    """Hashes the character n-grams of a text's words into 256 dimensions."""

    model = LOCAL_MODEL

    async def embed(self, texts: Sequence[str], caller: Caller) -> Vectors:
        """See Embedder."""
        import numpy as np

        rows = [
            await asyncio.to_thread(_hashed, texts[at : at + _HASHED_AT_ONCE])
            for at in range(0, len(texts), _HASHED_AT_ONCE)
        ]
        return np.concatenate(rows) if rows else np.zeros((0, LOCAL_DIMENSIONS), dtype=np.float32)

    async def close(self) -> None:
        """See Embedder."""


class _Row(BaseModel):
    index: int
    embedding: list[float]


class _Embedded(BaseModel):
    data: list[_Row]
    usage: dict[str, Any] | None = None


class ModelEmbedder:
    """Asks OpenAI, Azure OpenAI, or the server that OPENAI_BASE_URL names."""

    def __init__(self, settings: Settings, documents: Documents) -> None:
        self.model = settings.openai_embedding_model
        self._settings = settings
        self._usage = Usage(documents, settings.llm_daily_budget_micro_usd)
        self._client = ModelClient(settings, self.model)

    async def embed(self, texts: Sequence[str], caller: Caller) -> Vectors:
        """See Embedder. What was asked is recorded as usage and held to the day's budget, as questions are."""
        import numpy as np

        rows = []
        for batch in _batches(texts):
            rows.append(await retries.call(self._settings, partial(self._embed_once, batch, caller)))
        return np.concatenate(rows) if rows else np.zeros((0, 0), dtype=np.float32)

    async def close(self) -> None:
        """See Embedder."""
        await self._client.close()

    async def _embed_once(self, batch: list[str], caller: Caller) -> Vectors:
        price = price_of(self.model, self._settings.llm_prices)
        await self._usage.check()
        with signals.current().calling_model("embeddings", self._client.provider, self.model) as call:
            answer = await self._ask(batch)
            tokens = max(int((answer.usage or {}).get("prompt_tokens", 0)), 0)
            cost = price.cost_micro_usd(tokens, 0)
            call.used(tokens, 0, cost)
        await self._usage.record(caller, self.model, tokens, 0, cost)
        return await asyncio.to_thread(self._rows, answer, len(batch))

    async def _ask(self, batch: list[str]) -> _Embedded:
        client = await self._client.open()
        try:
            async with asyncio.timeout(self._settings.openai_timeout_seconds):
                raw = await client.embeddings.with_raw_response.create(
                    model=self.model, input=batch, encoding_format="float"
                )
                body = raw.http_response.content
        except Exception as error:
            raise classed(error, self.model, self._settings.openai_api_key) from error
        try:
            return await asyncio.to_thread(_Embedded.model_validate_json, body)
        except ValidationError as error:
            raise invalid(self.model, f"no embeddings ({error.error_count()} errors)") from None

    def _rows(self, answer: _Embedded, count: int) -> Vectors:
        import numpy as np

        by_index = {row.index: row.embedding for row in answer.data}
        if sorted(by_index) != list(range(count)) or len(answer.data) != count:
            raise self._unusable(f"{len(answer.data)} vectors for {count} texts")
        lengths = {len(row) for row in by_index.values()}
        if len(lengths) != 1 or lengths == {0}:
            raise self._unusable("vectors of different or no length")
        rows = np.array([by_index[index] for index in range(count)], dtype=np.float32)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(rows).all() or (norms == 0).any():
            raise self._unusable("a vector without a direction")
        return rows / norms

    def _unusable(self, why: str) -> NightshiftError:
        return invalid(self.model, why, code="embeddings_invalid")


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        cut = text[:MAX_TEXT_CHARACTERS] or " "
        if batch and (len(batch) == BATCH or size + len(cut) > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(cut)
        size += len(cut)
    if batch:
        yield batch


def _hashed(texts: Sequence[str]) -> Vectors:
    import numpy as np

    rows = np.zeros((len(texts), LOCAL_DIMENSIONS), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        hashes = np.fromiter(_ngrams(text), dtype=np.uint32)
        # The hash's lowest bit is the sign, so that n-grams that meet cancel out instead of adding up.
        signs = np.where(hashes & 1, 1.0, -1.0).astype(np.float32)
        np.add.at(row, (hashes >> 1) % LOCAL_DIMENSIONS, signs)
        if not row.any():
            row[0] = 1.0
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _ngrams(text: str) -> list[int]:
    folded = unicodedata.normalize("NFKD", text[:MAX_TEXT_CHARACTERS].casefold())
    words = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c)).split()
    found = []
    for word in words:
        spelled = f"<{word}>".encode()
        found.append(zlib.crc32(spelled))
        found += [zlib.crc32(spelled[at : at + n]) for n in _NGRAMS for at in range(len(spelled) - n + 1)]
    return found
