"""Language model: how is it asked, so that its answer has the right shape or the job knows why not?

One model, by the openai SDK with its own retries off (`shared.web.retries` tries, jobs wait, gates close): OpenAI,
Azure OpenAI by the app's identity, or any server that OPENAI_BASE_URL names. The answer must fit a pydantic model; what
was spent is recorded, and held to the day's budget. The form of the question is the one that the deployment takes.
Importing this module doesn't load the SDK: the first question does.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from shared import telemetry
from shared.config import Settings
from shared.documents.port import Documents
from shared.models.client import ModelClient
from shared.models.failures import classed, invalid, refused
from shared.models.forms import Form
from shared.telemetry import signals
from shared.usage.budget import Caller, Usage, price_of
from shared.web import retries

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_log = logging.getLogger("nightshift.models")

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Question:
    """What the model is asked: the app's instructions, data that strangers wrote, and a picture (a JPEG) if any.

    `data` goes as JSON in a message of its own: nothing in it is an instruction. `output_tokens` is the most that the
    answer may take (default: OPENAI_MAX_OUTPUT_TOKENS).
    """

    instructions: str
    data: dict[str, Any]
    picture: bytes | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Answered(Generic[Answer]):
    """A valid answer, and what it took."""

    answer: Answer
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None


class Model:
    """The model that the settings name. Connections are opened by the first question."""

    def __init__(self, settings: Settings, documents: Documents) -> None:
        self.usage = Usage(documents, settings.llm_daily_budget_micro_usd)
        self._settings = settings
        self.name = settings.openai_model
        self._client = ModelClient(settings, self.name)
        self._form = Form()
        """The form that the deployment took last. A process learns it by its first question."""

    async def ask(self, question: Question, shape: type[Answer], caller: Caller) -> Answered[Answer]:
        """Return the model's answer in the given shape; tried up to 3 times while failures are Transient.

        Raises RateLimited (the model's 429; the day's budget), Misconfigured, Transient or Permanent, with dependency
        ``model:<deployment>`` or ``budget:llm``.
        """
        return await retries.call(self._settings, lambda: self._ask_once(question, shape, caller))

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.close()

    async def _ask_once(self, question: Question, shape: type[Answer], caller: Caller) -> Answered[Answer]:
        price = price_of(self.name, self._settings.llm_prices)
        await self.usage.check()
        with signals.current().calling_model("chat", self._client.provider, self.name) as call:
            completion, form = await self._complete(question, shape)
            used = completion.usage or _Usage()
            tokens = max(used.prompt_tokens, 0), max(used.completion_tokens, 0)
            cost = price.cost_micro_usd(*tokens)
            call.used(*tokens, cost)
        await self.usage.record(caller, self.name, *tokens, cost)  # first: an answer that is no use is paid for too
        return Answered(self._read(completion, form, question, shape), *tokens, cost)

    async def _complete(self, question: Question, shape: type[BaseModel]) -> tuple[_Completion, Form]:
        """Return what the model answers, and the form in which it took the question: each is tried once."""
        client = await self._client.open()
        from openai import APIStatusError

        form = self._form
        tried = {form}
        while True:
            try:
                body = await self._send(client, question, shape, form)
                break
            except Exception as error:
                other = form.without_what(error) if isinstance(error, APIStatusError) else None
                if other is None or other in tried:
                    raise classed(error, self.name, self._settings.openai_api_key) from error
                form = other
                tried.add(form)
        if form != self._form:
            self._form = form
            telemetry.event(
                _log, logging.WARNING, "model takes another form", model=self.name, tokens=form.tokens,
                temperature=form.temperature, answer=form.answer,
            )  # fmt: skip
        try:
            return _Completion.model_validate_json(body), form
        except ValidationError as error:
            raise invalid(self.name, f"no completion ({error.error_count()} errors)") from None

    async def _send(self, client: AsyncOpenAI, question: Question, shape: type[BaseModel], form: Form) -> bytes:
        async with asyncio.timeout(self._settings.openai_timeout_seconds):
            raw = await client.chat.completions.with_raw_response.create(
                model=self.name,
                messages=_messages(question, form.instructions(question.instructions, shape)),
                **form.members(shape, self._most_tokens(question)),
            )
            body: bytes = raw.http_response.content
            return body

    def _most_tokens(self, question: Question) -> int:
        return max(question.output_tokens or 0, self._settings.openai_max_output_tokens)

    def _read(self, completion: _Completion, form: Form, question: Question, shape: type[Answer]) -> Answer:
        if not completion.choices:
            raise invalid(self.name, "nothing", code="model_answer_empty")
        choice = completion.choices[0]
        if choice.finish_reason == "content_filter":
            raise refused(self.name, "its content filter", code="content_filter")
        if choice.message.refusal:
            raise refused(self.name, choice.message.refusal[:200], code="model_refusal")
        if choice.finish_reason == "length":
            raise invalid(
                self.name,
                f"cut off after {self._most_tokens(question)} tokens (OPENAI_MAX_OUTPUT_TOKENS may allow more)",
                code="model_answer_truncated",
            )
        content = form.content(choice.message.content or "")
        if not content:
            raise invalid(self.name, "nothing", code="model_answer_empty")
        try:
            return shape.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(map(str, first["loc"])) or "the whole"
            raise invalid(self.name, f"{place}: {first['msg']}") from None


def _messages(question: Question, instructions: str) -> list[Any]:
    parts: list[dict[str, Any]] = [{"type": "text", "text": json.dumps(question.data, ensure_ascii=False)}]
    if question.picture is not None:
        url = "data:image/jpeg;base64," + base64.b64encode(question.picture).decode()
        parts.append({"type": "image_url", "image_url": {"url": url, "detail": "low"}})
    return [{"role": "system", "content": instructions}, {"role": "user", "content": parts}]
