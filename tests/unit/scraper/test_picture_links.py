"""Which picture does a piece of HTML show first?"""

from __future__ import annotations

import pytest

from processors.scraper.picture_links import first_shown

BASE = "https://shop.example/blog/"
LOOK = "https://shop.example/blog/look.jpg?w=1,2&h=3"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=look.jpg?w=1,2&amp;h=3>",
        "<IMG ALT='a > b' SRC = 'look.jpg?w=1,2&h=3'>",
        f"<img src='{PIXEL}' data-src='look.jpg?w=1,2&h=3'>",
        f"<img src='{PIXEL}'><noscript><img src='look.jpg?w=1,2&h=3'></noscript>",
        "<img src='/placeholder.svg' data-lazy-src='look.jpg?w=1,2&h=3'>",
        f"<img src='{PIXEL}' srcset='small.jpg 300w, look.jpg?w=1,2&h=3 1200w, middle.jpg 600w'>",
        f"<img src='{PIXEL}' data-srcset='look.jpg?w=1,2&h=3 2x,small.jpg'>",
        "<picture><source srcset='look.jpg?w=1,2&h=3'><img src=small.jpg></picture>",
        "<img src='//counter.example/1x1.gif' width=1 height=1><img src='look.jpg?w=1,2&h=3' width=800>",
        "<img src='//counter.example/c' style='width:1px;height:1px'><img src='look.jpg?w=1,2&h=3' style='width:100%'>",
        "<img src='//counter.example/c' style='display: none'><img src='look.jpg?w=1,2&h=3'>",
        "<img src='https://feeds.feedburner.com/~r/x/~4/y'><img src='look.jpg?w=1,2&h=3'>",
        "<img src='https://s.w.org/images/core/emoji/15/72x72/1f60d.png'><img src='look.jpg?w=1,2&h=3'>",
        "<img src=''><img><img src='N/A'><img src='javascript:x'><img src='look.jpg?w=1,2&h=3'>",
        "<video><source srcset='film.jpg'></video><img src='look.jpg?w=1,2&h=3'>",
    ],
)
def test_it_is_the_first_real_one(markup: str) -> None:
    assert first_shown(markup, BASE) == LOOK


@pytest.mark.parametrize("markup", ["", "no picture", f"<img src='{PIXEL}'>", "<img width=1 src=a.png>"])
def test_there_may_be_none(markup: str) -> None:
    assert first_shown(markup, BASE) == ""
