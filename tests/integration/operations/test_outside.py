"""What can be asked of sources, moods, calls, rates, alerts, the model and pictures, and done to them?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from pytest_httpserver import HTTPServer

from operations import alerts, analyse, calls, model, moods, pickup_rate, sources
from operations.analyse_by_model import by_model
from operations.health import services as health
from processors.pickup_rate.calls import Call
from processors.pickup_rate.taking_in import take_in
from shared import clock
from shared.errors import Misconfigured, NotFound, Permanent, RateLimited, Refused, UsageError
from tests.actors import ADMIN
from tests.integration.jobs.worlds import MovingClock
from tests.integration.models.model_double import ModelDouble, completion, failure, seen
from tests.integration.models.worlds import png
from tests.integration.models.worlds import settings as of_a_model
from tests.integration.operations.worlds import OperatedWorld

FEED = (
    '<rss version="2.0"><channel><title>Shop</title><item><title>Red Hat</title>'
    "<link>https://shop.example/hat</link><guid>1</guid></item></channel></rss>"
)
CALL = {"merchantId": "m1", "status": "FINISHED", "outcome": "ANSWERED", "initiatedAt": "2026-11-23T08:00:00Z"}


@pytest.fixture
def double(httpserver: HTTPServer) -> ModelDouble:
    """A model that answers what the test says."""
    return ModelDouble(httpserver)


@pytest.fixture
async def asking(world: OperatedWorld, httpserver: HTTPServer) -> OperatedWorld:
    """The app, whose settings name that model."""
    world.settings = replace(of_a_model(), openai_base_url=httpserver.url_for("/v1"))
    return world


async def add(world: OperatedWorld, url: str = "https://shop.example/feed.xml", **more: str) -> sources.Added:
    return await sources.add(world.documents, world.settings, ADMIN, url, **more)


async def test_a_source_is_added_once(world: OperatedWorld) -> None:
    first, again = await add(world), await add(world)

    assert (first.answer, first.source.type, first.source.name) == ("added", "rss", "shop.example/feed.xml")
    assert (again.answer, again.source) == ("duplicate", first.source)
    assert [line["source"] for line in await world.audited("add source")] == [first.source.id]


@pytest.mark.parametrize(
    ("url", "more", "error"),
    [
        ("https://shop.example/feed.xml", {"source_type": "carrier-pigeon"}, UsageError),
        ("http://127.0.0.1/feed.xml", {}, Permanent),
    ],
)
async def test_a_source_that_can_not_be_is_refused(
    world: OperatedWorld, url: str, more: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await add(world, url, **more)

    assert (await sources.all_sources(world.documents, world.settings, ADMIN)).items == ()


async def test_a_source_is_paused_with_a_reason_until_it_is_resumed(world: OperatedWorld) -> None:
    id = (await add(world)).source.id  # noqa: A001 - the word of the thing

    await sources.pause(world.documents, ADMIN, id, reason="they asked us to")
    (paused,) = (await sources.all_sources(world.documents, world.settings, ADMIN)).items
    resumed = await sources.resume(world.documents, ADMIN, id)

    assert (paused.state, paused.paused_reason, paused.paused_by) == ("paused", "they asked us to", "cli:ada")
    assert (resumed.active, resumed.paused_reason) == (True, None)
    assert [len(await world.audited(action)) for action in ("pause source", "resume source")] == [1, 1]


async def test_a_preview_stores_nothing(world: OperatedWorld, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/feed.xml").respond_with_data(FEED, content_type="application/rss+xml")
    world.services = replace(
        world.services, settings=replace(world.settings, fetch_allowed_local=f"{httpserver.host}:{httpserver.port}")
    )

    listing = await sources.preview(world.services, ADMIN, httpserver.url_for("/feed.xml"))

    assert (listing.type, listing.listed, [item["title"] for item in listing.items]) == ("rss", 1, ["Red Hat"])
    assert (await sources.all_sources(world.documents, world.settings, ADMIN)).items == ()


async def test_moods_come_with_the_most_recent_items_first(world: OperatedWorld) -> None:
    await world.is_in_the_air("linen", items=1)
    await world.is_in_the_air("stripes", items=5)

    found = await moods.search(world.documents, ADMIN, primary="resort")
    trend = await moods.trends(world.documents, ADMIN, weeks=2, limit=1)

    assert [(mood.name, mood.recent_items) for mood in found.items] == [("stripes", 5), ("linen", 1)]
    assert [one.weeks for one in trend.items] == [{"2026-W47": 0, "2026-W48": 5}]
    assert (await moods.get(world.documents, ADMIN, "mood-lin")).name == "linen"
    with pytest.raises(NotFound):
        await moods.get(world.documents, ADMIN, "velvet")
    with pytest.raises(UsageError):
        await moods.search(world.documents, ADMIN, primary="gloomy")


async def test_calls_are_taken_in_once_and_a_bad_one_does_not_stop_the_rest(world: OperatedWorld) -> None:
    updated = {"updatedAt": "2026-11-23T08:05:00Z"}
    lines = [
        calls.Line(1, {"call_id": "c1", **CALL, **updated}),
        calls.Line(2, {"call_id": "c1", **CALL, "updatedAt": "2026-11-23T08:00:00Z"}),
        calls.Line(3, {"call_id": "c2", **CALL, **updated, "status": "SNOOZED"}),
        calls.Line(4, problem="isn't JSON"),
    ]

    came = {taken.line: taken async for taken in calls.import_calls(world.documents, ADMIN, lines)}

    assert {line: taken.what for line, taken in came.items()} == {1: "taken", 2: "known", 3: None, 4: None}
    assert str(came[3].error).startswith("status: ")


async def called(world: OperatedWorld, picked: int, of: int = 4) -> None:
    """Let there have been calls this morning, of which so many were picked up."""
    for n in range(of):
        said = {**CALL, "call_id": f"c{n}", "requestId": f"r{n}", "updatedAt": "2026-11-23T08:05:00Z"}
        state = "ANSWERED" if n < picked else "NO_ANSWER"
        line = calls.Line(n, {**said, "outcome": "successful" if n < picked else state, "connectionStatus": state})
        assert [one.error async for one in calls.import_calls(world.documents, ADMIN, [line])] == [None]


async def test_rates_are_told_of_a_window_and_nothing_is_stored(world: OperatedWorld) -> None:
    await called(world, picked=1)
    await pickup_rate.set_numbers(world.documents, ADMIN, "global", {"definition": "connection", "minimum_sample": 2})

    async def rates(*, exact: bool) -> pickup_rate.Rates:
        return await pickup_rate.rates(
            world.documents, world.settings, ADMIN, "global", lookback_seconds=7200, exact=exact
        )

    found, exactly = await rates(exact=False), await rates(exact=True)

    assert (found.verdict, found.facts["connectionRate"]) == ("breach", {"percent": 25.0, "picked": 1, "total": 4})
    assert found.facts["connectionRate"] == exactly.facts["connectionRate"]
    assert (await alerts.states(world.documents, ADMIN)).items == ()


async def test_what_is_not_rolled_up_yet_is_said_and_counted_exactly(world: OperatedWorld) -> None:
    told = Call.model_validate({**CALL, "call_id": "c1", "updatedAt": "2026-11-23T08:05:00Z"})
    received = clock.now()
    await take_in(world.documents, told, received)

    rolled_up, exact = [
        await pickup_rate.rates(world.documents, world.settings, ADMIN, "global", exact=exact)
        for exact in (False, True)
    ]

    assert (rolled_up.facts["callRate"]["total"], rolled_up.lacking_since) == (0, received)
    assert (exact.facts["callRate"]["total"], exact.lacking_since) == (1, None)


async def test_a_lookback_is_rounded_up_for_roll_ups_alone(world: OperatedWorld) -> None:
    async def lookback(*, exact: bool) -> int:
        found = await pickup_rate.rates(
            world.documents, world.settings, ADMIN, "global", lookback_seconds=420, exact=exact
        )
        return found.lookback_seconds

    assert (await lookback(exact=False), await lookback(exact=True)) == (600, 420)


async def test_a_scopes_numbers_are_changed_at_once_or_not_at_all(world: OperatedWorld) -> None:
    own = await pickup_rate.set_numbers(world.documents, ADMIN, "merchant:m1", {"threshold": "35"})
    with pytest.raises(UsageError, match="Nothing was changed"):
        await pickup_rate.set_numbers(world.documents, ADMIN, "merchant:m1", {"threshold": "120"})

    (numbers,) = (await pickup_rate.numbers(world.documents, world.settings, ADMIN, scope="merchant:m1")).items
    assert (own, numbers.own, numbers.numbers["threshold"]) == ({"threshold": 35.0}, {"threshold": 35.0}, 35.0)
    assert len(await world.audited("set pickup-rate")) == 1


async def test_what_fires_is_shown_told_and_silenced(world: OperatedWorld, time: MovingClock) -> None:
    await called(world, picked=0)
    said = {"enabled": True, "definition": "connection", "minimum_sample": 2}
    await pickup_rate.set_numbers(world.documents, ADMIN, "global", said)

    verdicts = await pickup_rate.evaluate(world.services, ADMIN)

    (state,) = (await alerts.states(world.documents, ADMIN)).items
    (told,) = (await alerts.history(world.documents, ADMIN, time.now - timedelta(days=1))).items
    assert (verdicts, state.state, told.kind) == ({"global": "breach"}, "FIRING", "firing")
    assert (await alerts.history(world.documents, ADMIN, time.now - timedelta(days=1), scope="merchant:m1")).items == ()
    until = time.now + timedelta(hours=2)
    await alerts.silence(world.documents, ADMIN, "pickup-rate", "global", until, reason="moving")
    (state,) = (await alerts.states(world.documents, ADMIN)).items
    assert state.silenced_until == clock.to_text(until)
    assert [line["why"] for line in await world.audited("silence alert")] == ["moving"]


async def test_a_channel_is_tried_at_once(world: OperatedWorld) -> None:
    id = await alerts.test_channel(world.services, ADMIN, "outbox")  # noqa: A001 - the word of the thing

    assert id.startswith("test|2026-11-23T")
    with pytest.raises(Misconfigured, match="SLACK_WEBHOOK_URL"):
        await alerts.test_channel(world.services, ADMIN, "slack")


async def test_the_model_is_asked_one_tiny_question(asking: OperatedWorld, double: ModelDouble) -> None:
    double.answers(completion('{"ready": true}'))

    answered = await model.check(asking.documents, asking.settings, ADMIN)

    assert (answered.model, answered.in_use, answered.closed_gates) == ("small", True, ())
    assert answered.cost_micro_usd == answered.spent_micro_usd > 0


async def test_a_model_that_refuses_is_said_so(asking: OperatedWorld, double: ModelDouble) -> None:
    double.answers(failure(400))

    with pytest.raises(Refused, match="Is small a chat model"):
        await model.check(asking.documents, asking.settings, ADMIN)


def unreadable() -> bytes:
    raise Refused("hat.png can't be read", code="file_unreadable")


def test_pictures_are_analysed_in_order_and_a_bad_one_does_not_stop_the_rest() -> None:
    items = [
        analyse.Item("a", "Red hat", read=partial(png, "red")),
        analyse.Item("b", "", read=unreadable),
        analyse.Item(None, "", problem=Refused("line 3: id is empty", code="file_unreadable")),
        analyse.Item("d", "Blue cap", read=partial(png, "blue")),
    ]

    found = [one.members() for one in analyse.locally(ADMIN, items, None)]

    assert [(one["id"], one.get("colors"), one.get("error")) for one in found] == [
        ("a", ["red"], None),
        ("b", None, "hat.png can't be read"),
        (None, None, "line 3: id is empty"),
        ("d", ["blue"], None),
    ]


async def test_a_model_analyses_pictures_in_order(asking: OperatedWorld, double: ModelDouble) -> None:
    double.answers(seen(colors=["red"]), failure(400))
    items = [analyse.Item(name, "Hat", read=partial(png, "red")) for name in ("a", "b")]
    waits: Callable[[RateLimited], None] = pytest.fail

    found = [one async for one in by_model(asking.documents, asking.settings, ADMIN, items, waits)]

    assert [one.id for one in found] == ["a", "b"]
    assert sorted(one.error is None for one in found) == [False, True]


async def test_health_finds_what_is_missing_by_its_code(world: OperatedWorld) -> None:
    queue = f"none-{world.taste.queue}"

    findings = await health.check(replace(world.settings, taste_queue=queue), ADMIN)

    wrong = {finding.name: finding.code for finding in findings if finding.state == "wrong"}
    assert wrong.items() >= {queue: "queue_missing", f"{queue}-poison": "queue_missing"}.items()


async def test_an_instant_that_is_still_to_come_counts_as_now_and_is_said(world: OperatedWorld) -> None:
    line = calls.Line(1, {"call_id": "c1", **CALL, "updatedAt": "9999-12-31T00:00:00Z"})

    (taken,) = [one async for one in calls.import_calls(world.documents, ADMIN, [line])]

    assert (taken.what, taken.clamped) == ("taken", ("updatedAt",))
