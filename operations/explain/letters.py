"""Dead letters that are explained: what did one die of, and would a replay go better? Pure."""

from __future__ import annotations

from dataclasses import dataclass

from operations.explain.answer import Answer, Attempts
from operations.explain.gates import phrase
from operations.explanations import Surroundings
from shared import instants
from shared.jobs.interventions import LOOP_GUARD
from shared.jobs.kinds import Kind
from shared.jobs.record import Reason, Record


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What was read of a dead letter.

    `alike` counts the letters of its cause, itself included; `completed_since` the jobs of its kind that completed
    after it had died (None for a kind whose jobs keep no record). `problem` is what is wrong with its payload still.
    """

    record: Record
    around: Surroundings
    alike: int
    completed_since: int | None = None
    problem: str | None = None

    @property
    def kind(self) -> Kind | None:
        """Its kind; None for one that this version of the app doesn't have."""
        return self.around.kinds.get(self.record.kind)

    @property
    def reason(self) -> Reason:
        """What it died of."""
        return self.record.reason or Reason("unexpected", "Unknown", "its record doesn't say", "")


def answer_of(facts: LetterFacts) -> Answer:
    """Return what a letter died of, and whether a replay would go better."""
    record, reason, now = facts.record, facts.reason, facts.around.now
    most = facts.kind.policy.max_attempts if facts.kind else None
    at_attempt = f", at attempt {record.attempts} of {most}" if most and record.attempts else ""
    died = instants.short(record.ended_at or record.updated_at, now)
    what = "is a message that is no job's, and died at" if record.is_bare_message else "died at"
    code, judged = _judged(facts)
    sentences = (
        f"{what} {died} of {reason.code} ({reason.error_class}){at_attempt}: {reason.message}",
        _seen(record),
        "no other dead letter has its cause" if facts.alike <= 1 else f"{facts.alike} dead letters have its cause",
        judged,
        "it is kept until it is replayed, discarded or purged",
    )
    gate = _closed(facts)
    return Answer(
        "dead letter",
        record.key.id,
        record.key.scope,
        record.status,
        code,
        tuple(sentence for sentence in sentences if sentence),
        attempts=Attempts(record.attempts, max(0, most - record.attempts)) if most and record.attempts else None,
        gate=gate[0] if gate else None,
        fields={
            "id": record.key.id,
            "scope": record.key.scope,
            "cause": reason.cause,
            "gate": gate[0] if gate else "",
        },
    )


def _judged(facts: LetterFacts) -> tuple[str, str]:
    """Return what keeps a replay from going better, as a code and a sentence; the first thing that does counts."""
    cause = facts.reason.cause
    if facts.kind is None:
        return "kind_unknown", f"this version of the app has no kind {facts.record.kind!r}, so it can't be replayed"
    if facts.problem is not None:
        return "payload_invalid", f"its payload isn't valid still: {facts.problem}"
    if (gate := _closed(facts)) is not None:
        return "replay_waits", f"a replay would only wait for gate {gate[1]}"
    if facts.record.replays[-LOOP_GUARD:] == (cause,) * LOOP_GUARD:
        return "replay_loop", f"it was replayed {LOOP_GUARD} times and died of the same cause each time"
    if facts.completed_since:
        count = facts.completed_since
        jobs = f"{count} job{'s' * (count != 1)} of its kind {'have' if count != 1 else 'has'} completed since"
        return "seems_mended", f"its cause may be mended: its gates are open, its payload is valid, and {jobs}"
    if facts.completed_since is None:
        return "dead", "its gates are open and its payload is valid"
    return "dead", "its gates are open and its payload is valid, but no job of its kind has completed since"


def _closed(facts: LetterFacts) -> tuple[str, str] | None:
    """Return name and description of a closed gate that a replay would wait for."""
    if facts.kind is None:
        return None
    now = facts.around.now
    for name in facts.kind.gates_of(facts.record.payload or {}):
        gate = facts.around.gates.get(name)
        if gate is not None and not gate.due_at(now):
            return name, phrase(gate, now)
    return None


def _seen(record: Record) -> str | None:
    """Return how often it came: as a body several times, or replayed."""
    if record.occurrences and record.occurrences > 1:
        return f"{record.occurrences} messages had exactly that body"
    count = len(record.replays)
    return f"it was replayed {'once' if count == 1 else f'{count} times'} before" if count else None
