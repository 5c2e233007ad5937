#!/usr/bin/env python3
"""Explicit-state model of the metric roll-ups: recording events, dirty marks, recomputing rows tier by tier.

    rollups_model.py suite [--quick]            every scenario under the rules as worded
    rollups_model.py SCENARIO [rule=value ...]  one scenario; prints the shortest counterexample in words
    rollups_model.py mutants                    each rule removed once; the property that notices
    rollups_model.py rules                      rules and their values; the first is the wording's

A row is the set of (event, version) that it counts, as bits; sum, count, min and max follow from it. An ETag is known only by what its holder
would meet: unchanged or not. A lost answer is a worker that dies right after its write. Time is order only. One message names one mark, or
several (a batch): then each bucket above them is recomputed once.
"""
import sys
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from model_cli import main

RULES = {
    "event_write": ("if-match", "blind"),
    "event_repeat": ("marks-again", "ends"),       # what a delivery does that finds its event standing
    "mark_order": ("after-event", "before-event"),
    "old_hours": ("kept", "known"),                # kept in the event; known only to the delivery that moved it
    "places": ("one", "own-then-look", "look-then-own"),   # one document per event, or one per day that it stood in
    "loser": ("tombstone", "deleted"),
    "mark_etag": ("new", "kept"),                  # kept: an upsert finds the mark there and leaves it
    "mark_write": ("upsert", "keeps-since", "own-since"),   # keeps-since: reads, then creates or replaces if-match, with the oldest since
    "mark_conflict": ("again", "gone-is-done", "there-is-done"),   # of keeps-since: what is taken for a marking by others
    "since": ("recorded", "now"),                  # what a marking says: when the event was written, or its own instant
    "grouping": ("one", "all", "any"),             # marks of a message: one, all that the planner finds, any of them
    "batch_order": ("tier-by-tier", "mark-by-mark"),   # mark-by-mark: a shared parent is recomputed with the first of its children
    "tiers": ("in-turn", "at-once", "no-tiers"),   # buckets of one tier each after the other, or at once; all tiers at once
    "mark_read": ("first", "last", "turn"),        # turn: the first mark of a batch first, each other one only before it is deleted
    "mark_delete": ("if-unchanged", "blind", "as-the-first"),   # as-the-first: all of a batch if its first is unchanged
    "mark_time": ("after-all", "after-first"),
    "tag_order": ("before-parts", "after-parts"),
    "row_write": ("if-match", "blind"),
    "conflict": ("again", "goes-on"),
    "unchanged": ("written", "skipped", "ends"),   # skipped: no write when nothing changed; ends: nor the tiers above
    "empty": ("hidden-row", "deleted", "nothing"),  # nothing: an absent row stays absent, a standing one becomes hidden
    "upward": ("same-worker", "marks", "marks-late"),      # marks: one bucket per mark, which marks its parent before it goes
    "new_row": ("empty-first", "direct"),          # rows per key only
    "planner": ("every-mark", "once"),
    "reconcile": ("by-recorded", "by-occurred", "off"),
    "source": ("events-when-old", "children"),     # what a bucket is made from whose children may have expired
    "margin": ("yes", "none"),                     # between the change to events and the children's expiry
    "late_margin": ("yes", "none"),                # between refusing events and their expiry
    "sticky": ("yes", "no"),                       # a row once made from events stays so
    "too_late": ("whole-bucket", "own-age", "also-standing"),   # also-standing: refuses what has been written, too
    "closed": ("refused", "recomputed"),
}
FRESH, OLD, CHILDREN_GONE, CLOSING, FIRST_GONE, ALL_GONE = range(6)   # age of the parent bucket of an expiry scenario
ABSENT = -1


class Doc(NamedTuple):
    version: int
    standing: bool
    hours: int                                     # leaves it ever stood in, as bits
    at: int = 0                                    # when it was written; only where marks keep their since


class Worker(NamedTuple):
    message: tuple                                 # ("event", event, version) or ("mark", buckets)
    held: bool                                     # its message is still its own
    step: str
    todo: tuple = ()                               # leaves to mark; marks to read; buckets to recompute
    tag: object = ""                               # of what it will replace: absent, same, stale
    read: int = 0
    page: int = 0
    seen: int = -2
    found: int = 0                                 # marks that it found and has yet to delete, as bits
    mark: int = 0                                  # of these, whose ETag is as read
    at: int = 0                                    # when the event that it marks for was written
    since: int = 0                                 # with which it replaces a mark
    source: str = ""
    parts: tuple = ()                              # workers of one bucket each: what it recomputes at once


class State(NamedTuple):
    docs: tuple
    rows: tuple
    marks: tuple                                   # 0 clean, 1 dirty, 2 dirty and enqueued (planner=once)
    since: tuple                                   # of each mark; a clean one has 0
    clock: int                                     # events written so far; only where marks keep their since
    marked: int                                    # standing events whose marks have all been put since they were written, as bits
    messages: tuple
    workers: tuple
    age: int
    sticky: bool
    extra: tuple                                   # marks that backfill and reconcile still may put
    faults_left: int
    refused: tuple
    lost: tuple
    alarm: str


def put(items, index, value):
    return items[:index] + (value,) + items[index + 1:]


def without(items, item):
    index = items.index(item)
    return items[:index] + items[index + 1:]


def bits(number):
    return [n for n in range(number.bit_length()) if number >> n & 1]


