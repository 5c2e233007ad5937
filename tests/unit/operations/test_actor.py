"""What may an actor do, and to whom?"""

from __future__ import annotations

import pytest

from operations.actor import Actor, Role, user_scope
from shared.errors import NotAllowed


def actor(*roles: Role, scopes: tuple[str, ...] = ("*",)) -> Actor:
    return Actor("key:shop", frozenset(roles), frozenset(scopes))


@pytest.mark.parametrize(
    ("own", "may"),
    [
        ("producer", {"producer"}),
        ("reader", {"reader"}),
        ("operator", {"operator", "reader"}),
        ("admin", {"producer", "reader", "operator", "admin"}),
    ],
)
def test_a_role_allows_itself_and_what_it_implies(own: Role, may: set[Role]) -> None:
    roles: tuple[Role, ...] = ("producer", "reader", "operator", "admin")

    assert {role for role in roles if actor(own).may(role)} == may


def test_without_a_role_nothing_is_allowed() -> None:
    assert not actor().may("reader")


def test_without_a_scope_nothing_is_allowed() -> None:
    assert not actor("admin", scopes=()).may("reader", "user:ada")


def test_a_scope_allows_its_owners_things_alone() -> None:
    own = actor("reader", scopes=("user:ada",))

    assert (own.may("reader", user_scope("ada")), own.may("reader", user_scope("ben"))) == (True, False)


def test_what_concerns_everybody_takes_the_scope_of_everything() -> None:
    with pytest.raises(NotAllowed, match="key:shop may not do this: it takes the role reader for everything"):
        actor("reader", scopes=("user:ada",)).require("reader", user_scope(None))


def test_a_role_of_another_scope_is_for_that_scope_only() -> None:
    admin = Actor("ada", frozenset({"admin"}), frozenset({"client:shop"}))
    both = Actor("ada", frozenset({"reader"}), frozenset({"*"}), (admin,))

    assert both.may("reader", "user:bo")
    assert both.may("admin", "client:shop")
    assert not both.may("admin", "client:other")
    assert not both.may("operator")


def test_a_role_without_any_scope_is_for_nothing() -> None:
    assert not Actor("ada", frozenset({"admin"})).is_a("reader")
    assert Actor("ada", frozenset({"admin"}), frozenset({"user:ada"})).is_a("producer")
