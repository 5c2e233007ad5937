"""How is the app run by the library that production's Python 3.13 worker calls, without a host and without gRPC?

``python -m tests.integration.worker.production_library`` is such a worker: it indexes and loads the app in the current
folder and invokes it as stdin says, a JSON list of {"function", "parameter", "data", "metadata"}. It prints one JSON
document: the functions, and what came of each invocation. The library takes the protobuf classes as an argument, so
plain stand-ins do.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any


class Message(SimpleNamespace):
    """A protobuf message: whatever it was made of."""


class TypedData(Message):
    """The protobuf oneof of values: exactly one of bytes, http, json, string."""

    def WhichOneof(self, group: str) -> str | None:  # noqa: N802 - protobuf's name
        """Return the name of the member that is set."""
        return next(iter(vars(self)), None)


class ParameterBinding(Message):
    """A value of one parameter."""

    def WhichOneof(self, group: str) -> str:  # noqa: N802 - protobuf's name
        """Return how the value is given."""
        return "data"


PROTOS = SimpleNamespace(
    **dict.fromkeys(
        (
            "FunctionLoadResponse",
            "FunctionMetadataResponse",
            "InvocationResponse",
            "RpcException",
            "RpcFunctionMetadata",
            "RpcHttp",
            "RpcRetryOptions",
            "WorkerInitResponse",
            "WorkerMetadata",
        ),
        Message,
    ),
    BindingInfo=type("BindingInfo", (Message,), {"in": 0, "out": 1, "inout": 2, "undefined": 0}),
    ParameterBinding=ParameterBinding,
    StatusResult=type("StatusResult", (Message,), {"Failure": 0, "Success": 1}),
    TypedData=TypedData,
)


async def serve(invocations: list[dict[str, Any]]) -> dict[str, Any]:
    """Index, load and invoke as the host asks a worker to; return what it answered."""
    import azure_functions_runtime as worker

    started = await worker.worker_init_request(
        _request(worker_init_request=Message(capabilities={}, function_app_directory=str(Path.cwd())))
    )
    if started.result.status != PROTOS.StatusResult.Success:
        return {"indexed": started.result.exception.message, "functions": {}, "results": []}
    indexed = await worker.functions_metadata_request(_request())
    ids = {function.name: function.function_id for function in indexed.function_metadata_results}
    for name, number in ids.items():
        loaded = await worker.function_load_request(
            _request(function_load_request=Message(function_id=number, metadata=Message(name=name)))
        )
        assert loaded.result.status == PROTOS.StatusResult.Success, name
    results, answers = [], []
    for number, asked in enumerate(invocations):
        answer = await worker.invocation_request(
            _request(invocation_request=_invocation(str(number), ids[asked["function"]], asked))
        )
        ok = answer.result.status == PROTOS.StatusResult.Success
        results.append("ok" if ok else answer.result.exception.message)
        answers.append(_answered(getattr(answer, "return_value", None)))
    functions = {
        function.name: [json.loads(binding) for binding in function.raw_bindings]
        for function in indexed.function_metadata_results
    }
    return {"indexed": "ok", "functions": functions, "results": results, "answers": answers}


def _answered(returned: Any) -> dict[str, Any] | None:
    """Return what the host is told to answer a request with; None of a function that answers none."""
    if returned is None:
        return None
    told = returned.http
    return {"status": int(told.status_code), "headers": dict(told.headers), "body": told.body.bytes.decode("utf-8")}


def _request(**of: Any) -> Any:
    return Message(request=Message(**of), properties={"host": "127.0.0.1", "protos": PROTOS})


def _invocation(number: str, function: str, asked: dict[str, Any]) -> Any:
    (kind, value) = next(iter(asked["data"].items()))
    if kind == "http":
        data = TypedData(http=Message(**{**value, "body": TypedData(bytes=base64.b64decode(value["body"]))}))
    else:
        data = TypedData(bytes=base64.b64decode(value)) if kind == "bytes" else TypedData(json=json.dumps(value))
    return Message(
        invocation_id=number,
        function_id=function,
        input_data=[ParameterBinding(name=asked["parameter"], data=data)],
        trigger_metadata={
            name: TypedData(string=given) if name in ("Id", "PopReceipt") else TypedData(json=json.dumps(given))
            for name, given in asked.get("metadata", {}).items()
        },
        trace_context=Message(trace_parent="", trace_state="", attributes={}),
        retry_context=Message(retry_count=0, max_retry_count=0, exception=None),
    )


if __name__ == "__main__":
    print(json.dumps(asyncio.run(serve(json.load(sys.stdin)))))
