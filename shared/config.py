"""Settings: which are there, what do they mean, and what is their value here?

Read once, from the environment only (`devhost` and the CLI first lay local.settings.json under it). Each setting
carries its own documentation: docs/settings.md, local.settings.sample.json and `doctor` are made from it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from shared import setting_checks
from shared.setting_fields import given_name, read, setting

PROJECT_FOLDER = Path(__file__).resolve().parents[1]
"""The folder of function_app.py."""
OF_AZURE = ("WEBSITE_INSTANCE_ID", "CONTAINER_NAME", "WEBSITE_POD_NAME")
"""What Azure sets of these tells that this is an instance of it: no plan sets all, Flex Consumption not the first."""
_STORAGE_HERE = re.compile(r"UseDevelopmentStorage=true|://(127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/;]", re.IGNORECASE)
"""Azurite on this machine."""
_LOCAL_OR_MODEL = ("local", "openai")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the app, with its default. `Settings.from_environment` reads them."""

    storage: str = setting(
        "AzureWebJobsStorage",
        "",
        "Connection string of the storage account (queues and blobs). To use an identity instead, set "
        "AzureWebJobsStorage__accountName, or __queueServiceUri and __blobServiceUri.",
        section="Storage and documents",
        secret=True,
    )
    storage_account: str = setting(
        "AzureWebJobsStorage__accountName", "", "Name of the storage account, accessed by identity."
    )
    queue_service_uri: str = setting(
        "AzureWebJobsStorage__queueServiceUri", "", "Queue endpoint, accessed by identity."
    )
    blob_service_uri: str = setting("AzureWebJobsStorage__blobServiceUri", "", "Blob endpoint, accessed by identity.")
    documents: str = setting(
        "DOCUMENTS",
        "sqlite",
        "Document store: sqlite (laptops) or cosmos. In Azure only cosmos is accepted.",
        choices=("sqlite", "cosmos"),
    )
    home: str = setting(
        "NIGHTSHIFT_HOME",
        ".local",
        "Folder of local state (SQLite file, Azurite's data, logs), relative to the project.",
    )
    sqlite: str = setting(
        "NIGHTSHIFT_SQLITE",
        "nightshift.sqlite3",
        "SQLite file, relative to NIGHTSHIFT_HOME. :memory: keeps documents in memory only.",
    )
    cosmos_endpoint: str = setting(
        "COSMOS_ENDPOINT",
        "",
        "Endpoint of the Cosmos DB account, for DOCUMENTS=cosmos: https://ACCOUNT.documents.azure.com.",
    )
    cosmos_key: str = setting(
        "COSMOS_KEY",
        "",
        "Key of the Cosmos DB account. Leave it empty in Azure: the app's identity is used.",
        secret=True,
    )
    cosmos_database: str = setting("COSMOS_DATABASE", "nightshift", "Database in the Cosmos DB account.")
    taste_queue: str = setting(
        "TASTE_JOB_QUEUE_NAME", "taste-analysis-jobs", "Queue of taste jobs.", section="Taste", queue=True
    )
    taste_poison_queue_given: str = setting(
        "TASTE_JOB_DEAD_LETTER_QUEUE_NAME",
        "",
        "Poison queue of taste jobs. Optional: the host always uses <TASTE_JOB_QUEUE_NAME>-poison, and no other "
        "name is accepted.",
    )
    taste_max_attempts: int = setting(
        "TASTE_JOB_MAX_ATTEMPTS",
        5,
        "Attempts that may fail with a transient error before the job becomes a dead letter.",
        minimum=1,
    )
    taste_redelivery_max_seconds: float = setting(
        "TASTE_JOB_REDELIVERY_MAX_SECONDS", 300.0, "Longest wait between two attempts of a job.", minimum=1
    )
    taste_dedupe_ttl_seconds: float = setting(
        "TASTE_JOB_DEDUPE_TTL_SECONDS",
        180.0,
        "How long a repeated message of an unfinished job counts as a duplicate.",
        minimum=0,
    )
    taste_completed_ttl_seconds: float = setting(
        "TASTE_JOB_COMPLETED_TTL_SECONDS",
        3600.0,
        "How long a repeated message of a completed job counts as a duplicate.",
        minimum=0,
    )
    taste_half_life_days: float = setting(
        "TASTE_PROFILE_HALF_LIFE_DAYS",
        60.0,
        "Half-life of a like: at this age it counts half in the taste profile.",
        minimum=0.001,
    )
    taste_analyser: str = setting(
        "TASTE_ANALYSER",
        "local",
        "Analyser of pictures: local (on this machine) or openai (the model OPENAI_MODEL).",
        choices=_LOCAL_OR_MODEL,
    )
    image_blob_accounts: str = setting(
        "IMAGE_BLOB_ACCOUNTS",
        "",
        "Other storage accounts whose private pictures the app reads with its identity: blob endpoints, or "
        "containers in them, separated by commas. The app's own container wardrobe-images is always read.",
    )
    run_queue: str = setting(
        "RUN_QUEUE_NAME", "job-runs", "Queue of runs, the scheduled jobs.", section="Runs", queue=True
    )
    run_look_seconds: float = setting(
        "RUN_LOOK_SECONDS", 5.0, "How often a run checks whether its shards have ended.", minimum=0.1, maximum=600
    )
    call_base_backoff_seconds: float = setting(
        "CALL_BASE_BACKOFF_SECONDS",
        0.75,
        "Wait before the first retry of a call to an outside service. It doubles with each retry.",
        section="Outside services",
        minimum=0,
        formerly=("TASTE_JOB_BASE_BACKOFF_SECONDS",),
    )
    call_max_backoff_seconds: float = setting(
        "CALL_MAX_BACKOFF_SECONDS",
        6.0,
        "Longest wait before such a retry.",
        minimum=0,
        formerly=("TASTE_JOB_MAX_BACKOFF_SECONDS",),
    )
    call_jitter_seconds: float = setting(
        "CALL_JITTER_SECONDS",
        0.2,
        "Largest random addition to such a wait.",
        minimum=0,
        formerly=("TASTE_JOB_JITTER_SECONDS",),
    )
    fetch_allowed_local: str = setting(
        "FETCH_ALLOWED_LOCAL",
        "",
        "Hosts (host:port, separated by commas) that pictures and sources may be fetched from although they "
        "aren't public, also over http. For tests and demos.",
    )
    scrape_queue: str = setting(
        "SCRAPE_QUEUE_NAME", "scrape-jobs", "Queue of scrape jobs, one per source.", section="Scraper", queue=True
    )
    scraper_contact: str = setting(
        "SCRAPER_CONTACT",
        "",
        "Contact for the owners of scraped sites: a web page or an e-mail address. Sent in the User-Agent.",
    )
    scraper_host_delay_seconds: float = setting(
        "SCRAPER_HOST_DELAY_SECONDS",
        2.0,
        "Minimum delay between two requests to one host, across all workers. A longer Crawl-delay in robots.txt wins.",
        minimum=0,
        maximum=60,
    )
    scraper_failures_to_pause: int = setting(
        "SCRAPER_FAILURES_TO_PAUSE", 5, "Failed runs in a row after which a source is paused.", minimum=1
    )
    scraper_silent_days: float = setting(
        "SCRAPER_SILENT_DAYS",
        30.0,
        "A source that had items is reported when it has no new ones for this time.",
        minimum=1,
    )
    mood_queue: str = setting(
        "MOOD_QUEUE_NAME",
        "mood-jobs",
        "Queue of mood jobs, one per chunk of scraped items.",
        section="Moods",
        queue=True,
    )
    mood_extractor: str = setting(
        "MOOD_EXTRACTOR",
        "local",
        "Extractor of moods from scraped items: local (a lexicon and clusters, on this machine) or openai (the "
        "model OPENAI_MODEL).",
        choices=_LOCAL_OR_MODEL,
    )
    digest_queue: str = setting(
        "DIGEST_QUEUE_NAME",
        "digest-jobs",
        "Queue of digest jobs, one per group of users.",
        section="Digest",
        queue=True,
    )
    digest_concurrency: int = setting(
        "WEEKLY_DIGEST_MAX_CONCURRENCY", 6, "Digests that one job makes concurrently.", minimum=1, maximum=64
    )
    digest_suggester: str = setting(
        "DIGEST_SUGGESTER",
        "local",
        "Suggester of a digest's items: local (rules) or openai (the model OPENAI_MODEL).",
        choices=_LOCAL_OR_MODEL,
    )
    digest_from: str = setting(
        "DIGEST_FROM",
        "Your wardrobe <digest@localhost>",
        "Sender of the digests' mails, as their header From has it.",
    )
    digest_postal_address: str = setting(
        "DIGEST_POSTAL_ADDRESS",
        "",
        "Postal address of whoever sends the digests, for their last line: the law asks for it where they advertise.",
    )
    digest_sender: str = setting(
        "DIGEST_SENDER",
        "none",
        "Sender of the digests' mails, to users who consented: none, or acs (Azure Communication Services).",
        choices=("none", "acs"),
    )
    acs_endpoint: str = setting(
        "ACS_ENDPOINT",
        "",
        "Address of the resource of Azure Communication Services: https://NAME.communication.azure.com. Asked by the "
        "app's identity.",
    )
    digest_api_url: str = setting(
        "DIGEST_API_URL",
        "",
        "Address of the API in the links of digests (unsubscribe, preferences, feedback): https://HOST. Without it, or "
        "without DIGEST_LINK_KEY, digests have no such links.",
    )
    digest_link_key: str = setting(
        "DIGEST_LINK_KEY",
        "",
        "Key that signs those links, at least 32 characters. Several, separated by commas, while one is changed: the "
        "first signs, all are taken.",
        secret=True,
    )
    notification_queue: str = setting(
        "NOTIFICATION_QUEUE_NAME", "notifications", "Queue of notifications.", section="Notifications", queue=True
    )
    slack_webhook_url: str = setting(
        "SLACK_WEBHOOK_URL", "", "Slack incoming webhook for alerts. A secret.", secret=True
    )
    slack_tag_users: str = setting(
        "SLACK_TAG_USERS", "", "Ids of Slack users to mention in alerts, separated by commas."
    )
    notify_webhook_url: str = setting(
        "NOTIFY_WEBHOOK_URL", "", "Webhook that receives alerts as signed JSON. A secret.", secret=True
    )
    notify_webhook_secret: str = setting(
        "NOTIFY_WEBHOOK_SECRET", "", "Secret that signs the messages to that webhook.", secret=True
    )
    pagerduty_routing_key: str = setting(
        "PAGERDUTY_ROUTING_KEY",
        "",
        "Integration key (Events API v2) of the PagerDuty service that gets alerts. A secret.",
        secret=True,
    )
    pagerduty_url: str = setting(
        "PAGERDUTY_URL",
        "https://events.pagerduty.com/v2/enqueue",
        "Address of PagerDuty's Events API v2. In the EU: https://events.eu.pagerduty.com/v2/enqueue, whose host "
        "NOTIFY_ALLOWED_HOSTS then has to name.",
    )
    notify_allowed_hosts: str = setting(
        "NOTIFY_ALLOWED_HOSTS",
        "hooks.slack.com,events.pagerduty.com",
        "Hosts that webhooks and PagerDuty's events may be posted to, separated by commas.",
    )
    alert_queue: str = setting(
        "ALERT_QUEUE_NAME",
        "alert-jobs",
        "Queue of alert jobs, one per alert rule and slot.",
        section="Alert rules",
        queue=True,
    )
    call_events_queue: str = setting(
        "CALL_EVENTS_QUEUE_NAME",
        "call-events",
        "Queue of outbound calls.",
        section="Calls and pickup rates",
        queue=True,
    )
    pickup_rate_queue: str = setting(
        "PICKUP_RATE_QUEUE_NAME", "pickup-rate-jobs", "Queue of jobs that evaluate pickup rates.", queue=True
    )
    enable_pickup_rate_alert: bool = setting(
        "ENABLE_PICKUP_RATE_ALERT",
        False,
        "Whether pickup rates are monitored (true or false). A scope's alert rule can override it.",
    )
    pickup_rate_interval_seconds: int = setting(
        "PICKUP_RATE_ALERT_INTERVAL_SECONDS",
        86_400,
        "Interval between two evaluations of a scope. A scope's alert rule can override it.",
        minimum=60,
    )
    pickup_rate_threshold: float = setting(
        "PICKUP_RATE_ALERT_THRESHOLD",
        40.0,
        "Alert threshold in percent: a lower pickup rate is a breach. A scope's alert rule can override it.",
        minimum=0,
        maximum=100,
    )
    usage_events_queue: str = setting(
        "USAGE_EVENTS_QUEUE_NAME", "usage-events", "Queue of usage events.", section="Metrics", queue=True
    )
    rollup_queue: str = setting(
        "ROLLUP_QUEUE_NAME", "rollup-jobs", "Queue of roll-ups that are to be recomputed.", queue=True
    )
    metrics_schedule: str = setting(
        "METRICS_SCHEDULE",
        "0 */15 * * * *",
        "When roll-ups are recomputed from what came in: an NCRONTAB schedule in UTC. The host reads it; without it "
        "the timer AggregateMetrics doesn't run.",
        trigger=True,
    )
    health_dead_letter_baseline_percent: float = setting(
        "HEALTH_DEAD_LETTER_BASELINE_PERCENT",
        2.0,
        "Share of a day's ended jobs that may be dead letters, in percent. A larger one that rises is told of.",
        section="Job health",
        minimum=0,
        maximum=100,
    )
    health_dead_letter_minimum_sample: int = setting(
        "HEALTH_DEAD_LETTER_MINIMUM_SAMPLE",
        50,
        "Jobs that must have ended in a day for that share to be judged.",
        minimum=1,
    )
    health_budget_warning_percent: float = setting(
        "HEALTH_BUDGET_WARNING_PERCENT",
        80.0,
        "Share of the day's budget for models from which on it is told of, in percent.",
        minimum=0,
        maximum=100,
    )
    health_ping_url: str = setting(
        "HEALTH_PING_URL",
        "",
        "Address that is asked (GET) after each good look of the watch over jobs, so that a monitor elsewhere notices "
        "when it dies. Its host must be in NOTIFY_ALLOWED_HOSTS. A secret.",
        secret=True,
    )
    embeddings: str = setting(
        "EMBEDDINGS",
        "local",
        "Maker of embeddings: local (hashed character n-grams, which tell similar spelling, not similar meaning) "
        "or openai (the model OPENAI_EMBEDDING_MODEL).",
        section="Models and embeddings",
        choices=_LOCAL_OR_MODEL,
    )
    openai_embedding_model: str = setting(
        "OPENAI_EMBEDDING_MODEL",
        "text-embedding-3-small",
        "Model for EMBEDDINGS=openai. With Azure OpenAI: the deployment.",
    )
    openai_model: str = setting(
        "OPENAI_MODEL",
        "gpt-4o-mini",
        "Model for TASTE_ANALYSER, MOOD_EXTRACTOR and DIGEST_SUGGESTER when they are openai. With Azure OpenAI: "
        "the deployment.",
    )
    openai_api_key: str = setting(
        "OPENAI_API_KEY",
        "",
        "Key of OpenAI, or of the server at OPENAI_BASE_URL. With Azure OpenAI leave it empty: the app's identity "
        "is used.",
        secret=True,
    )
    openai_base_url: str = setting(
        "OPENAI_BASE_URL", "", "Address of another server with OpenAI's API, such as http://127.0.0.1:11434/v1."
    )
    azure_openai_endpoint: str = setting(
        "AZURE_OPENAI_ENDPOINT", "", "Azure OpenAI resource, accessed by identity: https://NAME.openai.azure.com."
    )
    azure_openai_api_version: str = setting("AZURE_OPENAI_API_VERSION", "2024-10-21", "API version of Azure OpenAI.")
    openai_timeout_seconds: float = setting(
        "OPENAI_TIMEOUT_SECONDS", 60.0, "Time-out of one request to the model.", minimum=0.1, maximum=70
    )
    openai_max_output_tokens: int = setting(
        "OPENAI_MAX_OUTPUT_TOKENS", 400, "Maximum tokens of one answer of the model.", minimum=16
    )
    llm_prices: str = setting(
        "LLM_PRICES",
        "gpt-4o-mini=0.15/0.60 gpt-4o=2.50/10.00 gpt-4.1-mini=0.40/1.60 gpt-4.1=2.00/8.00 "
        "text-embedding-3-small=0.02/0 text-embedding-3-large=0.13/0",
        "Prices of models in US dollars per million tokens: model=input/output, separated by blanks.",
    )
    llm_daily_budget_micro_usd: int = setting(
        "LLM_DAILY_BUDGET_MICRO_USD",
        5_000_000,
        "Daily budget for models (UTC) in millionths of a US dollar. Once it is spent, jobs wait until 00:00 UTC.",
        minimum=0,
    )
    auth_mode: str = setting(
        "AUTH_MODE",
        "none",
        "How callers of the HTTP API prove who they are: keys (API_KEYS), entra (tokens of ENTRA_TENANT_ID) or dev (on "
        "a laptop only: everybody on this machine may do everything). With none every request is refused.",
        section="HTTP API",
        choices=("none", "keys", "entra", "dev"),
    )
    api_keys: str = setting(
        "API_KEYS",
        "",
        "For AUTH_MODE=keys: a JSON list of entries, one per key. They hold the SHA-256 of a key, not the key itself. "
        "A secret all the same.",
        secret=True,
    )
    entra_tenant_id: str = setting(
        "ENTRA_TENANT_ID",
        "",
        "The tenant whose tokens are taken with AUTH_MODE=entra, and whose people sign in to the console.",
    )
    entra_audience: str = setting(
        "ENTRA_AUDIENCE", "", "For AUTH_MODE=entra: whom a token must be for, the app registration's client id or URI."
    )
    entra_authority: str = setting(
        "ENTRA_AUTHORITY",
        "https://login.microsoftonline.com",
        "Address that issues the tenant's tokens. Another one is for national clouds and tests.",
    )
    api_rate_per_minute: int = setting(
        "API_RATE_PER_MINUTE", 600, "Requests a minute that one caller may make of one instance.", minimum=1
    )
    api_body_limit: int = setting(
        "API_BODY_LIMIT",
        1_048_576,
        "Largest body of a request, in bytes.",
        minimum=1024,
        maximum=100_000_000,
    )
    console_url: str = setting(
        "CONSOLE_URL",
        "",
        "Public address of the operator console, such as https://NAME.azurewebsites.net/console. Notifications of "
        "alerts link to its pages.",
        section="Console",
    )
    console_secret: str = setting(
        "CONSOLE_SECRET",
        "",
        "Signs the console's sessions; long and random, the same on every instance. Needed in Azure; without it a "
        "session lasts as long as the process.",
        secret=True,
    )
    console_entra_client_id: str = setting(
        "CONSOLE_ENTRA_CLIENT_ID",
        "",
        "Client id of the app registration by which people of ENTRA_TENANT_ID sign in to the console, with AUTH_MODE "
        "keys or entra. Its app roles say what they may do. Without it nobody signs in by Entra.",
    )
    console_entra_identity: str = setting(
        "CONSOLE_ENTRA_IDENTITY",
        "",
        "Client id of the user-assigned managed identity that this registration trusts (federated credential). By it "
        "the app proves itself, and needs no secret.",
    )
    console_entra_client_secret: str = setting(
        "CONSOLE_ENTRA_CLIENT_SECRET",
        "",
        "Client secret of this registration, where there is no managed identity.",
        secret=True,
    )
    host_environment: str = setting(
        "AZURE_FUNCTIONS_ENVIRONMENT", "", "Set by the Functions host; on a laptop it is Development."
    )
    log_level: str = setting(
        "NIGHTSHIFT_LOG_LEVEL",
        "INFO",
        "Minimum level of log events: DEBUG, INFO, WARNING, ERROR.",
        section="Log and host",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
    )
    azure_instance: str = setting(OF_AZURE[0], "", "Set by Azure. Tells the app that it runs there, not on a laptop.")
    azure_container: str = setting(
        OF_AZURE[1], "", "As WEBSITE_INSTANCE_ID, set by the Flex and Linux Consumption plans."
    )
    azure_pod: str = setting(OF_AZURE[2], "", "As WEBSITE_INSTANCE_ID, set by newer instances of these plans.")
    telemetry: str = setting(
        "TELEMETRY",
        "off",
        "Where traces and metrics go: off, console (stderr), otlp (the collector at OTEL_EXPORTER_OTLP_ENDPOINT, which "
        "gets the log too) or azure-monitor (APPLICATIONINSIGHTS_CONNECTION_STRING).",
        section="Telemetry",
        choices=("off", "console", "otlp", "azure-monitor"),
    )
    otlp_endpoint: str = setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "http://localhost:4318",
        "Collector for TELEMETRY=otlp, spoken to in OTLP over HTTP. OpenTelemetry's other variables hold too, such as "
        "OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER and OTEL_METRIC_EXPORT_INTERVAL.",
    )
    insights: str = setting(
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "",
        "Application Insights for TELEMETRY=azure-monitor. The Functions host reads it too. A secret.",
        secret=True,
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings that `environment` gives. Raises Misconfigured with the setting's name and the remedy."""
        given = {f.name: (f, name) for f in fields(cls) if (name := given_name(f, environment)) is not None}
        values = {member: read(f, name, environment[name]) for member, (f, name) in given.items()}
        settings = cls(**values)
        _check(settings)
        return settings

    @property
    def in_azure(self) -> bool:
        """Whether this is an instance in Azure."""
        return bool(self.azure_name)

    @property
    def azure_name(self) -> str:
        """What Azure calls this instance; empty elsewhere.

        Other platforms set CONTAINER_NAME too; but who works on a storage of this machine's own isn't in Azure.
        """
        if _STORAGE_HERE.search(self.storage):
            return ""
        return self.azure_instance or self.azure_container or self.azure_pod

    @property
    def home_folder(self) -> Path:
        """The folder of local state, absolute."""
        return PROJECT_FOLDER / self.home


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the process's settings, read at the first call."""
    return Settings.from_environment(os.environ)


def environment() -> Mapping[str, str]:
    """Return all that is given, for checks of what isn't the app's own to read."""
    return os.environ


def _check(settings: Settings) -> None:
    setting_checks.check_documents(settings.documents, OF_AZURE if settings.in_azure else ())
    setting_checks.check_telemetry(settings.telemetry, settings.insights)
    setting_checks.check_poison_queue(settings.taste_poison_queue_given, settings.taste_queue)
    queues = [f for f in fields(settings) if f.metadata["queue"]]
    setting_checks.check_queues({f.metadata["name"]: getattr(settings, f.name) for f in queues})
