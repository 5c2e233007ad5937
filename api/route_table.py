"""Route table: every route, who may call it, for whose things, and which operation it is.

A router declares a route only if it has its row here. `scope` says where the owner of what is asked for stands; the
operation asks for it (operations/actor.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from operations.actor import Role

V1 = "/api/v1"
Scope = Literal[
    "public",
    "signed",
    "everything",
    "anybody's",
    "user in path",
    "user in query",
    "user in body",
    "client in query",
    "org in query",
    "org in body",
    "scope in query",
    "scope in body",
    "user or client in query",
]


@dataclass(frozen=True, slots=True)
class Row:
    """A route: its method and path below /api/v1, the role it takes (None: anybody), whose, and its operation."""

    method: str
    path: str
    role: Role | None
    scope: Scope
    operation: str

    @property
    def key(self) -> tuple[str, str]:
        """What names it."""
        return self.method, self.path


ROWS: tuple[Row, ...] = (
    Row("GET", "/health/live", None, "public", "none: the process answers"),
    Row("GET", "/health/ready", None, "public", "health.readiness.check"),
    Row("GET", "/health/jobs", "reader", "everything", "job_health.read"),
    Row("GET", "/explain", "reader", "user or client in query", "explain.asking.explain"),
    Row("POST", "/jobs/taste-analysis", "producer", "user in body", "enqueue.taste_lines"),
    Row("GET", "/jobs", "reader", "user in query", "jobs.search"),
    Row("GET", "/jobs/{id}", "reader", "user in query", "jobs.get"),
    Row("GET", "/jobs/{id}/explain", "reader", "user in query", "explain.asking.explain"),
    Row("POST", "/jobs/{id}/cancel", "operator", "user in query", "jobs.cancel"),
    Row("GET", "/dead-letters", "reader", "user in query", "dead_letters.search"),
    Row("GET", "/dead-letters/causes", "reader", "user in query", "dead_letters.by_cause"),
    Row("POST", "/dead-letters/replay", "operator", "user in query", "dead_letters.replay"),
    Row("POST", "/dead-letters/discard", "operator", "user in query", "dead_letters.discard"),
    Row("POST", "/dead-letters/purge", "operator", "user in query", "dead_letters.purge"),
    Row("POST", "/dead-letters/replays", "operator", "everything", "replay_runs.start"),
    Row("GET", "/dead-letters/replays/{id}", "reader", "everything", "replay_runs.get"),
    Row("POST", "/dead-letters/replays/{id}/cancel", "operator", "everything", "replay_runs.cancel"),
    Row("GET", "/dead-letters/{id}", "reader", "user in query", "dead_letters.get"),
    Row("POST", "/dead-letters/{id}/replay", "operator", "user in query", "dead_letters.replay"),
    Row("GET", "/runs", "reader", "everything", "runs.search"),
    Row("GET", "/runs/missed", "reader", "everything", "runs.missed"),
    Row("GET", "/runs/{id}", "reader", "everything", "runs.get"),
    Row("POST", "/runs/{id}/start", "operator", "user in body", "runs.start"),
    Row("POST", "/runs/{id}/cancel", "operator", "everything", "runs.cancel"),
    Row("GET", "/timers", "reader", "everything", "timers.all_timers"),
    Row("GET", "/profiles/{user}", "reader", "user in path", "profiles.get"),
    Row("GET", "/profiles/{user}/evidence", "reader", "user in path", "profiles.evidence"),
    Row("GET", "/digests/{user}", "reader", "user in path", "digests.search"),
    Row("GET", "/digests/{user}/latest", "reader", "user in path", "digests.get"),
    Row("GET", "/digests/{user}/latest/html", "reader", "user in path", "digests.files"),
    Row("POST", "/digests/{user}/feedback", "producer", "user in path", "digests.give_feedback"),
    Row("PUT", "/digests/{user}/preferences", "producer", "user in path", "users.want_digests"),
    Row("GET", "/links/{token}", None, "signed", "digest_links.look"),
    Row("POST", "/links/{token}", None, "signed", "digest_links.follow"),
    Row("GET", "/moods", "reader", "everything", "moods.search"),
    Row("GET", "/moods/trends", "reader", "everything", "moods.trends"),
    Row("GET", "/moods/{id}", "reader", "everything", "moods.get"),
    Row("GET", "/sources", "reader", "everything", "sources.all_sources"),
    Row("POST", "/sources", "admin", "everything", "sources.add"),
    Row("POST", "/sources/preview", "admin", "everything", "sources.preview"),
    Row("POST", "/sources/{id}/pause", "admin", "everything", "sources.pause"),
    Row("POST", "/sources/{id}/resume", "admin", "everything", "sources.resume"),
    Row("POST", "/calls", "producer", "everything", "calls.import_calls"),
    Row("GET", "/pickup-rate/rates", "reader", "scope in query", "pickup_rate.rates"),
    Row("GET", "/pickup-rate/settings", "reader", "scope in query", "pickup_rate.numbers"),
    Row("PATCH", "/pickup-rate/settings", "admin", "scope in query", "pickup_rate.set_numbers"),
    Row("POST", "/pickup-rate/backtest", "reader", "scope in query", "pickup_backtest.replay, pickup_backtest.sweep"),
    Row("POST", "/pickup-rate/evaluate", "operator", "everything", "pickup_rate.evaluate"),
    Row("GET", "/metrics", "reader", "everything", "metrics.known"),
    Row("GET", "/metrics/state", "reader", "everything", "metrics.state"),
    Row("GET", "/metrics/series", "reader", "org in query", "metrics.read"),
    Row("GET", "/metrics/overview", "reader", "org in query", "metrics.overview"),
    Row("GET", "/metrics/summary", "reader", "org in query", "metrics.summary"),
    Row("GET", "/metrics/live", "reader", "org in query", "metrics.read_live"),
    Row("POST", "/metrics/events", "producer", "everything", "usage_events.record"),
    Row("POST", "/metrics/backfill", "operator", "org in body", "metrics_backfill.start"),
    Row("GET", "/alerts/states", "reader", "client in query", "alerts.states"),
    Row("GET", "/alerts/history", "reader", "client in query", "alerts.history"),
    Row("POST", "/alerts/silence", "operator", "client in query", "alerts.silence"),
    Row("GET", "/alerts/tasks", "reader", "client in query", "tasks.search"),
    Row("POST", "/alerts/tasks/{id}/acknowledge", "operator", "client in query", "tasks.acknowledge"),
    Row("GET", "/alerts/scheduler", "reader", "everything", "scheduler.status"),
    Row("POST", "/alerts/scheduler/reload", "admin", "everything", "scheduler.reload"),
    Row("POST", "/alerts/scheduler/start", "admin", "everything", "scheduler.start"),
    Row("POST", "/alerts/scheduler/stop", "admin", "everything", "scheduler.stop"),
    Row("GET", "/alerts/rules", "reader", "client in query", "rules.all_rules"),
    Row("POST", "/alerts/rules", "admin", "client in query", "rules.create"),
    Row("POST", "/alerts/rules/preview", "reader", "anybody's", "rules.preview_frequency"),
    Row("POST", "/alerts/rules/backtest", "reader", "scope in body", "rule_backtest.replay, rule_backtest.sweep"),
    Row("GET", "/alerts/rules/{id}", "reader", "client in query", "rules.show"),
    Row("PATCH", "/alerts/rules/{id}", "admin", "client in query", "rules.update"),
    Row("DELETE", "/alerts/rules/{id}", "admin", "client in query", "rules.delete"),
    Row("POST", "/alerts/rules/{id}/run", "operator", "client in query", "rules.run_now"),
    Row("GET", "/alerts/rules/{id}/preview", "reader", "client in query", "rules.preview"),
    Row(
        "POST",
        "/alerts/rules/{id}/backtest",
        "reader",
        "client in query",
        "rule_backtest.replay, rule_backtest.sweep",
    ),
    Row("GET", "/gates", "reader", "everything", "gates.closed"),
    Row("POST", "/gates/{id}/close", "operator", "everything", "gates.close"),
    Row("POST", "/gates/{id}/open", "operator", "everything", "gates.open_"),
    Row("GET", "/queues", "reader", "everything", "queues.depths"),
    Row("POST", "/queues/{id}/add-only", "admin", "everything", "queues.add_only"),
    Row("GET", "/status", "reader", "everything", "status.read"),
    Row("GET", "/users/{user}/export", "operator", "user in path", "users.export"),
    Row("DELETE", "/users/{user}", "admin", "user in path", "users.forget"),
)
BY_KEY = {row.key: row for row in ROWS}
