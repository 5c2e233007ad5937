#!/usr/bin/env python3
"""Explicit-state model of the queue-job protocol. Every reachable state within the bounds is visited.

    jobs_model.py suite [--quick]            every scenario under the rules as worded
    jobs_model.py SCENARIO [rule=value ...]  one scenario; prints the shortest counterexample in words
    jobs_model.py mutants                    each rule removed once; the property that notices
    jobs_model.py rules                      rules and their values; the first is the wording's
"""
import sys
from typing import NamedTuple

from explore import check
from jobs_scenarios import MUTANTS, SCENARIOS

# ------------------------------------------------------------------ rules: the first value is the protocol's, the others are mutants
RULES = {
    "older_message": ("end", "run"),
    "live_claim": ("defer", "take"),
    "not_due": ("defer", "run"),
    "ended_message": ("end", "run"),
    "asks_anew": ("after-end", "any"),
    "bare_create": ("reads-on-conflict", "ends-on-conflict"),   # a message without generation tries to create first
    "create_gate": ("asked-before", "not-asked"),
    "create_probe": ("won-before", "not-won"),
    "unknown": ("letter", "taken", "ended", "next-too"),        # a generation that we can't have given; next-too: also the record's next
    "unknown_bound": ("without-record", "none"),
    "next_order": ("send-first", "record-first"),
    "next_record": ("waiting", "queued"),
    "effect_order": ("before-record", "after-record"),
    "effect_write": ("over-older", "blind"),
    "effect_ending": ("decides", "free"),         # decides: who finds the effect of its generation ends as that effect says
    "token": ("checked", "unchecked"),
    "claim_after_end": ("removed", "kept"),       # kept: cancel and Dlq leave the token, a worker compares nothing else
    "attempts": ("kept", "forgotten"),            # forgotten: a claim starts counting anew
    "crashes": ("counted", "not-counted"),
    "crash_reset": ("orderly", "also-429"),
    "suspect_slot": ("one", "none"),
    "slot_order": ("before-claim", "after-claim"),
    "gate_order": ("every-claim", "old-generations"),
    "probe_success": ("if-unchanged", "always"),  # always: opens a gate that was closed anew meanwhile
    "probe_due": ("past-deadline", "soon"),
    "death": ("raises", "keeps"),                 # raises: the ended record takes the next generation
    "cancel": ("raises", "keeps"),
    "discard": ("raises", "keeps"),
    "replay_order": ("send-first", "record-first"),
    "replay_check": ("still-ended", "blind"),
    "producer_order": ("send-first", "record-first"),
    "producer_record": ("queued", "untouched"),
    "rescue": ("on", "off"),
    "rescue_touch": ("first", "none"),
    "rescue_gate": ("skips-closed", "ignores", "skips-due-too"),
    "dlq_live_claim": ("defer", "kill"),
    "dlq_older": ("end", "kill"),
    "dlq_ended": ("end-unless-newer", "end", "kill"),
    "dlq_unknown": ("letter", "kill"),
}
MAX_ATTEMPTS, MAX_DEQUEUE = 2, 3
NO_GENERATION = -1
UNSEEN = 9                                        # no generation beyond is taken without a record
LIVE, ENDED = ("queued", "running", "waiting"), ("completed", "dead", "cancelled", "discarded")
VISIBLE, HELD, LATER = "visible", "held", "later"
BEFORE_END, AFTER_END, AFTER_TTL = 0, 1, 2        # when a message was put in, seen from the record's latest end


# ------------------------------------------------------------------ record, message, worker state
class Record(NamedTuple):
    status: str = "absent"
    generation: int = 0
    token: int = 0
    claimed: bool = False                         # the claim is not over
    attempts: int = 0
    crashes: int = 0
    later: bool = False                           # not due for another second
    reason: str = ""


class Message(NamedTuple):
    id: int
    job: int
    generation: int
    placed: int
    dequeued: int
    visibility: str
    by_next: bool                                 # for properties only


class PoisonCopy(NamedTuple):
    job: int
    generation: int
    outdated: bool                                # put there before the record's generation began


class Invocation(NamedTuple):
    message: int
    job: int
    generation: int                               # the one it runs
    step: str                                     # look (its creation met a Conflict), run, effect, send, record, end
    token: int
    held: bool                                    # its pop receipt is still valid
    suspect: bool
    probing: bool
    ending: str = ""
    placed: int = BEFORE_END                      # of a message whose delivery is to look again


class Effect(NamedTuple):
    generation: int
    ending: str                                   # the ending its writer goes to: completed or next


class History(NamedTuple):                        # for properties only; counted per generation, effects as a bit set
    fails: int = 0
    kills: int = 0
    effects: int = 0


class Producer(NamedTuple):
    job: int
    kind: str                                     # foreign, late (foreign, after the end), stray (with the scenario's stray generation), ours
    step: str = "start"
    target: int = NO_GENERATION                   # generation it answers for


class Operator(NamedTuple):
    kind: str                                     # replay, force (replays whatever has ended), cancel, discard
    step: str = "start"
    job: int = 0
    generation: int = 0


class State(NamedTuple):
    records: tuple
    effects: tuple
    history: tuple
    messages: tuple
    poison: tuple
    workers: tuple                                # per process its invocations
    gate: str                                     # open, closed, due, probing
    store_up: bool
    producers: tuple
    operators: tuple
    rescues: tuple                                # (job, generation): touched, not yet sent
    faults_left: int
    cleared: bool
    letters: tuple                                # jobs whose messages became dead letters of their own
    alarm: str


