"""Address check (SSRF protection): which addresses may the app be sent to by a stranger's URL?

Only ones on the public internet. `ipaddress`'s ``is_global`` isn't enough: depending on the Python version it lets
Azure's platform address, multicast, and IPv6 forms that carry an IPv4 address pass, so what it misses is listed here.
Pure rules; shared/web/fetch.py asks them for every URL, redirect and socket.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from shared.errors import Misconfigured, Permanent

MAX_URL_CHARACTERS = 2048
_PATH_CHARACTERS = 120

_REFUSED_IPV4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers' NAT; a cloud's metadata at 100.100.100.200
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's platform: DNS, health probes, the guest agent's server
            "169.254.0.0/16",  # link-local: the clouds' metadata at 169.254.169.254
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments; a cloud's metadata at 192.0.0.192
            "192.0.2.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
"""All that is assigned as unicast. Loopback, ULA, link-local, multicast, mapped IPv4 and NAT64 lie outside."""
_REFUSED_IPV6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments; Teredo carries an IPv4 address
            "2001:db8::/32",
            "2002::/16",  # 6to4 carries an IPv4 address
            "3fff::/20",
        ),
    )
)
_CANONICAL_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}")
_HAS_USER = re.compile(r"[^/\\?#]*[/\\]{2,}[^/\\?#]*@")
"""An authority with an @, as parsers see it that take a backslash for a slash, and leave out blanks."""
_BLANKS = re.compile(r"[\x00-\x20]")
_ENDS_IN_A_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0[xX][0-9a-fA-F]*)\.?$")
"""Hosts of this form are IPv4 addresses to every URL parser, in whatever notation."""


def is_public(address: str) -> bool:
    """Return whether the IP address (as a socket has it, a zone id included) lies on the public internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not any(ip in network for network in _REFUSED_IPV4)
    return ip.is_global and ip in _PUBLIC_IPV6 and not any(ip in network for network in _REFUSED_IPV6)


class AllowedLocal:
    """The hosts (host:port) that tests and demos may reach though they aren't public: FETCH_ALLOWED_LOCAL."""

    def __init__(self, setting: str) -> None:
        """Take the setting's text. Raises Misconfigured for an entry that isn't ``host:port``."""
        self._hosts = frozenset(_local(entry) for entry in entries(setting))

    def covers(self, url: str) -> bool:
        """Return whether `url` names one of them, host and port as written there."""
        if not self._hosts:
            return False
        parts = _split(url)
        return (_host(parts), _port(parts)) in self._hosts


def check(url: str, *, local: bool = False) -> None:
    """Raise Permanent `address_refused` unless `url` is a plain https address whose host may be looked up.

    `local` says that it is one of the allowed local hosts: http will do, and its address is not asked about.
    """
    if len(url) > MAX_URL_CHARACTERS:
        raise refused(url, f"it has more than {MAX_URL_CHARACTERS} characters")
    if any(character <= " " or character == "\x7f" for character in url) or "\\" in re.split("[?#]", url)[0]:
        raise refused(url, "it holds a space, a backslash or a control character")
    parts = _split(url)
    if parts.scheme not in (("https", "http") if local else ("https",)):
        raise refused(url, "only https addresses are fetched")
    if "@" in parts.netloc:
        raise refused(url, "it carries a user name")
    if not parts.netloc.isascii():
        raise refused(url, "its host isn't in ASCII; write it as xn--…")
    host = _host(parts)
    if not host:
        raise refused(url, "it names no host")
    if local:
        return
    if ":" in host:
        if not is_public(host):
            raise refused(url, "its host isn't on the public internet")
    elif _ENDS_IN_A_NUMBER.search(host) and not (_CANONICAL_IPV4.fullmatch(host) and is_public(host)):
        raise refused(url, "its host isn't on the public internet, or is an IPv4 address in an unusual notation")


def problem_of(url: str) -> str | None:
    """Return what keeps `url` from being kept at all, wherever it leads; None when nothing does.

    User names and passwords would be stored and shown with it.
    """
    if len(url) > MAX_URL_CHARACTERS:
        return f"it has more than {MAX_URL_CHARACTERS} characters"
    if _HAS_USER.match(_BLANKS.sub("", url)):
        return "it carries a user name or a password"
    return None


def refused(url: str, why: str) -> Permanent:
    """Return the error of an address that isn't fetched. Its text keeps nothing of the URL but scheme and host."""
    return Permanent(f"The address {shown(url)} isn't fetched: {why}.", code="address_refused", dependency="content")


def shown(url: str) -> str:
    """Return scheme, host and port of `url` for messages: paths and queries may carry secrets, users their names."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(unreadable)"
    return f"{parts.scheme[:16]}://{parts.netloc.rpartition('@')[2][:128]}"


def path_shown(url: str) -> str:
    """Return the path of `url` in quotation marks, so that failures of several paths of a site count as alike.

    Never its query, which may carry a signature.
    """
    try:
        path = urlsplit(url).path
    except ValueError:
        return "(unreadable)"
    plain = path.replace("'", "%27") or "/"
    return f"'{plain if len(plain) <= _PATH_CHARACTERS else plain[:_PATH_CHARACTERS] + '…'}'"


def entries(setting: str) -> Iterable[str]:
    """Return the entries of a setting that is a list: split at commas and blanks."""
    return setting.replace(",", " ").split()


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise refused(url, str(error)) from None
    return parts


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").lower()


def _port(parts: SplitResult) -> int:
    return parts.port or (80 if parts.scheme == "http" else 443)


def _local(entry: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{entry}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.path or "@" in entry:
        raise Misconfigured(
            f"Setting FETCH_ALLOWED_LOCAL has {entry!r}; it takes host:port, such as 127.0.0.1:8080.",
            code="setting_invalid",
        )
    return host.lower(), port
