#!/usr/bin/env python3
"""Explicit-state model of rule dispatch: due rules become jobs of a slot, each slot runs once or is recorded as missed or skipped.

    dispatch_model.py suite [--quick]            every scenario under the rules as worded
    dispatch_model.py SCENARIO [rule=value ...]  one scenario; prints the shortest counterexample in words
    dispatch_model.py mutants                    each rule removed once; the property that notices
    dispatch_model.py rules                      rules and their values; the first is the wording's

Time is a small number; a slot is an instant of it. While the scheduler is stopped or every host is down, time passes and nobody dispatches: the same thing
here. The job protocol below it is abstracted: one record per (rule, slot), a claim that ends by itself, a message that comes back when its worker dies.
"""
import sys
from dataclasses import dataclass, field
from typing import NamedTuple

from model_cli import main

RULES = {
    "order": ("send-record-advance", "advance-first", "record-first"),
    "advance": ("if-match", "blind", "upsert"),    # blind: writes what it read back over an edit; upsert: also over a deletion
    "job_id": ("rule-slot", "rule-version-slot"),
    "window": ("none", "asks-anew"),               # none: any record of the slot means that it has been seen to
    "older": ("recorded", "range", "dropped"),     # recorded: one record per older slot, created only if absent
    "older_live": ("waits", "ignored"),
    "previous": ("waits", "ignored"),              # the last dispatched slot hasn't ended
    "behind": ("goes-on", "moves-on"),             # a tick that records only some of the older slots leaves the next one due
    "grace": ("kept", "none"),
    "edit": ("keeps-due", "recomputes"),           # also reload and start
    "edit_margin": ("minute", "none"),
    "carry": ("kept", "forgotten"),                # what the old frequency owed beyond the due slot
    "deactivate": ("leaves-due", "clears"),
    "inactive": ("recorded", "cleared"),           # what a dispatcher does with a due slot of an inactive rule
    "run_reads": ("rule", "nothing"),
    "since": ("checked", "ignored"),               # a slot from before its rule was created isn't the rule's
    "apply": ("later-only", "blind"),
    "incarnation": ("checked", "ignored"),
    "leaving": ("stored", "remembered"),           # remembered: only whoever changed the rule knows that something is left to end
    "cleared": ("if-match", "blind"),              # that nothing is left is written over the version that was read
    "again": ("looks", "ends"),                    # a run looks again whether its rule still watches what it wrote
    "over": ("kept", "dropped"),                   # a rule created in the place of one that is leaving is leaving, too
    "chain": ("waits", "ignored", "record-only"),  # record-only: looks at the slot's record, not at what is still due
    "chain_wait": ("bounded", "forever"),
}
ENDED = ("completed", "missed", "skipped")
NEVER = 0


class Rule(NamedTuple):
    incarnation: int
    version: int
    frequency: int
    active: bool
    next: int                                      # nextDueAt; NEVER
    last: int                                      # the slot dispatched last
    since: int                                     # created at
    effective: int                                 # frequency and active as they are since
    carry: tuple = ()                              # slots of an earlier frequency, due when it was edited and not yet dispatched


class Record(NamedTuple):
    status: str = "absent"                         # queued, running, or ended
    claimed: bool = False
    token: int = 0
    ran: int = 0                                   # for properties: completed evaluations


class Dispatcher(NamedTuple):
    rule: int
    step: str
    seen: Rule
    same: bool                                     # the rule's ETag is as read
    clock: int
    slot: int
    older: tuple
    upto: int = NEVER                              # the last older slot that this tick records, while later ones are due too


class Finisher(NamedTuple):
    rule: int
    step: str
    seen: int = 0                                  # the incarnation whose alert is open
    same: bool = True


class Worker(NamedTuple):
    message: tuple                                 # rule, slot
    held: bool
    step: str
    token: int = 0
    incarnation: int = 0


class State(NamedTuple):
    now: int
    rules: tuple
    created: tuple                                 # incarnations so far
    records: tuple
    applied: tuple                                 # alertStates: (incarnation, slot)
    messages: tuple
    dispatchers: tuple
    workers: tuple
    script: int                                    # how far the users are
    owed: tuple                                    # slots that must leave a trace
    faults_left: int
    alarm: str
    opened: tuple = ()                             # the incarnation whose alert is open; 0: none (only where sc.alerts)
    leaving: tuple = ()                            # rules that may have told what they don't watch any more
    finishers: tuple = ()


def put(items, index, value):
    return items[:index] + (value,) + items[index + 1:]


