"""Which texts does the console take for its own? Those alone that it signed, for the purpose that they come for."""

from __future__ import annotations

import pytest

from api.console.seal import LONGEST, Seal

SEAL = Seal("a secret")


def test_what_was_closed_is_opened_by_whoever_has_the_secret() -> None:
    assert Seal("a secret").opened("session", SEAL.closed("session", ["é", 1, ["a"]])) == ["é", 1, ["a"]]


@pytest.mark.parametrize("text", [None, "", ".", "é.é", "W10.", "W10.AAAA", "W10", "x" * (LONGEST + 1) + ".y"])
def test_what_nobody_signed_is_refused(text: str | None) -> None:
    with pytest.raises(ValueError, match="sign"):
        SEAL.opened("session", text)


def test_what_was_signed_for_another_purpose_or_by_another_secret_is_refused() -> None:
    closed = SEAL.closed("sign-in", ["a"])
    for seal, purpose in ((SEAL, "session"), (Seal("another"), "sign-in"), (Seal(""), "sign-in")):
        with pytest.raises(ValueError, match="another signature"):
            seal.opened(purpose, closed)


def test_what_is_too_long_for_a_cookie_is_refused() -> None:
    with pytest.raises(ValueError, match="no signed text"):
        SEAL.opened("session", SEAL.closed("session", ["x" * LONGEST]))