class Model:
    def __init__(self, scenario, rules):
        self.sc, self.rules = scenario, rules
        self.children = {b: [c for c, p in enumerate(scenario.parents) if p == b] for b in range(len(scenario.parents))}
        self.leaves = [b for b in self.children if not self.children[b]]
        self.tier = {b: sum(self.under(b, above) for above in self.children) for b in self.children}
        self.whole = None                          # the worker one of whose parts has its turn
        self.bit, self.names = {}, {}
        for e, versions in enumerate(scenario.events):
            for v, leaf in enumerate(versions, 1):
                self.bit[e, v] = len(self.bit)
                self.names[self.bit[e, v]] = (e, v)
        self.place_count = 1 if self.is_("places", "one") else len(set(scenario.days))

    def is_(self, rule, value):
        return self.rules[rule] == value

    def initial(self):
        sc = self.sc
        messages = tuple(sorted(("event", e, v) for e, versions in enumerate(sc.events) for v in range(1, len(versions) + 1)))
        return State(((None,) * self.place_count,) * len(sc.events), (ABSENT,) * len(sc.parents), (0,) * len(sc.parents), (0,) * len(sc.parents), 0, 0,
                     messages, (), FRESH, False, tuple(sc.extra), sc.faults, (), (), "")

    # ---- what events say
    def leaf(self, e, v):
        """The hour of a version; a void one (negative) has an hour too."""
        leaf = self.sc.events[e][v - 1]
        return (-leaf - 1, True) if leaf < 0 else (leaf, False)

    def place(self, e, v):
        return 0 if self.place_count == 1 else self.sc.days[self.leaf(e, v)[0]]

    def fold(self, S, bucket, gone=0, only=None):
        """Events of a bucket as a query finds them; gone: leaves whose events have expired."""
        found = 0
        for e, places in enumerate(S.docs):
            if only is not None and e != only:
                continue
            for doc in places:
                if doc and doc.standing:
                    leaf, void = self.leaf(e, doc.version)
                    if not void and not gone >> leaf & 1 and self.under(leaf, bucket):
                        found |= 1 << self.bit[e, doc.version]
        return found

    def under(self, leaf, bucket):
        while leaf != bucket and leaf is not None:
            leaf = self.sc.parents[leaf]
        return leaf == bucket

    def gone(self, S):
        return {FIRST_GONE: 1, ALL_GONE: 3}.get(S.age, 0)

    def latest(self, S, e):
        return max((doc.version for doc in S.docs[e] if doc), default=0)

    # ---- transitions
    def successors(self, S):
        self.out = []
        for message in dict.fromkeys(S.messages):
            if len(S.workers) < self.sc.workers:
                T = S._replace(messages=without(S.messages, message))
                step = "read" if message[0] == "event" else "start"
                self.fair(f"a worker gets {self.name(message)}", self.with_worker(T, None, Worker(message, True, step)))
            if self.can(S, "lose"):
                T = S._replace(messages=without(S.messages, message))
                self.fault(f"{self.name(message)} is lost", T._replace(lost=S.lost + (message[1:],)) if message[0] == "event" else T)
        for w in dict.fromkeys(S.workers):
            getattr(self, "step_" + w.step.replace("-", "_"))(S, w)
            if self.can(S, "crash"):
                self.fault(f"the worker of {self.name(w.message)} dies before '{w.step}'", self.leave(S, w))
            if w.held and self.can(S, "visibility"):
                T = S._replace(messages=tuple(sorted(S.messages + (w.message,))))
                self.fault(f"{self.name(w.message)} becomes visible while its worker works", self.with_worker(T, w, w._replace(held=False)))
        self.plan(S)
        self.pass_time(S)
        return self.out

    def fair(self, label, T):
        self.out.append((label, "fair", T))

    def fault(self, label, T):
        self.out.append(("FAULT " + label, "fault", T._replace(faults_left=T.faults_left - 1)))

    def can(self, S, kind):
        return S.faults_left > 0 and kind in self.sc.kinds

    def name(self, message):
        if message[0] == "event":
            return f"event{message[1]} v{message[2]}"
        return ("the mark of " if len(message[1]) == 1 else "the marks of ") + " and ".join(self.sc.names[b] for b in message[1])

    def with_worker(self, S, old, new):
        workers = without(S.workers, old) if old else S.workers
        return S._replace(workers=tuple(sorted(workers + ((new,) if new else ()))))

    def leave(self, S, w):
        if w.held:
            S = S._replace(messages=tuple(sorted(S.messages + (w.message,))))
        return self.with_worker(S, w, None)

    def go(self, S, w, label, **changes):
        new = w._replace(**changes)
        if not self.whole:
            self.fair(f"{self.name(w.message)}: {label}", self.with_worker(S, w, new))
        elif new.step in ("tag", "parts", "store"):
            self.fair(f"{self.name(self.whole.message)}: {label}", self.with_worker(S, w, self.with_part(w, new)))
        else:
            whole, self.whole = self.with_part(w, None), None
            onward = self.go if whole.parts else self.next
            onward(self.with_worker(S, w, whole), whole, label)

    def with_part(self, old, new):
        parts = without(self.whole.parts, old)
        return self.whole._replace(parts=tuple(sorted(parts + ((new,) if new else ()))))

    def alarm(self, S, text):
        return S if S.alarm else S._replace(alarm=text)

    # ---- recording an event
    def step_read(self, S, w):
        _, e, v = w.message
        leaf, _ = self.leaf(e, v)
        place = self.place(e, v)
        doc = S.docs[e][place]
        hours = 1 << leaf | sum({1 << h for d in S.docs[e] if d for h in bits(d.hours)})
        late = any(self.gone(S) >> h & 1 for h in bits(hours)) if self.is_("too_late", "own-age") else S.age >= CLOSING
        if late and (self.is_("too_late", "also-standing") or not doc or doc.version < v):
            return self.go(S._replace(refused=S.refused + ((e, v),)), w, "too late, refused", step="end")
        standing = doc.version if doc else 0
        if self.is_("places", "look-then-own"):
            standing = self.latest(S, e)
        if standing < v:
            todo = tuple(bits(hours)) if self.is_("places", "one") and self.is_("old_hours", "known") or self.is_("mark_order", "before-event") else ()
            losers = tuple(p for p, d in enumerate(S.docs[e]) if d and d.standing and d.version < v and p != place) if self.is_("places", "look-then-own") else ()
            step = "mark" if self.is_("mark_order", "before-event") else "write"
            return self.go(S, w, f"reads {'none' if not doc else f'v{doc.version}'}", step=step, tag="same" if doc else "absent", todo=todo or losers)
        if self.is_("places", "own-then-look"):
            return self.go(S, w, "finds itself or a later one standing there", step="look")
        if self.is_("event_repeat", "ends"):
            return self.go(S, w, "stands already", step="end")
        todo = tuple(bits(hours if self.is_("places", "look-then-own") or standing == v else doc.hours)
                     if self.is_("old_hours", "kept") else [self.leaf(e, standing)[0]])
        self.go(S, w, f"v{standing} stands, marks again", step="mark", at=doc.at if doc else 0, todo=todo)

    def step_write(self, S, w):
        _, e, v = w.message
        place, leaf = self.place(e, v), self.leaf(e, v)[0]
        doc = S.docs[e][place]
        fits = w.tag == "same" or w.tag == "absent" and doc is None or self.is_("event_write", "blind")
        if not fits:
            return self.go(S, w, "conflict, reads again", step="read", tag="", todo=())
        hours = 1 << leaf | (doc.hours if doc and self.is_("old_hours", "kept") else 0)
        T = self.set_doc(S, w, e, place, Doc(v, True, hours, S.clock))
        if not self.is_("mark_write", "upsert"):
            T = T._replace(clock=S.clock + 1, marked=S.marked & ~(1 << e))
        if self.is_("mark_order", "before-event"):
            return self.go(T, w, "written", step="end", tag="")
        if self.is_("places", "own-then-look"):
            return self.go(T, w, "written", step="look", tag="")
        if w.todo and self.is_("places", "look-then-own"):
            return self.go(T, w, "written", step="bury", tag="same")
        self.go(T, w, "written", step="mark", tag="", at=S.clock, todo=w.todo or tuple(bits(hours)))

    def set_doc(self, S, w, e, place, doc):
        """Whoever holds the old ETag of this document now has a stale one."""
        workers = [w]
        for other in without(S.workers, w):
            if other.message[0] == "event" and other.message[1] == e and other.tag == "same" and other.step in ("write", "bury"):
                own = self.place(e, other.message[2]) if other.step == "write" else other.todo[0]
                if own == place:
                    other = other._replace(tag="stale")
            workers.append(other)
        return S._replace(docs=put(S.docs, e, put(S.docs[e], place, doc)), workers=tuple(sorted(workers)))

    def step_look(self, S, w):
        """All documents of the event's id, wherever; the latest stays, the others become tombstones that keep their hours."""
        e, latest = w.message[1], self.latest(S, w.message[1])
        losers = tuple(p for p, d in enumerate(S.docs[e]) if d and d.standing and d.version < latest)
        if losers:
            return self.go(S, w, "finds older ones elsewhere", step="bury", todo=losers, tag="same", read=latest)
        hours = sum({1 << h for d in S.docs[e] if d for h in bits(d.hours)})
        self.go(S, w, "looks everywhere", step="mark", todo=tuple(bits(hours)), tag="")

    def step_bury(self, S, w):
        _, e, v = w.message
        place = w.todo[0]
        doc = S.docs[e][place]
        if w.tag != "same" or doc is None:
            return self.go(S, w, "conflict, looks again", step="look", todo=(), tag="", read=0)
        buried = doc._replace(standing=False, version=max(doc.version, w.read)) if self.is_("loser", "tombstone") else None
        T = self.set_doc(S, w, e, place, buried)
        if self.is_("places", "look-then-own"):
            hours = 1 << self.leaf(e, v)[0] | doc.hours
            return self.go(T, w, "buries the older one", step="mark", todo=tuple(bits(hours)), tag="")
        if buried is None:                         # its hours are known now only
            hours = sum({1 << h for d in S.docs[e] if d for h in bits(d.hours)})
            return self.go(T, w, "deletes the older one", step="mark", todo=tuple(bits(hours)), tag="", read=0)
        self.go(T, w, "buries the older one", step="look", todo=(), tag="", read=0)

    def step_mark(self, S, w):
        if not w.todo:
            return self.go(S, w, "marks none", step="end")
        bucket, name = w.todo[0], self.sc.names[w.todo[0]]
        if self.is_("mark_write", "upsert"):
            return self.marked(self.set_mark(S, bucket), w, f"marks {name}")
        since = S.clock if self.is_("since", "now") else w.at
        if S.marks[bucket] and not self.is_("mark_write", "own-since"):
            since = min(since, S.since[bucket])
        self.go(S, w, f"reads the mark of {name}", step="mark-write", tag="same" if S.marks[bucket] else "absent", since=since)

    def step_mark_write(self, S, w):
        """Replace-if-match or create: the mark must stand as it was read, or be absent still."""
        bucket = w.todo[0]
        if w.tag == "same" or w.tag == "absent" and not S.marks[bucket]:
            return self.marked(self.set_mark(S, bucket, w.since, w), w, f"marks {self.sc.names[bucket]}, dirty since {w.since}")
        if self.is_("mark_conflict", "there-is-done" if S.marks[bucket] else "gone-is-done"):
            return self.marked(S, w, "conflict, goes on")
        self.go(S, w, "conflict, reads again", step="mark", tag="", since=0)

    def marked(self, S, w, label):
        rest, before = w.todo[1:], self.is_("mark_order", "before-event") and bool(w.tag)
        step = "mark" if rest else "write" if before else "end"
        if not rest and not self.is_("mark_write", "upsert") and S.docs[w.message[1]][0].at == w.at:
            S = S._replace(marked=S.marked | 1 << w.message[1])
        self.go(S, w, label, todo=rest, step=step, tag=w.tag if before else "", at=w.at if rest else 0, since=0)

    def set_mark(self, S, bucket, since=0, by=None):
        bucket = 0 if self.sc.keys else bucket
        if S.marks[bucket] and self.is_("mark_etag", "kept"):
            return S
        return self.change_mark(S, bucket, 1, since, by)

    def change_mark(self, S, bucket, mark, since, by):
        """Whoever holds the old ETag of this mark now has a stale one."""
        workers = [by] if by else []
        for w in without(S.workers, by) if by else S.workers:
            if w.message[0] == "mark":
                w = w._replace(mark=w.mark & ~(1 << bucket))
            elif w.step == "mark-write" and w.tag == "same" and w.todo[0] == bucket:
                w = w._replace(tag="stale")
            workers.append(w)
        return S._replace(marks=put(S.marks, bucket, mark), since=put(S.since, bucket, since), workers=tuple(sorted(workers)))

    def step_end(self, S, w):
        self.fair(f"{self.name(w.message)}: ended", self.with_worker(S, w, None))

    # ---- recomputing
    def step_start(self, S, w):
        """Reads the marks of its message, one at a time, before anything else."""
        unread = w.todo or w.message[1]
        bucket, rest = unread[0], unread[1:]
        there = 1 << bucket if S.marks[bucket] else 0
        found, mark = w.found | there, w.mark | there
        label = f"reads the mark of {self.sc.names[bucket]}" if there else f"{self.sc.names[bucket]} has no mark"
        if rest and self.is_("mark_read", "turn"):
            found, rest = found | sum(1 << b for b in rest), ()
        if rest:
            return self.go(S, w, label, todo=rest, found=found, mark=mark)
        if not found:
            return self.go(S, w, label, step="end", todo=())
        if self.sc.keys:
            return self.go(S, w, label, step="list", found=found, mark=mark, todo=())
        self.go(S, w, label, found=found, mark=mark, **self.begin(tuple(self.buckets(bits(found)))))

    def buckets(self, marks):
        """What marks have recomputed: all below and above them, each once, children before their parents."""
        if not self.is_("upward", "same-worker"):
            return marks
        if self.is_("batch_order", "mark-by-mark") and len(marks) > 1:
            return list(dict.fromkeys(b for mark in marks for b in self.buckets([mark])))
        return [b for b in self.children if any(self.under(b, mark) or self.under(mark, b) for mark in marks)]

    def first_step(self):
        return "tag" if self.is_("tag_order", "before-parts") else "parts"

    def begin(self, todo):
        """The first bucket of todo, or the first tier at once."""
        at_once = [b for b in todo if self.tier[b] == self.tier[todo[0]] or self.is_("tiers", "no-tiers")]
        if self.is_("tiers", "in-turn") or len(at_once) == 1:
            return dict(step=self.first_step(), todo=todo)
        parts = tuple(sorted(Worker(("mark", ()), True, self.first_step(), (b,)) for b in at_once))
        return dict(step="tier", todo=(todo[0], *(b for b in todo if b not in at_once)), parts=parts)

    def step_tier(self, S, w):
        for part in w.parts:
            self.whole = w
            getattr(self, "step_" + part.step)(self.with_worker(S, w, part), part)
        self.whole = None

    def step_tag(self, S, w):
        bucket, row = w.todo[0], S.rows[w.todo[0]]
        if self.sc.expiry:
            if S.age >= FIRST_GONE and self.is_("closed", "refused") and not self.is_("too_late", "own-age"):
                return self.go(S, w, "bucket is closed, too late", step="delete", todo=())
            if S.age >= CHILDREN_GONE and bucket in self.leaves:
                return self.next(S, w, "row of this tier has expired")
        source = "events" if bucket in self.leaves else "children"
        if source == "children" and self.is_("source", "events-when-old") and (S.age >= OLD or S.sticky and self.is_("sticky", "yes")):
            source = "events"
        step = "parts" if self.is_("tag_order", "before-parts") else "store"
        seen = row if not self.is_("unchanged", "written") else -2
        if self.sc.skew and S.age == OLD and bucket not in self.leaves and not (S.sticky and self.is_("sticky", "yes")):
            self.go(S, w, f"reads {self.sc.names[bucket]} (its clock is behind)", step=step, tag="absent" if row == ABSENT else "same", source="children", seen=seen,
                    read=w.read if step == "store" else 0, page=0)
        self.go(S, w, f"reads {self.sc.names[bucket]}", step=step, tag="absent" if row == ABSENT else "same", source=source, seen=seen,
                read=w.read if step == "store" else 0, page=0)

    def step_parts(self, S, w):
        bucket = w.todo[0]
        source = w.source or ("events" if bucket in self.leaves else "children")
        count = len(S.docs) if source == "events" else len(self.children[bucket])
        pages = [w.page] if self.sc.paged else range(count)
        found = w.read
        for page in pages:                         # paged: one document at a time, others write between
            if source == "events":
                found |= self.fold(S, bucket, self.gone(S), page)
            else:
                found |= max(0, S.rows[self.children[bucket][page]])
        if self.sc.paged and w.page + 1 < count:
            return self.go(S, w, f"reads part {w.page} of {self.sc.names[bucket]}", read=found, page=w.page + 1)
        step = "store" if self.is_("tag_order", "before-parts") else "tag"
        self.go(S, w, f"reads the parts of {self.sc.names[bucket]} ({source})", step=step, read=found, page=0)

    def step_store(self, S, w):
        bucket, row = w.todo[0], S.rows[w.todo[0]]
        if not self.is_("unchanged", "written") and (w.seen == w.read or w.seen == ABSENT and w.read == 0):
            if self.is_("unchanged", "ends"):
                return self.go(S, w, "nothing changed, goes no further", step="delete", todo=(), tag="", read=0, source="")
            return self.next(S, w, f"{self.sc.names[bucket]} unchanged, not written")
        fits = w.tag == "same" or w.tag == "absent" and row == ABSENT or self.is_("row_write", "blind")
        if not fits:
            if self.is_("conflict", "goes-on"):
                return self.next(S, w, "conflict, goes on")
            return self.go(S, w, "conflict, reads again", step=self.first_step(), tag="", read=0, source="")
        if w.read == 0 and row == ABSENT and not self.is_("empty", "hidden-row"):
            return self.next(S, w, f"{self.sc.names[bucket]} is empty, no row")
        if bucket in self.leaves and S.age >= CHILDREN_GONE:
            return self.next(S, w, "row of this tier has expired")
        new = ABSENT if w.read == 0 and self.is_("empty", "deleted") else w.read
        T = self.set_row(S, bucket, new, w)
        if w.source == "events" and bucket not in self.leaves:
            T = T._replace(sticky=True)
        self.next(T, w, f"writes {self.sc.names[bucket]} = {self.say(w.read)}")

    def set_row(self, S, bucket, new, w):
        old = S.rows[bucket]
        if old > 0:
            for n in bits(old & ~max(new, 0)):     # what the row said and events still say
                e, v = self.names[n]
                if self.latest(S, e) == v:
                    S = self.alarm(S, f"shrinks: {self.sc.names[bucket]} loses event{e} v{v}, which still stands")
        workers = [w]
        for other in without(S.workers, w):
            if self.sc.keys:
                if other.tag and other.step in ("parts-keys", "create", "store-keys") and other.tag[bucket] == "same":
                    other = other._replace(tag=put(other.tag, bucket, "stale"))
            else:
                parts = tuple(sorted(self.outdated(part, bucket) for part in other.parts))
                other = self.outdated(other, bucket)._replace(parts=parts)
            workers.append(other)
        return S._replace(rows=put(S.rows, bucket, new), workers=tuple(sorted(workers)))

    def outdated(self, w, bucket):
        """The worker, whose ETag of a row is stale once others have written that row."""
        recomputes = w.message[0] == "mark" and w.step in ("parts", "store", "tag") and w.todo[0] == bucket
        return w._replace(tag="stale") if recomputes and w.tag == "same" else w

    def next(self, S, w, label):
        rest = w.todo[1:]
        onward = self.begin(rest) if rest else dict(step="delete", todo=())
        step, mark = onward.pop("step"), w.mark
        if self.is_("mark_time", "after-first"):
            step = "delete" if w.found else step if rest else "end"
        if not self.is_("upward", "same-worker") and self.sc.parents[w.message[1][0]] is not None:
            step = "raise" if self.is_("upward", "marks") else "delete"
        if step == "delete" and self.is_("mark_read", "last"):
            step = "mark-again"
        if step == "delete" and self.is_("mark_delete", "as-the-first"):
            mark = w.found if mark & w.found & -w.found else 0
        self.go(S, w, label, step=step, tag="", read=0, source="", seen=-2, page=0, mark=mark, **onward)

    def step_raise(self, S, w):
        parent = self.sc.parents[w.message[1][0]]
        self.go(self.set_mark(S, parent), w, f"marks {self.sc.names[parent]}", step="delete" if self.is_("upward", "marks") else "end")

    def step_mark_again(self, S, w):
        bucket = bits(w.found)[0]
        self.go(S, w, f"reads the mark of {self.sc.names[bucket]}", step="delete", mark=w.mark | (1 << bucket if S.marks[bucket] else 0))

    def step_delete(self, S, w):
        """The lowest of its marks; then the others."""
        bucket, name = bits(w.found)[0], self.sc.names[bits(w.found)[0]]
        left, same = w.found & ~(1 << bucket), w.mark >> bucket & 1
        step = self.first_step() if w.todo else "raise" if self.is_("upward", "marks-late") and self.sc.parents[bucket] is not None else "end"
        if left:
            step = "delete" if self.is_("mark_read", "first") else "mark-again"
        after = dict(step=step, found=left, mark=w.mark & left)
        if not same and not self.is_("mark_delete", "blind") or not S.marks[bucket]:
            return self.go(S, w, f"the mark of {name} has changed or gone, stays", **after)
        self.go(self.change_mark(S, bucket, 0, 0, w), w, f"deletes the mark of {name}", **after)

    # ---- rows per key: one hour, several rows
    def step_list(self, S, w):
        self.go(S, w, "lists the hour's rows", step="parts-keys", tag=tuple("absent" if r == ABSENT else "same" for r in S.rows), read=0)

    def step_parts_keys(self, S, w):
        found = self.fold(S, 0) | self.fold(S, 1)
        wanted = tuple(k for k in (0, 1) if self.fold(S, k))
        new = tuple(k for k in wanted if w.tag[k] == "absent")
        if new and self.is_("new_row", "empty-first"):
            return self.go(S, w, "reads the events", step="create", todo=new)
        todo = tuple(k for k in (0, 1) if w.tag[k] != "absent" or k in wanted)
        self.go(S, w, "reads the events", step="store-keys" if todo else "delete", todo=todo, read=found)

    def step_create(self, S, w):
        k = w.todo[0]
        T = self.set_row(S, k, 0, w) if S.rows[k] == ABSENT else S
        rest = w.todo[1:]
        self.go(T, w, f"creates row{k} empty" if S.rows[k] == ABSENT else f"row{k} is there", step="create" if rest else "list", todo=rest, tag=w.tag if rest else "")

    def step_store_keys(self, S, w):
        k = w.todo[0]
        if not (w.tag[k] == "same" or w.tag[k] == "absent" and S.rows[k] == ABSENT):
            return self.go(S, w, f"conflict at row{k}, lists again", step="list", todo=(), tag="", read=0)
        keys = sum(1 << n for n in bits(w.read) if self.leaf(*self.names[n])[0] == k)
        T, rest = self.set_row(S, k, keys, w), w.todo[1:]
        self.go(T, w, f"writes row{k} = {self.say(keys)}", step="store-keys" if rest else "delete", todo=rest, tag=w.tag if rest else "", read=w.read if rest else 0)

    def say(self, found):
        return "{" + ", ".join(f"event{e} v{v}" for e, v in (self.names[n] for n in bits(found))) + "}"

    # ---- planner, reconcile, backfill, time
    def groups(self, S):
        """The marks of each message that the planner may enqueue now."""
        dirty = [b for b, mark in enumerate(S.marks) if mark]
        sizes = {"one": [1], "all": [len(dirty)], "any": range(1, len(dirty) + 1)}[self.rules["grouping"]]
        return [group for size in sizes for group in combinations(dirty, size)] if dirty else []

    def plan(self, S):
        for marks in self.groups(S):
            message = ("mark", marks)
            there = message in S.messages or any(w.message == message and w.held for w in S.workers)
            T = S._replace(messages=tuple(sorted(S.messages + (message,))))
            if self.is_("planner", "once"):
                if S.marks[marks[0]] == 1:
                    self.fair(f"planner enqueues {self.name(message)}", T._replace(marks=put(S.marks, marks[0], 2)))
            elif not there:
                self.fair(f"planner enqueues {self.name(message)}", T)
            elif self.can(S, "planner"):
                self.fault(f"planner enqueues {self.name(message)} though it is there", T)
        for bucket in dict.fromkeys(S.extra):
            T = self.set_mark(S, bucket)._replace(extra=without(S.extra, bucket))
            self.out.append((f"backfill or reconcile marks {self.sc.names[bucket]}", "maybe", T))
        if "lose" in self.sc.kinds and self.quiet(S) and self.wrong(S) and not self.is_("reconcile", "off"):
            hours = {h for places in S.docs for d in places if d for h in bits(d.hours) if not (self.is_("reconcile", "by-occurred") and h in self.sc.ancient)}
            T = S
            for h in hours:
                T = self.set_mark(T, h)
            if hours:
                self.fair("reconcile marks the hours of what was recorded", T)

    def pass_time(self, S):
        if not self.sc.expiry or S.age == ALL_GONE:
            return
        T = S._replace(age=S.age + 1)
        busy = any(w.source == "children" and w.step in ("parts", "store") for w in S.workers)
        if S.age == OLD:
            if busy and self.is_("margin", "yes"):
                return                             # a worker lives minutes, the margin is a day
            T = T._replace(rows=tuple(ABSENT if b in self.leaves else r for b, r in enumerate(S.rows)),
                           workers=tuple(sorted(w._replace(tag="stale") if w.tag == "same" and w.message[0] == "mark" and w.todo[0] in self.leaves else w for w in S.workers)))
        unmarked = any(m[0] == "event" and S.docs[m[1]][0] and S.docs[m[1]][0].version >= m[2] for m in S.messages)
        if S.age == CHILDREN_GONE and any(w.step == "write" for w in S.workers):
            return                                 # deliveries of the first ten minutes after the boundary are deferred
        if S.age >= CLOSING and (any(S.marks) or S.workers or unmarked) and self.is_("late_margin", "yes"):
            return                                 # what is recorded is marked and recomputed within the margin
        self.out.append((("children may expire soon", "children have expired", "events may expire soon", "events of the first child have expired",
                          "events have expired")[S.age], "maybe", T))

    # ------------------------------------------------------------------ properties
    def quiet(self, S):
        return not S.messages and not S.workers and not any(S.marks)

    def wrong(self, S):
        for e, versions in enumerate(self.sc.events):
            expected = max((v for v in range(1, len(versions) + 1) if (e, v) not in S.lost and (e, v) not in S.refused), default=0)
            standing = [d.version for d in S.docs[e] if d and d.standing]
            if self.latest(S, e) < expected or len(standing) != (self.latest(S, e) > 0):
                return f"event{e} stands as {standing}, asked v{expected}"
        for bucket, row in enumerate(S.rows):
            truth = self.fold(S, bucket)           # also of what has expired
            if bucket in self.leaves and S.age >= OLD and row == ABSENT:
                continue
            if max(row, 0) != truth:
                return f"{self.sc.names[bucket]} says {self.say(max(row, 0))}, events say {self.say(truth)}"
        return ""

    def early(self, S):
        """Rows count as complete up to the oldest since; a delivery between its write and its last mark is known by its message only."""
        complete = min((since for since, mark in zip(S.since, S.marks) if mark), default=S.clock)
        for bucket, row in enumerate(S.rows):
            for n in bits(max(row, 0) ^ self.fold(S, bucket)):
                e = self.names[n][0]
                if S.marked >> e & 1 and S.docs[e][0].at < complete:
                    return f"early: {self.sc.names[bucket]} is wrong about event{e}, written at {S.docs[e][0].at}, yet complete up to {complete}"
        return ""

    def violation(self, S):
        if S.alarm:
            return S.alarm
        if not self.is_("mark_write", "upsert"):
            early = self.early(S)
            if early:
                return early
        if len(S.messages) > self.sc.message_bound:
            return f"messages: {len(S.messages)}"
        if self.quiet(S) and not ("lose" in self.sc.kinds and not self.is_("reconcile", "off")):
            wrong = self.wrong(S)
            return f"wrong: {wrong}" if wrong else ""
        return ""

    def settled(self, S):
        return self.quiet(S) and not self.wrong(S)

    def describe(self, S):
        return self.wrong(S) or f"marks {S.marks}, {len(S.messages)} messages"


