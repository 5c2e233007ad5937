"""How are digests seen, and users' wishes noted, from a terminal?"""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from azure.storage.queue import QueueServiceClient

from tests.azurite import Azurite
from tests.e2e.cli.terminal import PATIENCE, Terminal

WARDROBE = (
    "item_id,user_id,title,brand,category,tags,price,image",
    "hat,{user},Felt Hat,,Hats,,20.00,https://shop.example/hat.png",
    "tee,{user},Linen Tee,,Tops,,30.00,https://shop.example/tee.png",
    "bag,{user},Old Bag,,Bags,,90.00,https://shop.example/bag.png",
)


@pytest.fixture
def user() -> str:
    """A user of this test alone."""
    return f"user-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def terminal(azurite: Azurite, tmp_path: Path, bytecode: Path, user: str) -> Terminal:
    """A terminal whose user owns three items."""
    made = Terminal(tmp_path, azurite.connection_string, f"digest-{uuid.uuid4().hex[:8]}", bytecode)
    made.environ["RUN_LOOK_SECONDS"] = "0.2"
    with QueueServiceClient.from_connection_string(azurite.connection_string) as queues:
        for name in ("RUN_QUEUE_NAME", "DIGEST_QUEUE_NAME"):
            queues.create_queue(made.environ[name])
    file = made.write("wardrobe.csv", *(line.format(user=user) for line in WARDROBE))
    assert made.run("wardrobe", "import", str(file)).code == 0
    return made


def test_a_digest_is_made_shown_saved_and_judged(terminal: Terminal, user: str) -> None:
    assert "There is no digest for" in terminal.run("digest", "show", user).err
    worn = terminal.run("wardrobe", "wear", user, "tee", "--at", "20d", "--json").json()
    assert worn["wearCount"] == 1

    with terminal.host():
        ran = terminal.run("run", "digest", "--wait", "--timeout", PATIENCE)
        assert ran.code == 0, ran.err

    digest = terminal.run("digest", "show", user, "--json").json()
    assert digest["worn"] == []  # it is among the suggestions
    assert {one["item"] for one in digest["suggestions"]} == {"hat", "tee", "bag"}
    folder = terminal.folder / "saved"
    saved = terminal.run("digest", "show", user, "--save", str(folder))
    page = folder / user / f"{digest['week']}.html"
    assert str(page) in saved.err
    assert "Felt Hat" in page.read_text(encoding="utf-8")
    assert "Felt Hat" in saved.out

    assert terminal.run("digest", "feedback", user, "down", "hat").out == "Noted: Felt Hat down\n"
    refused = terminal.run("digest", "feedback", user, "up", "mug")
    assert (refused.code, "shows no item 'mug'" in refused.err) == (2, True)


def test_what_is_kept_of_a_user_is_exported_and_forgotten_after_asking(terminal: Terminal, user: str) -> None:
    assert terminal.run("users", "opt-out", user).code == 0
    exported = terminal.run("users", "export", user).json()
    assert set(exported["documents"]) == {"wardrobe", "userProfiles", "users"}
    out = terminal.folder / "kept.json"
    assert "5 documents" in terminal.run("users", "export", user, "--out", str(out)).err
    assert out.exists()

    asked = terminal.run("users", "forget", user)
    assert (asked.code, "--yes" in asked.err) == (2, True)
    assert terminal.run("wardrobe", "list", user, "--json").json()["items"]

    assert terminal.run("users", "forget", user, "--yes", "--json").json()["deleted"] == {
        "wardrobe": 3,
        "userProfiles": 1,
        "users": 1,
    }
    assert terminal.run("wardrobe", "list", user, "--json").json()["items"] == []
    assert "nothing was kept" in terminal.run("users", "forget", user, "--yes").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("wear", "{user}", "mug"), "owns no 'mug'"),
        (("wear", "{user}", "tee", "--at", "yesterday"), "is no time"),
        (("wear", "{user}", "tee", "--at", "2999-01-01T00:00:00Z"), "still to come"),
    ],
)
def test_a_wear_that_can_not_be_is_refused(
    terminal: Terminal, user: str, arguments: tuple[str, ...], says: str
) -> None:
    said = terminal.run("wardrobe", *(argument.format(user=user) for argument in arguments))

    assert (said.code, says in said.err) == (2, True)
