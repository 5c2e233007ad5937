"""Names of signals: which attributes and metrics are there, in which units?

As OpenTelemetry's semantic conventions name them (messaging, database clients, Cosmos DB, generative AI, HTTP, FaaS);
what those don't have begins with ``nightshift.``. A test compares the names with the conventions' own package.
"""

from __future__ import annotations

SYSTEM = "messaging.system"
QUEUE = "messaging.destination.name"
OPERATION = "messaging.operation.name"
OPERATION_TYPE = "messaging.operation.type"
MESSAGE = "messaging.message.id"
ERROR = "error.type"
DB_SYSTEM = "db.system.name"
DB_OPERATION = "db.operation.name"
DB_CONTAINER = "db.collection.name"
REQUEST_CHARGE = "azure.cosmosdb.operation.request_charge"
AI_OPERATION = "gen_ai.operation.name"
AI_PROVIDER = "gen_ai.provider.name"
AI_MODEL = "gen_ai.request.model"
AI_INPUT_TOKENS = "gen_ai.usage.input_tokens"
AI_OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
AI_TOKEN_TYPE = "gen_ai.token.type"
METHOD = "http.request.method"
ROUTE = "http.route"
STATUS = "http.response.status_code"
TRIGGER = "faas.trigger"

KIND = "nightshift.job.kind"
OUTCOME = "nightshift.job.outcome"
ATTEMPT = "nightshift.job.attempt"
GENERATION = "nightshift.job.generation"
DELIVERIES = "nightshift.message.deliveries"
CODE = "nightshift.error.code"
COST = "nightshift.cost.micro_usd"
CHANNEL = "nightshift.notification.channel"
EVENTS = "nightshift.notification.events"
TIMER = "nightshift.timer"
LEFT_OUT = "nightshift.store.calls_left_out"
SCHEDULED = "nightshift.scheduled"
VERDICT = "nightshift.verdict"
SEEN_BY = "nightshift.seen_by"

SPAN_ATTRIBUTES = frozenset(
    {
        SYSTEM, QUEUE, OPERATION, OPERATION_TYPE, MESSAGE, ERROR, DB_SYSTEM, DB_OPERATION, DB_CONTAINER,
        REQUEST_CHARGE, AI_OPERATION, AI_PROVIDER, AI_MODEL, AI_INPUT_TOKENS, AI_OUTPUT_TOKENS, METHOD, ROUTE, STATUS,
        TRIGGER, KIND, OUTCOME, ATTEMPT, GENERATION, DELIVERIES, CODE, COST, CHANNEL, EVENTS, TIMER, LEFT_OUT,
    }
)  # fmt: skip
"""All that a span may have."""

STORAGE_QUEUES = "azure_storage_queues"
"""The conventions have no name for them yet."""
OTHER = "_OTHER"
"""The conventions' word for a value that isn't named."""
