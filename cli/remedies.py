"""Remedies: what to type about an error, by its code.

Errors speak of the thing that is wrong; only here is it said which command, option or script mends it. A remedy may
name the error's fields: ``{gate}``.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from shared.errors import NightshiftError, Transient

REMEDIES = {
    "address_refused": "A server on your own machine is let in by FETCH_ALLOWED_LOCAL=HOST:PORT (local.settings.json).",
    "azurite_silent": "Start it: ./scripts/start (or, alone, ./scripts/azurite). Or correct AzureWebJobsStorage in "
    "local.settings.json.",
    "container_missing": "Create it: nightshift init",
    "digest_not_found": "Make one: nightshift run digest --wait. If you did: nightshift runs show digest",
    "edited_names_another_job": "A new job: nightshift enqueue {kind}",
    "email_missing": "Give the address, too: --email ADDRESS.",
    "filter_unknown": "See: nightshift dead-letters list --by-cause",
    "gate_closed": "Open it: nightshift gates open {gate}; or add --force.",
    "gate_not_closed": "See: nightshift gates list",
    "generation_unknown": "Send it without a generation; or replay its dead letter, which does.",
    "item_not_owned": "See: nightshift wardrobe list {user}",
    "job_ambiguous": "Give more of the id, or --user.",
    "job_changed": "See: nightshift jobs show {id}",
    "job_held_back": "Open it: nightshift gates open {gate}",
    "job_not_found": "See: nightshift jobs list",
    "mood_ambiguous": "Give more of the id, or the name.",
    "mood_not_found": "See: nightshift moods list",
    "no_choice": "Name them by ID, or choose them by --queue, --class, --cause, --since or --all.",
    "no_dead_letter": "See: nightshift jobs show {id}",
    "payload_invalid": "Send it corrected: --edit FILE",
    "picture_unknown": "Give it: --image (a file or an address; in a file of messages: image_url), or import the item: "
    "nightshift wardrobe import FILE.csv",
    "profile_not_found": "Enqueue a like: nightshift enqueue taste {user} ITEM. If you did: does the "
    "host run (./scripts/start)? What became of it: nightshift jobs list --user {user}",
    "queue_missing": "Create it: nightshift init",
    "raw_not_utf8": "Such as: base64 FILE | nightshift enqueue taste --raw -",
    "replay_loop": "--force replays it all the same.",
    "rule_ambiguous": "See: nightshift alerts list",
    "rule_behind": "Is the scheduler stopped? See: nightshift scheduler status. Or delete the rule.",
    "rule_broken": "Delete it: nightshift alerts delete ID; then create it anew.",
    "run_not_by_user": "Leave out --user.",
    "run_not_found": "See: nightshift runs list",
    "slot_missing": "Give its slot: nightshift runs cancel {name}/SLOT",
    "source_ambiguous": "See: nightshift sources list",
    "source_not_found": "See: nightshift sources list",
    "task_ambiguous": "Give more of the id.",
    "task_not_found": "See: nightshift tasks list --state all; of a client's: --client",
    "thing_ambiguous": "Give more of the id, --user or --client, or the sort before it: nightshift explain job:ID",
    "thing_not_found": "See: nightshift jobs list, runs list, alerts list, sources list or dead-letters list",
    "window_not_rolled_up": "Count the calls themselves: nightshift pickup-rate show --exact",
    "store_missing": "Create the database and its containers: nightshift store init",
}

NEXT_STEPS = {
    "clock_off": "Let it follow a time server (NTP).",
    "no_host": "Start it: ./scripts/start. In Azure: is the function app running? One that has just started is seen at "
    "its first job, at the latest after a minute.",
    "gate_closed": "Open it: nightshift gates open {gate}",
    "overdue": "See: nightshift rescue --dry-run",
    "dead_letters": "See: nightshift dead-letters list --cause {cause}",
    "more_dead_letters": "See: nightshift dead-letters list --by-cause",
    "unavailable": "Check the address in AzureWebJobsStorage, and whether this machine may reach it: nightshift doctor",
    "timer_failed": "See: nightshift schedule {timer}",
}
"""What to type next about what a verdict remarks, by the remark's code."""

