"""Masking of secrets: takes signatures, tokens and passwords out of texts that are shown.

The signature of an address (a SAS of Azure, a presigned address of AWS or Google) opens what it leads to, for whoever
reads it. Pure; masking twice changes nothing more. What is masked may be shown; it is of no use for fetching.
"""

from __future__ import annotations

import re
from typing import Any

MASK = "***"

_NAME = (
    r"(?:[\w.\-]*(?:token|secret|signature|password|passwd|credential|api[_\-]?key|access[_\-]?key|accesskeyid)[\w.\-]*"
    r"|sig|key|auth|authorization|code|pwd|pass|jwt|hmac|sid|session|sessionid|hdnts|hdnea)"
)
"""Names of query parameters whose values are secrets."""
_ENCODED_AND = r"%(?:25)*(?:26|3f|23)"
_ENCODED_IS = r"%(?:25)*3d"
_MASKS = (
    (re.compile(rf"(?i)([?&;#]{_NAME}=)[^&#\s\"'<>\\]+"), rf"\g<1>{MASK}"),
    # The same in an address that stands in another's query.
    (
        re.compile(rf"(?i)({_ENCODED_AND}{_NAME}{_ENCODED_IS})(?:(?!{_ENCODED_AND})[^&#\s\"'<>\\])+"),
        rf"\g<1>{MASK}",
    ),
    (re.compile(r"(?i)(//)[^/?#\s\"'<>\\]+@"), rf"\g<1>{MASK}@"),
    (
        re.compile(r"(?i)(%(?:25)*2f%(?:25)*2f)(?:(?!%(?:25)*(?:2f|3f|23))[^/?#&\s\"'<>\\])+?(%(?:25)*40)"),
        rf"\g<1>{MASK}\g<2>",
    ),
    (
        re.compile(r"(?i)\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)(\s*=\s*)[^;\s\"'<>\\]+"),
        rf"\g<1>\g<2>{MASK}",
    ),
    (re.compile(r"(?i)\b(Bearer|Basic|SharedKey)\s+(?=\S*\d)[\w.~+/=:\-]{16,}"), rf"\g<1> {MASK}"),
    (re.compile(r"\bsk-[\w\-]{16,}"), MASK),
    (re.compile(r"(?i)(hooks\.slack\.com/)[^\s\"'<>\\]+"), rf"\g<1>{MASK}"),
)
_SOME_SECRET = "0123456789abcdefghij"
_MAY_HOLD = re.compile(r"(?i)[=@%]|bearer|basic|sharedkey|sk-|hooks\.slack")


def masked(text: str) -> str:
    """Return `text` with the secrets in it masked. A JSON document stays one, with masked strings."""
    if _MAY_HOLD.search(text) is None:
        return text
    shown = text
    for pattern, mask in _MASKS:
        shown = pattern.sub(mask, shown)
    return text if shown == text else shown


def masked_json(value: Any) -> Any:
    """Return a JSON value with the secrets in all its strings masked, however deep, members' names included."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {masked(name) if isinstance(name, str) else name: masked_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked_json(one) for one in value]
    return value


def restored(shown: Any, original: Any) -> Any:
    """Return a JSON value that was shown masked, and perhaps changed, with the secrets that nobody touched put back."""
    if isinstance(shown, str) and isinstance(original, str):
        return original if shown == masked(original) else shown
    if isinstance(shown, dict) and isinstance(original, dict):
        return {name: restored(one, original.get(name)) for name, one in shown.items()}
    if isinstance(shown, list) and isinstance(original, list):
        return [restored(*pair) for pair in zip(shown, original, strict=False)] + shown[len(original) :]
    return shown


def holds_mask(value: Any) -> bool:
    """Return whether a JSON value has a mask where a secret should be, however deep."""
    if isinstance(value, str):
        as_secret = value.replace(MASK, _SOME_SECRET)
        return as_secret != value and masked(as_secret) != as_secret
    if isinstance(value, dict):
        return any(map(holds_mask, value.values()))
    return isinstance(value, list) and any(map(holds_mask, value))
