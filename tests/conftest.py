"""What do all tests share? One Azurite and one Cosmos DB stand-in a session, each started when first asked for."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import azurite as azurite_process
from tests import cosmos_standin as cosmos_process
from tests import queried_fields
from tests.azurite import Azurite

# A machine that is busy with other work makes examples slowly, and runs them slowly.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
# A shell starts what it puts in the background with Ctrl-C ignored, and so would the processes that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
queried_fields.begin()
_BY_WORKERS = "queried_fields"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a worker of xdist has noted."""
    queried_fields.noted.update(map(tuple, getattr(node, "workeroutput", {}).get(_BY_WORKERS, ())))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session when the app asks for a field that isn't indexed; workers hand over what they noted."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_BY_WORKERS] = sorted(queried_fields.noted)
    elif queried_fields.missing(queried_fields.noted):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what is asked for without an index, and, after the whole suite, what is indexed for nobody."""
    lines = queried_fields.missing(queried_fields.noted)
    if config.args == config.getini("testpaths"):
        lines += queried_fields.unused(queried_fields.noted)
    if lines:
        terminalreporter.section("index policies")
        terminalreporter.write("".join(f"{line}\n" for line in lines))


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """A running Azurite; tests tell their queues and containers apart by name."""
    try:
        with azurite_process.running(tmp_path_factory.mktemp("azurite")) as running:
            yield running
    except azurite_process.AzuriteMissing as missing:
        pytest.fail(str(missing))


@pytest.fixture(scope="session")
def cosmos_standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a running Cosmos DB stand-in; tests have databases of their own in it."""
    try:
        with cosmos_process.running(tmp_path_factory.mktemp("cosmos")) as endpoint:
            yield endpoint
    except (cosmos_process.StandInMissing, azurite_process.AzuriteMissing) as missing:
        pytest.fail(str(missing))
