#!/usr/bin/env python3
"""Explicit-state model of signals on one picture: bare messages like, none, like (no job_id, no createdAt), delivered in any order and more than once.

    signals_model.py suite [--quick]            every scenario under the rules as worded
    signals_model.py SCENARIO [rule=value ...]  one scenario; prints the shortest counterexample in words
    signals_model.py mutants                    each rule removed once; the property that notices
    signals_model.py rules                      rules and their values; the first is the wording's

All is within the windows, so the same signal has the same job id. A message's instant is when the queue got it. jobs_model.py has the rest of the protocol.
"""
import sys
from dataclasses import dataclass, field
from typing import NamedTuple

from model_cli import main

RULES = {
    "repeat": ("by-evidence", "ends", "asks-anew"),   # a message of a completed job: ends is the wording of wave 1
    "own_evidence": ("moves-up", "ends"),          # the evidence is the job's own: its instant becomes the message's
    "move": ("if-match", "blind"),
    "record_again": ("read", "not-read"),          # the record is read once more after the evidence; when it has changed, from the start
    "older": ("ends", "asks-anew"),                # a later signal stands already
    "claim": ("raises-instant", "keeps"),          # a live record claimed by a later message of the same job
    "standing": ("moves-up", "ends-only"),         # who finds its effect standing and carries a later instant
    "effect": ("later-only", "blind"),
    "order": ("instant", "job-only"),
    "producer": ("sends", "silent"),               # ours, within the windows: answers duplicate, and sends all the same
    "producer_late": ("looks", "trusts"),          # ours found the record changed when it came to write it: is its instant there?
    "replay": ("keeps-instant", "new-instant"),
}
LIKE, NONE = 0, 1                                  # job ids; also the signals


class Record(NamedTuple):
    status: str = "absent"                         # queued, running, completed, dead
    generation: int = 0
    instant: int = 0
    claimed: bool = False
    token: int = 0


class Message(NamedTuple):
    job: int
    instant: int
    generation: int                                # -1: none


class Evidence(NamedTuple):
    instant: int = 0
    job: int = -1
    generation: int = -1


class Worker(NamedTuple):
    message: Message
    held: bool
    step: str
    generation: int = 0
    instant: int = 0
    token: int = 0
    same: bool = True                              # the evidence is as read
    record_same: bool = True


class Asking(NamedTuple):
    """A producer of ours that has sent its message, and now sees to the record."""
    job: int
    instant: int
    read: Record


class State(NamedTuple):
    records: tuple
    evidence: Evidence
    messages: tuple
    workers: tuple
    asking: tuple
    asked: int                                     # puts done
    faults_left: int
    alarm: str


def put(items, index, value):
    return items[:index] + (value,) + items[index + 1:]


def without(items, item):
    index = items.index(item)
    return items[:index] + items[index + 1:]


