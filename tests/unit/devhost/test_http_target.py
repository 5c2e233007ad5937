"""Which path does a request name, and which URL does the function get of it?"""

import pytest

from devhost import http_target
from devhost.http_target import BadTarget


@pytest.mark.parametrize(
    ("raw", "path", "url_path"),
    [
        ("/", "/", "/"),
        ("/a/b", "/a/b", "/a/b"),
        ("/a%20b", "/a b", "/a%20b"),
        ("/caf%C3%A9", "/café", "/caf%C3%A9"),
        ("/%41%2f%42", "/A%2fB", "/A%2fB"),
        ("/a%252Fb", "/a%2Fb", "/a%2Fb"),
        ("/%FF%C3", "/%FF%C3", "/%FF%C3"),
        ("/%C3%A9%FFx", "/é%FFx", "/%C3%A9%FFx"),
        ("/50%", "/50%", "/50%25"),
        ('/"<^>', '/"<^>', "/%22%3C%5E%3E"),
        ("/a+b;c=d:@!$&'()*,~", "/a+b;c=d:@!$&'()*,~", "/a+b;c=d:@!$&'()*,~"),
        ("/a/./b/../c", "/a/c", "/a/c"),
        ("/a/%2e%2E/b", "/b", "/b"),
        ("/../..", "/", "/"),
        ("/a/..", "/", "/"),
        ("/a/b/.", "/a/b/", "/a/b/"),
        ("//a//b/", "//a//b/", "//a//b/"),
        ("http://elsewhere/a", "/a", "/a"),
        ("http://elsewhere", "/", "/"),
    ],
)
def test_a_path_is_decoded_and_encoded_anew(raw: str, path: str, url_path: str) -> None:
    target = http_target.parse(raw)

    assert (target.path, target.query) == (path, "")
    assert target.url("here:1") == f"http://here:1{url_path}"


@pytest.mark.parametrize("raw", ["/a%00b", "/é", "*", "a/b"])
def test_targets_that_no_server_takes(raw: str) -> None:
    with pytest.raises(BadTarget):
        http_target.parse(raw)


def test_a_query_stays_as_it_came_and_its_values_are_joined_without_the_empty_ones() -> None:
    target = http_target.parse("/a?x=1&X=2&y=&z=%26+%C3%A9&x=3?")

    assert target.url("here") == "http://here/a?x=1&X=2&y=&z=%26+%C3%A9&x=3?"
    assert target.parameters() == {"x": "1,2,3?", "z": "& é"}
