"""Links: which address does a browser ask for when it follows one?

By the URL Standard (https://url.spec.whatwg.org), as browsers do it, and as urllib, yarl and w3lib don't: they write
``?$pdp$`` as ``?%24pdp%24=`` or drop a ``?`` with nothing behind it, and some shops answer that with 404.
"""

from __future__ import annotations

from shared.web.addresses import MAX_URL_CHARACTERS


def resolved(link: str, base: str = "") -> str | None:
    """Return the address that `link` leads to on a page at `base`, its fragment included; None when it is no address.

    What is written in it stays as it is: only what a browser writes another way too (a space, letters beyond ASCII,
    ``..``, a backslash, the host's upper case) is.
    """
    from ada_url import join_url, normalize_url

    if len(link) > MAX_URL_CHARACTERS:
        return None
    try:
        found: str = join_url(base, link) if base else normalize_url(link)
    except ValueError:  # a surrogate that no URL can hold, too
        return None
    return found if len(found) <= MAX_URL_CHARACTERS else None


def located(header: str, base: str) -> str | None:
    """Return where a header (Location, Content-Location) leads to. Bytes beyond ASCII in it are kept as they are."""
    raw = header.encode("utf-8", "surrogateescape")
    return resolved("".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in raw), base)


def parts(address: str) -> tuple[str, str, str]:
    """Return scheme, authority, and what a request names (path and query) of an address that is `resolved`."""
    scheme, _, rest = address.partition("#")[0].partition("://")
    authority, slash, path = rest.partition("/")
    return scheme, authority, slash + path
