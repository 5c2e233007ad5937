"""Which page of the console does a notification link to?"""

from __future__ import annotations

import dataclasses

import pytest

from shared.alerts.channels.port import Notice
from shared.alerts.channels.slack import slack_message
from shared.alerts.links import page_of
from shared.config import Settings

BASE = "https://jobs.example/console"


@pytest.mark.parametrize(
    ("scope", "page"),
    [
        ("run:digest:slot", f"{BASE}/runs?name=digest"),
        ("queue:taste-analysis-jobs:poison", f"{BASE}/dead-letters?queue=taste-analysis-jobs"),
        ("queue:a&b:poison", f"{BASE}/dead-letters?queue=a%26b"),
        ("queue:taste-analysis-jobs:depth", BASE),
        ("gate:blob", BASE),
        ("merchant:m1", BASE),
        ("", BASE),
    ],
)
def test_a_scope_leads_to_its_page(scope: str, page: str) -> None:
    assert page_of(dataclasses.replace(Settings(), console_url=f"{BASE}/"), scope) == page


@pytest.mark.parametrize("address", ["", "jobs.example/console", "javascript:alert(1)"])
def test_without_an_address_of_the_console_nothing_is_linked(address: str) -> None:
    assert page_of(dataclasses.replace(Settings(), console_url=address), "run:digest:slot") is None


def test_slack_shows_the_link_and_nothing_that_others_wrote_as_one() -> None:
    facts = {"link": f"{BASE}/runs?name=a&b"}
    notice = Notice("id", "firing", "2026-11-23T09:00:00.000Z", "title", "<https://evil.example|x>", facts)
    *_, context = slack_message("g", [notice])["blocks"]
    assert context["elements"][0]["text"] == f"<{BASE}/runs?name=a&amp;b|See it in the console> g"
