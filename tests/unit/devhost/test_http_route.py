"""Which paths are an HTTP function's, and which the host's own?"""

import pytest

from devhost.http_route import Route


@pytest.mark.parametrize(
    ("prefix", "path", "values"),
    [
        ("", "/", {}),
        ("", "/a/b", {"route": "a/b"}),
        ("", "//a", {"route": "/a"}),
        ("", "/administrators", {"route": "administrators"}),
        ("api", "/api", {}),
        ("api", "/api/", {}),
        ("api", "/API/a", {"route": "a"}),
        ("one/two", "/one/two/three", {"route": "three"}),
    ],
)
def test_a_route_takes_what_is_below_its_prefix(prefix: str, path: str, values: dict[str, str]) -> None:
    route = Route(prefix, "route", None, homepage=False)

    assert route.takes(path)
    assert route.values(path) == values


@pytest.mark.parametrize(
    ("prefix", "path"),
    [("", "/admin"), ("", "/Admin/x"), ("", "/runtime/x"), ("api", "/"), ("api", "/apis"), ("api", "/x")],
)
def test_other_paths_are_the_hosts(prefix: str, path: str) -> None:
    assert not Route(prefix, "route", None, homepage=False).takes(path)


def test_the_root_is_the_hosts_while_it_has_a_homepage() -> None:
    route = Route("", "route", ("GET", "POST"), homepage=True)

    assert not route.takes("/")
    assert route.takes("/a")


def test_a_route_is_shown_with_its_methods_if_it_names_any() -> None:
    assert Route("", "route", ("GET", "POST"), homepage=True).at("http://here") == "[GET,POST] http://here/{*route}"
    assert Route("api", "rest", None, homepage=True).at("http://here") == "http://here/api/{*rest}"
