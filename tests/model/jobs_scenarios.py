"""Scenarios and mutants of jobs_model.py.

What a job does: ok; permanent, transient (fails so each time); fixable (Permanent in its first generation); flaky (Transient or not); killer (ends its
process); run (Next until the last generation); run-differs, run-dies (a repeated look may end otherwise). Faults of the listed kinds may come anywhere,
`faults` of them in all. Without rescue=True there is no Rescue: nothing may be lost all the same.
"""
from dataclasses import dataclass

F, L, X, O = "foreign", "late", "stray", "ours"   # producers: elsewhere; once the job has ended; with a generation of their own; ours
WORK = "crash visibility zombie lost-answer outage queue stop"


@dataclass
class Scenario:
    name: str
    note: str
    jobs: list
    producers: list                               # (job, kind)
    operators: list = ()
    faults: int = 2
    quick: int | None = 1                         # faults in suite --quick; None: left out of it
    kinds: str = ""
    workers: int = 2
    slots: int = 1                                # deliveries at once per process
    generations: int = 2                          # no producer or operator begins one beyond; a death or cancel may
    gate: bool = False
    dequeue: bool = False                         # the host gives up after MAX_DEQUEUE deliveries
    rescue: bool = False
    crash_limit: int = 2
    stray: int = 0                                # the generation that a stray message has

    def __post_init__(self):
        self.kinds = frozenset(self.kinds.split())
        self.killers = self.jobs.count("killer")
        self.message_bound = len(self.producers) + len(self.operators) + 2 * self.faults + len(self.jobs) * self.generations


