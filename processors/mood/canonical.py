"""Fan-in of the mood run: how do the raw moods of a run become stored moods?

Everything here is derived from the chunks' documents and from what is stored, keyed by name and item: doing it again,
in another order, or after dying half-way leaves the same moods. A name whose vector can't be had, or about which nobody
could be asked, is stored without one and settled by a later run; it is never given an empty vector.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from processors.mood import stored as store
from processors.mood.found import from_body
from processors.mood.names import MAYBE_STORED, SAME_AS_STORED, Group, Match, Name, groups_of, matches
from processors.mood.vectors import vectors_of
from shared.documents.port import Body
from shared.errors import NightshiftError, Unavailable
from shared.jobs.runs.definition import Run
from shared.models.embeddings import decoded
from shared.usage.budget import Caller


async def canonicalise(run: Run, chunks: Sequence[Body]) -> Mapping[str, int]:
    """Store the moods of a run's chunks; return how many were raw, the same, new, unembedded and undecided."""
    services = run.services
    caller, embedder = Caller(run.id, run.n or 0), services.embedder
    seen: dict[str, dict[str, str]] = {key: of for chunk in chunks for key, of in chunk["items"].items()}
    known = await store.all_of(services.documents)
    comparable = [body for body in known if body.get("embeddingModel") == embedder.model]
    by_name = {(body["primaryMood"], body["name"]): body for body in comparable}
    names = _names(chunks, [body for body in known if body.get("embeddingModel") != embedder.model])
    counts = Counter(items=len(seen), raw=sum(len(chunk["moods"]) for chunk in chunks), new=0, same=0)
    fresh = [name for name in names if (name.primary, name.name) not in by_name]
    found = await vectors_of(embedder, sorted({name.name for name in fresh}), caller)
    for name in names:
        standing = by_name.get((name.primary, name.name))
        name.vector = decoded([standing["embedding"]])[0] if standing else found.get(name.name)
    counts["unembedded"] = sum(name.vector is None for name in fresh)
    groups = await asyncio.to_thread(groups_of, names)
    named = [_named(group, by_name) for group in groups]
    unnamed = [group for group, body in zip(groups, named, strict=True) if body is None]
    closest = await asyncio.to_thread(matches, unnamed, comparable)  # vectors are decoded for what is new alone
    told = iter(await _decided(run, caller, unnamed, closest, counts))
    for group, body in zip(groups, named, strict=True):
        decision = next(told) if body is None else body
        counts["same" if isinstance(decision, dict) else decision] += 1
        await store.write(services.documents, group, decision, seen, run.slot, embedder.model)
    return {name: count for name, count in counts.items() if count or name in ("items", "raw", "new", "same")}


def _names(chunks: Sequence[Body], pending: Sequence[Body]) -> list[Name]:
    """Return the names of the run's raw moods, and of the stored moods that have no vector to compare by."""
    names: dict[tuple[str, str], Name] = {}
    for body in pending:
        key = (body["primaryMood"], body["name"])
        names[key] = Name(*key, items={item for week in body["weeks"].values() for item in week}, pending=body)
    for chunk in chunks:
        for raw in map(from_body, chunk["moods"]):
            name = names.setdefault((raw.primary, raw.name), Name(raw.primary, raw.name))
            name.raws.append(raw)
            name.items.update(raw.items)
    return list(names.values())


def _named(group: Group, by_name: Mapping[tuple[str, str], Body]) -> Body | None:
    """Return the stored mood that has one of the group's names, the best supported first; None when none has."""
    keys = ((name.primary, name.name) for name in group.names)
    return next((by_name[key] for key in keys if key in by_name), None)


async def _decided(
    run: Run, caller: Caller, groups: Sequence[Group], closest: Sequence[Match | None], counts: Counter[str]
) -> list[store.Decision]:
    """Return for each group the stored mood that it is; or that it is new; or that this can't be told now."""
    decisions: list[store.Decision] = []
    asked: list[tuple[int, Group, Body]] = []
    for group, match in zip(groups, closest, strict=True):
        if match is not None and match.cosine >= SAME_AS_STORED:
            decisions.append(match.stored)
        elif match is not None and match.cosine >= MAYBE_STORED:
            asked.append((len(decisions), group, match.stored))
            decisions.append("undecided")
        else:
            decisions.append("new")
    if asked:
        counts["asked"] = len(asked)
        answers = await _asked(run, caller, [(group, body) for _, group, body in asked])
        for (place, _, body), is_same in zip(asked, answers, strict=True):
            if is_same is not None:
                decisions[place] = body if is_same else "new"
    return decisions


async def _asked(run: Run, caller: Caller, pairs: Sequence[tuple[Group, Body]]) -> list[bool | None]:
    """Return for each pair whether they are the same mood; None for all when nobody can be asked now."""
    if run.services.settings.mood_extractor != "openai":
        return [bool(group.key_pieces & set(body["signals"]["keyPieces"])) for group, body in pairs]
    from processors.mood import by_model

    told = [(_told(_of_group(group)), _told(body)) for group, body in pairs]
    try:
        return [*await by_model.same(run.services.model, caller, told)]
    except Unavailable:
        raise
    except NightshiftError:
        return [None] * len(pairs)  # stored without a vector, these names are asked about again by the next run


def _of_group(group: Group) -> dict[str, Any]:
    if group.raws:
        return {"name": group.best.name, "description": group.raws[0].description, "signals": group.raws[0].signals}
    return group.best.pending or {}


def _told(mood: Mapping[str, Any]) -> str:
    looks = [value for facet in ("keyPieces", "fabrics", "patterns") for value in mood["signals"][facet]]
    return f"{mood['name']}: {mood['description']} ({', '.join(looks)})"
