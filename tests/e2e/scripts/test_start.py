"""Does ./scripts/start end all that it started, and say whose a process is that an earlier one left behind?"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS, wait_until

LINKED = (".venv", "node_modules", "function_app.py", "host.json", "local.settings.sample.json",
          "cli", "devhost", "operations", "processors", "shared")  # fmt: skip


class Started:
    """A ./scripts/start in a project folder of its own, with what it has printed."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self._log = folder / f"start-{len(list(folder.glob('start-*')))}.log"
        environment = {"PATH": os.environ["PATH"], "NIGHTSHIFT_SETTINGS": str(folder), "DEVHOST_PORT": "0"}
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                ["./scripts/start", *arguments],
                cwd=folder, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # who is born deaf to it can't trap it
            )  # fmt: skip

    @property
    def said(self) -> str:
        """What it and its host have printed."""
        return self._log.read_text()

    def wait_until_ready(self) -> None:
        """Wait until its host runs."""
        wait_until(lambda: "devhost ready" in self.said or self.process.poll() is not None, lambda: self.said)
        assert self.process.poll() is None, self.said

    def pids(self) -> list[int]:
        """The processes that it started: the host and Azurite."""
        files = (self.folder / ".local/host.pid", self.folder / ".local/azurite/azurite.pid")
        return [int(file.read_text()) for file in files if file.exists()]


def assert_ends_all(started: Started, ending: signal.Signals) -> None:
    """Assert that a signal to its process group ends all that it started."""
    started.wait_until_ready()
    pids = started.pids()

    os.killpg(started.process.pid, ending)

    assert started.process.wait(LIMIT_SECONDS) == 128 + ending
    assert len(pids) == 2
    assert [pid for pid in pids if is_there(pid)] == []
    assert started.pids() == []


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and isn't reaped yet doesn't."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A project's folder: its scripts are copies, setup has been run, the rest are links."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT / "scripts", project / "scripts")
    (project / "scripts/setup").write_text("#!/bin/sh\n")
    for name in LINKED:
        (project / name).symlink_to(PROJECT / name)
    yield project
    for file in (".local/start.pid", ".local/host.pid", ".local/azurite/azurite.pid"):
        if (project / file).exists() and is_there(pid := int((project / file).read_text())):
            os.kill(pid, signal.SIGKILL)


def test_ctrl_c_ends_the_host_and_azurite(folder: Path) -> None:
    assert_ends_all(Started(folder, "--ports", "0", "0"), signal.SIGINT)


def test_the_next_start_names_what_a_killed_one_left_and_runs_once_that_is_ended(folder: Path) -> None:
    first = Started(folder, "--ports", "0", "0")
    first.wait_until_ready()
    second = Started(folder, "--ports", "0", "0")
    assert second.process.wait(LIMIT_SECONDS) == 1
    assert f"Another ./scripts/start runs here (process {first.process.pid})" in second.said

    first.process.kill()
    first.process.wait()
    third = Started(folder, "--ports", "0", "0")
    assert third.process.wait(LIMIT_SECONDS) == 1
    host, azurite = first.pids()
    assert "An earlier ./scripts/start of this folder was killed, and left behind:" in third.said
    assert f"End them, then start again: kill {host} {azurite}" in third.said

    for pid in (host, azurite):
        os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not (is_there(host) or is_there(azurite)), "the end of what was left")
    assert_ends_all(Started(folder, "--ports", "0", "0"), signal.SIGTERM)


def test_a_port_that_another_process_has_is_named_with_it(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        started = Started(folder, "--ports", str(port), "0")
        assert started.process.wait(LIMIT_SECONDS) == 1

    assert f"Port {port} is taken" in started.said
    assert "--ports 0 0" in started.said
    if shutil.which("lsof"):
        assert f"by process {os.getpid()}" in started.said


def test_a_process_that_does_not_end_when_asked_is_killed(tmp_path: Path) -> None:
    script = f"""
        set -euo pipefail
        . scripts/lib/common.sh
        . scripts/lib/processes.sh
        (trap '' TERM; touch {tmp_path}/deaf; while :; do sleep 0.1; done) &
        until [ -f {tmp_path}/deaf ]; do sleep 0.05; done
        end_process $! 1
        kill -0 $! 2>/dev/null || echo ended
    """
    said = subprocess.run(["bash", "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=LIMIT_SECONDS)

    assert said.stdout == "ended\n"
    assert "did not end in 1 s; it is killed" in said.stderr
