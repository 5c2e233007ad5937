"""Which failures of a function are logged with their traceback?"""

from __future__ import annotations

import logging

import pytest

from devhost.failures import FailureLog
from shared.jobs.outcome import Deferred, Outcome


def tell(log: FailureLog, error: Exception) -> None:
    """Raise the error, as a function does, and let it be told."""
    try:
        raise error
    except type(error) as raised:
        log.tell(raised, "message m1")


def test_a_failure_has_its_traceback_the_first_time(caplog: pytest.LogCaptureFixture) -> None:
    log = FailureLog("ProcessTasteAnalysisJob")

    for _ in range(2):
        tell(log, ValueError("no such member"))

    assert [record.exc_info is not None for record in caplog.records] == [True, False]


def test_a_planned_retry_is_one_line_from_the_first_time(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "devhost")

    job = "7d1e" * 16
    tell(FailureLog("ProcessTasteAnalysisJob"), Deferred(Outcome("retry", "taste", job, code="timeout")))

    (record,) = caplog.records
    assert record.exc_info is None
    said = f"ProcessTasteAnalysisJob leaves message m1 for later: taste job {job}: retry (timeout)"
    assert record.getMessage() == said
