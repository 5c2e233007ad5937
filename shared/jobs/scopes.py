"""Scopes of the app's own: which partitions of jobs can no name from outside give?

Others stand beside them: a taste job's scope is its user, whatever that user is called. So these can be given by no
name from outside, and a message that names any run, queue or client reaches nobody else's.
"""

from __future__ import annotations

from shared.documents.ids import Own, own


def of_run(run: str) -> Own:
    """Return where the shards of a run are, and what they leave: ``~run|digest|2026-W48``."""
    return own("run", run)


def of_runs(name: str) -> Own:
    """Return where the jobs of the runs of that name are: ``~runs|digest``."""
    return own("runs", name)


def of_queue(queue: str) -> Own:
    """Return where dead records of a queue's messages are that are no jobs: ``~queue|digest-jobs``."""
    return own("queue", queue)