class Model:
    def __init__(self, scenario, rules):
        self.sc, self.rules = scenario, rules

    def is_(self, rule, value):
        return self.rules[rule] == value

    def initial(self):
        return State((Record(), Record()), Evidence(), (), (), (), 0, self.sc.faults, "")

    def successors(self, S):
        self.out = []
        if S.asked < len(self.sc.puts):
            self.ask(S)
        for asking in dict.fromkeys(S.asking):
            self.see_to_record(S, asking)
        for m in dict.fromkeys(S.messages):
            if len(S.workers) < self.sc.workers:
                self.deliver(S, m)
            if self.can(S, "duplicate"):
                self.fault(f"{self.name(m)} comes twice", S._replace(messages=tuple(sorted(S.messages + (m,)))))
        for w in dict.fromkeys(S.workers):
            getattr(self, "step_" + w.step)(S, w)
            if self.can(S, "crash"):
                self.fault(f"worker of {self.name(w.message)} dies before '{w.step}'", self.leave(S, w))
            if w.held and self.can(S, "visibility"):
                T = S._replace(messages=tuple(sorted(S.messages + (w.message,))))
                self.fault(f"{self.name(w.message)} becomes visible while its worker works", self.worker(T, w, w._replace(held=False)))
        for j, rec in enumerate(S.records):
            if rec.claimed:
                over = S._replace(records=put(S.records, j, rec._replace(claimed=False)))
                if not any(w.token == rec.token and w.message.job == j and w.step in ("run", "effect", "record") for w in S.workers):
                    self.add("fair", f"the claim of {self.job(j)} is over", over)
                elif self.can(S, "zombie"):
                    self.fault(f"the claim of {self.job(j)} is over while its worker runs", over)
            if rec.status == "dead" and self.can(S, "replay"):
                m = Message(j, rec.instant if self.is_("replay", "keeps-instant") else 9, rec.generation)
                T = S._replace(messages=tuple(sorted(S.messages + (m,))), records=put(S.records, j, rec._replace(status="queued", instant=m.instant)))
                self.add("maybe", f"an operator replays {self.job(j)}", T)
        return self.out

    def add(self, kind, label, T):
        self.out.append((label, kind, T))

    def fault(self, label, T):
        self.add("fault", "FAULT " + label, T._replace(faults_left=T.faults_left - 1))

    def can(self, S, kind):
        return kind in self.sc.kinds and (S.faults_left > 0 or kind == "replay")

    def job(self, j):
        return ("the like", "the none")[j]

    def name(self, m):
        return f"message {self.job(m.job)[4:]}@{m.instant}" + ("" if m.generation < 0 else f" generation {m.generation}")

    def worker(self, S, old, new):
        return S._replace(workers=tuple(sorted((without(S.workers, old) if old else S.workers) + ((new,) if new else ()))))

    def leave(self, S, w):
        if w.held:
            S = S._replace(messages=tuple(sorted(S.messages + (w.message,))))
        return self.worker(S, w, None)

    def go(self, S, w, label, **changes):
        self.add("fair", f"{self.name(w.message)}: {label}", self.worker(S, w, w._replace(**changes)))

    def set_record(self, S, w, j, rec):
        """A new ETag for whoever else has read this record."""
        others = without(S.workers, w) if w else S.workers
        others = tuple(o._replace(record_same=False) if o.message.job == j and o.step in ("decide", "move", "record") else o for o in others)
        return S._replace(records=put(S.records, j, rec), workers=tuple(sorted(others + ((w,) if w else ()))))

    def set_evidence(self, S, w, evidence):
        others = tuple(o._replace(same=False) if o.step in ("decide", "move", "store") else o for o in without(S.workers, w))
        return S._replace(evidence=evidence, workers=tuple(sorted(others + (w,))))

    # ---- producers
    def ask(self, S):
        job, kind = self.sc.puts[S.asked]
        instant = S.asked + 1
        T = S._replace(asked=instant)
        if kind == "ours":
            return self.add("fair", *self.ask_ours(T, job, instant))
        self.add("fair", f"somebody puts {self.job(job)} at {instant}", self.send(T, Message(job, instant, -1)))

    def send(self, S, m):
        return S._replace(messages=tuple(sorted(S.messages + (m,))))

    def ask_ours(self, S, job, instant):
        """What has ended or isn't there yet is sent as a generation, for the record to follow; else a bare message carries the instant."""
        rec, who = S.records[job], f"our producer asks {self.job(job)} at {instant}"
        if rec.status in ("absent", "dead"):
            target = rec.generation + (rec.status == "dead")
            T = self.send(S, Message(job, instant, target))
            return f"{who}: {rec.status}, sends generation {target}", T._replace(asking=tuple(sorted(S.asking + (Asking(job, instant, rec),))))
        if self.is_("producer", "silent"):
            return f"{who}: duplicate, nothing sent", S
        return f"{who}: duplicate, sends a bare message", self.send(S, Message(job, instant, -1))

    def see_to_record(self, S, a):
        rec, who = S.records[a.job], f"our producer of {self.job(a.job)}@{a.instant}"
        T = S._replace(asking=without(S.asking, a))
        if self.can(S, "producer"):
            label, again = self.ask_ours(T, a.job, a.instant)
            self.fault(f"{who} dies before it sees to the record, its client asks again: {label}", again)
        if rec == a.read:
            new = Record("queued", rec.generation + (rec.status == "dead"), a.instant, token=rec.token)
            self.add("fair", f"{who}: record queued, generation {new.generation}", self.set_record(T, None, a.job, new))
        elif rec.instant >= a.instant or self.is_("producer_late", "trusts"):
            self.add("fair", f"{who}: others have seen to the record", T)
        else:
            self.add("fair", f"{who}: the record is of {rec.instant}, sends a bare message", self.send(T, Message(a.job, a.instant, -1)))

    # ---- delivery
    def deliver(self, S, m):
        rec = S.records[m.job]
        T = S._replace(messages=without(S.messages, m))
        if rec.claimed:
            return                                 # defers until its end
        w = Worker(m, True, "run", rec.generation)
        if rec.status == "absent":
            return self.claim(T, w, Record("running", 0, m.instant, True), "creates")
        if m.generation >= 0 and rec.generation > m.generation:
            return self.add("fair", f"{self.name(m)}: older generation -> ended", T)
        if m.generation > rec.generation:
            return self.claim(T, w, Record("running", m.generation, m.instant, True), "begins")
        if rec.status == "dead":
            return self.add("fair", f"{self.name(m)}: dead -> ended", T)
        if rec.status == "completed":
            if m.generation >= 0 or self.is_("repeat", "ends"):
                return self.add("fair", f"{self.name(m)}: completed -> ended", T)
            if self.is_("repeat", "asks-anew"):
                if rec.generation < 3:
                    self.claim(T, w, Record("running", rec.generation + 1, m.instant, True), "asks anew")
                return
            return self.add("fair", f"{self.name(m)}: the job is completed, looks at the evidence", self.worker(T, None, w._replace(step="decide")))
        instant = max(rec.instant, m.instant) if m.generation < 0 and self.is_("claim", "raises-instant") else rec.instant
        self.claim(T, w, rec._replace(status="running", instant=instant, claimed=True), "claims")

    def claim(self, T, w, rec, label):
        used = {T.records[w.message.job].token} | {o.token for o in T.workers if o.message.job == w.message.job}
        rec = rec._replace(token=next(t for t in range(1, 9) if t not in used))
        T = self.set_record(T, None, w.message.job, rec)
        self.add("fair", f"{self.name(w.message)}: {label} generation {rec.generation}, instant {rec.instant}",
                 self.worker(T, None, w._replace(step="run", generation=rec.generation, instant=rec.instant, token=rec.token)))

    def step_decide(self, S, w):
        """The new line: a bare message of a completed job within its window. The record was read at delivery, the evidence is read now."""
        E, job, instant = S.evidence, w.message.job, w.message.instant
        rec = S.records[job]
        if not w.record_same and self.is_("record_again", "read"):
            return self.add("fair", f"{self.name(w.message)}: the record has changed -> again", self.leave(S, w))
        if E.instant >= instant and self.is_("older", "ends"):
            return self.go(S, w, f"evidence is of {E.instant}, ended", step="end")
        if E.job == job:
            if self.is_("own_evidence", "ends"):
                return self.go(S, w, "its own evidence stands, ended", step="end")
            return self.go(S, w, "its own evidence stands", step="move", same=True)
        if not w.record_same:
            return self.add("fair", f"{self.name(w.message)}: the record has changed -> again", self.leave(S, w))
        if rec.generation >= 4:
            return self.go(S, w, "bound", step="end")
        used = {rec.token} | {o.token for o in S.workers if o.message.job == job}
        new = Record("running", rec.generation + 1, instant, True, next(t for t in range(1, 9) if t not in used))
        T = self.set_record(S, w, job, new)
        self.go(T, w, f"another signal of {E.instant} stands, asks anew: generation {new.generation}", step="run", generation=new.generation,
                instant=instant, token=new.token, same=True, record_same=True)

    def step_move(self, S, w):
        if not w.same and self.is_("move", "if-match"):
            return self.go(S, w, "the evidence has changed, looks again", step="decide", same=True)
        E = Evidence(w.message.instant, w.message.job, S.evidence.generation if S.evidence.job == w.message.job else S.records[w.message.job].generation)
        if E.instant < S.evidence.instant:
            S = self.alarm(S, f"back: evidence goes from {S.evidence.instant} to {E.instant}")
        T = self.set_evidence(S, w, E)
        self.go(T, w, f"moves its evidence up to {E.instant}", step="end", same=True, record_same=True)

    # ---- the job's own handling
    def step_run(self, S, w):
        E = S.evidence
        stands = (E.job, E.generation) == (w.message.job, w.generation)
        if stands and (E.instant >= w.instant or self.is_("standing", "ends-only")):
            return self.go(S, w, "its effect stands", step="record")
        self.go(S, w, "returns", step="effect")
        if "dies" in self.sc.kinds and w.message.job == NONE and w.generation == 0:
            self.add("maybe", f"{self.name(w.message)}: raises Permanent", self.end_dead(S, w))

    def end_dead(self, S, w):
        rec = S.records[w.message.job]
        if rec.status != "running" or rec.token != w.token:
            return self.leave(S, w)
        T = self.set_record(S, w, w.message.job, rec._replace(status="dead", claimed=False, generation=rec.generation + 1))
        return self.worker(T, w, w._replace(step="end"))

    def step_effect(self, S, w):
        """Read and compare-and-set: one step, since a conflict only repeats it."""
        E, new = S.evidence, Evidence(w.instant, w.message.job, w.generation)
        mine = (new.instant, new.job, new.generation) if self.is_("order", "instant") else (new.job, new.generation)
        theirs = (E.instant, E.job, E.generation) if self.is_("order", "instant") else (E.job, E.generation)
        if mine <= theirs and self.is_("effect", "later-only"):
            return self.go(S, w, f"evidence of {E.instant} stands, not written", step="record")
        if E.instant > new.instant:
            S = self.alarm(S, f"back: evidence goes from {E.instant} to {new.instant}")
        self.go(self.set_evidence(S, w, new), w, f"evidence written, instant {w.instant}", step="record")

    def alarm(self, S, text):
        return S if S.alarm else S._replace(alarm=text)

    def step_record(self, S, w):
        rec = S.records[w.message.job]
        if rec.status != "running" or rec.token != w.token:
            return self.add("fair", f"{self.name(w.message)}: token gone -> defers", self.leave(S, w))
        T = self.set_record(S, w, w.message.job, rec._replace(status="completed", claimed=False))
        self.go(T, w, "record completed", step="end", same=True, record_same=True)

    def step_end(self, S, w):
        self.add("fair", f"{self.name(w.message)}: ended", self.worker(S, w, None))

    # ------------------------------------------------------------------ properties
    def quiet(self, S):
        return S.asked == len(self.sc.puts) and not S.asking and not S.messages and not S.workers and not any(r.status in ("queued", "running") for r in S.records)

    def violation(self, S):
        if S.alarm:
            return S.alarm
        if len(S.messages) > 2 * len(self.sc.puts) + 2 * self.sc.faults + 2:
            return "messages: too many"
        for job, rec in enumerate(S.records):
            if rec.generation > max(0, sum(put[0] == job for put in self.sc.puts) - 1) + ("dies" in self.sc.kinds):
                return f"work: {self.job(job)} runs in generation {rec.generation}, more often than it was put"
        if self.quiet(S):
            last = len(self.sc.puts)
            if S.evidence.job != self.sc.puts[-1][0] and S.records[self.sc.puts[-1][0]].status != "dead":
                return f"wrong: the last put is {self.job(self.sc.puts[-1][0])}@{last}, the evidence is {self.job(S.evidence.job)}@{S.evidence.instant}"
        return ""

    def settled(self, S):
        return self.quiet(S)

    def describe(self, S):
        return f"records {[r.status for r in S.records]}, {len(S.messages)} messages"


