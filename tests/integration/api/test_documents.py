"""The documents: what is served of the API itself."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import jsonschema
import pytest

from api.openapi import EVERYWHERE
from shared.error_codes import MEANINGS
from tests.integration.api.worlds import ApiWorld


async def served(world: ApiWorld, path: str) -> httpx.Response:
    async with world.client(None) as client:
        return await client.get(path)


async def document(world: ApiWorld) -> dict[str, Any]:
    found: dict[str, Any] = (await served(world, "/api/openapi.json")).json()
    return found


def operations(of: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    paths = of["paths"].items()
    return [(f"{method} {path}", one) for path, methods in paths for method, one in methods.items()]


async def test_the_document_is_openapi_3_1_and_every_reference_leads_somewhere(world: ApiWorld) -> None:
    told = await document(world)
    references = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(told)))

    assert told["openapi"].startswith("3.1")
    for reference in references:
        at = told
        for part in reference.split("/"):
            at = at[part]


async def test_every_route_documents_what_every_route_may_answer(world: ApiWorld) -> None:
    for name, operation in operations(await document(world)):
        assert {str(status) for status in EVERYWHERE} <= operation["responses"].keys(), name
        assert operation["summary"], name


async def test_every_answer_and_every_body_has_an_example(world: ApiWorld) -> None:
    for name, operation in operations(await document(world)):
        answers = [one for status, one in operation["responses"].items() if status < "300"]
        assert answers, name
        for content in (one.get("content", {}).get("application/json") for one in answers):
            assert content is None or "example" in content, name


async def test_names_of_operations_are_unique(world: ApiWorld) -> None:
    names = [operation["operationId"] for _, operation in operations(await document(world))]

    assert len(set(names)) == len(names)


async def test_every_example_fits_its_schema(world: ApiWorld) -> None:
    told = await document(world)
    seen = 0
    for name, operation in operations(told):
        contents = [*operation["responses"].values(), operation.get("requestBody", {})]
        for said in (one for content in contents for one in content.get("content", {}).values() if "example" in one):
            schema = {**said["schema"], "components": told["components"]}
            jsonschema.Draft202012Validator(schema).validate(said["example"])
            seen += 1
            assert name
    assert seen > 65


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/page.js", "/api/docs/page.css", "/api/errors"])
async def test_pages_take_nothing_from_elsewhere(world: ApiWorld, path: str) -> None:
    told = await served(world, path)

    assert told.status_code == 200
    assert "default-src 'none'" in told.headers["content-security-policy"]
    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", told.text) == []


async def test_a_file_that_is_not_the_pages_is_not_served(world: ApiWorld) -> None:
    for name in ("docs.html", "../app.py", "%2e%2e/app.py", "page.js/"):
        assert (await served(world, f"/api/docs/{name}")).status_code in (401, 404)


async def test_the_page_of_errors_has_each_code(world: ApiWorld) -> None:
    page = (await served(world, "/api/errors")).text

    assert all(f'id="{code}"' in page for code in MEANINGS)


async def test_without_a_mode_not_even_the_documents_are_served(world: ApiWorld) -> None:
    from api.auth.modes import Nobody

    world.world.authenticator = Nobody()
    paths = ("/api/openapi.json", "/api/docs", "/api/errors", "/api/v1/health/live", "/api/v1/jobs", "/")

    assert [(await served(world, path)).status_code for path in paths] == [403] * len(paths)
