"""Form of a question: which members of a request does a deployment take?

Models differ: reasoning models want ``max_completion_tokens`` in place of ``max_tokens`` and no temperature but their
own; many servers know no JSON schema as the answer's format. One that refuses a member says so with 400 or 422 and is
asked again without it (model.py). What an answer must be doesn't depend on its form: the caller's shape validates it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

if TYPE_CHECKING:
    from openai import APIStatusError

FormatOfAnswer = Literal["json_schema", "json_object", "text"]

_REFUSALS = frozenset({400, 422})
_TEMPERATURE, _FORMAT = "temperature", "response_format"
_WEAKER: dict[FormatOfAnswer, FormatOfAnswer] = {"json_schema": "json_object", "json_object": "text"}
_FENCED = re.compile(r"```\w*\s*(.*?)\s*```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which a deployment may take questions. The default is the one that holds answers most tightly."""

    tokens: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """The member that bounds the answer's tokens. There is no form with neither: such an answer may cost anything."""
    temperature: bool = True
    """Whether temperature 0 is asked for."""
    answer: FormatOfAnswer = "json_schema"
    """How the answer is held to its shape; below json_schema the instructions say what the schema is."""

    def members(self, shape: type[BaseModel], most_tokens: int) -> dict[str, Any]:
        """Return the request's members that differ from form to form."""
        members: dict[str, Any] = {self.tokens: most_tokens}
        if self.temperature:
            members[_TEMPERATURE] = 0
        if self.answer == "json_schema":
            schema = {"name": shape.__name__, "strict": True, "schema": shape.model_json_schema()}
            members[_FORMAT] = {"type": "json_schema", "json_schema": schema}
        elif self.answer == "json_object":
            members[_FORMAT] = {"type": "json_object"}
        return members

    def instructions(self, given: str, shape: type[BaseModel]) -> str:
        """Return the instructions in which the question is asked."""
        if self.answer == "json_schema":
            return given
        schema = json.dumps(shape.model_json_schema(), ensure_ascii=False)
        return f"{given}\nAnswer with one JSON object and nothing else. It is valid by this JSON schema:\n{schema}"

    def content(self, said: str) -> str:
        """Return the JSON in what the model said: as text it often stands in a Markdown fence."""
        fenced = _FENCED.fullmatch(said.strip()) if self.answer == "text" else None
        return fenced.group(1) if fenced else said.strip()

    def without_what(self, refusal: APIStatusError) -> Form | None:
        """Return the form without the member that the model refused; None when it refused something else."""
        member = self._refused(refusal)
        if member == _TEMPERATURE:
            return replace(self, temperature=False)
        if member == _FORMAT:
            return replace(self, answer=_WEAKER[self.answer])
        if member is not None:
            return replace(self, tokens="max_tokens" if member == "max_completion_tokens" else "max_completion_tokens")
        return None

    def _refused(self, refusal: APIStatusError) -> str | None:
        """Return the member of this form that a refusal names: in ``param``, or, where that is absent, anywhere."""
        if refusal.status_code not in _REFUSALS:
            return None
        sent: list[str] = [self.tokens]
        sent += [_TEMPERATURE] if self.temperature else []
        sent += [_FORMAT] if self.answer != "text" else []
        if refusal.param:
            named = str(refusal.param).partition(".")[0]
            return named if named in sent else None
        text = json.dumps(refusal.body, default=str).replace("json_schema", _FORMAT)
        return next((name for name in sent if re.search(rf"\b{name}\b", text)), None)
