"""Matching of texts with a vocabulary: which of its words are in a text? Folds case, accents, hyphens and plurals."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Return the text's words in lower case without accents, parted by one space."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", plain).strip()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Forms, and the name that each stands for."""

    names: Mapping[str, str]
    _pattern: re.Pattern[str]

    def found(self, text: str) -> Counter[str]:
        """Return how often each name is found in a folded text. Of forms that overlap the longest counts."""
        return Counter(self.names[form] for form in self.forms(text))

    def forms(self, text: str) -> list[str]:
        """Return the forms found in a folded text, in its order."""
        return [hit[1] for hit in self._pattern.finditer(text)]


def lexicon(names: Mapping[str, str]) -> Lexicon:
    """Return the lexicon of form -> name."""
    forms = sorted(names, key=lambda form: (-len(form), form))
    return Lexicon(names, re.compile(rf"\b({'|'.join(map(re.escape, forms))})(?:e?s)?\b"))


def listed(forms: str) -> Iterable[str]:
    """Return the forms of a text that lists them with commas."""
    return (form.strip() for form in forms.split(","))
