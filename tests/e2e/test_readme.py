"""Do the blocks of README.md run as they stand on a laptop, and do they do what the page says?

They run in a folder that looks like the project's, beside a host. Only the ports are others than the page's.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import azurite as azurite_process
from tests.azurite import PROJECT, Azurite, node_program
from tests.e2e.cli.terminal import Terminal
from tests.patience import LIMIT_SECONDS, wait_until

QUEUE = "taste-analysis-jobs"
LIKED = {"red-heels", "summer-dress", "straight-jeans", "breton-tee", "office-shirt"}
"""What the blocks like, each another item."""
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[str]:
    """Return the blocks that are to be typed beside a host, in the page's order."""
    return _BLOCK.findall((PROJECT / "README.md").read_text("utf-8"))


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Azurite]:
    """An Azurite of its own: the page names the queue."""
    (tmp_path / "azurite").mkdir()
    with azurite_process.running(tmp_path / "azurite") as running:
        yield running


@pytest.fixture
def laptop(storage: Azurite, tmp_path: Path) -> Terminal:
    """A laptop with the app, in a folder of its own, with Node.js and npm on its PATH."""
    made = Terminal(tmp_path / "laptop", storage.connection_string, QUEUE, tmp_path / "bytecode")
    for name in (".venv", "sample"):
        (made.folder / name).symlink_to(PROJECT / name)
    programs, node = tmp_path / "programs", Path(node_program())
    programs.mkdir()
    (programs / "node").symlink_to(node)
    npm = node.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    (programs / "npm").write_text(f'#!/bin/sh\nexec "{node}" "{npm}" "$@"\n')
    (programs / "npm").chmod(0o755)
    passed_on = (
        "npm_config_registry",
        "NPM_CONFIG_REGISTRY",
        "HTTPS_PROXY",
        "https_proxy",
        "HOME",
        "NODE_EXTRA_CA_CERTS",
    )
    made.environ |= {name: os.environ[name] for name in passed_on if name in os.environ}
    made.environ |= {"PATH": f"{programs}:{made.environ['PATH']}", "npm_config_cache": str(tmp_path / "npm")}
    assert made.run("init").code == 0
    return made


def typed(laptop: Terminal, storage: Azurite, block: str) -> subprocess.CompletedProcess[str]:
    """Type a block into bash."""
    at_its_port = block.replace("http://127.0.0.1:10000", storage.blob_endpoint.rsplit("/", 1)[0])
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", at_its_port],
        cwd=laptop.folder, env=laptop.environ, capture_output=True, text=True, check=False, timeout=2 * LIMIT_SECONDS,
    )  # fmt: skip


def test_each_block_runs_and_each_like_reaches_the_profile(laptop: Terminal, storage: Azurite) -> None:
    with laptop.host():
        for block in blocks():
            done = typed(laptop, storage, block)
            assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"

        def of_ada(state: str) -> list[dict[str, str]]:
            listed = laptop.run("jobs", "list", "--user", "ada", "--state", state, "--json")
            return list(listed.json()["items"])

        wait_until(lambda: len(of_ada("completed")) == len(LIKED), lambda: laptop.run("jobs", "list").out, look=0.5)

    evidence = laptop.run("profile", "show", "ada", "--evidence", "--json").json()["evidence"]
    assert {one["itemId"] for one in evidence} == LIKED
    assert laptop.run("dead-letters", "list", "--json").json()["items"] == []
