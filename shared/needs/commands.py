"""Commands for an operator: what mends what Azure lacks? Whole lines for a POSIX shell, with the names at hand."""

from __future__ import annotations

from shlex import quote

from shared.needs.place import Place

PROVISION = "azd provision"
LOGIN = "az login"
DOCTOR = "nightshift doctor --azure"
PACKAGE = "./scripts/package"
_COSMOS_DATA_CONTRIBUTOR = "00000000-0000-0000-0000-000000000002"
"""Of Cosmos DB's own roles, the one for data. `azd provision` assigns a narrower one."""
_DATABASE_ACCOUNT = "Microsoft.DocumentDB/databaseAccounts"


def assign(place: Place, role: str) -> str:
    """Return the command that gives us a role on the storage account."""
    return _assign(place, role, f"az storage account show --name {quote(place.storage)} --query id --output tsv")


def assign_model(place: Place, role: str, account: str) -> str:
    """Return the command that gives us a role on an Azure OpenAI resource, whatever group it is in."""
    query = f"[?name=='{account}'].id"
    return _assign(place, role, f"az cognitiveservices account list --query {quote(query)} --output tsv")


def assign_documents(place: Place, principal: str | None = None) -> str:
    """Return the command that lets us (or the `principal` that was refused) read and write documents."""
    role = (
        f"--role-definition-id {_COSMOS_DATA_CONTRIBUTOR} --principal-id {quote(principal or place.who.id)} --scope /"
    )
    return f"az cosmosdb sql role assignment create {_cosmos(place, 'account-name')} {role}"


def make_queue(place: Place, name: str) -> str:
    """Return the command that creates a queue."""
    return f"az storage queue create --name {quote(name)} --account-name {quote(place.storage)} --auth-mode login"


def make_container(place: Place, name: str) -> str:
    """Return the command that creates a blob container."""
    return f"az storage container create --name {quote(name)} --account-name {quote(place.storage)} --auth-mode login"


def be_strong(place: Place) -> str:
    """Return the command that makes the account Strong."""
    return f"az cosmosdb update {_cosmos(place, 'name')} --default-consistency-level Strong"


def let_in_to_storage(place: Place) -> str:
    """Return the command that lets an address through the storage account's network rules."""
    return f"az storage account network-rule add {_in_group(place, 'account-name', place.storage)} --ip-address ADDRESS"


def let_in_to_cosmos(place: Place) -> str:
    """Return the command that lets an address through the account's firewall, and no other."""
    return f"az cosmosdb update {_cosmos(place, 'name')} --ip-range-filter ADDRESS"


def refuse_keys_of_storage(place: Place) -> str:
    """Return the command that turns the storage account's keys off."""
    return f"az storage account update {_in_group(place, 'name', place.storage)} --allow-shared-key-access false"


def refuse_keys_of_cosmos(place: Place) -> str:
    """Return the command that turns the Cosmos DB account's keys off."""
    return (
        f"az resource update --resource-type {_DATABASE_ACCOUNT} {_cosmos(place, 'name')} "
        "--set properties.disableLocalAuth=true"
    )


def set_setting(place: Place, name: str, value: str) -> str:
    """Return the command that gives the app a setting, until the next `azd provision`."""
    return f"{_settings(place, 'set')} --settings {quote(f'{name}={value}')}"


def delete_setting(place: Place, name: str) -> str:
    """Return the command that takes a setting away from the app."""
    return f"{_settings(place, 'delete')} --setting-names {quote(name)}"


def put_secret(vault: str, secret: str) -> str:
    """Return the command that puts a secret into a vault."""
    return f"az keyvault secret set --vault-name {quote(vault)} --name {quote(secret)} --file FILE --output none"


def restart(place: Place) -> str:
    """Return the command that starts the app anew, which resolves references again."""
    return f"az functionapp restart {_in_group(place, 'name', place.app)}"


def _assign(place: Place, role: str, scope: str) -> str:
    who = f"--assignee-object-id {quote(place.who.id)} --assignee-principal-type {place.who.type}"
    return f'az role assignment create --role {quote(role)} {who} --scope "$({scope})"'


def _cosmos(place: Place, option: str) -> str:
    return _in_group(place, option, place.cosmos)


def _settings(place: Place, verb: str) -> str:
    return f"az functionapp config appsettings {verb} {_in_group(place, 'name', place.app)}"


def _in_group(place: Place, option: str, name: str) -> str:
    return f"--{option} {quote(name)} --resource-group {quote(place.group)}"