SCENARIOS = {scenario.name: scenario for scenario in (
    Scenario("permanent", "dead, foreign duplicate before or after the end", ["permanent"], [(0, F), (0, F)], kinds=WORK, generations=3),
    Scenario("flaky", "Transient, attempts, spurious rescues", ["flaky"], [(0, F), (0, F)], kinds=WORK + " rescue", rescue=True, generations=3),
    Scenario("transient", "always Transient", ["transient"], [(0, F)], faults=3, quick=2, kinds=WORK, generations=1),
    Scenario("ours", "our producer twice", ["fixable"], [(0, O), (0, O)], kinds=WORK + " producer", generations=3),
    Scenario("ours-clear", "our producer twice, queue cleared", ["fixable"], [(0, O), (0, O)], kinds="crash clear lost-answer producer", rescue=True, generations=3),
    Scenario("clear", "queue cleared once, replay, spurious rescues", ["fixable"], [(0, F)], ["replay"], 3, 2, "crash clear lost-answer zombie rescue operator",
             rescue=True, generations=3),
    Scenario("two-replays", "two operators replay", ["fixable"], [(0, F)], ["replay", "replay"], 2, 1, WORK + " operator", generations=5),
    Scenario("replay-permanent", "replay, foreign re-ask, dies again", ["permanent"], [(0, F), (0, L)], ["replay"], 2, 1, "crash lost-answer queue operator zombie",
             generations=5),
    Scenario("asks-anew", "foreign duplicates and a late one, dead before", ["fixable"], [(0, F), (0, F), (0, L)], (), 2, 1, WORK, generations=4),
    Scenario("asks-anew-completed", "the same after completion", ["ok"], [(0, F), (0, F), (0, L)], (), 2, 1, WORK, generations=3),
    Scenario("cancel", "cancel against foreign re-ask and forced replay", ["ok"], [(0, F), (0, L)], ["cancel", "force"], 2, 1, "crash zombie lost-answer queue operator",
             generations=3),
    Scenario("cancel-replay", "cancel against replay, foreign duplicate", ["fixable"], [(0, F), (0, F)], ["replay", "cancel"], 2, 1,
             "crash zombie lost-answer queue operator", generations=4),
    Scenario("discard", "discard against replay and producer", ["permanent"], [(0, F), (0, O)], ["replay", "discard"], 1, 0,
             "crash queue operator lost-answer producer", generations=4),
    Scenario("mixed", "producers of both kinds, replay", ["fixable"], [(0, F), (0, L), (0, O)], ["replay"], 1, None, "crash lost-answer queue operator zombie",
             generations=4),
    Scenario("run", "two Next steps, foreign duplicate", ["run"], [(0, F), (0, F)], (), 2, 1, WORK, generations=3),
    Scenario("run-deep", "two Next steps, more faults", ["run"], [(0, F)], (), 3, 2, WORK, generations=3),
    Scenario("run-clear", "Next steps, queue cleared, spurious rescues", ["run"], [(0, F)], (), 2, 2, "crash clear lost-answer zombie rescue", generations=3, rescue=True),
    Scenario("run-cancel", "Next against cancel and a forced replay", ["run"], [(0, F)], ["cancel", "force"], 2, 0, "crash zombie lost-answer queue", generations=4),
    Scenario("run-differs", "a repeated look sees something else", ["run-differs"], [(0, F)], (), 3, 2, "crash zombie lost-answer queue", generations=3),
    Scenario("run-dies", "a look dies while another went on; replay", ["run-dies"], [(0, F)], ["replay"], 2, 1, "crash zombie lost-answer queue", generations=4),
    Scenario("killer", "killer beside an innocent, no other fault", ["killer", "ok"], [(0, F), (1, F)], (), 0, 0, workers=1, slots=2, generations=1),
    Scenario("killer-faults", "killer beside an innocent, three crashes end a job", ["killer", "ok"], [(0, F), (1, F)], (), 1, 1,
             WORK + " rescue", workers=1, slots=2, generations=1, crash_limit=3, rescue=True),
    Scenario("killers", "two killers, one innocent", ["killer", "killer", "ok"], [(0, F), (1, F), (2, F)], (), 0, None, workers=1, slots=3, generations=1, crash_limit=3),
    Scenario("killer-two-processes", "killer, innocent, two processes", ["killer", "ok"], [(0, F), (1, F)], (), 1, 1, "crash zombie rescue", slots=2, generations=1,
             crash_limit=3, rescue=True),
    Scenario("killer-429", "killer with 429 between", ["killer"], [(0, F)], (), 2, 2, "429 stop", workers=1, gate=True, generations=1),
    Scenario("kills", "kills and outages hit an innocent", ["ok"], [(0, F)], (), 3, 3, "crash outage lost-answer stop", workers=1, generations=1, crash_limit=3),
    Scenario("gate", "gate closes, probers, prober dies", ["ok", "ok"], [(0, F), (1, F)], (), 2, 1, "429 gate crash lost-answer outage zombie stop", gate=True, generations=1,
             crash_limit=3),
    Scenario("gate-anew", "gate and new generations", ["fixable"], [(0, F), (0, L)], ["replay"], 2, 1, "gate crash 429 operator stop", gate=True, generations=3),
    Scenario("gate-open", "an operator opens the gate and wakes what it held", ["ok", "ok"], [(0, F), (1, F)], (), 3, 1,
             "429 gate open crash lost-answer zombie stop rescue", gate=True, generations=1, rescue=True, crash_limit=4),
    Scenario("gate-open-anew", "the same with new generations", ["fixable"], [(0, F), (0, L)], ["replay"], 2, 1, "gate open crash 429 operator rescue",
             gate=True, generations=3, rescue=True),
    Scenario("gate-clear", "gate, Rescue, queue cleared", ["ok"], [(0, F)], (), 3, 2, "gate crash clear 429 stop", workers=1, gate=True, generations=1, rescue=True,
             crash_limit=4),
    Scenario("stray", "a message of generation 99, a duplicate", ["fixable"], [(0, F), (0, L), (0, X)], (), 2, 1, "crash visibility zombie lost-answer",
             generations=3, stray=99),
    Scenario("stray-run", "a message of generation 99 within a run", ["run"], [(0, F), (0, X)], (), 2, 1, WORK, generations=3, stray=99),
    Scenario("stray-ours", "generation 99, our producer, queue cleared", ["fixable"], [(0, O), (0, X)], (), 2, 1, "crash clear lost-answer producer",
             generations=3, rescue=True, stray=99),
    Scenario("leftover", "a message of a purged record's generation 2", ["fixable"], [(0, F), (0, X)], ["replay"], 2, 1, "crash visibility lost-answer zombie",
             generations=5, stray=2),
    Scenario("host-stray", "the host gives up on generation 99", ["fixable"], [(0, F), (0, X)], ["replay"], 2, 1, "crash queue operator outage", workers=1,
             generations=4, dequeue=True, stray=99),
    Scenario("host", "the host gives up, replay", ["fixable"], [(0, F)], ["replay"], 2, 1, "crash queue operator outage", workers=1, generations=4, dequeue=True),
    Scenario("host-ours", "the host gives up, our producer twice", ["fixable"], [(0, O), (0, O)], (), 2, 1, "crash queue outage producer", workers=1,
             generations=4, dequeue=True),
    Scenario("host-duplicate", "the host gives up on one of two", ["ok"], [(0, F), (0, F)], ["replay"], 2, 1, "crash queue zombie", generations=3, dequeue=True),
    Scenario("host-run", "the host gives up within a run", ["run"], [(0, F), (0, F)], (), 2, 1, "crash queue lost-answer zombie", workers=1, generations=2, dequeue=True),
)}