def without(items, item):
    index = items.index(item)
    return items[:index] + items[index + 1:]


class Model:
    def __init__(self, scenario, rules):
        self.sc, self.rules = scenario, rules
        self.ids = sorted({(s, 0) for f in scenario.frequencies for s in f})
        if self.is_("job_id", "rule-version-slot"):
            self.ids = [(s, v) for s, _ in self.ids for v in range(4)]

    def is_(self, rule, value):
        return self.rules[rule] == value

    def initial(self):
        sc = self.sc
        rules = tuple(Rule(1, 0, f, True, self.after(f, 0), 0, 0, 0) for f in sc.rule_frequencies)
        n = len(rules)
        return State(0, rules, (1,) * n, ((Record(),) * len(self.ids),) * n, ((0, 0),) * n, (), (), (), 0, (), sc.faults, "", (0,) * n, (False,) * n)

    def after(self, frequency, instant):
        return next((s for s in self.sc.frequencies[frequency] if s > instant), NEVER)

    def due(self, rule, clock):
        later = {s for s in self.sc.frequencies[rule.frequency] if s > max(rule.next, rule.effective)} if rule.active else set()
        return tuple(sorted(s for s in {rule.next} | set(rule.carry) | later if s <= clock))

    def key(self, slot, version=0):
        return self.ids.index((slot, version if self.is_("job_id", "rule-version-slot") else 0))

    def record(self, S, r, slot, version=0):
        return S.records[r][self.key(slot, version)]

    # ---- transitions
    def successors(self, S):
        self.out = []
        for r, rule in enumerate(S.rules):
            if len(S.dispatchers) < self.sc.dispatchers and rule and rule.next:
                for clock in {S.now, min(S.now + 1, self.sc.end)} if self.sc.skew else {S.now}:
                    if rule.next <= clock:
                        due = self.due(rule, clock)
                        behind = self.sc.most and len(due) > self.sc.most
                        due = due[:self.sc.most + 1] if behind else due
                        d = Dispatcher(r, "previous", rule, True, clock, due[-1], due[:-1], due[-2] if behind else NEVER)
                        T = S._replace(dispatchers=tuple(sorted(S.dispatchers + (d,))))
                        self.add("fair" if not S.dispatchers else "maybe", f"a dispatcher (clock {clock}) reads rule{r}, due at {rule.next}", T)
        for d in dict.fromkeys(S.dispatchers):
            getattr(self, "dispatch_" + d.step)(S, d)
            if self.can(S, "crash"):
                self.fault(f"dispatcher of rule{d.rule} slot {d.slot} dies before '{d.step}'", self.dispatcher(S, d, None))
        for message in dict.fromkeys(S.messages):
            self.deliver(S, message)
            if self.can(S, "duplicate"):
                self.fault(f"message {self.name(message)} comes twice", S._replace(messages=tuple(sorted(S.messages + (message,)))))
        for r, leaving in enumerate(S.leaving):
            if leaving and not any(f.rule == r for f in S.finishers):
                T = S._replace(finishers=tuple(sorted(S.finishers + (Finisher(r, "states"),))))
                self.add("fair", f"a tick finds that rule{r} is leaving", T)
        for f in dict.fromkeys(S.finishers):
            getattr(self, "finish_" + f.step)(S, f)
            if self.can(S, "crash"):
                self.fault(f"whoever ends what rule{f.rule} told dies before '{f.step}'", self.finisher(S, f, None))
        for w in dict.fromkeys(S.workers):
            getattr(self, "work_" + w.step)(S, w)
            if self.can(S, "crash"):
                self.fault(f"worker of {self.name(w.message)} dies before '{w.step}'", self.worker(self.back(S, w), w, None))
        for r, records in enumerate(S.records):
            for k, rec in enumerate(records):
                if rec.claimed:
                    over = self.set_record(S, r, k, rec._replace(claimed=False))
                    if not any(w.token == rec.token and w.message[0] == r and self.key(*w.message[1:]) == k for w in S.workers):
                        self.add("fair", f"claim of rule{r} slot {self.ids[k][0]} is over", over)
                    elif self.can(S, "zombie"):
                        self.fault(f"claim of rule{r} slot {self.ids[k][0]} is over while its worker runs", over)
                elif rec.status in ("queued", "running") and self.sc.rescue:
                    message = (r, *self.ids[k])
                    if message not in S.messages and not any(w.message == message and w.held for w in S.workers):
                        self.add("fair", f"Rescue sends {self.name(message)}", S._replace(messages=tuple(sorted(S.messages + (message,)))))
        self.user(S)
        if S.now < self.sc.end:
            self.add("fair", f"it is {S.now + 1}", self.tick(S))
        return self.out

    def add(self, kind, label, T):
        self.out.append((label, kind, T))

    def fault(self, label, T):
        self.add("fault", "FAULT " + label, T._replace(faults_left=T.faults_left - 1))

    def can(self, S, kind):
        return S.faults_left > 0 and kind in self.sc.kinds

    def name(self, message):
        return f"(rule{message[0]}, slot {message[1]}" + (f", version {message[2]})" if self.is_("job_id", "rule-version-slot") else ")")

    def dispatcher(self, S, old, new):
        return S._replace(dispatchers=tuple(sorted(without(S.dispatchers, old) + ((new,) if new else ()))))

    def worker(self, S, old, new):
        return S._replace(workers=tuple(sorted((without(S.workers, old) if old else S.workers) + ((new,) if new else ()))))

    def back(self, S, w):
        return S._replace(messages=tuple(sorted(S.messages + (w.message,)))) if w.held else S

    def alarm(self, S, text):
        return S if S.alarm else S._replace(alarm=text)

    def set_record(self, S, r, k, rec):
        return S._replace(records=put(S.records, r, put(S.records[r], k, rec)))

    def set_rule(self, S, r, rule):
        """Every write gives a new ETag."""
        dispatchers = tuple(sorted(d._replace(same=False) if d.rule == r else d for d in S.dispatchers))
        finishers = tuple(sorted(f._replace(same=False) if f.rule == r else f for f in S.finishers))
        return S._replace(rules=put(S.rules, r, rule), dispatchers=dispatchers, finishers=finishers)

    def tick(self, S):
        now = S.now + 1
        owed = S.owed
        for r, rule in enumerate(S.rules):
            if rule and rule.active and now in self.sc.frequencies[rule.frequency] and now > rule.effective:
                owed = tuple(sorted(set(owed) | {(r, now)}))
        return S._replace(now=now, owed=owed)

    # ---- dispatcher
    def leave(self, S, d, label):
        self.add("fair", f"dispatcher of rule{d.rule} slot {d.slot}: {label}", self.dispatcher(S, d, None))

    def go(self, S, d, label, **changes):
        self.add("fair", f"dispatcher of rule{d.rule} slot {d.slot}: {label}", self.dispatcher(S, d, d._replace(**changes)))

    def dispatch_previous(self, S, d):
        """Reads the record of the slot dispatched last: a rule doesn't run twice at once."""
        if d.seen.last and d.seen.last < d.slot and self.record(S, d.rule, d.seen.last, d.seen.version).status not in ENDED + ("absent",) and self.is_("previous", "waits"):
            return self.leave(S, d, f"slot {d.seen.last} hasn't ended, waits for the next tick")
        after = "older" if d.older else "decide"
        self.go(S, d, "the slot before has ended", step="advance" if self.is_("order", "advance-first") else after)

    def dispatch_older(self, S, d):
        slot = d.older[0]
        rest = d.older[1:]
        step = "older" if rest else "advance" if d.upto else "decide"
        k = self.key(slot, d.seen.version)
        rec = S.records[d.rule][k]
        if rec.status in ("queued", "running") and not self.is_("older", "range"):
            if self.is_("older_live", "waits"):
                return self.leave(S, d, f"older slot {slot} is {rec.status}, waits")
            return self.go(S, d, f"older slot {slot} is {rec.status}", older=rest, step=step)
        T = S
        if self.is_("older", "dropped"):
            return self.go(S, d, f"drops {slot}", older=rest, step=step)
        if rec.status == "absent" or self.is_("older", "range"):
            if rec.status in ("running", "completed"):
                T = self.alarm(T, f"both: (rule{d.rule}, slot {slot}) is {rec.status} and recorded as missed")
            T = self.set_record(S, d.rule, k, Record("missed")) if rec.status == "absent" and self.is_("older", "recorded") else T
            if self.is_("older", "range"):         # a note elsewhere: the slot's record stays absent
                T = T._replace(owed=tuple(o for o in T.owed if o != (d.rule, slot)))
        self.go(T, d, f"slot {slot} missed" if rec.status == "absent" else f"slot {slot} is {rec.status}", older=rest, step=step)

    def dispatch_decide(self, S, d):
        k = self.key(d.slot, d.seen.version)
        rec = S.records[d.rule][k]
        if rec.status != "absent":
            if rec.status == "completed" and self.is_("window", "asks-anew"):
                return self.go(S, d, "completed long ago, asks anew", step="send")
            return self.go(S, d, f"slot is {rec.status} already", step="advance")
        if not d.seen.active:
            if self.is_("inactive", "cleared"):
                return self.go(S, d, "inactive", step="advance")
            return self.go(self.set_record(S, d.rule, k, Record("skipped")), d, "inactive, recorded as skipped", step="advance")
        if d.clock - d.slot > self.sc.grace and self.is_("grace", "kept"):
            return self.go(self.set_record(S, d.rule, k, Record("missed")), d, "beyond its grace, recorded as missed", step="advance")
        self.go(S, d, "due", step="create" if self.is_("order", "record-first") else "send")

    def dispatch_send(self, S, d):
        T = S._replace(messages=tuple(sorted(S.messages + ((d.rule, d.slot, d.seen.version if self.is_("job_id", "rule-version-slot") else 0),))))
        if d.clock - d.slot > self.sc.grace:
            T = self.alarm(T, f"late: (rule{d.rule}, slot {d.slot}) is sent beyond its grace")
        self.go(T, d, "sends", step="advance" if self.is_("order", "record-first") else "create")

    def dispatch_create(self, S, d):
        k = self.key(d.slot, d.seen.version)
        rec, T = S.records[d.rule][k], S
        if rec.status == "absent":
            T = self.set_record(S, d.rule, k, Record("queued"))
        elif rec.status == "completed" and self.is_("window", "asks-anew"):
            T = self.alarm(self.set_record(S, d.rule, k, rec._replace(status="queued")), f"twice: (rule{d.rule}, slot {d.slot}) is run again")
        step = {"record-first": "send", "advance-first": "done"}.get(self.rules["order"], "advance")
        self.go(T, d, "record queued" if rec.status == "absent" else f"record is {rec.status}", step=step)

    def dispatch_done(self, S, d):
        self.leave(S, d, "ends")

    def dispatch_advance(self, S, d):
        rule, first = S.rules[d.rule], self.is_("order", "advance-first")
        after = "older" if d.older else "decide"
        if not d.same and self.is_("advance", "if-match") or rule is None and not self.is_("advance", "upsert"):
            return self.leave(S, d, "the rule has changed, the next tick looks again")
        base = d.seen if not self.is_("advance", "if-match") else rule
        last = d.upto or d.slot
        carry = tuple(s for s in base.carry if s > last)
        ahead = {self.after(base.frequency, max(d.clock, d.slot)) if base.active else NEVER, *carry} - {NEVER}
        if d.upto and self.is_("behind", "goes-on"):
            ahead = {d.slot}
        new = base._replace(next=min(ahead, default=NEVER), last=last, carry=carry)
        T = self.set_rule(S, d.rule, new)
        if rule is None:
            T = self.alarm(T, f"revival: rule{d.rule}, deleted, is there again")
        elif new._replace(next=0, last=0, carry=()) != rule._replace(next=0, last=0, carry=()):
            T = self.alarm(T, f"edit: rule{d.rule}'s edit is written over")
        if first:
            d2 = d._replace(same=True)
            T = T._replace(dispatchers=tuple(sorted(without(T.dispatchers, d._replace(same=False)) + (d2,))))
            return self.go(T, d2, f"advances to {new.next}", step=after)
        self.add("fair", f"dispatcher of rule{d.rule} slot {d.slot}: advances to {new.next}", self.dispatcher(T, d._replace(same=False), None))

    # ---- what a rule told and doesn't watch any more is told to be over
    def watches(self, rule, incarnation):
        return rule is not None and rule.active and rule.incarnation == incarnation

    def leaves(self, S, r):
        """The change that makes a rule leave; whoever made it begins to end what it told."""
        if not self.sc.alerts:
            return S
        T = S._replace(finishers=tuple(sorted(S.finishers + (Finisher(r, "states"),))))
        return T._replace(leaving=put(T.leaving, r, True)) if self.is_("leaving", "stored") else T

    def finisher(self, S, old, new):
        return S._replace(finishers=tuple(sorted(without(S.finishers, old) + ((new,) if new else ()))))

    def finish_states(self, S, f):
        new = f._replace(step="rule" if S.opened[f.rule] else "clear", seen=S.opened[f.rule])
        self.add("fair", f"whoever ends what rule{f.rule} told reads its states", self.finisher(S, f, new))

    def finish_rule(self, S, f):
        step = "clear" if self.watches(S.rules[f.rule], f.seen) else "close"
        self.add("fair", f"... reads rule{f.rule}", self.finisher(S, f, f._replace(step=step)))

    def finish_close(self, S, f):
        T = S._replace(opened=put(S.opened, f.rule, 0)) if S.opened[f.rule] == f.seen else S
        self.add("fair", f"... tells the alert of rule{f.rule} to be over", self.finisher(T, f, f._replace(step="clear")))

    def finish_clear(self, S, f):
        T = self.finisher(S, f, None)
        if f.same or self.is_("cleared", "blind"):
            T = self.set_rule(T._replace(leaving=put(T.leaving, f.rule, False)), f.rule, T.rules[f.rule])
        self.add("fair", f"... notes that nothing is left of rule{f.rule}" if f.same else "... leaves it, the rule was changed", T)

    # ---- the job
    def deliver(self, S, message):
        r, slot, version = message
        k = self.key(slot, version)
        rec, gone = S.records[r][k], S._replace(messages=without(S.messages, message))
        if rec.status in ENDED:
            return self.add("fair", f"message {self.name(message)}: {rec.status} -> ended", gone)
        if rec.claimed or len(S.workers) >= self.sc.workers:
            return
        rule = S.rules[r]
        chained = self.sc.after.get(r, ()) if rule else ()
        waits = [p for p in chained if not self.has_run(S, p, slot)]
        if waits and self.is_("chain", "waits") and not (S.now - slot > self.sc.grace and self.is_("chain_wait", "bounded")):
            return                                 # defers
        T = gone
        if waits and S.now - slot <= self.sc.grace:
            if self.is_("chain", "ignored") or any(not self.has_run(S, p, slot) for p in chained) and not (self.is_("chain", "record-only") and any(
                    self.record(S, p, slot).status in ("queued", "running") for p in chained)):
                T = self.alarm(T, f"chain: {self.name(message)} begins before rule{waits[0]} has run for it")
            else:
                return
        token = next(t for t in range(1, 9) if t != rec.token and not any(w.token == t and w.message == message for w in S.workers))
        T = self.set_record(T, r, k, rec._replace(status="running", claimed=True, token=token))
        self.add("fair", f"a worker claims {self.name(message)}", self.worker(T, None, Worker(message, True, "rule", token)))

    def has_run(self, S, p, slot):
        """Nothing of the other rule is due up to this slot, and what it dispatched last has ended. Deleted and inactive rules hold nobody."""
        rule = S.rules[p]
        if rule is None or not rule.active:
            return True
        return not (rule.next and rule.next <= slot) and (not rule.last or self.record(S, p, rule.last).status in ENDED + ("absent",))

    def step(self, S, w, label, step, **changes):
        self.add("fair", f"worker of {self.name(w.message)}: {label}", self.worker(S, w, w._replace(step=step, **changes)))

    def work_rule(self, S, w):
        r, slot, _ = w.message
        rule = S.rules[r]
        if self.is_("run_reads", "nothing"):
            T = S if rule and rule.active else self.alarm(S, f"gone: {self.name(w.message)} is evaluated though its rule is {'inactive' if rule else 'deleted'}")
            return self.step(T, w, "evaluates what it was given", "apply", incarnation=rule.incarnation if rule else 0)
        reason = "deleted" if rule is None else "inactive" if not rule.active else "of an earlier rule" if slot <= rule.since and self.is_("since", "checked") else ""
        if reason:
            return self.step(S, w, f"rule {reason}", "look_skip" if self.sc.alerts else "skip")
        if slot <= rule.since:
            S = self.alarm(S, f"earlier: {self.name(w.message)} is evaluated by a rule created at {rule.since}")
        others = [o for o in without(S.workers, w) if o.message[0] == r and o.step == "apply" and o.incarnation == rule.incarnation and self.has_claim(S, o)]
        if others and self.has_claim(S, w):
            S = self.alarm(S, f"at once: {self.name(w.message)} begins while {self.name(others[0].message)} runs")
        self.step(S, w, f"evaluates version {rule.version}", "apply", incarnation=rule.incarnation)

    def has_claim(self, S, w):
        rec = S.records[w.message[0]][self.key(*w.message[1:])]
        return rec.claimed and rec.token == w.token

    def work_skip(self, S, w):
        self.end_record(S, w, "skipped")

    def work_apply(self, S, w):
        r, slot, _ = w.message
        incarnation, last = S.applied[r]
        older = incarnation > w.incarnation and self.is_("incarnation", "checked") or incarnation == w.incarnation and last >= slot
        if older and self.is_("apply", "later-only"):
            return self.step(S, w, f"state is of slot {last}, left out", "look" if self.sc.alerts and self.is_("again", "looks") else "complete")
        T = S._replace(applied=put(S.applied, r, (w.incarnation, slot)))
        if incarnation > w.incarnation:
            T = self.alarm(T, f"state: rule{r}'s is of its deleted forerunner")
        elif incarnation == w.incarnation and last >= slot:
            T = self.alarm(T, f"state: {self.name(w.message)} applied over slot {last}")
        if self.sc.alerts:
            T = T._replace(opened=put(T.opened, r, w.incarnation))
        self.step(T, w, "applies", "look" if self.sc.alerts and self.is_("again", "looks") else "complete")

    def work_look(self, S, w, after="complete"):
        r = w.message[0]
        gone = S.opened[r] and not self.watches(S.rules[r], S.opened[r])
        self.step(S, w, "looks again", f"close_{after}" if gone else after, incarnation=S.opened[r] if gone else w.incarnation)

    def work_look_skip(self, S, w):
        self.work_look(S, w, "skip")

    def work_close_complete(self, S, w, after="complete"):
        r = w.message[0]
        T = S._replace(opened=put(S.opened, r, 0)) if S.opened[r] == w.incarnation else S
        self.step(T, w, "tells it to be over", after)

    def work_close_skip(self, S, w):
        self.work_close_complete(S, w, "skip")

    def work_complete(self, S, w):
        self.end_record(S, w, "completed")

    def end_record(self, S, w, status):
        r, slot, version = w.message
        k = self.key(slot, version)
        rec = S.records[r][k]
        if rec.status != "running" or rec.token != w.token:
            return self.add("fair", f"worker of {self.name(w.message)}: token gone -> defers", self.worker(self.back(S, w), w, None))
        T = self.set_record(S, r, k, rec._replace(status=status, claimed=False, ran=rec.ran + (status == "completed")))
        ran = sum(x.ran for j, x in enumerate(T.records[r]) if self.ids[j][0] == slot)
        if ran > 1:
            T = self.alarm(T, f"twice: (rule{r}, slot {slot}) has run {ran} times")
        if self.is_("older", "range") and (r, slot) not in T.owed and slot <= T.now and T.rules[r] and T.rules[r].incarnation == 1 and not self.sc.script and not self.sc.skew:
            T = self.alarm(T, f"both: (rule{r}, slot {slot}) has run and is noted as missed")
        self.step(T, w, f"record {status}", "end")

    def work_end(self, S, w):
        self.add("fair", f"worker of {self.name(w.message)}: ended", self.worker(S, w, None))

    # ---- users
    def user(self, S):
        if S.script >= len(self.sc.script):
            return
        what, r, *more = self.sc.script[S.script]
        T, rule = S._replace(script=S.script + 1), S.rules[r]
        for clock in {max(S.now - 1, 0), S.now, S.now + 1} if self.sc.skew else {S.now}:
            near = clock + (self.sc.margin if self.is_("edit_margin", "minute") else 0)
            if what == "delete":
                owed = tuple(o for o in T.owed if o[0] != r or self.record(S, *o).status != "absent")
                self.add("maybe", f"rule{r} is deleted", self.leaves(self.set_rule(T, r, None)._replace(owed=owed), r))
                break
            if what == "create":
                number = S.created[r] + 1
                new = Rule(number, 0, more[0], True, self.after(more[0], clock), 0, clock, clock)
                T2 = self.set_rule(T, r, new)._replace(created=put(S.created, r, number))
                if self.is_("over", "dropped"):
                    T2 = T2._replace(leaving=put(T2.leaving, r, False))
                self.add("maybe", f"rule{r} is created again (clock {clock}), due at {new.next}", T2)
                continue
            due = rule.next and rule.next <= near and self.is_("edit", "keeps-due")
            carry = self.due(rule, near) if due and self.is_("carry", "kept") else ()
            new = rule._replace(version=rule.version + 1, effective=near, carry=carry)
            if what == "deactivate":
                new = new._replace(active=False, next=rule.next if self.is_("deactivate", "leaves-due") else NEVER)
            elif what == "activate":
                new = new._replace(active=True, next=rule.next if due else self.after(rule.frequency, near))
            else:
                new = new._replace(frequency=more[0], next=rule.next if due else self.after(more[0], near))
            changed = self.set_rule(T, r, new)
            self.add("maybe", f"rule{r}: {what} (clock {clock}), due at {new.next}", self.leaves(changed, r) if what == "deactivate" else changed)

    # ------------------------------------------------------------------ properties
    def violation(self, S):
        if S.alarm:
            return S.alarm
        if len(S.messages) > self.sc.message_bound:
            return f"messages: {len(S.messages)}"
        if S.now == self.sc.end and self.still(S):
            for r, slot in S.owed:
                if all(self.records_of(S, r, slot, v).status == "absent" for v in range(4)):
                    return f"dropped: (rule{r}, slot {slot}) left no trace"
            for r, incarnation in enumerate(S.opened):
                if incarnation and not self.watches(S.rules[r], incarnation):
                    return f"open: rule{r} watches no more what it told, and told nobody"
        return ""

    def records_of(self, S, r, slot, version):
        return S.records[r][self.ids.index((slot, version))] if (slot, version) in self.ids else Record()

    def still(self, S):
        due = any(rule and rule.next and rule.next <= S.now for rule in S.rules)
        return not (S.messages or S.workers or S.dispatchers or due or S.finishers or any(S.leaving))

    def settled(self, S):
        return S.now == self.sc.end and self.still(S) and all(rec.status in ENDED + ("absent",) for records in S.records for rec in records)

    def describe(self, S):
        live = [f"(rule{r}, slot {self.ids[k][0]}) {rec.status}" for r, records in enumerate(S.records) for k, rec in enumerate(records) if rec.status in ("queued", "running")]
        return ", ".join(live) + f"; {len(S.messages)} messages, rules due at {[rule and rule.next for rule in S.rules]}"


