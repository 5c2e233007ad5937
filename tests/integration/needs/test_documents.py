"""Is what the Cosmos DB account lacks found, and are rights told by trying them?"""

from __future__ import annotations

import pytest
from werkzeug import Request

from shared.documents.containers import CONTAINERS
from shared.documents.cosmos import CosmosDocuments
from shared.finding import Finding
from shared.needs import documents as document_needs
from tests.integration.needs.conftest import PLACE
from tests.integration.needs.door import PRINCIPAL, Door, cosmos_says, no_role

METADATA = "Microsoft.DocumentDB/databaseAccounts/readMetadata"
ITEMS = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items"
ASSIGN = (
    "az cosmosdb sql role assignment create --account-name cosmos-acct --resource-group rg --role-definition-id "
    f"00000000-0000-0000-0000-000000000002 --principal-id {PRINCIPAL} --scope /"
)


def wrong(findings: list[Finding]) -> list[Finding]:
    """Return what is wrong."""
    return [one for one in findings if one.state == "wrong"]


async def test_a_store_that_has_all_and_may_be_used_is_fine_but_for_its_consistency(documents: CosmosDocuments) -> None:
    found = await document_needs.check(documents, PLACE)

    assert [(one.check, one.state) for one in found] == [
        ("consistency", "warning"),  # the stand-in's is Session
        ("containers", "ok"),
        ("rights", "ok"),
    ]
    assert found[0].mend == (
        "az cosmosdb update --name cosmos-acct --resource-group rg --default-consistency-level Strong"
    )
    assert found[2].found == (
        "may read documents, query documents, replace documents and delete documents. "
        "Not tried: creating and upserting, which would leave a document."
    )


async def test_looking_leaves_no_document(documents: CosmosDocuments) -> None:
    await document_needs.check(documents, PLACE)

    assert [await documents.count(container) for container in CONTAINERS] == [0] * len(CONTAINERS)


async def test_a_principal_without_any_role_is_named_with_what_it_may_not(
    documents: CosmosDocuments, cosmos_door: Door
) -> None:
    cosmos_door.refuses(lambda _: True, lambda: no_role(METADATA))

    (found,) = await document_needs.check(documents, PLACE)

    assert found.state == "wrong"
    assert METADATA in found.found
    assert str(found.mend).startswith(ASSIGN)


@pytest.mark.parametrize(
    ("method", "action", "right"),
    [
        ("PUT", f"{ITEMS}/replace", "replace documents"),
        ("DELETE", f"{ITEMS}/delete", "delete documents"),
        ("POST", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery", "query documents"),
    ],
)
async def test_a_right_that_is_missing_is_told(
    documents: CosmosDocuments, cosmos_door: Door, method: str, action: str, right: str
) -> None:
    def asked(request: Request) -> bool:
        return request.method == method and "/docs" in request.path

    cosmos_door.refuses(asked, lambda: no_role(action))

    (found,) = wrong(await document_needs.check(documents, PLACE))

    assert found.found == f"refused (RBAC permissions for {action}) to {right}"
    assert str(found.mend).startswith(ASSIGN)


@pytest.mark.parametrize(
    ("status", "message", "mend"),
    [
        (
            403,
            "Request originated from IP 203.0.113.7 through public internet. This is blocked by your Cosmos DB account "
            "firewall settings.",
            "az cosmosdb update --name cosmos-acct --resource-group rg --ip-range-filter",
        ),
        (
            401,
            "Local Authorization is disabled. Use an AAD token to authorize all requests.",
            "az functionapp config appsettings delete --name app --resource-group rg --setting-names COSMOS_KEY",
        ),
    ],
)
async def test_a_refusal_that_no_role_would_mend_is_told_apart(
    documents: CosmosDocuments, cosmos_door: Door, status: int, message: str, mend: str
) -> None:
    cosmos_door.refuses(lambda _: True, lambda: cosmos_says(status, message))

    (found,) = await document_needs.check(documents, PLACE)

    assert message in found.found
    assert mend in str(found.mend)
