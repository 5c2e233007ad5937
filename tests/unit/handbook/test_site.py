"""Does the check of a built site find what is wrong with it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook.site import problems

GOOD = '<h2 id="rescue">Rescue</h2><a href="#rescue">r</a><a href="two/#end">2</a><a href="https://x.example">x</a>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site in which all is well."""
    (tmp_path / "two").mkdir()
    (tmp_path / "two/index.html").write_text('<p id="end"><a href="..">1</a><img src="../a.svg"></p>')
    (tmp_path / "a.svg").write_text("<svg/>")
    (tmp_path / "index.html").write_text(GOOD)
    return tmp_path


def test_a_good_site_has_no_problems(site: Path) -> None:
    assert problems(site) == []


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ('<a href="three/">3</a>', "leads to three/, which isn't there"),
        ('<a href="two/#start">2</a>', "leads to two/#start, where there is no such anchor"),
        ('<a href="../../etc/passwd">p</a>', "which isn't there"),
        ('<img src="b.svg">', "leads to b.svg"),
        ('<script src="https://unpkg.com/x.js"></script>', "takes https://unpkg.com/x.js from another server"),
        ('<link rel="stylesheet" href="//fonts.example/a.css">', "from another server"),
        ("<p>It is for\n- backends</p>", "shows Markdown"),
        ("<p>2. Then all</p>", "shows Markdown"),
    ],
)
def test_what_is_wrong_is_told(site: Path, html: str, says: str) -> None:
    (site / "index.html").write_text(GOOD + html)
    found = problems(site)
    assert len(found) == 1
    assert says in found[0]


def test_code_and_headings_may_look_like_markdown(site: Path) -> None:
    (site / "index.html").write_text("<h1>10. Which</h1><p><code>a](b)</code></p><pre><code>\n- one ```</code></pre>")
    assert problems(site) == []
