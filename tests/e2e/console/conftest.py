"""What do the browser's tests share? A running app with a past, and Debian's Chromium."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from azure.storage.queue import QueueClient
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from shared import clock
from tests.azurite import Azurite
from tests.e2e.cli.terminal import SAMPLE, Terminal
from tests.patience import LIMIT_SECONDS, wait_until

KEY = "nsk_a_key_of_the_tests"
HOSTILE = '"><script>document.title="stolen"</script><img src=x onerror="document.title=`stolen`">'
_ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\{\*route\}")


@dataclass(frozen=True, slots=True)
class App:
    """A running app: its address, a terminal of it, and its queue of likes."""

    address: str
    terminal: Terminal
    queue: QueueClient
    picture: str

    def put(self, **like: object) -> None:
        """Put a like into the queue, as a backend elsewhere does."""
        self.queue.send_message(json.dumps(like))

    def dead(self) -> list[str]:
        """Return the ids of all dead letters."""
        return [one["id"] for one in self.terminal.run("dead-letters", "list", "--json").json()["items"]]


@pytest.fixture(scope="session")
def app(program: str, azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app whose host runs. A like of ada completed, two died, a hostile one too, and a body was no message."""
    name = f"console-{uuid.uuid4().hex[:12]}"
    folder = tmp_path_factory.mktemp("console")
    terminal = Terminal(folder, azurite.connection_string, name, tmp_path_factory.mktemp("bytecode"))
    entry = {
        "label": "browser",
        "role": "admin",
        "scopes": ["*"],
        "expires": clock.text_now(timedelta(days=1)),
        "sha256": hashlib.sha256(KEY.encode()).hexdigest(),
    }
    terminal.environ |= {"DEVHOST_PORT": "0", "AUTH_MODE": "keys", "API_KEYS": json.dumps([entry])}
    assert terminal.run("init").code == 0
    assert terminal.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv")).code == 0
    picture = terminal.run("wardrobe", "list", "ada", "--json").json()["items"][4]["imageUrl"]
    with terminal.host(), QueueClient.from_connection_string(azurite.connection_string, name) as queue:
        found = _ADDRESS.search((folder / "host.log").read_text())
        assert found is not None, (folder / "host.log").read_text()
        made = App(found[1], terminal, queue, picture)
        made.put(user_id="ada", item_id="red-heels", image_url=picture, job_id="first")
        made.put(user_id="ada", item_id="ghost", image_url=f"{picture}.gone", job_id="poisoned")
        made.put(user_id="ada", item_id="ghost", image_url=f"{picture}.gone", job_id="lost-picture")
        made.put(user_id=HOSTILE, item_id=HOSTILE, image_url=f"{picture}.gone", title=HOSTILE, job_id="hostile")
        queue.send_message('{"user_id": "ada", "item_id": 5}')
        wait_until(lambda: len(made.dead()) == 4, lambda: terminal.run("status").out, look=1.0)
        yield made


@pytest.fixture(scope="session")
def program() -> str:
    """Where Debian's Chromium is; without it the browser's tests are left out, and say so."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("There is no chromium on PATH: apt-get install chromium. The console was not tried in a browser.")
    return found


@pytest.fixture(scope="module")
def chromium(program: str) -> Iterator[Browser]:
    """Chromium, for the tests of one file: while Playwright runs, no test of another file can run an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser without a past."""
    made = chromium.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Europe/Berlin")
    made.set_default_timeout(LIMIT_SECONDS * 1000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, app: App) -> Page:
    """A page of an admin who has signed in."""
    made = context.new_page()
    sign_in(made, app)
    return made


def sign_in(page: Page, app: App) -> None:
    """Type the key into the sign-in page."""
    page.goto(f"{app.address}/console")
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Overview").wait_for()


def axe() -> str:
    """Return axe-core's source."""
    return (Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js").read_text()
