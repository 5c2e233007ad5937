"""When is the local storage said not to answer?"""

from __future__ import annotations

import socket

import pytest

from operations.storage import silent_address


def connection(port: int) -> str:
    return f"AccountName=a;AccountKey=b;BlobEndpoint=http://127.0.0.1:{port}/a;QueueEndpoint=http://127.0.0.1:{port}/a;"


def test_an_address_where_nobody_listens_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert silent_address(connection(port)) == f"127.0.0.1:{port}"


def test_an_address_where_somebody_listens_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert silent_address(connection(server.getsockname()[1])) is None


@pytest.mark.parametrize(
    "elsewhere", ["", "AccountName=a;EndpointSuffix=core.windows.net", "QueueEndpoint=https://a.example/;", "nonsense"]
)
def test_a_storage_elsewhere_is_never_tried(elsewhere: str) -> None:
    assert silent_address(elsewhere) is None
