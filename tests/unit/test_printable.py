"""Does a text of others drive a terminal, or make up a line of a log? Never: not where it is logged, shown or sent."""

from __future__ import annotations

import io
import json
import logging
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import telemetry
from shared.alerts.channels.port import Notice
from shared.alerts.channels.slack import slack_message
from shared.printable import printable, printable_json, printable_lines

HOSTILE = "a\x1b[31mb\x9b2Jc\x85\u202ed\u2028\x00\x07\ne"
SPELLED = r"a\x1b[31mb\x9b2Jc\x85\u202ed\u2028\x00\x07\ne"
ANY_TEXT = st.text(st.characters())


def logged(formatter: logging.Formatter, **fields: Any) -> str:
    """Return what is written of an event with a hostile name, hostile fields, and an error."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("test")
    logger.addHandler(handler)
    telemetry.event(logger, logging.INFO, HOSTILE, **fields)
    return stream.getvalue().removesuffix("\n")


def test_what_is_not_printable_is_spelled_out() -> None:
    assert printable(HOSTILE) == SPELLED
    assert printable_lines(HOSTILE) == SPELLED.replace(r"\n", "\n")
    assert printable("Größe 38, 帽子 👒") == "Größe 38, 帽子 👒"


@given(ANY_TEXT)
def test_whatever_the_text_is_it_stays_in_its_line(text: str) -> None:
    assert printable(text).isprintable()
    assert all(line.isprintable() for line in printable_lines(text).split("\n"))


@given(ANY_TEXT)
def test_a_document_means_the_same_and_is_printable(text: str) -> None:
    document = printable_json(json.dumps({"a": text}, ensure_ascii=False, indent=2))

    assert all(line.isprintable() for line in document.split("\n"))
    assert json.loads(document)["a"].encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass")


def test_a_log_line_on_a_terminal_is_one_line_of_printable_text() -> None:
    line = logged(telemetry.TerminalFormatter(), title=HOSTILE)

    assert line.isprintable()
    assert f"title={SPELLED}" in line


def test_a_json_log_line_is_printable_and_says_the_same() -> None:
    line = logged(telemetry.JsonFormatter(), title=HOSTILE)

    assert line.isprintable()
    assert json.loads(line)["title"] == HOSTILE


@pytest.mark.parametrize("formatter", [telemetry.TerminalFormatter(), telemetry.JsonFormatter()])
def test_secrets_in_events_and_tracebacks_are_masked(formatter: logging.Formatter) -> None:
    url = "https://acc.blob.core.windows.net/c/a.jpg?sig=s3cr3t"
    assert "s3cr3t" not in logged(formatter, url=url)
    try:
        raise ValueError(f"{url}{HOSTILE}")
    except ValueError:
        record = logging.LogRecord("n", logging.ERROR, "", 0, "%s failed", (url,), sys.exc_info())

    text = formatter.format(record)

    assert "s3cr3t" not in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_a_notification_turns_no_line_around_and_tells_no_secret() -> None:
    notice = Notice("n", "firing", "2026-11-23T09:00:00.000Z", f"T{HOSTILE}", f"x\n{HOSTILE}", {})

    header, section, _ = slack_message("g", [notice])["blocks"]

    assert header["text"]["text"] == f"T{SPELLED}"
    assert section["text"]["text"] == f"x\n{printable_lines(HOSTILE)}"
