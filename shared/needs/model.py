"""Language model: may we ask Azure OpenAI? Asked for the list of its models, which costs nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

from shared.config import Settings
from shared.errors import Transient
from shared.finding import Finding, fine, wrong
from shared.models.client import ModelClient
from shared.needs import commands, rights
from shared.needs.place import Place

ROLE = "Cognitive Services OpenAI User"
_REFUSED = (401, 403)


async def check(settings: Settings, place: Place) -> list[Finding]:
    """Return what is found of Azure OpenAI; nothing without it. Raises Transient when it doesn't answer."""
    if not settings.azure_openai_endpoint:
        return []
    import openai  # takes seconds, so only here

    client = ModelClient(settings, settings.openai_model)
    try:
        await (await client.open()).models.list()
    except openai.APIStatusError as error:
        if error.status_code not in _REFUSED:
            raise Transient(f"Azure OpenAI failed ({error.status_code}).", dependency="model") from error
        account = (urlsplit(settings.azure_openai_endpoint).hostname or "").partition(".")[0]
        mend = commands.assign_model(place, ROLE, account)
        return [wrong(rights.CHECK, ROLE, f"refused ({error.status_code}) to list the models", mend)]
    except openai.OpenAIError as error:
        raise Transient(f"Azure OpenAI can't be reached: {error}", dependency="model") from error
    finally:
        await client.close()
    return [fine(rights.CHECK, ROLE, "may list the models. Not tried: asking one, which costs money.")]
