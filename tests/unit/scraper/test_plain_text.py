"""Do strangers' texts become plain ones, in which only markup is missing?"""

from __future__ import annotations

from typing import Any

import pytest

from processors.scraper.plain_text import MAX_MARKUP_CHARACTERS, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Linen&nbsp;&amp; <b>lace</b></p>", "Linen & lace"),
        ("a<script>alert('x')</script>b<style>p{}</style>", "ab"),
        ("a <!-- secret --> b", "a b"),
        ("  two\n\tlines  ", "two lines"),
        ("evil\u202etxt\u0007\x00", "eviltxt"),
        ("caf\u0065\u0301", "café"),
        ("soft\u00adhyphen, \ufeffmark, a\u200db", "softhyphen, mark, ab"),
        ("\u200cمی\u200cخواهم \u200c ", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧 🏳️\u200d🌈", "👨\u200d👩\u200d👧 🏳️\u200d🌈"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("hidden\U000e0067\U000e0062", "hidden"),
        ("\u06dd١", "\u06dd١"),
        ("younger than these tables \U0001fbff\U0001f8ff", "younger than these tables \U0001fbff\U0001f8ff"),
        ("\ufdd0\uffff\ue000\ud800", ""),
        ("1 < 2", "1 < 2"),
        ("sizes <M> and <XL>, I <3 it", "sizes <M> and <XL>, I <3 it"),
        ("<a title='x > y'>link</a> <a href=\"unclosed>text</a>", "link text"),
        ("<o:p>Word</o:p> <shop-card>card</shop-card>", "Word card"),
        ("<![CDATA[data]]>", "data"),
        ("Womens&apos; &lt;b&gt; &copy;", "Womens' <b> ©"),
        ("R&B; &nosuch; AT&T &", "R&B; &nosuch; AT&T &"),
        (None, ""),
        (7, ""),
    ],
)
def test_markup_becomes_one_plain_line(markup: Any, text: str) -> None:
    assert plain(markup, 100) == text


def test_a_text_is_cut_at_its_limit() -> None:
    assert plain("ab " * 100, 8) == "ab ab ab"


def test_markup_that_never_ends_is_cut_before_it_is_read() -> None:
    assert len(plain("<script" * 1_000_000, 100)) <= 100
    assert plain("x" * 10_000_000, MAX_MARKUP_CHARACTERS * 2) == "x" * MAX_MARKUP_CHARACTERS