def put(items, index, value):
    return items[:index] + (value,) + items[index + 1:]


def without(items, item):
    index = items.index(item)
    return items[:index] + items[index + 1:]


def gen(number):
    return "no generation" if number == NO_GENERATION else f"generation {number}"


# ------------------------------------------------------------------ transitions
class Model:
    def __init__(self, scenario, rules):
        self.sc, self.rules = scenario, rules
        self.looking = None                       # the delivery that looks again: it has its message already

    def initial(self):
        sc, n = self.sc, len(self.sc.jobs)
        return State((Record(),) * n, (None,) * n, (History(),) * n, (), (), ((),) * sc.workers, "open", True,
                     tuple(Producer(*p) for p in sc.producers), tuple(Operator(k) for k in sc.operators), (), sc.faults, False, (), "")

    def is_(self, rule, value):
        return self.rules[rule] == value

    def successors(self, S):
        """(label, kind, state): fair steps happen in the end, maybe steps need not, faults are limited in number"""
        self.out = []
        for index, producer in enumerate(S.producers):
            self.produce(S, index, producer)
        for index, operator in enumerate(S.operators):
            self.operate(S, index, operator)
        for message in S.messages:
            if message.visibility == VISIBLE:
                if self.sc.dequeue and message.dequeued >= MAX_DEQUEUE:
                    self.host_gives_up(S, message)
                    continue
                for w, running in enumerate(S.workers):
                    if len(running) < self.sc.slots:
                        self.deliver(S, w, message)
                    if not running:
                        break                     # idle processes are alike
        for w, running in enumerate(S.workers):
            for inv in running:
                getattr(self, "step_" + inv.step)(S, w, inv)
        for copy in set(S.poison):
            if S.store_up:
                self.dlq(S, copy)
        self.pass_time(S)
        self.rescue(S)
        self.break_things(S)
        return self.out

    def fair(self, label, T):
        self.out.append((label, "fair", T))

    def maybe(self, label, T):
        self.out.append((label, "maybe", T))

    def can(self, S, kind):
        return S.faults_left > 0 and kind in self.sc.kinds

    def fault(self, label, T):
        self.out.append(("FAULT " + label, "fault", T._replace(faults_left=T.faults_left - 1)))

    # ---- building blocks
    def send(self, S, job, generation, placed=None, visibility=VISIBLE, by_next=False):
        if placed is None:
            placed = AFTER_END if S.records[job].status in ENDED else BEFORE_END
        used = {m.id for m in S.messages} | {i.message for running in S.workers for i in running}
        number = next(k for k in range(1, 99) if k not in used)
        return S._replace(messages=tuple(sorted(S.messages + (Message(number, job, generation, placed, 0, visibility, by_next),))))

    def change_message(self, S, number, **changes):
        return S._replace(messages=tuple(m._replace(**changes) if m.id == number else m for m in S.messages))

    def delete_message(self, S, number):
        return S._replace(messages=tuple(m for m in S.messages if m.id != number))

    def change_invocation(self, S, w, old, new):
        running = without(S.workers[w], old) if old else S.workers[w]
        return S._replace(workers=put(S.workers, w, tuple(sorted(running + ((new,) if new else ())))))

    def leave(self, S, w, inv):
        """Defer: the message comes back."""
        if inv.held:
            S = self.change_message(S, inv.message, visibility=VISIBLE)
        return self.change_invocation(S, w, inv, None)

    def kill_process(self, S, w):
        for inv in S.workers[w]:
            if inv.held:
                S = self.change_message(S, inv.message, visibility=VISIBLE)
        return S._replace(workers=put(S.workers, w, ()))

    def close_gate(self, S):
        """Closing it anew takes the probe from whoever had it: its compare-and-set to open fails."""
        if self.is_("probe_success", "if-unchanged"):
            S = S._replace(workers=tuple(tuple(sorted(i._replace(probing=False) for i in running)) for running in S.workers))
        return S._replace(gate="closed")

    def open_gate(self, S):
        """Whatever nobody has claimed may have been held: it is due now and touched, then its message is sent again."""
        records, rescues = S.records, set(S.rescues)
        for job, rec in enumerate(records):
            if rec.status in LIVE and not rec.claimed and not any(r[0] == job for r in rescues):
                records = put(records, job, rec._replace(later=False))
                rescues.add((job, rec.generation))
        messages = tuple(m._replace(visibility=VISIBLE) if m.visibility == LATER and not m.by_next else m for m in S.messages)
        return self.close_gate(S)._replace(gate="open", records=records, rescues=tuple(sorted(rescues)), messages=messages)

    def count(self, S, job, **changes):
        return S._replace(history=put(S.history, job, S.history[job]._replace(**changes)))

    def alarm(self, S, text):
        return S if S.alarm else S._replace(alarm=text)

    def set_record(self, S, job, new, cause):
        """The one place where records change; the properties about changes are checked here."""
        old, sc = S.records[job], self.sc
        if new.generation > old.generation + 1 and old.status != "absent" or new.generation > UNSEEN:
            S = self.alarm(S, f"unknown: job{job} goes from generation {old.generation} to {new.generation}, which nobody gave")
        if new.generation < old.generation:
            S = self.alarm(S, f"generation: job{job} goes back from {old.generation} to {new.generation}")
        if old.status in ENDED and new.status in LIVE and cause not in ("replay", "producer", "asks anew"):
            S = self.alarm(S, f"revival: {old.status} job{job} comes alive in generation {new.generation} by {cause}")
        if old.status in ENDED and new.status in ENDED and new.status != "discarded" and not (cause == "Dlq" and new.generation > old.generation):
            S = self.alarm(S, f"revival: {old.status} job{job} becomes {new.status} by {cause}")
        if new.generation > old.generation:
            if old.status in LIVE and new.status in LIVE and not S.history[job].effects >> old.generation & 1:
                S = self.alarm(S, f"effect: job{job} goes on from generation {old.generation} without its effect")
            S = self.count(S, job, fails=0, kills=0)
            S = S._replace(poison=tuple(sorted(p._replace(outdated=True) if p.job == job and p.generation == NO_GENERATION else p for p in S.poison)))
        if new.status in ENDED:
            workers = tuple(tuple(sorted(i._replace(placed=BEFORE_END) if i.job == job else i for i in running)) for running in S.workers)
            S = S._replace(messages=tuple(m._replace(placed=BEFORE_END) if m.job == job else m for m in S.messages), workers=workers)
        if new.status == "completed" and S.effects[job] != Effect(new.generation, "completed"):
            S = self.alarm(S, f"effect: job{job} completed in generation {new.generation}, what stands is {S.effects[job]}")
        if new.status == "dead":
            behaviour, used = sc.jobs[job], sc.faults - S.faults_left
            allowed = {"kills": behaviour.startswith("killer") or sc.killers + used >= sc.crash_limit,
                       "attempts": behaviour in ("transient", "flaky") and S.history[job].fails >= MAX_ATTEMPTS,
                       "permanent": behaviour in ("permanent", "fixable", "run-dies"), "host": sc.dequeue}
            if not allowed[new.reason]:
                S = self.alarm(S, f"innocent: job{job} ({behaviour}) dead ({new.reason}) after {used} faults")
            if self.is_("death", "raises"):
                new = new._replace(generation=new.generation + 1)
        return S._replace(records=put(S.records, job, new))

    # ---- producers
    def produce(self, S, index, p):
        rec, limit = S.records[p.job], self.sc.generations
        who = f"producer{index} of job{p.job}"

        def go(step, T=S, target=p.target):
            return T._replace(producers=put(S.producers, index, p._replace(step=step, target=target)))
        if p.step == "done":
            return
        if p.kind == "stray":
            return self.fair(f"{who} puts a message of generation {self.sc.stray}", go("done", self.send(S, p.job, self.sc.stray)))
        if p.kind != "ours":
            if p.kind == "foreign" or rec.status in ENDED:
                add = self.fair if p.kind == "foreign" else self.maybe
                if rec.status not in ENDED:
                    add(f"{who} puts a message without generation", go("done", self.send(S, p.job, NO_GENERATION)))
                elif rec.generation + 1 < limit:
                    for placed in (AFTER_END, AFTER_TTL) if rec.status == "completed" else (AFTER_END,):
                        asks = (placed == AFTER_TTL or rec.status != "completed") and not self.sc.dequeue
                        add(f"{who} puts a message without generation after the {'window' if placed == AFTER_TTL else 'end'}",
                            go("done", self.send(S, p.job, NO_GENERATION, placed), rec.generation + 1 if asks else NO_GENERATION))
                else:
                    add(f"{who} puts nothing (bound)", go("done"))
            return
        if not S.store_up:
            return
        send_first = self.is_("producer_order", "send-first")
        if p.step == "start":
            first = "send" if send_first else "record"
            if rec.status == "absent":
                self.fair(f"{who} finds no record", go(first, target=0))
            elif rec.status in LIVE:
                self.fair(f"{who} answers duplicate", go("done"))
                self.maybe(f"{who} finds it {rec.status}, older than the window", go(first, target=rec.generation))
            else:
                if rec.status == "completed" or rec.generation + 1 >= limit:
                    self.fair(f"{who} answers duplicate, or the bound is reached", go("done"))
                if rec.generation + 1 < limit:
                    add = self.maybe if rec.status == "completed" else self.fair
                    add(f"{who} finds it {rec.status}", go(first, target=rec.generation + 1))
        elif p.step == "send":
            self.fair(f"{who} sends {gen(p.target)}", go("record" if send_first else "done", self.send(S, p.job, p.target)))
        elif p.step == "record":
            T = S
            if rec.status == "absent":
                T = self.set_record(S, p.job, Record("queued"), "producer")
            elif rec.status in ENDED and rec.generation + 1 == p.target and self.is_("producer_record", "queued"):
                T = self.set_record(S, p.job, Record("queued", p.target), "producer")
            self.fair(f"{who} sees to the record" + (", answers accepted" if send_first else ""), go("done" if send_first else "send", T))
        if p.step in ("send", "record") and self.can(S, "producer"):
            self.fault(f"{who} dies before its {p.step}, its client asks again", go("start", target=NO_GENERATION))

    # ---- operators
    def operate(self, S, index, op):
        if op.step == "done" or not S.store_up:
            return

        def go(step, T, job, generation):
            return T._replace(operators=put(S.operators, index, Operator(op.kind, step, job, generation)))
        if op.step == "start":
            for job, rec in enumerate(S.records):
                who = f"operator{index}"
                if op.kind == "cancel" and rec.status in LIVE or op.kind == "discard" and rec.status == "dead":
                    raised = rec.generation + self.is_(op.kind, "raises")
                    ended = Record("cancelled" if op.kind == "cancel" else "discarded", raised, token=self.left_token(rec))
                    self.maybe(f"{who} {op.kind}s job{job} ({rec.status}, {gen(rec.generation)})",
                               go("done", self.set_record(S, job, ended, op.kind), job, raised))
                elif (op.kind == "replay" and rec.status == "dead" or op.kind == "force" and rec.status in ENDED) \
                        and rec.generation + 1 < self.sc.generations:
                    self.maybe(f"{who} reads job{job} ({rec.status}, {gen(rec.generation)}) for a replay",
                               go("send" if self.is_("replay_order", "send-first") else "record", S, job, rec.generation))
            return
        rec, who, send_first = S.records[op.job], f"operator{index} (replay of job{op.job})", self.is_("replay_order", "send-first")
        if op.step == "send":
            self.fair(f"{who} sends {gen(op.generation + 1)}",
                      go("record" if send_first else "done", self.send(S, op.job, op.generation + 1), op.job, op.generation))
        else:
            same = rec.status in ENDED and rec.generation == op.generation or self.is_("replay_check", "blind")
            T = self.set_record(S, op.job, Record("queued", op.generation + 1), "replay") if same else S
            self.fair(f"{who} " + (f"sets the record queued, {gen(op.generation + 1)}" if same else "finds the record changed"),
                      go("done" if send_first else "send", T, op.job, op.generation))
        if self.can(S, "operator"):
            self.fault(f"{who} dies before its {op.step}", go("done", S, op.job, op.generation))

    def left_token(self, rec):
        return 0 if self.is_("claim_after_end", "removed") else rec.token

    # ---- delivery: the first line that fits
    def deliver(self, S, w, m):
        """A message without generation supposes that it is new: it tries to create the record, claimed, and reads on Conflict only."""
        who = f"W{w} gets m{m.id} ({gen(m.generation)}) of job{m.job}"
        shut = self.sc.gate and (S.gate in ("closed", "probing") and self.is_("create_gate", "asked-before")
                                 or S.gate == "due" and self.is_("create_probe", "won-before"))
        if m.generation != NO_GENERATION or shut or not S.store_up:
            return self.look(S, w, m, who)
        if S.records[m.job].status == "absent":
            return self.claim(S, w, m, who, 0, "creation", created=True)
        if self.is_("bare_create", "ends-on-conflict"):
            return self.end_message(S, w, m, f"{who}: there is a record")
        self.fair(f"{who}: there is a record, looks at it", self.start(S, w, m, Invocation(m.id, m.job, 0, "look", 0, True, False, False, placed=m.placed)))

    def step_look(self, S, w, inv):
        message = Message(inv.message, inv.job, NO_GENERATION, inv.placed, 0, HELD, False)
        self.looking = inv
        self.look(S, w, message, f"W{w} with m{inv.message} of job{inv.job}")
        self.looking = None

    def look(self, S, w, m, who):
        """The wording's delivery table, line by line; a message without generation counts as the record's."""
        rec = S.records[m.job]
        number = rec.generation if m.generation == NO_GENERATION else m.generation
        if not S.store_up:
            return self.defer(S, w, m, f"{who}: store down")
        if self.is_unknown(rec, number):
            return self.refuse(S, w, m, who, rec)
        if rec.status == "absent":
            return self.claim(S, w, m, who, number, "creation")
        if rec.generation > number:
            if self.is_("older_message", "run"):
                return self.claim(S, w, m, who, number, "an old message")
            return self.end_message(S, w, m, f"{who}: record has a newer generation")
        if rec.claimed and self.is_("live_claim", "defer"):
            return self.defer(S, w, m, f"{who}: claim not over")
        if rec.generation < number:
            cause = "a message of Next" if m.by_next else "a message from before the end" if m.placed == BEFORE_END else "producer"
            if m.generation == self.sc.stray:
                cause = "producer"                # a leftover that is the record's next: none can tell it from a replay
            return self.claim(S, w, m, who, number, cause)
        if rec.status in ENDED:
            asks = m.placed == AFTER_TTL or m.placed == AFTER_END and rec.status != "completed" or self.is_("asks_anew", "any")
            if m.generation == NO_GENERATION and asks and rec.generation + 1 < self.sc.generations:
                cause = "a message from before the end" if m.placed == BEFORE_END else "asks anew"
                return self.claim(S, w, m, who, rec.generation + 1, cause)
            if self.is_("ended_message", "end"):
                return self.end_message(S, w, m, f"{who}: {rec.status}")
        if rec.status == "waiting" and rec.later and self.is_("not_due", "defer"):
            return self.defer(S, w, m, f"{who}: not due")
        return self.claim(S, w, m, who, rec.generation, "a delivery")

    def is_unknown(self, rec, number):
        """Whoever sends for us gives at most the record's next generation, and a record never goes back; without one any may be a leftover."""
        if rec.status == "absent":
            return number > UNSEEN and self.is_("unknown_bound", "without-record")
        return number > rec.generation + (not self.is_("unknown", "next-too")) and not self.is_("unknown", "taken")

    def refuse(self, S, w, m, who, rec):
        if m.generation != self.sc.stray:
            S = self.alarm(S, f"unknown: {gen(m.generation)} of job{m.job} is refused though we gave it, the record has {rec.generation}")
        if self.is_("unknown", "letter"):
            S = self.bury(S, m.job)
        self.end_message(S, w, m, f"{who}: nobody gave that generation")

    def bury(self, S, job):
        return S._replace(letters=tuple(sorted({*S.letters, job})))

    def defer(self, S, w, m, label):
        if self.looking:
            self.fair(f"{label} -> defers", self.gone(S, w))
        elif self.sc.dequeue:                     # else nothing changes
            self.fair(f"{label} -> defers", self.change_message(S, m.id, dequeued=m.dequeued + 1))

    def start(self, S, w, m, inv):
        if self.looking:
            return self.change_invocation(S, w, self.again(S, w), inv._replace(held=self.looking.held))
        S = self.change_message(S, m.id, visibility=HELD, dequeued=m.dequeued + 1 if self.sc.dequeue else 0)
        return self.change_invocation(S, w, None, inv)

    def again(self, S, w):
        return next(i for i in S.workers[w] if i.step == "look" and i.message == self.looking.message)

    def gone(self, S, w):
        """Nothing came of it: the message comes back."""
        return self.leave(S, w, self.again(S, w)) if self.looking else S

    def end_message(self, S, w, m, label):
        self.fair(f"{label} -> ends it", self.start(S, w, m, Invocation(m.id, m.job, S.records[m.job].generation, "end", 0, True, False, False)))

    def claim(self, S, w, m, who, number, cause, created=False):
        """Gate, slot and probe come before the write: a message that has to wait leaves no claim that would count as a crash."""
        rec, sc = S.records[m.job], self.sc
        new = cause == "creation" or number > rec.generation
        crash = not new and rec.status == "running" and self.is_("crashes", "counted")
        crashes = 0 if new else rec.crashes + crash
        attempts = 0 if new or self.is_("attempts", "forgotten") else rec.attempts
        if crashes >= sc.crash_limit:             # no claim, so neither gate nor slot matter
            dead = Record("dead", number, self.left_token(rec), attempts=rec.attempts, crashes=crashes, reason="kills")
            return self.end_message(self.set_record(S, m.job, dead, cause), w, m, f"{who}: crash {crashes} -> record dead")
        unasked = created and self.is_("create_gate", "not-asked")
        if sc.gate and S.gate in ("closed", "probing") and (self.is_("gate_order", "every-claim") or not new) and not unasked:
            return self.defer(S, w, m, f"{who}: gate closed")
        suspect = crashes > 0
        slot_taken = suspect and self.is_("suspect_slot", "one") and any(i.suspect for i in S.workers[w])
        if slot_taken and self.is_("slot_order", "before-claim"):
            return self.defer(S, w, m, f"{who}: suspect slot taken")
        probing = sc.gate and S.gate == "due" and not (created and self.is_("create_probe", "not-won"))
        T = S
        if sc.gate and S.gate in ("closed", "probing"):
            T = self.alarm(T, f"gate: job{m.job} claimed through a closed gate")
        if sc.gate and S.gate == "due" and not probing:
            T = self.alarm(T, f"gate: job{m.job} claimed through a due gate without its probe")
        if probing:
            T = T._replace(gate="probing")
            if self.can(S, "crash"):
                self.fault(f"{who}: wins the probe, dies before its claim", self.gone(T, w))
        if number == rec.generation and rec.later:
            T = self.alarm(T, f"due: job{m.job} claimed before it is due")
        used = {rec.token} | {i.token for running in S.workers for i in running if i.job == m.job}
        token = next(k for k in range(1, 99) if k not in used)
        T = self.set_record(T, m.job, Record("running", number, token, True, attempts, crashes), cause)
        label = f"{who}: claims {gen(number)}" + (f" as suspect, crashes {crashes}" if suspect else "") + (" (asks anew)" if cause == "asks anew" else "") \
            + (" as prober" if probing else "")
        if slot_taken:
            return self.fair(f"{label}, suspect slot taken -> defers", self.gone(T, w))
        self.fair(label, self.start(T, w, m, Invocation(m.id, m.job, number, "run", token, True, suspect, probing)))
        if self.can(S, "lost-answer"):
            self.fault(f"{label}, answer lost -> defers", self.gone(T, w))

    # ---- what the handler does
    def step_run(self, S, w, inv):
        job, number = inv.job, inv.generation
        behaviour, history, effect = self.sc.jobs[job], S.history[job], S.effects[job]
        last, who = number >= self.sc.generations - 1, f"W{w} job{job}"

        def returns(label, ending, step, T=S, add=self.fair):
            after = inv._replace(step=step, ending=ending)
            if inv.probing and step == "record" and S.gate == "probing":
                T, after = T._replace(gate="due"), after._replace(probing=False)   # a probe that failed otherwise: due again
            if inv.probing and step == "effect":
                if S.gate != "probing":
                    T = self.alarm(T, f"gate: opened by job{job}'s probe though it was closed anew")
                T, after = T._replace(gate="open"), after._replace(probing=False)
            add(f"{who}: {label}", self.change_invocation(T, w, inv, after))
        if effect and effect.generation == number and self.is_("effect_ending", "decides") and S.store_up:
            return returns(f"finds its effect standing, skips the work", effect.ending, "effect")
        if behaviour.startswith("killer"):
            self.fair(f"{who} KILLS W{w}", self.count(self.kill_process(S, w), job, kills=history.kills + 1))
        if behaviour in ("ok", "flaky") or behaviour == "fixable" and number > 0:
            returns("returns", "completed", "effect")
        if behaviour in ("transient", "flaky") and history.fails < 6:
            returns("raises Transient", "transient", "record", self.count(S, job, fails=history.fails + 1),
                    self.fair if behaviour == "transient" else self.maybe)
        if behaviour == "permanent" or behaviour == "fixable" and number == 0:
            returns("raises Permanent", "permanent", "record")
        if behaviour.startswith("run"):
            if last or behaviour == "run-differs":
                returns(f"returns from look {number}", "completed", "effect", add=self.fair if last else self.maybe)
            if not last:
                returns(f"look {number} returns Next", "next", "effect")
                if behaviour == "run-dies":
                    returns(f"look {number} raises Permanent", "permanent", "record", add=self.maybe)
        if self.can(S, "stop"):
            self.fault(f"{who}: the worker stops, releases", self.change_invocation(S, w, inv, inv._replace(step="record", ending="released")))
        if self.sc.gate and self.can(S, "429"):
            T = self.change_invocation(S, w, inv, inv._replace(step="record", ending="ratelimited", probing=False))
            self.fault(f"{who}: 429, the gate closes", self.close_gate(T))

    # ---- endings: effect, (send,) record, message
    def store(self, S, w, inv, label, T, step):
        """One write: step, or "" to defer afterwards; its answer may be lost, the worker then defers."""
        label = f"W{w} job{inv.job}: {label}"
        if not S.store_up:
            return self.fair(f"{label}: store down -> defers", self.leave(S, w, inv))
        self.fair(label, self.change_invocation(T, w, inv, inv._replace(step=step)) if step else self.leave(T, w, inv))
        if self.can(S, "lost-answer"):
            self.fault(f"{label}, answer lost -> defers", self.leave(T, w, inv))

    def step_effect(self, S, w, inv):
        """Compare-and-set over something older only; no token check, so a zombie may win, and then its ending is everybody's."""
        job, number, stands = inv.job, inv.generation, S.effects[inv.job]
        after_record = self.is_("effect_order", "after-record")
        after = "end" if after_record else "send" if inv.ending == "next" and self.is_("next_order", "send-first") else "record"
        if after_record and S.records[job].token == inv.token and S.records[job].status == "running":
            return self.step_record(S, w, inv)
        if stands and stands.generation >= number and self.is_("effect_write", "over-older"):
            ending = stands.ending if stands.generation == number and self.is_("effect_ending", "decides") else inv.ending
            after = "send" if ending == "next" and self.is_("next_order", "send-first") else "record"
            if not S.store_up:
                return self.fair(f"W{w} job{job}: store down -> defers", self.leave(S, w, inv))
            return self.fair(f"W{w} job{job}: an effect of generation {stands.generation} stands, goes to its ending ({ending})",
                             self.change_invocation(S, w, inv, inv._replace(step=after, ending=ending)))
        T, seen = S, S.history[job].effects
        if seen >> number:
            T = self.alarm(T, f"effect: job{job} writes generation {number} over generation {stands.generation}")
        T = self.count(T, job, effects=seen | 1 << number)
        T = T._replace(effects=put(T.effects, job, Effect(number, inv.ending)))
        self.store(S, w, inv, f"effect of generation {number} written", T, after)

    def step_send(self, S, w, inv):
        number = inv.generation + 1
        T = self.send(S, inv.job, number, visibility=LATER, by_next=True)
        after = "record" if self.is_("next_order", "send-first") else "end"
        self.fair(f"W{w} job{inv.job}: Next sends generation {number}", self.change_invocation(T, w, inv, inv._replace(step=after)))
        if self.can(S, "queue"):
            self.fault(f"W{w} job{inv.job}: Next sends generation {number}, answer lost -> defers", self.leave(T, w, inv))

    def step_record(self, S, w, inv):
        """The ending's change of the record; whoever lost the claim writes nothing."""
        job, rec, ending = inv.job, S.records[inv.job], inv.ending
        running = rec.status == "running" or self.is_("claim_after_end", "kept")
        if S.store_up and not (running and rec.token == inv.token) and self.is_("token", "checked"):
            return self.fair(f"W{w} job{job}: token gone -> defers", self.leave(S, w, inv))
        number, attempts, step = inv.generation, rec.attempts + (ending == "transient"), "end"
        keep = Record("", number, inv.token, attempts=attempts)
        if ending == "completed":
            new = keep._replace(status="completed")
            step = "effect" if self.is_("effect_order", "after-record") else "end"
        elif ending == "next":
            later = any(m.job == job and m.visibility == LATER for m in S.messages)
            new = Record(self.rules["next_record"], number + 1, inv.token, later=later)
            step = "end" if self.is_("next_order", "send-first") else "send"
        elif ending == "ratelimited":
            new, step = keep._replace(status="waiting", crashes=rec.crashes if self.is_("crash_reset", "orderly") else 0), ""
        elif ending == "released":
            new, step = keep._replace(status="waiting", crashes=rec.crashes), ""
        elif ending == "transient" and attempts < MAX_ATTEMPTS:
            new, step = keep._replace(status="waiting", later=True), ""
        else:
            new = keep._replace(status="dead", reason="attempts" if ending == "transient" else "permanent")
        label = f"record {new.status}, {gen(new.generation)}" + (f" ({new.reason})" if new.reason else "")
        self.store(S, w, inv, label, self.set_record(S, job, new, f"W{w}'s ending"), step)

    def step_end(self, S, w, inv):
        T = self.delete_message(S, inv.message) if inv.held else S
        self.fair(f"W{w} ends m{inv.message}" + ("" if inv.held else ", too late"), self.change_invocation(T, w, inv, None))
        if inv.held and self.can(S, "queue"):
            self.fault(f"W{w} can't delete m{inv.message}, it comes back", self.leave(S, w, inv))

    # ---- host and poison queue
    def host_gives_up(self, S, m):
        T = S._replace(poison=tuple(sorted(S.poison + (PoisonCopy(m.job, m.generation, False),))))
        self.fair(f"host moves m{m.id} ({gen(m.generation)}) to poison", self.delete_message(T, m.id))
        if self.can(S, "queue"):
            self.fault(f"host copies m{m.id} to poison and can't delete it", self.change_message(T, m.id, dequeued=0))

    def dlq(self, S, copy):
        """The poison queue holds only what the host moved there; a record that such a copy still speaks for dies."""
        job, rec = copy.job, S.records[copy.job]
        number = rec.generation if copy.generation == NO_GENERATION else copy.generation
        gone, who = S._replace(poison=without(S.poison, copy)), f"Dlq: copy ({gen(copy.generation)}) of job{job}"
        older = (rec.generation > number or copy.outdated) and self.is_("dlq_older", "end")
        newer = number > rec.generation
        if self.is_unknown(rec, number) and self.is_("dlq_unknown", "letter"):
            return self.fair(f"{who}: nobody gave that generation -> a dead letter of its own", self.bury(gone, job))
        over = rec.status in ENDED and {"end-unless-newer": not newer, "end": True, "kill": False}[self.rules["dlq_ended"]]
        if rec.status != "absent" and (older or over):
            return self.fair(f"{who}: out of date or {rec.status} -> ends", gone)
        if rec.claimed and self.is_("dlq_live_claim", "defer"):
            return
        if rec.claimed or copy.outdated or number < rec.generation:
            gone = self.alarm(gone, f"poison: an old copy or one of a live claim kills job{job} ({rec.status})")
        dead = Record("dead", max(number, rec.generation), self.left_token(rec), attempts=rec.attempts, crashes=rec.crashes, reason="host")
        T = self.set_record(gone, job, dead, "Dlq")
        self.fair(f"{who}: record dead, the host gave up", T)
        if self.can(S, "queue"):
            self.fault(f"{who}: record dead, copy comes back", T._replace(poison=S.poison))

    # ---- time, Rescue
    def pass_time(self, S):
        for job, rec in enumerate(S.records):
            if rec.claimed:
                over = S._replace(records=put(S.records, job, rec._replace(claimed=False)))
                if not any(i.job == job and i.token == rec.token and i.step != "end" for running in S.workers for i in running):
                    self.fair(f"claim of job{job} is over", over)
                elif not S.store_up:
                    self.maybe(f"claim of job{job} is over, store down, no renewal", over)
                elif self.can(S, "zombie"):
                    self.fault(f"claim of job{job} is over while its worker still runs", over)
            delayed = [m.id for m in S.messages if m.job == job and m.visibility == LATER]
            if rec.later or delayed:
                T = S._replace(records=put(S.records, job, rec._replace(later=False)))
                for number in delayed:
                    T = self.change_message(T, number, visibility=VISIBLE)
                self.fair(f"job{job} is due", T)
        if S.gate == "closed":
            self.fair("the gate is due", S._replace(gate="due"))
        probers = any(i.probing for running in S.workers for i in running)
        if S.gate == "probing" and (not probers or self.is_("probe_due", "soon")):
            self.fair("the gate is due again", S._replace(gate="due"))
        if not S.store_up:
            self.fair("store comes back", S._replace(store_up=True))

    def rescue(self, S):
        """Touch, then send: a second Rescue, or the next minute's, leaves a touched job alone. Unneeded sends are faults here, so limited in number."""
        if self.is_("rescue", "off") or not self.sc.rescue or not S.store_up:
            return
        for job, number in S.rescues:
            T = S._replace(rescues=without(S.rescues, (job, number)))
            self.fair(f"Rescue sends {gen(number)} of job{job}", self.send(T, job, number))
            if self.can(S, "rescue"):
                self.fault(f"Rescue dies before sending job{job}", T)
        shut = {"skips-closed": ("closed", "probing"), "skips-due-too": ("closed", "probing", "due"), "ignores": ()}[self.rules["rescue_gate"]]
        if S.gate in shut:
            return
        for job, rec in enumerate(S.records):
            overdue = rec.status == "running" and not rec.claimed or rec.status in ("queued", "waiting") and not rec.later
            if not overdue or any(r[0] == job for r in S.rescues):
                continue
            T = S._replace(rescues=tuple(sorted(S.rescues + ((job, rec.generation),))))
            there = any(m.job == job for m in S.messages)
            if not there and not any(i.job == job for running in S.workers for i in running):
                self.fair(f"Rescue touches job{job} ({rec.status}, {gen(rec.generation)})", T)
            elif self.is_("rescue_touch", "none") or S.gate in ("closed", "probing"):
                self.maybe(f"Rescue finds job{job} overdue though its message is there", T)
            elif self.can(S, "rescue"):
                self.fault(f"Rescue touches job{job} though its message is there", T)

    # ---- faults
    def break_things(self, S):
        for w, running in enumerate(S.workers):
            if running and self.can(S, "crash"):
                self.fault(f"kill -9 W{w} (" + ", ".join(f"job{i.job} at {i.step}" for i in running) + ")", self.kill_process(S, w))
            for inv in running:
                if inv.held and self.can(S, "visibility"):
                    T = self.change_message(S, inv.message, visibility=VISIBLE)
                    self.fault(f"m{inv.message} becomes visible while W{w} works", self.change_invocation(T, w, inv, inv._replace(held=False)))
        if S.store_up and self.can(S, "outage"):
            self.fault("store goes down", S._replace(store_up=False))
        if self.sc.gate and S.gate != "closed" and self.can(S, "gate"):
            self.fault("the gate closes (another job, an operator)", self.close_gate(S))
        if self.sc.gate and S.gate != "open" and self.can(S, "open"):
            self.fault("an operator opens the gate and wakes what it held", self.open_gate(S))
        if S.messages and not S.cleared and self.can(S, "clear"):
            workers = tuple(tuple(sorted(i._replace(held=False) for i in running)) for running in S.workers)
            self.fault("the queue is cleared", S._replace(messages=(), workers=workers, cleared=True))

    # ------------------------------------------------------------------ properties
    def violation(self, S):
        """Properties of single states; those about changes raise the alarm in set_record, claim, step_effect and dlq."""
        sc, used = self.sc, self.sc.faults - S.faults_left
        if S.alarm:
            return S.alarm
        for job, history in enumerate(S.history):
            if history.kills > sc.crash_limit + (used if sc.kinds & {"zombie", "outage"} else 0):
                return f"killer: job{job} killed {history.kills} processes in one generation"
            if history.fails > MAX_ATTEMPTS + used:
                return f"attempts: job{job} failed {history.fails} times in one generation"
        if len(S.messages) > sc.message_bound or len(S.poison) > sc.message_bound:
            return f"messages: {len(S.messages)} in the queue, {len(S.poison)} in poison"
        if sum(i.probing for running in S.workers for i in running) > 1:
            return "gate: two probers at once"
        return ""

    def settled(self, S):
        """Everything done, nothing lost. From every reachable state fair steps must lead here (no loss, no livelock of deferrals)."""
        if S.messages or S.poison or S.rescues or any(S.workers) or not S.store_up:
            return False
        for p in S.producers:
            rec = S.records[p.job]
            if p.kind == "stray" and p.step == "done" and p.job not in S.letters and rec.generation < self.sc.stray and not S.cleared:
                return False
            missing = rec.status == "absent" or p.target > rec.generation
            if p.step == "done" and missing and (p.kind == "ours" or not S.cleared):    # a cleared queue may cost what nobody recorded
                return False
        return all(rec.status == "absent" or rec.status in ENDED for rec in S.records)

    def describe(self, S):
        return ", ".join(f"job{j} {r.status} {gen(r.generation)}" for j, r in enumerate(S.records)) + f"; {len(S.messages)} messages"


