"""Phrase search: which phrases of a lexicon does a text hold, and where? Folds case, accents, hyphens and plurals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MAX_TEXT_CHARS = 500
"""A longer title is cut: nobody names a garment that far in."""

_WORD = re.compile(r"[^\W_]+|[|,;:>(){}\[\]/]|\s[-–—]+\s|[&+]")
_APOSTROPHES = re.compile(r"(?<=\w)[’'`´](?=\w)")
_MARKS = re.compile("[\N{TRADE MARK SIGN}\N{REGISTERED SIGN}\N{COPYRIGHT SIGN}]")
_IRREGULAR = {
    "scarves": "scarf",
    "knives": "knife",
    "women": "woman",
    "womens": "woman",
    "men": "man",
    "mens": "man",
    "children": "child",
    "childrens": "child",
    "ties": "tie",
    "hoodies": "hoodie",
    "booties": "bootie",
    "panties": "pantie",
    "beanies": "beanie",
    "undies": "undie",
    "onesies": "onesie",
    "nighties": "nightie",
    "footies": "footie",
    "camis": "cami",
    "movies": "movie",
    "wellies": "wellies",
    "sunnies": "sunnies",
    "bellies": "bellies",
    "clothes": "clothes",
    "espadrilles": "espadrille",
    "shoes": "shoe",
    "canvas": "canvas",
    "lens": "lens",
    "gas": "gas",
    "bus": "bus",
    "yes": "yes",
    "axes": "axe",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: `stem` to compare by, `raw` as written. Separators are tokens of their own."""

    stem: str
    raw: str

    @property
    def is_separator(self) -> bool:
        return not self.raw[0].isalnum()


@dataclass(frozen=True, slots=True)
class Match:
    """`name` was found in the tokens `start` to `end` (exclusive)."""

    name: str
    start: int
    end: int


def tokens(text: str) -> tuple[Token, ...]:
    """The words and separators of `text`, in order. Hyphens inside words part them ("t-shirt" is two)."""
    plain = unicodedata.normalize("NFKD", _MARKS.sub(" ", text[:MAX_TEXT_CHARS]))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = _APOSTROPHES.sub("", plain)
    found = (m.group().strip() for m in _WORD.finditer(plain))
    return tuple(Token(stem(raw), raw) for raw in found if raw)


def stem(word: str) -> str:
    """`word` in lower case and in the singular, as far as spelling shows it."""
    lower = word.lower()
    if lower in _IRREGULAR:
        return _IRREGULAR[lower]
    if len(lower) <= 3 or not lower.endswith("s") or lower.endswith(("ss", "us", "is")):
        return lower
    if lower.endswith("ies"):
        return lower[:-3] + "y"
    if lower.endswith(("sses", "shes", "ches", "xes")):
        return lower[:-2]
    return lower[:-1]


def stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase's words, without separators: what a lexicon compares by."""
    return tuple(token.stem for token in tokens(phrase) if not token.is_separator)


class Lexicon:
    """Phrases and the names they stand for; finds the longest phrase at each place."""

    def __init__(self, entries: Iterable[tuple[str, str]], *, exact: bool = False) -> None:
        """`entries` are names with their comma-separated phrases; the first name to claim a phrase keeps it.

        `exact`: compare whole words and the separators between them, only ignoring case, as names are written.
        """
        self._exact = exact
        self._names: dict[tuple[str, ...], str] = {}
        for name, phrases in entries:
            for phrase in phrases.split(","):
                key = tuple(self._folded(token) for token in tokens(phrase) if exact or not token.is_separator)
                if key:
                    self._names.setdefault(key, name)
        self._longest = max(map(len, self._names), default=0)

    def find(self, words: tuple[Token, ...]) -> tuple[Match, ...]:
        """Every match from left to right, without overlaps, the longest at each place."""
        folded = tuple(map(self._folded, words))
        found: list[Match] = []
        at = 0
        while at < len(words):
            for end in range(min(at + self._longest, len(words)), at, -1):
                name = self._names.get(folded[at:end])
                if name is not None:
                    found.append(Match(name, at, end))
                    at = end
                    break
            else:
                at += 1
        return tuple(found)

    def _folded(self, token: Token) -> str:
        return token.raw.lower() if self._exact else token.stem