# ------------------------------------------------------------------ scenarios
HOUR_DAY = dict(parents=(1, None), names=("hour", "day"))
TWO_HOURS = dict(parents=(2, 2, None), names=("hour0", "hour1", "day"))
THREE_TIERS = dict(parents=(2, 2, 3, None), names=("hour0", "hour1", "day", "month"))
SLICES = dict(parents=(2, 2, 3, None), names=("slice0", "slice1", "hour", "day"))
TWO_DAYS = dict(parents=(2, 2, None), names=("day0", "day1", "month"), days=(0, 1))
TREE = dict(parents=(3, 3, 4, 5, 5, None), names=("slice0", "slice1", "slice2", "hour0", "hour1", "day"))
KEYS = dict(parents=(None, None), names=("row0", "row1"), keys=True)
WORK = "crash visibility planner"
ANY, ALL, SINCE = {"grouping": "any"}, {"grouping": "all"}, {"mark_write": "keeps-since"}
AT_ONCE = {"grouping": "any", "tiers": "at-once"}


def void(leaf):
    return -leaf - 1


@dataclass
class Scenario:
    name: str
    note: str
    events: tuple                                  # per event the leaf of each version; void(leaf) takes it back
    parents: tuple
    names: tuple
    faults: int = 2
    quick: int | None = 0                          # faults in suite --quick; None: not in it
    kinds: str = WORK
    workers: int = 2
    extra: tuple = ()                              # buckets that backfill or reconcile mark at any time
    days: tuple = (0, 0)
    paged: bool = False
    keys: bool = False
    expiry: bool = False
    skew: bool = False
    ancient: tuple = ()
    rules: dict = field(default_factory=dict)

    def __post_init__(self):
        self.kinds = frozenset(self.kinds.split())
        self.message_bound = sum(map(len, self.events)) + len(self.parents) + 2 * self.faults


