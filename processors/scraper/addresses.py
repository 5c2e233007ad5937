"""Canonical addresses: links to one thing differ in tracking parameters, order, fragments and letter case."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

MAX_CHARACTERS = 2048
TRACKING = frozenset(
    {
        *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "twclid", "ttclid", "igshid"),
        *("igsh", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "hsctatracking", "vero_id", "oly_anon_id"),
        *("oly_enc_id", "rb_clickid", "s_cid", "wickedid", "_openstat", "epik", "ref_src", "ref_url", "spm", "scm"),
        *("cmpid", "ncid", "icid", "sr_share", "share_id", "si", "srsltid", "_ga", "_gl"),
    }
)
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "at_custom")


def canonical(url: str, base: str = "") -> str | None:
    """Return the canonical form of an http(s) address, relative to `base`; None for anything else."""
    try:
        joined = urljoin(base, url.strip())
        parts = urlsplit(joined)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return None
        host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
        default = {"http": 80, "https": 443}[parts.scheme]
        netloc = (f"[{host}]" if ":" in host else host) + (
            f":{parts.port}" if parts.port not in (None, default) else ""
        )
        query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(pair[0])]
        cleaned = urlunsplit((parts.scheme, netloc, parts.path or "/", urlencode(query), ""))
        found = canonicalize_url(cleaned)
    except (ValueError, UnicodeError):
        return None
    return found if len(found) <= MAX_CHARACTERS else None


def identity(canonical_url: str) -> str:
    """Return the id of what is at a canonical address. http and https are the same thing."""
    return hashlib.sha256(canonical_url.partition("://")[2].encode()).hexdigest()[:24]


def origin(url: str) -> str:
    """Return scheme, host and port of an address: whose robots.txt and whose patience it concerns."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _is_tracking(name: str) -> bool:
    lower = name.lower()
    return lower in TRACKING or lower.startswith(TRACKING_PREFIXES)
