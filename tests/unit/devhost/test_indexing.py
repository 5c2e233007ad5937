"""Which function_app.py fails indexing, so that nothing of it runs?"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devhost import indexing
from devhost.errors import Refused

HEAD = """
from dataclasses import dataclass
import azure.functions as func
app = func.FunctionApp()
def queue(name, **more):
    return app.queue_trigger(arg_name="msg", queue_name=name, connection="AzureWebJobsStorage", **more)
"""


@pytest.fixture(autouse=True)
def own_modules() -> Iterator[None]:
    path = list(sys.path)
    sys.modules.pop(indexing.MODULE, None)
    yield
    sys.path[:] = path
    sys.modules.pop(indexing.MODULE, None)


def index(folder: Path, source: str) -> list[indexing.IndexedFunction]:
    (folder / "function_app.py").write_text(HEAD + source)
    return indexing.index(folder)


def test_functions_are_read_with_their_own_bindings(tmp_path: Path) -> None:
    source = """
@app.function_name("Named")
@queue("%Q%", data_type=func.DataType.BINARY)
async def any_name(msg: func.QueueMessage) -> None: ...

@app.timer_trigger(arg_name="timer", schedule="0 * * * * *")
def Ticks(timer: func.TimerRequest) -> None: ...
"""
    named, ticks = index(tmp_path, source)
    assert (named.name, named.trigger_type, named.signature.is_async) == ("Named", "queueTrigger", True)
    assert (named.trigger["queueName"], named.trigger["dataType"]) == ("%Q%", "BINARY")
    assert (ticks.name, ticks.trigger["schedule"], ticks.signature.is_async) == ("Ticks", "0 * * * * *", False)


def test_a_blueprint_counts_as_part_of_the_app(tmp_path: Path) -> None:
    source = """
more = func.Blueprint()
@more.queue_trigger(arg_name="msg", queue_name="q", connection="X")
def F(msg: str) -> None: ...
app.register_functions(more)
"""
    assert [function.name for function in index(tmp_path, source)] == ["F"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import nowhere_to_be_found", "can't be imported: ModuleNotFoundError"),
        ("1 / 0", "can't be imported: ZeroDivisionError"),
        ("del app", "has no FunctionApp at its top level"),
        ("other = func.FunctionApp()", "has 2 FunctionApp"),
        ("@queue('a')\ndef F(msg: str): ...\n@queue('b')\ndef F(msg: str): ...", "fails indexing"),
        ("@queue('a')\ndef F(msg: str): ...\n@queue('b')\ndef f(msg: str): ...", "same name, ignoring case"),
        ("@queue('a')\ndef F(message: str): ...", "takes message, which no binding gives"),
        ("@queue('a')\ndef F(): ...", "doesn't take msg"),
        ("@queue('a')\ndef F(msg: dict): ...", "msg is annotated dict"),
        ("@queue('a')\ndef F(msg: dict[str, str]): ...", "which a queueTrigger can't give"),
        ("@dataclass\nclass D: ...\n@queue('a')\ndef F(msg: D): ...", "msg is annotated D"),
        ("@queue('a')\ndef F(msg: 'Nowhere'): ...", "annotation that doesn't resolve"),
        ("@queue('a')\ndef F(msg: func.TimerRequest): ...", "msg is annotated TimerRequest"),
        ("@queue('a')\ndef F(msg: func.Out[str]): ...", "disagree on whether it is an output"),
    ],
)
def test_one_bad_function_refuses_the_whole_app(tmp_path: Path, source: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        index(tmp_path, source)


@pytest.mark.parametrize("annotation", ["func.QueueMessage", "str", "bytes"])
def test_a_queue_trigger_gives_messages_text_or_bytes(tmp_path: Path, annotation: str) -> None:
    assert index(tmp_path, f"@queue('a')\ndef F(msg: {annotation}): ...")


def test_a_parameter_without_annotation_gets_the_message(tmp_path: Path) -> None:
    (function,) = index(tmp_path, "@queue('a')\ndef F(msg): ...")
    assert function.signature.plain == frozenset()


def test_a_folder_without_function_app_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"There is no function_app\.py"):
        indexing.index(tmp_path)
