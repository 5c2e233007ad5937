"""infra/generated/app.json is made from the code: ``python -m infra.reference --write`` writes it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

from infra.reference import FILE
from shared import settings_reference
from shared.config import Settings
from shared.documents.containers import CONTAINERS
from shared.needs import queues
from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS

MAIN = PROJECT / "infra/main.bicep"
PARAMETERS = json.loads((PROJECT / "infra/main.parameters.json").read_text("utf-8"))["parameters"]
GENERATED: dict[str, Any] = json.loads(FILE.read_text("utf-8"))


def test_what_the_templates_load_is_what_the_code_gives() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "infra.reference"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=LIMIT_SECONDS,
    )

    assert FILE.read_text("utf-8") == told.stdout, "Bring it up to date: .venv/bin/python -m infra.reference --write"


def test_a_container_indexes_its_partition_key_and_what_is_queried_and_nothing_twice() -> None:
    for container, there in zip(CONTAINERS, GENERATED["containers"], strict=True):
        paths = there["indexPaths"]
        assert len(paths) == len(set(paths))
        assert "/id/?" not in paths  # Cosmos DB does that by itself
        assert container.partition_key == "id" or f"/{container.partition_key}/?" in paths


def test_each_queue_has_a_poison_queue_whose_name_the_host_accepts() -> None:
    queues = [one["name"] for one in GENERATED["queues"]]

    assert GENERATED["poisonQueues"] == [f"{name}-poison" for name in queues]
    assert all(re.fullmatch(r"[a-z0-9](-?[a-z0-9]){2,55}", name) for name in queues)


def test_the_app_asks_for_every_queue_that_the_templates_make() -> None:
    made = [*(one["name"] for one in GENERATED["queues"]), *GENERATED["poisonQueues"]]

    assert sorted(queues.names(Settings())) == sorted(made)


def test_what_bindings_name_is_set_by_the_templates() -> None:
    named = {name for one in GENERATED["functions"].values() for name in re.findall(r"%(\w+)%", one)}

    assert named == set(settings_reference.named_by_triggers()) == set(GENERATED["triggerSettings"])


def test_a_secret_has_a_name_that_the_vault_accepts() -> None:
    assert all(re.fullmatch(r"[0-9a-z-]{1,127}", one["secret"]) for one in GENERATED["secretSettings"])


def test_the_parameters_that_azd_fills_in_are_parameters() -> None:
    declared = set(re.findall(r"^param (\w+) ", MAIN.read_text("utf-8"), re.MULTILINE))

    assert set(PARAMETERS) <= declared


def test_every_template_is_a_module_of_the_main_one() -> None:
    files = {f"app/{file.name}" for file in (PROJECT / "infra/app").glob("*.bicep")}

    assert set(re.findall(r"^module \w+ '(.+?)'", MAIN.read_text("utf-8"), re.MULTILINE)) == files


def test_no_template_repeats_a_name_that_the_code_gives() -> None:
    text = "".join(file.read_text("utf-8") for file in (PROJECT / "infra").rglob("*.bicep"))
    strings = set(re.findall(r"'([^'$]*)'", text))
    given = {*(one["name"] for one in GENERATED["queues"]), *(one.name for one in CONTAINERS)} - {"digests"}

    assert strings & given == set()
