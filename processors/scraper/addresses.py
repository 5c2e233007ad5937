"""Addresses of items: which one does a link lead to, and which links lead to the same thing?

An address is kept and asked for as it is written. Links to one thing differ in tracking parameters, order, fragments
and letter case: its canonical form says only which thing it is.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote, urlsplit

from w3lib.url import canonicalize_url

from shared.web import links

TRACKING = frozenset(
    {
        *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "twclid", "ttclid", "igshid"),
        *("igsh", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "hsctatracking", "vero_id", "oly_anon_id"),
        *("oly_enc_id", "rb_clickid", "s_cid", "wickedid", "_openstat", "epik", "ref_src", "ref_url", "spm", "scm"),
        *("cmpid", "ncid", "icid", "sr_share", "share_id", "si", "srsltid", "_ga", "_gl"),
    }
)
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "at_custom")

_NO_LINK = re.compile(r"\s*(?:n/?a|none|null|nil|undefined|false|-+|#?)\s*", re.IGNORECASE)


def absolute(link: str, base: str = "") -> str | None:
    """Return the http(s) address that `link` leads to on a page at `base`, as it is written; None for anything else."""
    found = links.resolved(link, base) if is_link(link) else None
    if found is None or not found.startswith(("http://", "https://")) or "@" in found.split("/", 3)[2]:
        return None
    return found


def is_link(text: str) -> bool:
    """Return whether a text isn't what stands where there is no link or name: nothing, ``#``, ``N/A``."""
    return _NO_LINK.fullmatch(text) is None


def canonical(address: str) -> str:
    """Return the form of an absolute address that all links to one thing share. It is compared, never asked for.

    A fragment counts only where pages are told apart by it: ``#!/p/1``, ``#/p/1``.
    """
    rest, _, fragment = address.partition("#")
    path, mark, query = rest.partition("?")
    kept = "&".join(pair for pair in query.split("&") if not _is_tracking(pair.partition("=")[0]))
    shown = f"#{fragment}" if fragment.startswith(("!", "/")) else ""
    try:
        return canonicalize_url(f"{path}{mark}{kept}{shown}", keep_fragments=True)
    except (ValueError, UnicodeError):  # a host that w3lib has its own ideas of
        return address


def identity(address: str, part: str = "") -> str:
    """Return the id of what is at an absolute address: all of it, or the named part. http and https are the same."""
    named = canonical(address).partition("://")[2] + (f"#{part}" if part else "")
    return hashlib.sha256(named.encode()).hexdigest()[:24]


def origin(url: str) -> str:
    """Return scheme, host and port of an address: whose robots.txt and whose patience it concerns."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _is_tracking(name: str) -> bool:
    lower = unquote(name).lower()
    return lower in TRACKING or lower.startswith(TRACKING_PREFIXES)