SCENARIOS = (
    Scenario("one", "two events of one hour", ((0,), (0,)), quick=1, **HOUR_DAY),
    Scenario("void", "an event and its void", ((0, void(0)),), quick=1, **HOUR_DAY),
    Scenario("void-three", "the same, three workers", ((0, void(0)),), workers=3, faults=1, **HOUR_DAY),
    Scenario("two-hours", "two hours of one day", ((0,), (1,)), quick=1, **TWO_HOURS),
    Scenario("moved", "an event moved from hour to hour", ((0, 1),), **TWO_HOURS),
    Scenario("moved-beside", "moved, beside another event", ((0, 1), (0,)), faults=1, **TWO_HOURS),
    Scenario("void-beside", "void of one, two hours", ((0,), (1, void(1))), faults=1, **TWO_HOURS),
    Scenario("void-three-hours", "the same, three workers", ((0,), (1, void(1))), faults=0, quick=None, workers=3, kinds="crash", **TWO_HOURS),
    Scenario("month", "three tiers", ((0,), (1,)), faults=1, **THREE_TIERS),
    Scenario("month-void", "three tiers, void", ((0, void(0)),), faults=1, quick=1, **THREE_TIERS),
    Scenario("slices", "an hour cut into slices, moved between them", ((0, 1),), faults=1, **SLICES),
    Scenario("paged", "reads page by page, moved between slices", ((0, 1), (1,)), faults=0, quick=None, kinds="", paged=True, **TWO_HOURS),
    Scenario("backfill", "a day's mark beside an hour's", ((0,), (1,)), faults=1, extra=(2,), **TWO_HOURS),
    Scenario("backfill-void", "the same with a void, an hour marked too", ((0, void(0)),), faults=1, quick=None, extra=(2, 0), **TWO_HOURS),
    Scenario("lossy", "messages get lost; reconcile", ((0,), (1, 0)), faults=2, quick=None, kinds="crash lose", ancient=(0,), **TWO_HOURS),
    Scenario("lossy-one", "the same, one event", ((0,),), faults=1, quick=1, kinds="crash lose", **HOUR_DAY),
    Scenario("by-day", "moved to another day, a document per day", ((0, 1),), faults=2, rules={"places": "own-then-look"}, **TWO_DAYS),
    Scenario("by-day-back", "moved there and back", ((0, 1, 0),), faults=1, quick=None, rules={"places": "own-then-look"}, **TWO_DAYS),
    Scenario("keys", "rows per key: corrected to another key", ((0, 1),), faults=2, **KEYS),
    Scenario("keys-two", "rows per key: two events", ((0, 1), (1, void(1))), faults=0, quick=None, kinds="", **KEYS),
    Scenario("expiry", "children, then events expire", ((0,), (1,)), faults=1, expiry=True, kinds="crash visibility", **TWO_HOURS),
    Scenario("expiry-skew", "a clock behind at the change to events", ((0,), (1,)), faults=0, quick=None, expiry=True, skew=True, extra=(0,), kinds="", **TWO_HOURS),
    Scenario("expiry-backfill", "a backfill of what has expired", ((0,), (1,)), faults=0, quick=None, expiry=True, extra=(2,), kinds="", **TWO_HOURS),
    Scenario("expiry-void", "the same with a void", ((0,), (1, void(1))), faults=0, quick=None, expiry=True, kinds="", **TWO_HOURS),
    Scenario("batch", "marks of two hours in one message, or in several", ((0,), (1,)), faults=1, rules=ANY, **TWO_HOURS),
    Scenario("batch-all", "the same, the planner puts all marks into one message", ((0,), (1,)), rules=ALL, **TWO_HOURS),
    Scenario("batch-void", "an event's void beside another hour", ((0,), (1, void(1))), faults=1, rules=ANY, **TWO_HOURS),
    Scenario("batch-moved", "moved: one delivery marks both hours", ((0, 1),), faults=1, rules=ANY, **TWO_HOURS),
    Scenario("batch-moved-beside", "moved, beside another event", ((0, 1), (0,)), faults=0, quick=None, rules=ANY, **TWO_HOURS),
    Scenario("batch-slices", "slices of one hour, moved between them", ((0, 1),), faults=1, rules=ANY, **SLICES),
    Scenario("batch-month", "three tiers", ((0,), (1,)), faults=1, rules=ANY, **THREE_TIERS),
    Scenario("batch-month-void", "three tiers, void beside", ((0,), (1, void(1))), faults=1, quick=None, rules=ALL, **THREE_TIERS),
    Scenario("batch-tree", "two slices of an hour, one of another", ((0,), (1,), (2,)), faults=0, quick=None, rules=ALL, **TREE),
    Scenario("batch-at-once", "both hours recomputed at once", ((0,), (1,)), faults=1, rules=AT_ONCE, **TWO_HOURS),
    Scenario("batch-at-once-void", "the same with a void", ((0,), (1, void(1))), faults=0, quick=None, rules=AT_ONCE, **TWO_HOURS),
    Scenario("batch-at-once-tree", "slices of two hours, slices at once, hours at once", ((0,), (2,)), faults=0, quick=None, rules=AT_ONCE, **TREE),
    Scenario("batch-workers", "three workers", ((0,), (1,)), faults=0, quick=None, workers=3, kinds="crash", rules=ANY, **TWO_HOURS),
    Scenario("batch-paged", "reads page by page", ((0, 1), (1,)), faults=0, quick=None, kinds="", paged=True, rules=ANY, **TWO_HOURS),
    Scenario("batch-backfill", "a day's mark among the hours'", ((0,), (1,)), faults=0, quick=None, extra=(2,), rules=ALL, **TWO_HOURS),
    Scenario("batch-lossy", "messages get lost; reconcile", ((0, 1),), faults=1, quick=None, kinds="crash lose", rules=ANY, **TWO_HOURS),
    Scenario("batch-expiry", "children, then events expire", ((0,), (1,)), faults=1, quick=None, expiry=True, kinds="crash visibility", rules=ANY, **TWO_HOURS),
    Scenario("since", "a mark keeps its oldest since", ((0,), (0,)), quick=1, rules=SINCE, **HOUR_DAY),
    Scenario("since-void", "the same with a void", ((0, void(0)),), quick=1, rules=SINCE, **HOUR_DAY),
    Scenario("since-moved", "moved from hour to hour", ((0, 1),), faults=1, rules=SINCE, **TWO_HOURS),
    Scenario("since-batch", "two hours, marks in batches", ((0,), (1,)), faults=1, rules={**SINCE, **ANY}, **TWO_HOURS),
    Scenario("since-batch-moved", "moved, marks in batches", ((0, 1),), faults=1, rules={**SINCE, **ANY}, **TWO_HOURS),
    Scenario("tier-marks", "each bucket its mark, marks its parent", ((0,), (1,)), faults=2, rules={"upward": "marks"}, **TWO_HOURS),
    Scenario("tier-marks-void", "the same, three tiers, void", ((0, void(0)),), faults=1, rules={"upward": "marks"}, **THREE_TIERS),
)
MUTANTS = (
    ("event_write", "blind", "void", "wrong"),
    ("event_repeat", "ends", "one", "wrong"),
    ("mark_order", "before-event", "one", "wrong"),
    ("old_hours", "known", "moved", "wrong"),
    ("places", "look-then-own", "by-day", "wrong"),
    ("loser", "deleted", "by-day", "wrong"),
    ("mark_etag", "kept", "one", "wrong"),
    ("mark_read", "last", "one", "wrong"),
    ("mark_delete", "blind", "one", "wrong"),
    ("mark_time", "after-first", "one", "wrong"),
    ("tag_order", "after-parts", "one", "shrinks"),
    ("row_write", "blind", "one", "shrinks"),
    ("conflict", "goes-on", "two-hours", "wrong"),
    ("unchanged", "skipped", "void", "wrong"),
    ("unchanged", "ends", "one", "wrong"),
    ("empty", "deleted", "void", "wrong"),
    ("empty", "nothing", "void", "wrong"),
    ("upward", "marks-late", "tier-marks", "wrong"),
    ("batch_order", "mark-by-mark", "batch", "wrong"),
    ("tiers", "no-tiers", "batch-at-once", "wrong"),
    ("mark_read", "turn", "batch-void", "wrong"),
    ("mark_read", "last", "batch-void", "wrong"),
    ("mark_delete", "as-the-first", "batch-void", "wrong"),
    ("mark_delete", "blind", "batch-void", "wrong"),
    ("mark_time", "after-first", "batch", "wrong"),
    ("tag_order", "after-parts", "batch", "shrinks"),
    ("conflict", "goes-on", "batch", "wrong"),
    ("mark_conflict", "gone-is-done", "since", "early"),
    ("mark_conflict", "there-is-done", "since", "early"),
    ("mark_write", "own-since", "since", "early"),
    ("since", "now", "since", "early"),
    ("new_row", "direct", "keys", "wrong"),
    ("planner", "once", "lossy-one", "lost"),
    ("reconcile", "off", "lossy", "wrong"),
    ("reconcile", "by-occurred", "lossy", "lost"),
    ("source", "children", "expiry", "wrong"),
    ("margin", "none", "expiry", "wrong"),
    ("late_margin", "none", "expiry", "wrong"),
    ("sticky", "no", "expiry-skew", "shrinks"),
    ("too_late", "own-age", "expiry", "shrinks"),
    ("too_late", "also-standing", "expiry", "wrong"),
    ("closed", "recomputed", "expiry-backfill", "shrinks"),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], __doc__, Model, RULES, SCENARIOS, MUTANTS))
