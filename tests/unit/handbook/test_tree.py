"""Do the site's pages link each other where they lie in the site?"""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook import tree


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return an empty project."""
    (tmp_path / "docs/decisions").mkdir(parents=True)
    (tmp_path / "docs/decisions/README.md").write_text("# Decisions\n")
    return tmp_path


def written(project: Path, file: str, text: str) -> str:
    """Return what becomes of a file's text, as a page."""
    (project / file).write_text(text)
    tree.write(project, project / "out")
    return (project / "out" / tree.place_of(file, tree.pages(project))).read_text()


def test_the_readme_is_the_first_page_and_its_links_lead_to_pages(project: Path) -> None:
    assert written(project, "README.md", "[Why](docs/decisions), [x](https://x.example/docs)") == (
        "[Why](decisions/index.md), [x](https://x.example/docs)"
    )
    assert (project / "out/index.md").exists()


def test_an_anchor_stays(project: Path) -> None:
    (project / "CHANGELOG.md").write_text("# Changes\n")
    assert written(project, "docs/runs.md", "[c](../CHANGELOG.md#added)") == "[c](changelog.md#added)"


def test_a_file_that_is_no_page_is_copied_along(project: Path) -> None:
    (project / "settings.json").write_text("{}")
    assert written(project, "docs/runs.md", "[s](../settings.json)") == "[s](files/settings.json)"
    assert (project / "out/files/settings.json").read_text() == "{}"


def test_code_is_left_alone(project: Path) -> None:
    text = "`[a](b.md)`\n\n```\n[a](b.md)\n```"
    assert written(project, "docs/runs.md", text) == text


@pytest.mark.parametrize("target", ["gone.md", "../docs/schemas"])
def test_a_link_that_leads_nowhere_is_refused(project: Path, target: str) -> None:
    with pytest.raises(tree.LinkLeadsNowhere, match=target):
        written(project, "docs/runs.md", f"[x]({target})")


def test_what_was_written_before_is_gone(project: Path) -> None:
    (project / "docs/errors.md").write_text("old")
    tree.write(project, project / "out")
    (project / "docs/errors.md").unlink()
    tree.write(project, project / "out")
    assert not (project / "out/errors.md").exists()
