"""The HTTP API: a FastAPI app behind one HTTP trigger, imported and built at its first request.

Routers call operations/ and nothing else. What is imported here, every cold start pays for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import azure.functions as func


async def serve(request: func.HttpRequest, context: func.Context | None = None) -> func.HttpResponse:
    """Answer a request. Whatever happens, the answer is one of the API's."""
    from api import bridge

    return await bridge.serve(request, context)
