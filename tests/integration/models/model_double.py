"""A model on this machine that answers as OpenAI's servers do, well and badly, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PATH = "/v1/chat/completions"
SEEN = {"colors": ["red"], "garments": ["t-shirts"], "styleKeywords": ["casual"], "brand": None}


def completion(content: str | None, *, finish: str = "stop", refusal: str | None = None, **more: Any) -> Response:
    """Return the answer of a model that said `content`; it took 100 tokens in and 20 out."""
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "small",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": refusal},
                "finish_reason": finish,
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
        **more,
    }
    return _json(200, body)


def seen(**changes: Any) -> Response:
    """Return a good answer, with `changes` to what it says."""
    return completion(json.dumps({**SEEN, **changes}))


def failure(
    status: int, *, code: str | None = None, message: str = "no", param: str | None = None, **headers: str
) -> Response:
    """Return an error of the API; underscores in names of headers stand for hyphens."""
    answer = _json(status, {"error": {"message": message, "type": "some_error", "param": param, "code": code}})
    for name, value in headers.items():
        answer.headers[name.replace("_", "-")] = value
    return answer


class ModelDouble:
    """Answers the given responses one after the other, the last for ever; keeps what it was asked."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/v1")
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._answers: list[Response] = []
        self._refuses: Callable[[dict[str, Any]], Response | None] = lambda asked: None
        server.expect_request(PATH, method="POST").respond_with_handler(self._answer)

    def answers(self, *answers: Response) -> None:
        """Answer these from now on."""
        self._answers = list(answers)

    def refuses(self, refusal: Callable[[dict[str, Any]], Response | None]) -> None:
        """Answer what `refusal` returns for the request, from now on, unless it is None."""
        self._refuses = refusal

    def _answer(self, request: Request) -> Response:
        self.asked.append(json.loads(request.data))
        self.headers.append(dict(request.headers))
        refusal = self._refuses(self.asked[-1])
        if refusal is not None:
            return refusal
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def _json(status: int, body: Any) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")