# ------------------------------------------------------------------ command line
def as_worded():
    return {rule: values[0] for rule, values in RULES.items()}


def report(scenario, result, note=""):
    print(f"{scenario.name:22} {result.verdict:10} faults {scenario.faults}  {result.states:8} states {result.seconds:5.0f} s  {result.text}  {note}", flush=True)


def main(args):
    if args and args[0] == "rules":
        for rule, values in RULES.items():
            print(f"{rule:18} {' | '.join(values)}")
        return 0
    if args and args[0] == "suite":
        failed = 0
        for scenario in SCENARIOS.values():
            if "--quick" in args:
                if scenario.quick is None:
                    continue
                scenario.faults = scenario.quick
            result = check(Model(scenario, as_worded()))
            report(scenario, result, f"({scenario.note})")
            failed += result.verdict != "holds"
        print("all hold" if not failed else f"{failed} not proved")
        return bool(failed)
    if args and args[0] == "mutants":
        missed = 0
        for rule, value, name, expected in MUTANTS:
            result = check(Model(SCENARIOS[name], {**as_worded(), rule: value}))
            caught = result.text.startswith(expected + ":")
            missed += not caught
            print(f"{rule + '=' + value:32} {name:18} {'caught' if caught else 'MISSED':7} {result.text} ({len(result.trace)} steps)", flush=True)
        return bool(missed)
    if not args or args[0] not in SCENARIOS:
        print(__doc__ + "\nscenarios: " + ", ".join(SCENARIOS))
        return 2
    scenario, rules = SCENARIOS[args[0]], as_worded()
    for item in args[1:]:
        rule, _, value = item.partition("=")
        if rule == "faults":
            scenario.faults = int(value)
        elif value in RULES.get(rule, ()):
            rules[rule] = value
        else:
            print(f"unknown: {item}; see {sys.argv[0]} rules")
            return 2
    result = check(Model(scenario, rules))
    report(scenario, result)
    for number, label in enumerate(result.trace, 1):
        print(f"  {number:2} {label}")
    return result.verdict != "holds"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