EXPLANATIONS = {
    "dead": "Mend the cause, then: nightshift dead-letters replay {typed}. All of its cause: "
    "nightshift dead-letters replay --cause {cause}",
    "before_active": "Run it: nightshift run {name} --slot {slot}",
    "dispatcher_silent": "Is its function disabled? nightshift schedule DispatchAlerts",
    "gate_budget": "It passes at 00:00 UTC. Or raise LLM_DAILY_BUDGET_MICRO_USD, then: nightshift gates open {gate}",
    "gate_by_hand": "Open it: nightshift gates open {gate}",
    "gate_limited": "It passes by itself. Or: nightshift gates open {gate}",
    "gate_misconfigured": "Mend the setting, key or role; then, sooner than by itself: nightshift gates open {gate}",
    "gate_opened": "It comes by itself then. Sooner: nightshift gates open {gate}",
    "job_gone": "Run it anew: nightshift run {name} --slot {slot} --force",
    "kind_unknown": "Deploy the version of the app that has it, or: nightshift jobs cancel {typed}",
    "missed": "Run it: nightshift run {name} --slot {slot}",
    "overdue": "Sooner: nightshift rescue",
    "payload_invalid": "Replay it corrected: nightshift dead-letters replay {typed} --edit FILE",
    "replay_loop": "Mend the cause; then: nightshift dead-letters replay {typed} --force",
    "replay_waits": "Open the gate first: nightshift gates open {gate}. Then: nightshift dead-letters replay {typed}",
    "rule_behind": "See: nightshift alerts show {typed}{of_client}",
    "rule_inactive": "Make it active: nightshift alerts update {typed}{of_client} --active",
    "run_failed": "Mend the cause, then: nightshift dead-letters replay {typed}",
    "run_failures": "See: nightshift jobs list --state dead --user '~run|{id}'",
    "run_waits": "See: nightshift jobs list --user '~run|{id}'",
    "scheduler_stopped": "Start it: nightshift scheduler start",
    "seems_mended": "Replay it: nightshift dead-letters replay {typed}. All of its cause: "
    "nightshift dead-letters replay --cause {cause}",
    "source_failing": "Try it: nightshift sources test '{url}'",
    "source_paused": "Try it: nightshift sources test '{url}'. Then: nightshift sources resume {typed}",
    "source_silent": "Try it: nightshift sources test '{url}'",
    "suspect": "Look at its payload: nightshift jobs show {typed}",
    "timer_silent": "Run it: nightshift run {name} --slot {slot}",
    "worker_died": "Sooner: nightshift rescue",
}
"""What to type about a thing that is explained, by the explanation's code; those of a verdict hold too."""

_OF_DEPENDENCIES = {
    "queue": "Try again; nightshift status shows whether it answers.",
    "blob": "Try again; nightshift status shows whether the storage answers.",
    "store": "nightshift doctor shows which store it is and what is wrong with it.",
}
"""What to do about a dependency that failed, when its error can't know."""


def remedy(error: NightshiftError) -> str:
    """Return what to do about an error; nothing when its sentence says all that is known."""
    if error.code in REMEDIES:
        return REMEDIES[error.code].format_map(error.fields)
    return _OF_DEPENDENCIES.get(error.dependency, "") if isinstance(error, Transient) else ""


def next_step(code: str, fields: Mapping[str, str]) -> str:
    """Return what to do about what a verdict remarks; nothing when there is nothing to do."""
    return (NEXT_STEPS.get(code) or REMEDIES.get(code, "")).format_map(fields)


def explanation_step(code: str, fields: Mapping[str, str]) -> str:
    """Return what to do about a thing that is explained; nothing when there is nothing to do."""
    named, client = fields.get("id", ""), fields.get("client")
    typed = shlex.quote(named if "/" in named else named.replace("|", "/"))  # a shell takes | for something else
    of_client = f" --client {shlex.quote(client)}" if client else ""
    words = {**fields, "typed": typed, "of_client": of_client}
    return (EXPLANATIONS.get(code) or NEXT_STEPS.get(code, "")).format_map(words)


def explained(error: NightshiftError) -> str:
    """Return what is wrong and what to do about it, as one text."""
    return f"{error} {remedy(error)}".rstrip()
