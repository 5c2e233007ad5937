"""Structured data of a page: what things does it describe for search engines, in JSON-LD, microdata or RDFa?

All three become the same: dictionaries with `@type` and schema.org's names, and plain values. What search engines read
is read here too. Not by extruct: it brings a graph library, builds the page's tree twice more, and leaves out what JSON
doesn't allow.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_OBJECTS = 20_000
_JSON_LD = 'script[type*="ld+json" i]'
_SCHEMA = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)", re.IGNORECASE)
_BLANK = " \t\r\n;\ufeff"
_MARK = r"<!--|-->|<!\[CDATA\[|\]\]>"
_NOT_JSON = re.compile(
    rf'("(?:[^"\\]|\\.)*+")|//\s*(?:{_MARK})|{_MARK}|/\*.*?\*/|//[^\n]*'
    r"|,(?=\s*(?:,|[\]}]|$))|[^\S \t\r\n]|[\x00-\x08\x0e-\x1f\x7f]",
    re.DOTALL,
)
"""Strings, which stay as they are; else marks and comments, commas too many, and blanks that JSON doesn't know."""
_ESCAPE = re.compile(r'(\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))|\\')
_GAP = re.compile(r"[\s;,\ufeff]*")
_HELD = ("@graph", "itemListElement", "item", "mainEntity", "hasPart")
_LINKS = {"a": "href", "area": "href", "link": "href", "img": "src", "source": "src", "embed": "src", "iframe": "src"}
_VALUES = {"meta": "content", "data": "value", "meter": "value", "object": "data", "time": "datetime", **_LINKS}


class Visible(str):
    """A value that stands on the page for readers; any other is written for machines."""


def things(tree: LexborHTMLParser, types: frozenset[str]) -> Iterator[list[dict[str, Any]]]:
    """Yield the things of these types (schema.org's names) that a page describes in JSON-LD, in microdata, in RDFa."""
    for read in (_json_ld, _microdata, _rdfa):
        yield list(_of_types(read(tree), types))


def types_of(thing: dict[str, Any]) -> set[str]:
    """Return the types that a thing has, without where they are defined."""
    named = thing.get("@type")
    return {one for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)}


def loaded(text: str) -> Any:
    """Return the JSON that a script holds, as it is meant. Raises ValueError for what can't be understood.

    Scripts are written by templates: they hold raw control characters, comments and CDATA marks around, a comma or a
    semicolon too many, quotes as entities, a second document.
    """
    text = text.strip(_BLANK)
    if '"' not in text:
        text = html.unescape(text)
    try:
        return json.loads(text, strict=False)
    except ValueError:
        text = _NOT_JSON.sub(lambda found: _ESCAPE.sub(r"\1", found[1]) if found[1] else "", text).strip()
    decoder, at = json.JSONDecoder(strict=False), 0
    found: list[Any] = []
    while at < len(text):
        try:
            one, at = decoder.raw_decode(text, at)
        except ValueError:
            if not found:
                raise
            break
        found.append(one)
        at = cast(re.Match[str], _GAP.match(text, at)).end()
    return found


def _json_ld(tree: LexborHTMLParser) -> list[Any]:
    found = []
    for script in tree.css(_JSON_LD):
        try:
            found.append(_named(loaded(script.text())))
        except (ValueError, RecursionError):
            continue  # one broken script says nothing of the others
    _join(found)
    return found


def _named(value: Any) -> Any:
    """Return JSON-LD with schema.org's short names, and values in place of value objects."""
    if isinstance(value, list):
        return [_named(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return value["@value"]
    thing = {_SCHEMA.sub("", name): _named(one) for name, one in value.items()}
    if "@type" in thing:
        thing["@type"] = [_SCHEMA.sub("", one).strip("/#") for one in types_of(thing)]
    return thing


def _join(documents: list[Any]) -> None:
    """Put what is only named by its `@id` in its place: ``{"@id": "#picture"}``."""
    by_id: dict[str, dict[str, Any]] = {}
    holders: list[tuple[Any, Any]] = []
    waiting, seen = list(documents), 0
    while waiting and seen < MAX_OBJECTS:
        one = waiting.pop()
        seen += 1
        named = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        for name, value in named:
            if isinstance(value, dict) and set(value) == {"@id"} and isinstance(value["@id"], str):
                holders.append((one, name))
            elif isinstance(value, dict | list):
                waiting.append(value)
        if isinstance(one, dict) and isinstance(one.get("@id"), str) and len(one) > 1:
            by_id.setdefault(one["@id"], one)
    for holder, name in holders:
        holder[name] = by_id.get(holder[name]["@id"], holder[name])


def _of_types(document: Any, types: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Yield each thing of these types, however deep; what one holds is its own."""
    waiting, at = [document], 0
    while at < min(len(waiting), MAX_OBJECTS):
        one = waiting[at]
        at += 1
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            if types_of(one) & types:
                yield one
            else:
                waiting += [one[name] for name in _HELD if name in one]


def _microdata(tree: LexborHTMLParser) -> list[Any]:
    marks = _Marks("itemscope", "itemtype", "itemprop", "itemid")
    return [_described(node, tree, marks) for node in tree.css("[itemscope]:not([itemprop])")]


def _rdfa(tree: LexborHTMLParser) -> list[Any]:
    marks = _Marks("typeof", "typeof", "property", "resource")
    return [_described(node, tree, marks) for node in tree.css("[typeof]:not([property])")]


class _Marks(NamedTuple):
    """The attributes that say: here a thing begins, of this type; this is a property; this is the thing's id."""

    scope: str
    kind: str
    prop: str
    id: str


def _described(root: LexborNode, tree: LexborHTMLParser, marks: _Marks) -> dict[str, Any]:
    """Return the thing that an element and what is in it describe."""
    described = _begun(root, marks)
    waiting = [(node, described) for node in [*_referred(root, tree), *reversed(list(root.iter()))]]
    seen = 0
    while waiting and seen < MAX_OBJECTS:
        node, thing = waiting.pop()
        seen += 1
        attributes = node.attributes
        is_thing, properties = marks.scope in attributes, (attributes.get(marks.prop) or "").split()
        if is_thing and not properties:
            continue  # it stands alone
        within = _begun(node, marks) if is_thing else thing
        for name in properties:
            thing.setdefault(_SCHEMA.sub("", name), []).append(within if is_thing else _value(node))
        waiting += [(child, within) for child in reversed(list(node.iter()))]
    return described


def _begun(node: LexborNode, marks: _Marks) -> dict[str, Any]:
    types = [_SCHEMA.sub("", one).strip("/#") for one in (node.attributes.get(marks.kind) or "").split()]
    named = node.attributes.get(marks.id)
    return {"@type": types, **({"@id": named} if named else {})}


def _referred(root: LexborNode, tree: LexborHTMLParser) -> list[LexborNode]:
    """Return the elements elsewhere on the page that microdata counts as parts of this one."""
    names = [name for name in (root.attributes.get("itemref") or "").split() if '"' not in name and "\\" not in name]
    return [node for name in names if (node := tree.css_first(f'[id="{name}"]')) is not None]


def _value(node: LexborNode) -> str:
    """Return what an element says a property is: what it says to machines, or what it shows."""
    attributes = node.attributes
    for name in ("content", _VALUES.get(node.tag or "", "")):
        said = attributes.get(name)
        if said:
            return said
    return Visible(node.text(separator=" ", strip=True))