# ------------------------------------------------------------------ scenarios
WORK = "crash duplicate zombie"


@dataclass
class Scenario:
    name: str
    note: str
    frequencies: tuple = ((1, 3),)
    rule_frequencies: tuple = (0,)
    script: tuple = ()
    faults: int = 2
    quick: int | None = 0                          # faults in suite --quick; None: not in it
    kinds: str = WORK
    dispatchers: int = 2
    workers: int = 2
    grace: int = 1
    most: int = 0                                  # older slots that a tick records; 0: all of them
    end: int = 4
    skew: bool = False
    margin: int = 1                                # an edit takes effect so much later; more than two clocks differ
    rescue: bool = False
    alerts: bool = False                           # each evaluation opens an alert
    after: dict = field(default_factory=dict)
    rules: dict = field(default_factory=dict)

    def __post_init__(self):
        self.kinds = frozenset(self.kinds.split())
        self.message_bound = 8 + 2 * self.faults


TWO = ((1, 3), (2, 4))
OFF_ON = (("deactivate", 0), ("activate", 0))
AGAIN = (("delete", 0), ("create", 0, 0))
ALONE = dict(dispatchers=1, kinds="crash", faults=1)
SCENARIOS = (
    Scenario("plain", "two slots, two dispatchers", faults=1),
    Scenario("skew", "a dispatcher's clock ahead", skew=True, faults=0),
    Scenario("three", "three slots, one dispatcher", frequencies=((1, 2, 4),), dispatchers=1, end=5, kinds="crash", quick=1),
    Scenario("behind", "three slots, a tick records one older slot", frequencies=((1, 2, 3),), most=1, faults=0, quick=None),
    Scenario("behind-crash", "the same, a dispatcher or worker dies", frequencies=((1, 2, 3),), most=1, end=5, quick=0, **ALONE),
    Scenario("behind-skew", "the same, a dispatcher's clock ahead", frequencies=((1, 2, 3),), most=1, faults=0, dispatchers=1, skew=True),
    Scenario("behind-edit", "the same, and the frequency changed", ((1, 2, 3), (2, 4)), script=(("edit", 0, 1),), most=1, faults=0, end=5, dispatchers=1),
    Scenario("behind-off", "the same, and off and on again", ((1, 2, 3),), script=OFF_ON, most=1, faults=0, end=4, dispatchers=1),
    Scenario("gap", "a slot beyond its grace", frequencies=((1,),)),
    Scenario("rescue", "record first, with Rescue", rescue=True, faults=1, frequencies=((1,),), rules={"order": "record-first"}, kinds="crash", quick=1),
    Scenario("edit", "frequency changed at any time", ((1, 3), (2,)), script=(("edit", 0, 1),), faults=0, quick=None),
    Scenario("edit-crash", "the same, a dispatcher or worker dies", TWO, script=(("edit", 0, 1),), end=5, quick=1, **ALONE),
    Scenario("edit-skew", "the same, clocks a step off", ((1, 3), (2,)), script=(("edit", 0, 1),), skew=True, margin=2, faults=0, dispatchers=1),
    Scenario("edit-twice", "there and back", ((1,), (2,)), script=(("edit", 0, 1), ("edit", 0, 0)), faults=0, quick=None),
    Scenario("reload", "recomputes, changes nothing", script=(("edit", 0, 0),), quick=1, **ALONE),
    Scenario("deactivate", "off and on again", frequencies=((1, 3),), script=OFF_ON, **{**ALONE, "faults": 0}),
    Scenario("deactivate-two", "the same, two dispatchers", frequencies=((1,),), script=OFF_ON, faults=0, end=3),
    Scenario("delete", "deleted at any time", script=(("delete", 0),), faults=0),
    Scenario("recreate", "deleted and created with the same id", script=AGAIN, faults=0, quick=None),
    Scenario("recreate-crash", "the same, a dispatcher or worker dies", script=AGAIN, quick=1, **ALONE),
    Scenario("recreate-skew", "the same, clocks a step off", script=AGAIN, faults=0, skew=True, dispatchers=1),
    Scenario("ends", "an alert's rule is deleted, anybody dies", frequencies=((1,),), script=(("delete", 0),), alerts=True, end=3, quick=1, **ALONE),
    Scenario("ends-off", "the same, made inactive twice", frequencies=((2,),), script=(*OFF_ON, OFF_ON[0]), alerts=True, end=3, quick=None, **ALONE),
    Scenario("ends-again", "the same, deleted and created again", frequencies=((1, 3),), script=AGAIN, alerts=True, quick=None, **ALONE),
    Scenario("chain", "rule1 after rule0, same slots", frequencies=((1, 3),), rule_frequencies=(0, 0), after={1: (0,)}, faults=0, end=5, dispatchers=1, kinds="crash"),
    Scenario("chain-two", "the same, two dispatchers", frequencies=((1,),), rule_frequencies=(0, 0), after={1: (0,)}, faults=0, end=3),
    Scenario("chain-other", "rule0 less often than rule1", frequencies=((3,), (1, 3)), rule_frequencies=(0, 1), after={1: (0,)}, faults=0, end=5, dispatchers=1),
    Scenario("chain-cycle", "two edits at once made a cycle", frequencies=((1,),), rule_frequencies=(0, 0), after={1: (0,), 0: (1,)}, faults=0, end=3, kinds=""),
    Scenario("chain-delete", "rule0 is deleted meanwhile", frequencies=((1,),), rule_frequencies=(0, 0), after={1: (0,)}, script=(("delete", 0),), faults=0, end=3,
             dispatchers=1),
)
MUTANTS = (
    ("order", "advance-first", "plain", "dropped"),
    ("order", "record-first", "plain", "lost"),
    ("advance", "blind", "edit", "edit"),
    ("advance", "upsert", "delete", "revival"),
    ("job_id", "rule-version-slot", "edit-crash", "at once"),
    ("window", "asks-anew", "plain", "twice"),
    ("older", "range", "plain", "both"),
    ("older", "dropped", "three", "at once"),
    ("older_live", "ignored", "plain", "at once"),
    ("previous", "ignored", "plain", "at once"),
    ("behind", "moves-on", "behind", "dropped"),
    ("grace", "none", "gap", "late"),
    ("edit", "recomputes", "reload", "dropped"),
    ("edit_margin", "none", "edit-skew", "dropped"),
    ("carry", "forgotten", "edit", "dropped"),
    ("deactivate", "clears", "deactivate", "dropped"),
    ("inactive", "cleared", "deactivate", "dropped"),
    ("run_reads", "nothing", "delete", "gone"),
    ("since", "ignored", "recreate", "earlier"),
    ("apply", "blind", "plain", "state"),
    ("incarnation", "ignored", "recreate", "state"),
    ("leaving", "remembered", "ends", "open"),
    ("cleared", "blind", "ends-off", "open"),
    ("again", "ends", "ends", "open"),
    ("over", "dropped", "ends-again", "open"),
    ("chain", "ignored", "chain", "chain"),
    ("chain", "record-only", "chain", "chain"),
    ("chain_wait", "forever", "chain-cycle", "lost"),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], __doc__, Model, RULES, SCENARIOS, MUTANTS))
