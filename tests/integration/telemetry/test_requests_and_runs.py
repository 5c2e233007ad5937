"""Do requests of the API go on with their callers' traces, and are runs measured?"""

from __future__ import annotations

from datetime import timedelta

from opentelemetry.trace import StatusCode

from processors.catalogue import run_definitions
from shared.jobs.runs.catch_up import catch_up
from shared.telemetry import names
from tests.azurite import Azurite
from tests.integration.api.test_jobs import LIKE
from tests.integration.api.worlds import ApiWorld
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs.worlds import MovingClock
from tests.telemetry_seen import Seen

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


async def test_a_request_is_part_of_its_callers_trace_and_what_it_enqueues_too(
    seen: Seen, time: MovingClock, azurite: Azurite
) -> None:
    time.advance(1)
    world = ApiWorld(time, azurite.connection_string)
    headers = {"traceparent": f"00-{TRACE}-{CALLER}-01"}

    told = await world.asked("POST", "/jobs/taste-analysis", json=LIKE, headers=headers)
    await world.close()

    (request,) = seen.named("POST /api/v1/jobs/taste-analysis")
    (sent,) = seen.named(f"send {world.settings.taste_queue}")
    assert request.context is not None
    assert request.parent is not None
    assert (f"{request.context.trace_id:032x}", f"{request.parent.span_id:016x}") == (TRACE, CALLER)
    assert told.headers["traceparent"] == f"00-{TRACE}-{request.context.span_id:016x}-01"
    assert sent.parent is not None
    assert sent.parent.span_id == request.context.span_id
    assert (request.attributes or {})[names.STATUS] == 202
    ((found, (count, _)),) = seen.points()["nightshift.api.duration"]
    assert (count, found[names.ROUTE], found[names.STATUS]) == (1, "/api/v1/jobs/taste-analysis", "202")


async def test_a_request_that_fails_is_marked_and_an_unknown_path_has_no_name_of_its_own(
    seen: Seen, time: MovingClock, azurite: Azurite
) -> None:
    time.advance(1)
    world = ApiWorld(time, azurite.connection_string)
    world.documents.fail("query jobs")

    await world.asked("GET", "/jobs")
    await world.asked("GET", "/what/is/this")
    await world.close()

    (failed,) = seen.named("GET /api/v1/jobs")
    assert failed.status.status_code is StatusCode.ERROR
    assert len(seen.named("GET _OTHER")) == 1


async def test_a_run_is_measured_and_its_shards_are_in_its_trace(
    seen: Seen, time: MovingClock, azurite: Azurite
) -> None:
    time.advance(1)
    world = DigestWorld(time, azurite.connection_string)
    await world.owns("ada", "hat")

    entry = await world.digest()
    await world.close()

    ((found, (count, seconds)),) = seen.points()["nightshift.run.duration"]
    assert found == {names.SCHEDULED: "digest", names.OUTCOME: entry.status}
    assert (count, seconds) == (1, entry.durations()["total"])
    opened = seen.named("send job-runs")[0]
    of_run = {span.name for span in seen.spans() if span.context and opened.context
              and span.context.trace_id == opened.context.trace_id}  # fmt: skip
    assert of_run >= {"send job-runs", "process job-runs", "send digest-jobs", "process digest-jobs"}


async def test_slots_that_were_missed_are_counted(seen: Seen, time: MovingClock, azurite: Azurite) -> None:
    time.advance(1)
    world = DigestWorld(time, azurite.connection_string)
    definitions = run_definitions(world.settings)
    await catch_up(world.services, definitions)
    time.advance(timedelta(weeks=3, hours=1).total_seconds())

    await catch_up(world.services, definitions)
    await world.close()

    assert seen.counted("nightshift.misfires", scheduled="digest", outcome="caught up") == 1
    assert seen.counted("nightshift.misfires", scheduled="digest", outcome="missed") == 2
    lag = {found[names.SCHEDULED] for found, _ in seen.points()["nightshift.dispatch.lag"]}
    assert "digest" in lag