# (rule, value, scenario, property that fails): each takes one rule away
MUTANTS = (
    ("older_message", "run", "run", "generation"),
    ("live_claim", "take", "flaky", "innocent"),
    ("not_due", "run", "flaky", "due"),
    ("ended_message", "run", "permanent", "revival"),
    ("asks_anew", "any", "permanent", "revival"),
    ("death", "keeps", "run-dies", "revival"),
    ("next_order", "record-first", "run-deep", "lost"),
    ("next_record", "queued", "run", "due"),
    ("effect_order", "after-record", "run", "effect"),
    ("effect_write", "blind", "run", "effect"),
    ("effect_ending", "free", "run-differs", "effect"),
    ("token", "unchecked", "run", "generation"),
    ("claim_after_end", "kept", "cancel", "generation"),
    ("attempts", "forgotten", "transient", "attempts"),
    ("crashes", "not-counted", "killer", "killer"),
    ("crash_reset", "also-429", "killer-429", "killer"),
    ("suspect_slot", "none", "killer", "innocent"),
    ("slot_order", "after-claim", "killer", "innocent"),
    ("gate_order", "old-generations", "gate-anew", "gate"),
    ("probe_success", "always", "gate", "gate"),
    ("probe_due", "soon", "gate", "gate"),
    ("cancel", "keeps", "run-cancel", "revival"),
    ("discard", "keeps", "discard", "revival"),
    ("replay_order", "record-first", "two-replays", "lost"),
    ("replay_check", "blind", "two-replays", "generation"),
    ("producer_order", "record-first", "ours", "lost"),
    ("producer_record", "untouched", "ours-clear", "lost"),
    ("rescue", "off", "clear", "lost"),
    ("rescue_touch", "none", "gate-clear", "messages"),
    ("rescue_gate", "ignores", "gate-clear", "messages"),
    ("rescue_gate", "skips-due-too", "gate-clear", "lost"),
    ("bare_create", "ends-on-conflict", "asks-anew", "lost"),
    ("create_gate", "not-asked", "gate", "gate"),
    ("create_probe", "not-won", "gate", "gate"),
    ("unknown", "taken", "stray", "unknown"),
    ("unknown", "ended", "stray", "lost"),
    ("unknown", "next-too", "run", "unknown"),
    ("unknown_bound", "none", "stray", "unknown"),
    ("dlq_unknown", "kill", "host-stray", "unknown"),
    ("dlq_live_claim", "kill", "host-duplicate", "poison"),
    ("dlq_older", "kill", "host-run", "poison"),
    ("dlq_ended", "end", "host", "lost"),
    ("dlq_ended", "kill", "host-duplicate", "revival"),
)
