"""What may a text from a message do to the host's log? Nothing."""

from __future__ import annotations

import logging
import sys

from devhost.log_lines import LineFormatter

HOSTILE = "a\x1b[31mb\x9b2Jc\u202ed\ne"
SPELLED = r"a\x1b[31mb\x9b2Jc\u202ed\ne"


def test_what_is_not_printable_is_spelled_out_in_one_line() -> None:
    record = logging.LogRecord("devhost", logging.WARNING, "", 0, "%s failed", (HOSTILE,), None)

    assert LineFormatter("%(levelname)s %(message)s").format(record) == f"WARNING {SPELLED} failed"


def test_a_traceback_keeps_its_lines_and_nothing_else() -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        record = logging.LogRecord("devhost", logging.ERROR, "", 0, "failed", None, sys.exc_info())

    first, *others = LineFormatter("%(message)s").format(record).split("\n")

    assert first == "failed"
    assert others[0] == "Traceback (most recent call last):"
    assert others[-2:] == [r"ValueError: a\x1b[31mb\x9b2Jc\u202ed", "e"]
