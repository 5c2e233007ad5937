"""What does a line of the log say of an event and of an error, and what not?"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from shared.config import Settings
from shared.errors import Transient
from shared.telemetry import JsonFormatter, TerminalFormatter, configure, signals
from shared.telemetry.events import ROOT, stack_of
from shared.telemetry.pseudonyms import shown
from tests.telemetry_seen import recorded

QUOTED = "Ada's wedding dress"


def line(*args: Any, message: str = "it failed: %s", **fields: Any) -> dict[str, Any]:
    record = logging.LogRecord("nightshift.jobs", logging.ERROR, "", 0, message, args, sys.exc_info())
    record.fields = fields
    found: dict[str, Any] = json.loads(JsonFormatter().format(record))
    return found


def test_an_error_is_told_by_class_and_code_but_not_by_its_text() -> None:
    assert line(Transient(QUOTED, code="content_slow"))["event"] == "it failed: Transient (content_slow)"
    assert line(ValueError(QUOTED))["event"] == "it failed: ValueError"


def test_a_traceback_says_where_and_why_without_what() -> None:
    try:
        try:
            raise KeyError(QUOTED)
        except KeyError as cause:
            raise Transient(QUOTED, code="content_slow") from cause
    except Transient:
        told = line("x")["exception"]

    first, place, second, _ = told.split("\n")
    assert (first, second) == ("Transient (content_slow)", "KeyError")
    assert "test_a_traceback_says_where_and_why_without_what" in place
    assert QUOTED not in told


def test_causes_that_go_round_are_told_once() -> None:
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one

    assert stack_of(one) == "ValueError\nKeyError"


@pytest.mark.parametrize("name", ["client", "rule", "by", "source"])
def test_ids_that_others_chose_are_pseudonyms(name: str) -> None:
    assert line("x", **{name: "ada@example.com"})[name] == shown("ada@example.com")


def test_a_line_within_a_trace_names_it_and_one_beside_any_does_not() -> None:
    with recorded() as seen, signals.current().ticking("RescueJobs"):
        told = line("x")
    (span,) = seen.spans()

    assert span.context is not None
    assert told["trace_id"] == f"{span.context.trace_id:032x}"
    assert told["span_id"] == f"{span.context.span_id:016x}"
    assert "trace_id" not in line("x")


def test_a_terminal_says_the_same() -> None:
    record = logging.LogRecord("nightshift.jobs", logging.ERROR, "", 0, "no: %s", (ValueError(QUOTED),), None)

    assert TerminalFormatter().format(record).endswith("error   no: ValueError")


def test_libraries_that_log_each_request_are_silenced_up_to_warnings() -> None:
    app = logging.getLogger(ROOT)
    before = app.handlers[:], app.propagate, app.level
    app.handlers.clear()
    try:
        configure(Settings())
        assert not logging.getLogger("azure.core.pipeline.policies.http_logging_policy").isEnabledFor(logging.INFO)
    finally:
        app.handlers[:], app.propagate = before[0], before[1]
        app.setLevel(before[2])
