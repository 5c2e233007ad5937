"""Single-link clusters: which things are connected, directly or through others?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def linked(pairs: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Return the clusters of n things, as their indices in order, given the n × n matrix of which pairs are linked."""
    import numpy as np

    parents = list(range(len(pairs)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    for one, other in np.argwhere(np.triu(pairs, 1)).tolist():
        first, second = sorted((root(one), root(other)))
        parents[second] = first
    clusters: dict[int, list[int]] = {}
    for index in range(len(pairs)):
        clusters.setdefault(root(index), []).append(index)
    return list(clusters.values())
