"""Do the links of a mail work as a mail program and its reader use them, against the app as a host serves it?"""

from __future__ import annotations

import re
import uuid
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from azure.storage.queue import QueueServiceClient

from tests.azurite import Azurite
from tests.e2e.cli.terminal import PATIENCE, SAMPLE, Terminal
from tests.patience import LIMIT_SECONDS

ADDRESS = "https://api.example"


def test_one_click_and_feedback_of_a_mail_reach_the_app(azurite: Azurite, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, azurite.connection_string, f"links-{uuid.uuid4().hex[:8]}", tmp_path / "bytecode")
    terminal.environ |= {"RUN_LOOK_SECONDS": "0.2", "DEVHOST_PORT": "0", "AUTH_MODE": "keys"}
    terminal.environ |= {"DIGEST_API_URL": ADDRESS, "DIGEST_LINK_KEY": "k" * 40}
    with QueueServiceClient.from_connection_string(azurite.connection_string) as queues:
        for name in ("RUN_QUEUE_NAME", "DIGEST_QUEUE_NAME"):
            queues.create_queue(terminal.environ[name])
    assert terminal.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv")).code == 0
    with terminal.host():
        ran = terminal.run("run", "digest", "--wait", "--timeout", PATIENCE)
        assert ran.code == 0, ran.err
        assert terminal.run("digest", "show", "ada", "--save", str(tmp_path)).code == 0
        (eml,) = tmp_path.rglob("ada/*.eml")
        mail = message_from_bytes(eml.read_bytes(), policy=policy.default)
        text = mail.get_body(("plain",))
        assert text is not None
        unwanted = re.search(r"Not for me: (\S+)", text.get_content())
        assert unwanted is not None
        served = re.search(r"(http://\S+)/\{\*route\}", (tmp_path / "host.log").read_text())
        assert served is not None

        with httpx.Client(base_url=served[1], timeout=LIMIT_SECONDS) as reader:
            path = urlsplit(unwanted[1]).path
            assert "Not for me" in reader.get(path).text
            assert reader.post(path).status_code == 200
            one_click = urlsplit(str(mail["List-Unsubscribe"]).strip("<>")).path
            said = reader.post(one_click, data={"List-Unsubscribe": "One-Click"})
            assert (said.status_code, "You are unsubscribed" in said.text) == (200, True)

    kept = terminal.run("users", "export", "ada").json()["documents"]
    assert [said["verdict"] for said in kept["digestFeedback"]] == ["down"]
    assert [one["digest"] for one in kept["userProfiles"] if one["id"] == "digest-preferences"] == [False]
