"""Does a queue trigger behave as under the real host, line by line?

Each test has its queue; one devhost serves all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from tests.azurite import Azurite
from tests.integration.devhost import host_process
from tests.integration.devhost.host_process import AppFolder, DevHost, bodies, depth
from tests.patience import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG_NAME = "q" * 57

APP = f'''
BINARY = func.DataType.BINARY

def client(msg, name):
    from azure.storage.queue import QueueClient
    return QueueClient.from_connection_string(os.environ["AzureWebJobsStorage"], name)

def seen(msg):
    times = {{name: getattr(msg, name).isoformat() for name in ("insertion_time", "expiration_time")}}
    texts = {{name: getattr(msg, name) for name in ("id", "dequeue_count", "pop_receipt")}}
    return {{**times, **texts, "body": msg.get_body().decode()}}

@queue("succeeds", data_type=BINARY)
async def Succeeds(msg: func.QueueMessage) -> None:
    note(at="succeeds", body=msg.get_body().decode(), count=msg.dequeue_count)

@queue("fails", data_type=BINARY)
async def Fails(msg: func.QueueMessage) -> None:
    note(at="fails", body=msg.get_body().decode(), count=msg.dequeue_count, time=time.time())
    raise ValueError("this function fails")

@queue("returns", data_type=BINARY)
async def Returns(msg: func.QueueMessage):
    note(at="returns", count=msg.dequeue_count)
    return {{"a": 1}}

@queue("deletes", data_type=BINARY)
def Deletes(msg: func.QueueMessage) -> None:
    client(msg, "deletes").delete_message(msg.id, msg.pop_receipt)
    note(at="deletes", body=msg.get_body().decode())

@queue("defers", data_type=BINARY)
def Defers(msg: func.QueueMessage) -> None:
    note(at="defers", count=msg.dequeue_count, time=time.time())
    if msg.dequeue_count == 1:
        client(msg, "defers").update_message(msg.id, msg.pop_receipt, visibility_timeout=2)
        raise RuntimeError("again in 2 s")

@queue("long-runs", data_type=BINARY)
async def LongRuns(msg: func.QueueMessage) -> None:
    from azure.core.exceptions import HttpResponseError
    await asyncio.sleep(2.5)
    try:
        await asyncio.to_thread(client(msg, "long-runs").update_message, msg.id, msg.pop_receipt, visibility_timeout=1)
        note(at="long-runs", count=msg.dequeue_count, receipt="good")
    except HttpResponseError as error:
        note(at="long-runs", count=msg.dequeue_count, receipt=error.error_code)

@queue("some-poison", data_type=BINARY)
async def OnPoison(msg: func.QueueMessage) -> None:
    note(at="some-poison", count=msg.dequeue_count)
    raise ValueError("fails on a poison queue")

@queue("{LONG_NAME}", data_type=BINARY)
async def LongName(msg: func.QueueMessage) -> None:
    note(at="long-name", count=msg.dequeue_count)
    raise ValueError("fails")

@queue("is-text")
async def Text(msg: func.QueueMessage) -> None:
    note(at="text", **seen(msg))

@queue("is-binary", data_type=BINARY)
async def Binary(msg: func.QueueMessage) -> None:
    note(at="binary", **seen(msg))

@queue("plain-str")
async def PlainStr(msg: str) -> None:
    note(at="plain-str", value=msg)

@queue("plain-bytes", data_type=BINARY)
async def PlainBytes(msg: bytes) -> None:
    note(at="plain-bytes", value=repr(msg))

@queue("never-there", data_type=BINARY)
async def NeverThere(msg: func.QueueMessage) -> None: ...

@queue("late", data_type=BINARY)
async def Late(msg: func.QueueMessage) -> None:
    note(at="late")

@queue("in-threads", data_type=BINARY)
def InThreads(msg: func.QueueMessage) -> None:
    note(at="in-threads")
    while not pathlib.Path("open-threads").exists():
        time.sleep(0.02)
'''


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def host(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DevHost]:
    app = AppFolder(tmp_path_factory.mktemp("app"), APP, maxDequeueCount=3, visibilityTimeout="00:00:01")
    times = {"DEVHOST_RECEIVE_VISIBILITY_SECONDS": "1.5"}
    async with host_process.running(app, azurite.connection_string, **times) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(azurite: Azurite) -> AsyncIterator[QueueServiceClient]:
    async with QueueServiceClient.from_connection_string(azurite.connection_string) as client:
        yield client


async def put(service: QueueServiceClient, name: str, *texts: str) -> QueueClient:
    queue = service.get_queue_client(name)
    await queue.create_queue()
    for text in texts:
        await queue.send_message(text, time_to_live=-1)
    return queue


async def test_success_deletes_the_message(host: DevHost, service: QueueServiceClient) -> None:
    queue = await put(service, "succeeds", "one")
    await host.app.wait_for_notes(1, at="succeeds", body="one", count=1)
    await until(lambda: is_empty(queue), "an empty queue")


async def test_a_trigger_never_creates_its_queue_and_polls_until_somebody_does(
    host: DevHost, service: QueueServiceClient
) -> None:
    await host.wait_for_log("Queue never-there doesn't exist")
    with pytest.raises(ResourceNotFoundError):
        await service.get_queue_client("never-there").get_queue_properties()
    await host.wait_for_log("Queue late doesn't exist")
    await put(service, "late", "x")
    await host.app.wait_for_notes(1, at="late")
    assert host.log.count("Queue late doesn't exist") == 1


async def test_failures_are_redelivered_after_visibility_timeout_and_poisoned_at_max_dequeue_count(
    host: DevHost, service: QueueServiceClient
) -> None:
    queue = await put(service, "fails")
    sent = await queue.send_message('{"x": "<é&>"}', time_to_live=-1)
    poison = service.get_queue_client("fails-poison")
    await until(lambda: holds(poison), "a poison message")
    notes = host.app.notes(at="fails")
    assert [note["count"] for note in notes] == [1, 2, 3]
    assert {note["body"] for note in notes} == {'{"x": "<é&>"}'}
    waits = [later["time"] - earlier["time"] for earlier, later in itertools.pairwise(notes)]
    assert all(1.0 <= wait < 3.0 for wait in waits)
    received = await poison.receive_message()
    assert received is not None
    assert received.content == '{"x": "<é&>"}'
    assert received.id != sent.id
    assert received.dequeue_count == 1
    assert received.expires_on is not None
    assert abs(received.expires_on - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=1)
    await until(lambda: is_empty(queue), "an empty queue")
    assert host.log.count('raise ValueError("this function fails")') == 1
    assert "Moved to fails-poison, with a new id and no reason; it expires there in 7 days" in host.log


async def test_a_returned_value_without_a_return_binding_is_a_failure(
    host: DevHost, service: QueueServiceClient
) -> None:
    await put(service, "returns", "x")
    await host.app.wait_for_notes(2, at="returns")
    assert "returned a dict, but has no $return binding" in host.log


async def test_a_message_that_is_gone_is_swallowed_on_delete(host: DevHost, service: QueueServiceClient) -> None:
    queue = await put(service, "deletes", "a", "b")
    await host.app.wait_for_notes(2, at="deletes")
    await until(lambda: is_empty(queue), "an empty queue")
    assert "Deletes: message" not in host.log


async def test_a_function_may_set_its_own_visibility_and_raise(host: DevHost, service: QueueServiceClient) -> None:
    await put(service, "defers", "x")
    first, second = await host.app.wait_for_notes(2, at="defers")
    assert 2.0 <= second["time"] - first["time"] < 4.0
    assert second["count"] == 2
    assert "Defers: message" not in host.log


async def test_visibility_is_renewed_while_a_message_runs_and_its_pop_receipt_goes_stale(
    host: DevHost, service: QueueServiceClient
) -> None:
    queue = await put(service, "long-runs", "x")
    notes = await host.app.wait_for_notes(1, at="long-runs")
    await until(lambda: is_empty(queue), "an empty queue")
    assert [(note["count"], note["receipt"]) for note in notes] == [(1, "PopReceiptMismatch")]
    assert "its msg.pop_receipt is stale from now on" in host.log


async def test_a_failing_trigger_on_a_poison_queue_leaves_its_message_invisible(
    host: DevHost, service: QueueServiceClient
) -> None:
    queue = await put(service, "some-poison", "x")
    await host.app.wait_for_notes(1, at="some-poison")
    assert await bodies(queue) == []
    assert await depth(queue) == 1
    await host.app.wait_for_notes(2, at="some-poison")
    assert not await exists(service, "some-poison-poison")
    assert "Queue some-poison has no poison queue, so the message stays there, invisible" in host.log


async def test_a_queue_name_over_56_characters_has_no_poison_queue(host: DevHost, service: QueueServiceClient) -> None:
    queue = await put(service, LONG_NAME, "x")
    await host.wait_for_log(f"Queue {LONG_NAME} has no poison queue")
    assert await depth(queue) == 1


async def test_top_level_keys_of_a_text_body_replace_the_metadata_ignoring_case(
    host: DevHost, service: QueueServiceClient
) -> None:
    await put(service, "is-text", '{"ID": "mine", "dequeueCount": 7, "popReceipt": null, "other": 1}')
    (seen,) = await host.app.wait_for_notes(1, at="text", id="mine")
    assert seen["dequeue_count"] == 7
    assert seen["pop_receipt"]
    assert "Text: keys of a JSON body replaced the message's own DequeueCount, Id" in host.log


async def test_a_body_with_a_bad_dequeue_count_fails_every_delivery_before_user_code(
    host: DevHost, service: QueueServiceClient
) -> None:
    poison = service.get_queue_client("is-text-poison")
    queue = service.get_queue_client("is-text")
    await ensure(queue)
    await queue.send_message('{"dequeueCount": "lots", "id": "spoilt"}')
    await until(lambda: holds(poison), "a poison message")
    assert host.app.notes(at="text", id="spoilt") == []


async def test_binary_data_keeps_body_and_metadata_apart(host: DevHost, service: QueueServiceClient) -> None:
    body = '{"id": "mine", "dequeueCount": "lots"}'
    queue = await put(service, "is-binary")
    sent = await queue.send_message(body, time_to_live=-1)
    (seen,) = await host.app.wait_for_notes(1, at="binary")
    assert (seen["id"], seen["dequeue_count"], seen["body"]) == (sent.id, 1, body)
    assert seen["pop_receipt"]
    assert seen["insertion_time"].endswith("+00:00")
    assert seen["expiration_time"] == "9999-12-31T23:59:59+00:00"


async def test_a_str_parameter_gets_the_text_and_a_bytes_parameter_the_bytes(
    host: DevHost, service: QueueServiceClient
) -> None:
    await put(service, "plain-str", "né")
    await put(service, "plain-bytes", "né")
    await host.app.wait_for_notes(1, at="plain-str", value="né")
    await host.app.wait_for_notes(1, at="plain-bytes", value=repr("né".encode()))


async def test_sync_functions_run_side_by_side_in_threads(host: DevHost, service: QueueServiceClient) -> None:
    await put(service, "in-threads", *"abcd")
    await host.app.wait_for_notes(4, at="in-threads")
    host.app.open_gate("threads")


async def test_messages_that_will_expire_are_warned_of(host: DevHost, service: QueueServiceClient) -> None:
    queue = service.get_queue_client("succeeds")
    await ensure(queue)
    await queue.send_message("short-lived")
    await host.wait_for_log("Queue succeeds holds messages that expire")


async def ensure(queue: QueueClient) -> None:
    if await bodies(queue) == []:
        try:
            await queue.create_queue()
        except Exception as error:
            if getattr(error, "error_code", "") != "QueueAlreadyExists":
                raise


async def holds(queue: QueueClient) -> bool:
    return bool(await bodies(queue))


async def is_empty(queue: QueueClient) -> bool:
    return await depth(queue) == 0


async def exists(service: QueueServiceClient, name: str) -> bool:
    return name in [queue.name async for queue in service.list_queues()]