F, O = "foreign", "ours"


@dataclass
class Scenario:
    name: str
    note: str
    puts: tuple
    faults: int = 2
    quick: int = 1                                 # faults in suite --quick
    kinds: str = "crash duplicate visibility zombie"
    workers: int = 2
    rules: dict = field(default_factory=dict)

    def __post_init__(self):
        self.kinds = frozenset(self.kinds.split())


SCENARIOS = (
    Scenario("like-none", "each once", ((LIKE, F), (NONE, F))),
    Scenario("like-like", "a repeat", ((LIKE, F), (LIKE, F))),
    Scenario("like-none-like", "the report's", ((LIKE, F), (NONE, F), (LIKE, F))),
    Scenario("like-like-none", "a repeat, then taken back", ((LIKE, F), (LIKE, F), (NONE, F))),
    Scenario("four", "like, none, like, none", ((LIKE, F), (NONE, F), (LIKE, F), (NONE, F)), faults=1),
    Scenario("four-repeat", "like, none, none, like", ((LIKE, F), (NONE, F), (NONE, F), (LIKE, F)), faults=1),
    Scenario("ours", "our producer", ((LIKE, O), (NONE, O), (LIKE, O))),
    Scenario("ours-dies", "our producer dies before it sees to the record", ((LIKE, O), (NONE, O), (LIKE, O)), faults=1, kinds="crash producer duplicate"),
    Scenario("ours-dead", "our producer asks twice for what has died", ((NONE, O), (LIKE, F), (NONE, O), (NONE, O)), faults=1, kinds="crash dies"),
    Scenario("mixed", "ours and elsewhere", ((LIKE, O), (NONE, F), (LIKE, O))),
    Scenario("replay", "the none dies, is replayed after the like", ((LIKE, F), (NONE, F), (LIKE, F)), faults=1, kinds="crash duplicate dies replay"),
    Scenario("three-workers", "the report's, three workers", ((LIKE, F), (NONE, F), (LIKE, F)), faults=1, workers=3),
)
MUTANTS = (
    ("repeat", "ends", "like-none-like", "wrong"),
    ("repeat", "asks-anew", "like-none-like", "work"),
    ("own_evidence", "ends", "like-none-like", "wrong"),
    ("record_again", "not-read", "like-none-like", "lost"),
    ("move", "blind", "like-like-none", "back"),
    ("older", "asks-anew", "like-none-like", "back"),
    ("claim", "keeps", "like-none-like", "wrong"),
    ("standing", "ends-only", "like-none-like", "wrong"),
    ("effect", "blind", "like-none", "back"),
    ("order", "job-only", "like-none-like", "back"),
    ("producer", "silent", "ours", "wrong"),
    ("producer_late", "trusts", "ours", "wrong"),
    ("replay", "new-instant", "replay", "wrong"),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], __doc__, Model, RULES, SCENARIOS, MUTANTS))
