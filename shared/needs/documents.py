"""Document store: is the account consistent, are its containers as they must be, and may we use them?

Creating isn't tried, since it would leave a document: the app does it with its heartbeat at each start.
"""

from __future__ import annotations

from shared.documents.containers import HEARTBEATS
from shared.documents.cosmos import CosmosDocuments
from shared.documents.cosmos_account import STRONG
from shared.errors import Misconfigured
from shared.finding import Finding, fine, wrong
from shared.needs import commands, refusals, rights
from shared.needs.place import Place
from shared.needs.refusals import Refusal
from shared.needs.rights import NOBODY, Group, Mends, Right

ROLE = "documents (a role of the Cosmos DB account)"
_NO_VERSION = '"0"'


async def check(documents: CosmosDocuments, place: Place) -> list[Finding]:
    """Return what is found. Raises Unavailable when the account doesn't answer."""
    account = documents.account
    try:
        consistency = await account.consistency()
        flaws, unindexed = await account.missing(), await account.unindexed()
    except Misconfigured as error:
        refusal = refusals.read(error)
        if refusal is None:
            raise
        named = f" for {refusal.action}" if refusal.action else ""
        found = f"refused ({refusal.word}{named}) to read what the account has; nothing else was tried"
        return [wrong(rights.CHECK, ROLE, found, _mends(place).of(refusal))]
    return [
        _consistency(consistency, place),
        *_containers(account.database, flaws, unindexed),
        await rights.tried(_group(documents), _mends(place)),
    ]


def _consistency(found: str, place: Place) -> Finding:
    if found == STRONG:
        return fine("consistency", "account", found)
    text = f"{found}: a reader may miss what another worker has just written"
    return Finding("consistency", "account", "warning", text, commands.be_strong(place))


def _containers(database: str, flaws: list[str], unindexed: list[str]) -> list[Finding]:
    if not flaws and not unindexed:
        return [fine("containers", database, "all there, with partition key, expiry and indexes")]
    slow = "Queries scan for these, and can't sort by them"
    return [
        *(wrong("containers", database, flaw, commands.PROVISION) for flaw in flaws),
        *(Finding("indexes", database, "warning", f"{one} {slow}.", commands.PROVISION) for one in unindexed),
    ]


def _group(documents: CosmosDocuments) -> Group:
    async def query() -> None:
        async for _ in documents.query(HEARTBEATS, partition=NOBODY, limit=1):
            pass

    return Group(
        ROLE,
        [
            Right("read documents", lambda: documents.get(HEARTBEATS, NOBODY, NOBODY)),
            Right("query documents", query),
            Right("replace documents", lambda: documents.replace(HEARTBEATS, {"id": NOBODY}, _NO_VERSION)),
            Right("delete documents", lambda: documents.delete(HEARTBEATS, NOBODY, NOBODY, _NO_VERSION)),
        ],
        untried="creating and upserting, which would leave a document",
    )


def _mends(place: Place) -> Mends:
    def role(refusal: Refusal) -> str:
        return commands.assign_documents(place, refusal.principal)

    return Mends(
        role=role,
        network=commands.let_in_to_cosmos(place),
        credential=f"{commands.LOGIN}; in Azure: {commands.set_setting(place, 'AZURE_CLIENT_ID', 'CLIENT_ID')}",
        keys=f"Use the identity: {commands.delete_setting(place, 'COSMOS_KEY')}",
    )
