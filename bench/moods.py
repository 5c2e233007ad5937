"""Benchmark of mood names: how long to compare a run's new names with the stored ones, beside one matrix product?"""

from __future__ import annotations

import time

import numpy as np

from bench.measuring import Measure, Result, Run
from processors.mood.names import Name, groups_of, matches
from processors.mood.vocabulary import PRIMARY
from shared.documents.port import Body
from shared.models.embeddings import encoded

NEW, STORED, DIMENSIONS = 1_000, 20_000, 1_536


def measure(runs: int) -> Result:
    """Compare with all in one primary mood, and with all spread over twelve."""
    return Result(
        "moods",
        f"{NEW} new names brought together and compared with {STORED} stored vectors of {DIMENSIONS} dimensions, "
        "decoding them included, beside one numpy product of that size. All of one primary mood (everything is "
        "compared), and spread over the twelve.",
        "at most 3 times the product",
        (
            Measure("product_s", "s", "one product alone"),
            Measure("one_primary_s", "s", "all of one primary mood"),
            Measure("one_primary_ratio", "", "ratio of that to the product"),
            Measure("spread_s", "s", "spread over the twelve"),
            Measure("spread_ratio", "", "ratio of that to the product"),
        ),
        [_run(seed) for seed in range(runs)],
    )


def _run(seed: int) -> Run:
    chance = np.random.default_rng(seed)
    new, stored = _units(chance, NEW), _units(chance, STORED)
    texts = [encoded(row) for row in stored]
    began = time.perf_counter()
    product = new @ stored.T
    alone = time.perf_counter() - began
    assert product.shape == (NEW, STORED)
    one = _compared(new, texts, ["resort"])
    spread = _compared(new, texts, list(PRIMARY))
    return {
        "product_s": alone,
        "one_primary_s": one,
        "one_primary_ratio": one / alone,
        "spread_s": spread,
        "spread_ratio": spread / alone,
    }


def _compared(new: np.typing.NDArray[np.float32], texts: list[str], primaries: list[str]) -> float:
    """Return how many seconds it took."""
    names = [Name(primaries[n % len(primaries)], f"name {n}", vector=row) for n, row in enumerate(new)]
    stored: list[Body] = [
        {"id": str(n), "primaryMood": primaries[n % len(primaries)], "embedding": text} for n, text in enumerate(texts)
    ]
    began = time.perf_counter()
    found = matches(groups_of(names), stored)
    took = time.perf_counter() - began
    assert len(found) == NEW
    return took


def _units(chance: np.random.Generator, count: int) -> np.typing.NDArray[np.float32]:
    rows = chance.standard_normal((count, DIMENSIONS), dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
