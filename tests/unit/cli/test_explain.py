"""What is typed about a thing that is explained?"""

from __future__ import annotations

import re
import shlex
from string import Formatter
from typing import get_args

import pytest

from cli.commands.explain import paragraph
from cli.commands.runs import State
from cli.remedies import EXPLANATIONS, NEXT_STEPS, explanation_step
from operations.explain.answer import Answer
from tests.azurite import PROJECT
from tests.unit.cli.test_every_command import COMMANDS

SOURCES = "\n".join(file.read_text("utf-8") for file in (PROJECT / "operations" / "explain").glob("*.py"))
FIELDS = {name: f"the-{name}" for name in ("id", "scope", "gate", "cause", "name", "slot", "before", "client", "url")}


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_a_remedy_is_of_a_code_that_an_explanation_has(code: str) -> None:
    told = f'"{code}"' in SOURCES or code in get_args(State)

    assert told or code in {f"source_{state}" for state in ("active", "failing", "silent")}
    assert code not in NEXT_STEPS.keys() - {"overdue"}


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_a_remedy_names_commands_that_there_are_with_options_that_they_take(code: str) -> None:
    step = explanation_step(code, FIELDS)

    for named in re.findall(r"nightshift ([^.:;]+)", step):
        words = shlex.split(named)
        command = max((name for name in COMMANDS if f"{named} ".startswith(f"{name} ")), key=len)
        options = [(*parameter.opts, *parameter.secondary_opts) for parameter in COMMANDS[command].params]
        taken = {option for of_one in options for option in of_one}
        assert {word for word in words if word.startswith("--")} <= taken


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_a_remedy_speaks_of_fields_that_explanations_have(code: str) -> None:
    wanted = {field for _, field, _, _ in Formatter().parse(EXPLANATIONS[code]) if field}

    assert wanted <= {*FIELDS, "typed", "of_client"}


def test_a_remedy_of_a_clients_rule_names_the_client() -> None:
    assert explanation_step("rule_inactive", {"id": "costs", "client": "acme"}) == (
        "Make it active: nightshift alerts update costs --client acme --active"
    )
    assert explanation_step("rule_inactive", {"id": "costs", "client": ""}) == (
        "Make it active: nightshift alerts update costs --active"
    )


def test_an_id_is_written_as_a_shell_takes_it() -> None:
    assert explanation_step("run_failed", {"id": "digest|2026-W48"}).endswith("replay digest/2026-W48")
    assert explanation_step("suspect", {"id": "two words"}).endswith("show 'two words'")


def test_what_needs_nothing_done_has_no_remedy() -> None:
    assert explanation_step("running", {"id": "hat"}) == ""


@pytest.mark.parametrize(
    ("what", "scope", "text"),
    [
        ("job", "ada", "Job hat of ada runs since 09:00:00; attempt 1 of 5."),
        ("dead letter", "ada", "Dead letter hat of ada runs since 09:00:00; attempt 1 of 5."),
        ("run", None, "Run hat runs since 09:00:00; attempt 1 of 5."),
        ("source", "rss", "Source hat runs since 09:00:00; attempt 1 of 5."),
    ],
)
def test_an_explanation_is_one_paragraph(what: str, scope: str | None, text: str) -> None:
    sentences = ("runs since 09:00:00", "attempt 1 of 5")

    assert paragraph(Answer(what, "hat", scope, "running", "running", sentences)) == text  # type: ignore[arg-type]
