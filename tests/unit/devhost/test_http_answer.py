"""What does the client get of what an HTTP function returned?"""

import azure.functions as func
import pytest

from devhost import http_answer
from devhost.http_answer import Unanswerable


def answered(method: str = "GET", **returned: object) -> dict[str, str]:
    """Return the headers of an answer."""
    return dict(http_answer.make(func.HttpResponse(**returned), method).headers)  # type: ignore[arg-type]


def test_status_type_and_body() -> None:
    answer = http_answer.make(func.HttpResponse("é", status_code=201), "GET")

    assert (answer.status, answer.body) == (201, "é".encode())
    assert answer.headers == (("content-type", "text/plain; charset=utf-8"),)


@pytest.mark.parametrize("returned", [None, {}, [], 5, b"bytes"])
def test_what_is_no_answer(returned: object) -> None:
    with pytest.raises(Unanswerable, match=f"returned {type(returned).__name__}; return an azure.functions"):
        http_answer.make(returned, "GET")


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"x-name": "é"}, "beyond printable ASCII"),
        ({"x-name": "a\x01b"}, "beyond printable ASCII"),
        ({"x name": "a"}, "beyond printable ASCII"),
        ({"content-length": "7"}, "said Content-Length 7 of a body of 2 bytes"),
        ({"Transfer-Encoding": "chunked"}, "set Transfer-Encoding"),
    ],
)
def test_headers_that_the_host_refuses(headers: dict[str, str], why: str) -> None:
    with pytest.raises(Unanswerable, match=why):
        answered(body="ab", headers=headers)


@pytest.mark.parametrize("status", [0, 100, 1000])
def test_a_status_that_is_none(status: int) -> None:
    with pytest.raises(Unanswerable, match=f"answered with status {status}"):
        answered(status_code=status)


def test_an_answer_to_head_may_tell_the_length_of_the_body_it_leaves_out() -> None:
    assert answered("HEAD", headers={"content-length": "7"})["content-length"] == "7"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("a=b", "a=b; domain=; path="),
        ("a=x/y=z; Secure; HttpOnly", "a=x%2Fy%3Dz; domain=; path=; secure; httponly"),
        ("a=b; Max-Age=0; Path=/", "a=b; max-age=0; domain=; path=/"),
        (
            "a=b; Path=/p; Domain=example.org; Max-Age=60; SameSite=Strict; Expires=Wed, 09 Jun 2021 10:18:14 GMT",
            "a=b; expires=Wed, 09 Jun 2021 10:18:14 GMT; max-age=60; domain=example.org; path=/p; samesite=strict",
        ),
    ],
)
def test_cookies_are_written_the_hosts_way(given: str, written: str) -> None:
    assert answered(headers={"Set-Cookie": given})["Set-Cookie"] == written


def test_a_cookie_of_negative_age_is_none() -> None:
    with pytest.raises(Unanswerable, match="max-age -1"):
        answered(headers={"Set-Cookie": "a=b; Max-Age=-1"})


@pytest.mark.parametrize("given", ["a=b; Expires=soon", "a=b; Max-Age=long"])
def test_cookies_that_the_worker_fails_on(given: str) -> None:
    with pytest.raises(ValueError, match=given.rpartition("=")[2]):
        answered(headers={"Set-Cookie": given})
