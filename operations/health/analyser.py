"""Check of the analyser of pictures: is its model configured? No model is called, since that costs money."""

from __future__ import annotations

from collections.abc import Iterator

from shared.config import Settings
from shared.errors import Misconfigured
from shared.finding import Finding, failed, fine, wrong

CHECK = "model"


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is found of the analyser that the settings name."""
    if settings.taste_analyser != "openai":
        yield fine(CHECK, settings.taste_analyser, "pictures are analysed on this machine, without a language model")
        return
    from shared.models.client import described
    from shared.usage.budget import price_of

    name = settings.openai_model
    if settings.openai_api_key or settings.openai_base_url or settings.azure_openai_endpoint:
        yield fine(CHECK, name, described(settings))
    else:
        yield wrong(
            CHECK,
            name,
            "no language model is configured",
            "Set OPENAI_API_KEY, AZURE_OPENAI_ENDPOINT or OPENAI_BASE_URL; or TASTE_ANALYSER=local.",
        )
    try:
        price_of(name, settings.llm_prices)
        yield fine(CHECK, "price", "known, so the daily budget holds")
    except Misconfigured as error:
        yield failed(CHECK, "price", error)
