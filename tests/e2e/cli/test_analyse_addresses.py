"""What does `nightshift analyse` print of pictures at addresses and by a model, and `nightshift llm check` of that?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.e2e.cli.terminal import SAMPLE, Terminal
from tests.integration.models.model_double import ModelDouble, completion, failure, seen

HEELS = (SAMPLE / "pictures/red-heels.png").read_bytes()


@pytest.fixture
def alone(tmp_path: Path, bytecode: Path) -> Terminal:
    """A terminal without a storage account."""
    made = Terminal(tmp_path, "", "none", bytecode)
    made.environ.update(NIGHTSHIFT_HOME=str(tmp_path / "home"), OPENAI_MODEL="small", LLM_PRICES="small=0.15/0.60")
    return made


@pytest.fixture
def shop(httpserver: HTTPServer, alone: Terminal) -> str:
    """The address of a shop on this machine that the terminal's settings allow."""
    httpserver.expect_request("/heels.png").respond_with_data(HEELS, content_type="image/png")
    httpserver.expect_request("/private.png").respond_with_data("no", status=403)
    alone.environ["FETCH_ALLOWED_LOCAL"] = f"localhost:{httpserver.port}"
    return str(httpserver.url_for("")).rstrip("/")


@pytest.fixture
def model(httpserver: HTTPServer, alone: Terminal) -> ModelDouble:
    """A model on this machine that the terminal's settings name."""
    made = ModelDouble(httpserver)
    alone.environ.update(OPENAI_BASE_URL=made.url, OPENAI_API_KEY="sk-secret")
    return made


def test_addresses_are_analysed_each_with_its_own_outcome(alone: Terminal, shop: str) -> None:
    urls = [f"{shop}/heels.png", f"{shop}/private.png", "https://169.254.169.254/metadata"]

    said = alone.run("analyse", *urls, "--title", "Red High Heels", "--jsonl")

    heels, private, metadata = (json.loads(line) for line in said.out.splitlines())
    assert said.code == 1
    assert (heels["id"], heels["colors"], heels["garments"][0]) == (urls[0], ["red"], "heels")
    assert "answers 403" in private["error"]
    assert "isn't on the public internet" in metadata["error"]


def test_a_column_of_images_holds_paths_and_addresses(alone: Terminal, shop: str) -> None:
    (alone.folder / "cap.png").write_bytes((SAMPLE / "pictures/plum-cap.png").read_bytes())
    file = alone.write("items.csv", "id,title,image", "a,,cap.png", f"b,,{shop}/heels.png")

    said = alone.run("analyse", str(file), "--jsonl")

    assert said.code == 0, said.err
    assert [json.loads(line)["id"] for line in said.out.splitlines()] == ["a", "b"]


def test_a_model_analyses_in_order_within_its_shape(alone: Terminal, shop: str, model: ModelDouble) -> None:
    model.answers(seen(garments=["sneakers"], brand="Nike"))
    (alone.folder / "cap.png").write_bytes(HEELS)
    rows = [f"{number},,{'cap.png' if number % 2 else f'{shop}/heels.png'}" for number in range(6)]
    file = alone.write("items.csv", "id,title,image", *rows, f"6,,{shop}/private.png")

    said = alone.run("analyse", str(file), "--analyser", "openai", "--jsonl")

    found = [json.loads(line) for line in said.out.splitlines()]
    assert [one["id"] for one in found] == [str(number) for number in range(7)]
    assert found[0] == {
        "id": "0",
        "colors": ["red"],
        "garments": ["sneakers"],
        "styleKeywords": ["casual"],
        "brand": "Nike",
    }
    assert ("403" in found[6]["error"], said.code, len(model.asked)) == (True, 1, 6)


def test_what_would_fail_for_every_row_ends_the_command(alone: Terminal, shop: str, model: ModelDouble) -> None:
    model.answers(failure(401))

    said = alone.run("analyse", f"{shop}/heels.png", "--analyser", "openai")

    assert (said.code, said.out) == (1, "")
    assert "OPENAI_API_KEY" in said.err


@pytest.mark.parametrize("arguments", [("a.csv", "b.csv"), ("a.csv", "https://a.example/"), ("a.csv", "--title", "x")])
def test_a_mixture_is_refused(alone: Terminal, arguments: tuple[str, ...]) -> None:
    assert alone.run("analyse", *arguments).code == 2


def test_a_model_that_answers_is_said_to_and_what_it_cost(alone: Terminal, model: ModelDouble) -> None:
    model.answers(completion('{"ready": true}'))

    said = alone.run("llm", "check", "--json")

    found = said.json()
    assert (found["model"], found["costMicroUsd"], found["spentMicroUsd"]) == ("small", 27, 27)
    assert model.url in found["asked"]
    assert "27 micro-USD" in alone.run("llm", "check").out


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (failure(401), "Check OPENAI_API_KEY"),
        (failure(404), "Check OPENAI_MODEL"),
        (failure(429, code="insufficient_quota"), "no quota left"),
        (failure(429, Retry_After="20"), "wait 20 s"),
        (failure(500), "check that address"),
        (failure(400), "Is small a chat model"),
    ],
    ids=["401", "404", "quota", "429", "500", "400"],
)
def test_what_is_wrong_with_the_model_is_said_in_words(
    alone: Terminal, model: ModelDouble, answer: object, words: str
) -> None:
    model.answers(answer)  # type: ignore[arg-type]

    said = alone.run("llm", "check")

    assert (said.code, said.out) == (1, "")
    assert words in said.err
    assert "sk-secret" not in said.err


def test_a_model_that_nobody_named_is_asked_for(alone: Terminal) -> None:
    said = alone.run("llm", "check")

    assert said.code == 1
    assert "Set OPENAI_API_KEY" in said.err
