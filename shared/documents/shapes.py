"""Schema versions: how is a document of an older version read?

Each document says its schemaVersion. The module that owns it says how one version becomes the next, and reads through
`Shape.present`; so the rest of the app knows the present one only. A version rises when a reader of the older shape
would misread the new one; a member that may be absent is no new version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shared.documents.port import Body
from shared.errors import Unavailable

Upcast = Callable[[Body], Body]
"""Takes a body of one version and returns it as the next one has it, schemaVersion aside."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one sort of document: its `name`, its present `version`, and the up-casts by older version."""

    name: str
    version: int
    upcasts: Mapping[int, Upcast] = field(default_factory=dict)

    def present(self, body: Body) -> Body:
        """Return a stored body in the present shape.

        Raises Unavailable (so that a job waits) for one that a newer app wrote: this one is being replaced.
        """
        stored: int = body["schemaVersion"]
        if stored == self.version:
            return body
        if stored > self.version:
            raise Unavailable(
                f"A {self.name} has schemaVersion {stored}; this app knows up to {self.version}",
                code="document_newer",
                dependency="store",
            )
        for version in range(stored, self.version):
            body = self.upcasts[version](body)
        return {**body, "schemaVersion": self.version}


def renamed(body: Body, before: str, after: str) -> Body:
    """Return a body with a member under another name."""
    return {after if name == before else name: value for name, value in body.items()}


def camel_case(name: str) -> str:
    """Return the member that a field is stored and shown as: ``fired_at`` is ``firedAt``, ``class_`` is ``class``."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
