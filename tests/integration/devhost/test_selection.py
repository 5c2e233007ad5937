"""Which functions run, and what is said of the others? And which apps don't start at all?"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from azure.storage.queue.aio import QueueServiceClient

from tests.azurite import Azurite
from tests.integration.devhost import host_process
from tests.integration.devhost.host_process import AppFolder

APP = """
@app.queue_trigger(arg_name="msg", queue_name="%Good_Queue%", connection="Other", data_type="binary")
@app.retry(strategy="fixed_delay", max_retry_count="3", delay_interval="00:00:01")
async def Good(msg: func.QueueMessage, context: func.Context) -> None:
    note(at="good", function=context.function_name, cwd=os.getcwd(), setting=os.environ["FROM_FILE"])

@queue("asleep")
async def Asleep(msg: func.QueueMessage) -> None: ...

@queue("%NOT_SET%")
async def Unresolved(msg: func.QueueMessage) -> None: ...

@app.queue_trigger(arg_name="msg", queue_name="unconnected", connection="Nowhere")
async def Unconnected(msg: func.QueueMessage) -> None: ...

@queue("Bad--Name")
async def BadQueue(msg: func.QueueMessage) -> None: ...

@app.function_name("1st")
@queue("first")
async def bad_name(msg: func.QueueMessage) -> None: ...

@app.queue_trigger(arg_name="my__msg", queue_name="arguments", connection="AzureWebJobsStorage")
async def BadArgument(my__msg: func.QueueMessage) -> None: ...

@app.route("hello")
async def Hello(req: func.HttpRequest) -> func.HttpResponse: ...

@app.timer_trigger(arg_name="timer", schedule="%SECOND% * * * * *")
async def Ticks(timer: func.TimerRequest) -> None:
    note(at="tick", past_due=timer.past_due, next=timer.schedule_status["Next"])

@app.timer_trigger(arg_name="timer", schedule="0 0 9 ? * 1")
async def Weekly(timer: func.TimerRequest) -> None: ...

@app.timer_trigger(arg_name="timer", schedule="%NOT_SET%")
async def Unscheduled(timer: func.TimerRequest) -> None: ...

@app.timer_trigger(arg_name="timer", schedule="0 0 0 30 2 *")
async def NeverDue(timer: func.TimerRequest) -> None: ...
"""


async def test_each_function_runs_or_the_reason_is_said_and_the_others_start(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    await (await queues.create_queue("good")).send_message("x")
    due = datetime.now(UTC) + timedelta(seconds=5)
    values = {"GOOD_QUEUE": "wrong: the environment wins", "FROM_FILE": "yes", "SECOND": str(due.second)}
    app = AppFolder(tmp_path, APP)
    (tmp_path / "local.settings.json").write_text(
        f'{{"IsEncrypted": false, /* as Core Tools takes it */ "Values": {json.dumps(values)},}}'
    )
    environ = {
        "GOOD_QUEUE": "good",
        "AzureWebJobsOther": azurite.connection_string,
        "Other": "not this one",
        "AzureWebJobs.Asleep.Disabled": "true",
    }
    async with host_process.running(app, azurite.connection_string, **environ) as host:
        (note,) = await app.wait_for_notes(1, at="good")
        assert (note["function"], note["cwd"], note["setting"]) == ("Good", str(tmp_path), "yes")
        said = {line.split()[0]: line for line in host.output.splitlines() if line.startswith("  ")}
        assert "queue good at http://127.0.0.1" in said["Good"]
        assert "(AzureWebJobsOther)" in said["Good"]
        assert "disabled by AzureWebJobs.Asleep.Disabled" in said["Asleep"]
        assert "IN ERROR: %NOT_SET% resolves to nothing" in said["Unresolved"]
        assert (
            "IN ERROR: its connection 'Nowhere' has no value. Set AzureWebJobsNowhere or Nowhere" in said["Unconnected"]
        )
        assert "IN ERROR: 'bad--name' can't be a queue's name" in said["BadQueue"]
        assert "IN ERROR: its name must be a letter" in said["1st"]
        assert "IN ERROR: its argument 'my__msg'" in said["BadArgument"]
        assert "IN ERROR: its route is 'hello', and devhost serves a catch-all only" in said["Hello"]
        assert "IN ERROR: its schedule '0 0 9 ? * 1' has '?' as its day-of-month" in said["Weekly"]
        assert "IN ERROR: %NOT_SET% resolves to nothing" in said["Unscheduled"]
        assert "IN ERROR: its schedule 0 0 0 30 2 * never fires" in said["NeverDue"]
        assert "Good: @app.retry isn't supported for queue triggers" in host.log
        assert "devhost: a development host" in host.output
        assert "AccountKey" not in host.output + host.log
        (tick,) = await app.wait_for_notes(1, at="tick")
        assert tick["past_due"] is False
        assert datetime.fromisoformat(tick["next"]).second == due.second


async def test_an_app_that_the_real_host_refuses_ends_with_code_2_and_the_remedy(
    azurite: Azurite, tmp_path: Path
) -> None:
    good = "@queue('q')\nasync def F(msg: func.QueueMessage) -> None: ...\n"
    encrypted = AppFolder(tmp_path / "encrypted", good)
    (encrypted.folder / "local.settings.json").write_text('{"Values": {}}')
    refused = {
        'Write "IsEncrypted": false into it': encrypted,
        "can't be imported: ModuleNotFoundError": AppFolder(tmp_path / "import", "import nonexistent_module"),
        "batchSize is 33; it takes 1 to 32": AppFolder(tmp_path / "options", good, batchSize=33),
        "No function is left to run": AppFolder(tmp_path / "nothing", ""),
    }
    hosts = [await host_process.start(app, azurite.connection_string) for app in refused.values()]
    codes = await asyncio.gather(*(host.exit_code() for host in hosts))
    assert codes == [2, 2, 2, 2]
    for remedy, host in zip(refused, hosts, strict=True):
        assert remedy in host.log
        assert "devhost ready" not in host.output
