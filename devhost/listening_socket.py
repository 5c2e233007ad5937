"""Listening socket: at which address are the admin API and HTTP functions?

On this machine only. It outlives a worker that is lost: who connects while the next one starts waits for it.
"""

from __future__ import annotations

import contextlib
import os
import socket

from devhost.errors import Refused

HOST = "127.0.0.1"
DEFAULT_PORT = 7071
"""The port of `func start`; another one is taken when it isn't free, unless it was asked for."""

VARIABLE = "DEVHOST_LISTENING_SOCKET"
"""Environment variable that hands the file number of the socket to the next worker."""


def listen(port: int | None, handed_over: str = "") -> socket.socket:
    """Return the socket that an earlier worker has `handed_over`, or a new one at `port`.

    `port` None: DEFAULT_PORT, or any free one when that is taken; 0: any free one. Raises Refused when an asked one is
    taken.
    """
    with contextlib.suppress(ValueError, OSError):  # no number, or no socket any more
        listening = socket.socket(fileno=int(handed_over))
        listening.setblocking(False)
        os.set_inheritable(listening.fileno(), False)
        return listening
    try:
        return _bound_to(DEFAULT_PORT if port is None else port)
    except OSError as error:
        if port is not None:
            raise Refused(f"Port {port} can't be had: {error.strerror}. Name another with --port.") from None
        return _bound_to(0)


def address(listening: socket.socket) -> str:
    """Return the URL of the socket, without a path."""
    return "http://{}:{}".format(*listening.getsockname()[:2])


def hand_over(listening: socket.socket) -> dict[str, str]:
    """Keep the socket open for the next worker; return the environment variable that it finds it by."""
    os.set_inheritable(listening.fileno(), True)
    return {VARIABLE: str(listening.fileno())}


def _bound_to(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        # Listening right away, since two sockets may be bound to a port until one of them listens.
        listening.listen()
    except BaseException:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
