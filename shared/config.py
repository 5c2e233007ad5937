"""Settings: which are there, what do they mean, and what is their value here?

Read once, from the environment only (`devhost` and the CLI first lay local.settings.json under it). Plain dataclasses,
since importing pydantic-settings alone would nearly double a cold start. Each setting carries its own documentation:
the README's table, local.settings.sample.json and `doctor` are made from it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from shared.errors import Misconfigured

PROJECT_FOLDER = Path(__file__).resolve().parents[1]
"""The folder of function_app.py."""
OF_AZURE = ("WEBSITE_INSTANCE_ID", "CONTAINER_NAME", "WEBSITE_POD_NAME")
"""What Azure sets of these tells that this is an instance of it: no plan sets all, Flex Consumption not the first."""
_STORAGE_HERE = re.compile(r"UseDevelopmentStorage=true|://(127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/;]", re.IGNORECASE)
"""Azurite on this machine."""


def _setting(
    name: str,
    default: Any,
    about: str,
    *,
    secret: bool = False,
    minimum: float | None = None,
    maximum: float = float("inf"),
    formerly: tuple[str, ...] = (),
    queue: bool = False,
) -> Any:
    """Describe a setting, one that names a `queue` too. Older names (`formerly`) are read after the present one."""
    metadata = {
        "name": name,
        "about": about,
        "secret": secret,
        "minimum": minimum,
        "maximum": maximum,
        "formerly": formerly,
        "queue": queue,
    }
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the app, with its default. `Settings.from_environment` reads them."""

    storage: str = _setting(
        "AzureWebJobsStorage",
        "",
        "Connection string of the storage account (queues and blobs). With identity instead: "
        "AzureWebJobsStorage__accountName, or __queueServiceUri and __blobServiceUri.",
        secret=True,
    )
    storage_account: str = _setting("AzureWebJobsStorage__accountName", "", "Storage account to reach by identity.")
    queue_service_uri: str = _setting(
        "AzureWebJobsStorage__queueServiceUri", "", "Queue endpoint to reach by identity."
    )
    blob_service_uri: str = _setting("AzureWebJobsStorage__blobServiceUri", "", "Blob endpoint to reach by identity.")
    documents: str = _setting(
        "DOCUMENTS", "sqlite", "Document store: sqlite (laptops) or cosmos. In Azure only cosmos is accepted."
    )
    home: str = _setting(
        "NIGHTSHIFT_HOME",
        ".local",
        "Folder of local state (SQLite file, Azurite's data, logs), relative to the project.",
    )
    sqlite: str = _setting(
        "NIGHTSHIFT_SQLITE", "nightshift.sqlite3", "SQLite file, relative to NIGHTSHIFT_HOME; :memory: forgets it all."
    )
    cosmos_endpoint: str = _setting(
        "COSMOS_ENDPOINT",
        "",
        "Address of the Cosmos DB account, for DOCUMENTS=cosmos: https://ACCOUNT.documents.azure.com.",
    )
    cosmos_key: str = _setting(
        "COSMOS_KEY", "", "Key of that account. In Azure leave it empty: the app's identity is used.", secret=True
    )
    cosmos_database: str = _setting("COSMOS_DATABASE", "nightshift", "Database in that account.")
    taste_queue: str = _setting("TASTE_JOB_QUEUE_NAME", "taste-analysis-jobs", "Queue of taste jobs.", queue=True)
    taste_poison_queue_given: str = _setting(
        "TASTE_JOB_DEAD_LETTER_QUEUE_NAME",
        "",
        "Where the host puts taste messages it gave up on. Needn't be given: that is always "
        "<TASTE_JOB_QUEUE_NAME>-poison, and no other name is accepted.",
    )
    taste_max_attempts: int = _setting(
        "TASTE_JOB_MAX_ATTEMPTS", 5, "Handlings that may fail as Transient before a job is dead.", minimum=1
    )
    taste_redelivery_max_seconds: float = _setting(
        "TASTE_JOB_REDELIVERY_MAX_SECONDS", 300.0, "Longest wait between two attempts.", minimum=1
    )
    taste_dedupe_ttl_seconds: float = _setting(
        "TASTE_JOB_DEDUPE_TTL_SECONDS", 180.0, "How long a repeat of an unfinished job is a duplicate.", minimum=0
    )
    taste_completed_ttl_seconds: float = _setting(
        "TASTE_JOB_COMPLETED_TTL_SECONDS", 3600.0, "How long a repeat of a completed job is a duplicate.", minimum=0
    )
    taste_half_life_days: float = _setting(
        "TASTE_PROFILE_HALF_LIFE_DAYS", 60.0, "Age at which a like counts half in the taste profile.", minimum=0.001
    )
    taste_analyser: str = _setting(
        "TASTE_ANALYSER", "local", "Who looks at pictures: local (this machine) or openai (a model, see OPENAI_MODEL)."
    )
    run_queue: str = _setting("RUN_QUEUE_NAME", "job-runs", "Queue of runs, the jobs that timers open.", queue=True)
    run_look_seconds: float = _setting(
        "RUN_LOOK_SECONDS", 5.0, "How often a run looks whether its shards have ended.", minimum=0.1, maximum=600
    )
    call_base_backoff_seconds: float = _setting(
        "CALL_BASE_BACKOFF_SECONDS",
        0.75,
        "First wait between two tries of one outside call.",
        minimum=0,
        formerly=("TASTE_JOB_BASE_BACKOFF_SECONDS",),
    )
    call_max_backoff_seconds: float = _setting(
        "CALL_MAX_BACKOFF_SECONDS",
        6.0,
        "Longest wait between two tries of one outside call.",
        minimum=0,
        formerly=("TASTE_JOB_MAX_BACKOFF_SECONDS",),
    )
    call_jitter_seconds: float = _setting(
        "CALL_JITTER_SECONDS",
        0.2,
        "Random part added to such a wait, at most.",
        minimum=0,
        formerly=("TASTE_JOB_JITTER_SECONDS",),
    )
    image_blob_accounts: str = _setting(
        "IMAGE_BLOB_ACCOUNTS",
        "",
        "Where else pictures lie in private blobs that the app reads with its own identity: blob endpoints, or "
        "containers in them, separated by commas. The app's own wardrobe-images always.",
    )
    fetch_allowed_local: str = _setting(
        "FETCH_ALLOWED_LOCAL",
        "",
        "Hosts (host:port, separated by commas) that pictures and sources may be fetched from though they aren't "
        "public, also by http: for tests and demos.",
    )
    scrape_queue: str = _setting("SCRAPE_QUEUE_NAME", "scrape-jobs", "Queue of sources to be scraped.", queue=True)
    scraper_contact: str = _setting(
        "SCRAPER_CONTACT",
        "",
        "Where a site's owner can reach you: an address of a page or of mail. Part of the scraper's User-Agent.",
    )
    scraper_host_delay_seconds: float = _setting(
        "SCRAPER_HOST_DELAY_SECONDS",
        2.0,
        "Least time between two requests to one host, of all workers. A longer Crawl-delay in its robots.txt wins.",
        minimum=0,
        maximum=60,
    )
    scraper_failures_to_pause: int = _setting(
        "SCRAPER_FAILURES_TO_PAUSE", 5, "A source that fails in so many runs in a row is paused.", minimum=1
    )
    scraper_silent_days: float = _setting(
        "SCRAPER_SILENT_DAYS", 30.0, "A source that had items and has no new ones for so long is reported.", minimum=1
    )
    mood_queue: str = _setting(
        "MOOD_QUEUE_NAME", "mood-jobs", "Queue of chunks of items whose moods are looked for.", queue=True
    )
    mood_extractor: str = _setting(
        "MOOD_EXTRACTOR",
        "local",
        "Who finds moods in scraped items: local (a lexicon and clusters, on this machine) or openai (OPENAI_MODEL).",
    )
    digest_queue: str = _setting(
        "DIGEST_QUEUE_NAME", "digest-jobs", "Queue of groups of users to be sent digests.", queue=True
    )
    digest_concurrency: int = _setting(
        "WEEKLY_DIGEST_MAX_CONCURRENCY", 6, "Users of one group whose digests are made at once.", minimum=1, maximum=64
    )
    digest_suggester: str = _setting(
        "DIGEST_SUGGESTER", "local", "Who makes a digest's suggestions: local (rules) or openai (OPENAI_MODEL)."
    )
    notification_queue: str = _setting(
        "NOTIFICATION_QUEUE_NAME", "notifications", "Queue of notifications.", queue=True
    )
    slack_webhook_url: str = _setting(
        "SLACK_WEBHOOK_URL", "", "Slack's incoming webhook that alerts go to. A secret.", secret=True
    )
    slack_tag_users: str = _setting(
        "SLACK_TAG_USERS", "", "Ids of Slack users who are tagged in alerts, separated by commas."
    )
    notify_webhook_url: str = _setting(
        "NOTIFY_WEBHOOK_URL", "", "Another webhook that alerts go to, as signed JSON. A secret.", secret=True
    )
    notify_webhook_secret: str = _setting(
        "NOTIFY_WEBHOOK_SECRET", "", "What that webhook's messages are signed with.", secret=True
    )
    notify_allowed_hosts: str = _setting(
        "NOTIFY_ALLOWED_HOSTS", "hooks.slack.com", "Hosts that webhooks may be at, separated by commas."
    )
    call_events_queue: str = _setting(
        "CALL_EVENTS_QUEUE_NAME", "call-events", "Queue of outbound calls' events.", queue=True
    )
    pickup_rate_queue: str = _setting(
        "PICKUP_RATE_QUEUE_NAME", "pickup-rate-jobs", "Queue of evaluations of pickup rates.", queue=True
    )
    enable_pickup_rate_alert: bool = _setting(
        "ENABLE_PICKUP_RATE_ALERT",
        False,
        "Whether pickup rates are watched (true, false). The numbers of a scope can say otherwise.",
    )
    pickup_rate_interval_seconds: int = _setting(
        "PICKUP_RATE_ALERT_INTERVAL_SECONDS", 86_400, "How often each scope's rates are evaluated.", minimum=60
    )
    pickup_rate_threshold: float = _setting(
        "PICKUP_RATE_ALERT_THRESHOLD", 40.0, "Percent; a rate below it is a breach.", minimum=0, maximum=100
    )
    embeddings: str = _setting(
        "EMBEDDINGS",
        "local",
        "Who turns texts into vectors: local (hashed character n-grams: alike spelling, not meaning) or openai "
        "(OPENAI_EMBEDDING_MODEL).",
    )
    openai_embedding_model: str = _setting(
        "OPENAI_EMBEDDING_MODEL",
        "text-embedding-3-small",
        "The model that EMBEDDINGS=openai asks; with Azure OpenAI its deployment.",
    )
    openai_model: str = _setting(
        "OPENAI_MODEL",
        "gpt-4o-mini",
        "The model that TASTE_ANALYSER, MOOD_EXTRACTOR and DIGEST_SUGGESTER ask as openai; with Azure OpenAI its "
        "deployment.",
    )
    openai_api_key: str = _setting(
        "OPENAI_API_KEY",
        "",
        "Key of OpenAI or of OPENAI_BASE_URL. With Azure OpenAI leave it empty: the app's identity is used.",
        secret=True,
    )
    openai_base_url: str = _setting(
        "OPENAI_BASE_URL", "", "Another server that speaks OpenAI's API, such as http://127.0.0.1:11434/v1."
    )
    azure_openai_endpoint: str = _setting(
        "AZURE_OPENAI_ENDPOINT", "", "Azure OpenAI resource to ask by identity: https://NAME.openai.azure.com."
    )
    azure_openai_api_version: str = _setting("AZURE_OPENAI_API_VERSION", "2024-10-21", "API version of Azure OpenAI.")
    openai_timeout_seconds: float = _setting(
        "OPENAI_TIMEOUT_SECONDS", 60.0, "Longest wait for one answer of the model.", minimum=0.1, maximum=70
    )
    openai_max_output_tokens: int = _setting(
        "OPENAI_MAX_OUTPUT_TOKENS", 400, "Most tokens of one answer of the model.", minimum=16
    )
    llm_prices: str = _setting(
        "LLM_PRICES",
        "gpt-4o-mini=0.15/0.60 gpt-4o=2.50/10.00 gpt-4.1-mini=0.40/1.60 gpt-4.1=2.00/8.00 "
        "text-embedding-3-small=0.02/0 text-embedding-3-large=0.13/0",
        "What models cost: model=input/output in US dollars per million tokens, separated by blanks.",
    )
    llm_daily_budget_micro_usd: int = _setting(
        "LLM_DAILY_BUDGET_MICRO_USD",
        5_000_000,
        "Most that models may cost a day (UTC), in millionths of a US dollar. Reached: jobs wait until 00:00 UTC.",
        minimum=0,
    )
    log_level: str = _setting("NIGHTSHIFT_LOG_LEVEL", "INFO", "Least level of log events: DEBUG, INFO, WARNING, ERROR.")
    azure_instance: str = _setting(OF_AZURE[0], "", "Set by Azure; tells the app that it isn't on a laptop.")
    azure_container: str = _setting(OF_AZURE[1], "", "The same, set by the Flex and Linux Consumption plans.")
    azure_pod: str = _setting(OF_AZURE[2], "", "The same, set by newer instances of these plans.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings that `environment` gives. Raises Misconfigured with the setting's name and the remedy."""
        given = {f.name: (f, name) for f in fields(cls) if (name := given_name(f, environment)) is not None}
        values = {member: _read(f, name, environment[name]) for member, (f, name) in given.items()}
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


def describe() -> Iterator[tuple[str, str, str]]:
    """Yield (name, default as text, what it is for, with its older names) of every setting, in the table's order."""
    for f in fields(Settings):
        default = "" if f.default is MISSING else str(f.default).lower() if f.default is False else str(f.default)
        older = "".join(f" Formerly {name}, which is still read." for name in f.metadata["formerly"])
        yield f.metadata["name"], default, f.metadata["about"] + older


def given_name(of: Field[Any], environment: Mapping[str, str]) -> str | None:
    """Return which of a setting's names `environment` has, its present one before its older ones; None: no one."""
    return next((name for name in (of.metadata["name"], *of.metadata["formerly"]) if name in environment), None)


def queues() -> dict[str, str]:
    """Return (name: default) of every setting that names a queue.

    Triggers name their queue by it, and the host that resolves the name knows none of these defaults.
    """
    return {f.metadata["name"]: str(f.default) for f in fields(Settings) if f.metadata["queue"]}


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the process's settings, read at the first call."""
    return Settings.from_environment(os.environ)


def _read(f: Field[Any], name: str, text: str) -> Any:
    if isinstance(f.default, bool):
        return _flag(name, text)
    if isinstance(f.default, str):
        return text
    whole = isinstance(f.default, int)
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise Misconfigured(
            f"Setting {name} is {text!r}; it takes {kind}, such as {f.default}.", code="setting_invalid"
        ) from None
    least, most = f.metadata["minimum"], f.metadata["maximum"]
    if not least <= value <= most or value == float("inf"):
        bounds = f"{least} or more" if most == float("inf") else f"{least} to {most}"
        raise Misconfigured(f"Setting {name} is {text}; it takes {bounds}.", code="setting_invalid")
    return value


def _flag(name: str, text: str) -> bool:
    meant = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    plain = text.strip().lower()
    if plain not in meant and plain:
        raise Misconfigured(f"Setting {name} is {text!r}; it takes true or false.", code="setting_invalid")
    return meant.get(plain, False)


def _check(settings: Settings) -> None:
    if settings.documents not in ("sqlite", "cosmos"):
        raise Misconfigured(
            f"Setting DOCUMENTS is {settings.documents!r}; it takes sqlite or cosmos.", code="setting_invalid"
        )
    for name, value in (
        ("TASTE_ANALYSER", settings.taste_analyser),
        ("MOOD_EXTRACTOR", settings.mood_extractor),
        ("EMBEDDINGS", settings.embeddings),
        ("DIGEST_SUGGESTER", settings.digest_suggester),
    ):
        if value not in ("local", "openai"):
            raise Misconfigured(f"Setting {name} is {value!r}; it takes local or openai.", code="setting_invalid")
    if settings.in_azure and settings.documents != "cosmos":
        raise Misconfigured(
            "Setting DOCUMENTS is 'sqlite', but in Azure the disk of an instance goes with it. Set DOCUMENTS=cosmos. "
            f"(That this is Azure, one of {', '.join(OF_AZURE)} says; a laptop has its storage on itself: "
            "AzureWebJobsStorage=UseDevelopmentStorage=true.)",
            code="setting_invalid",
        )
    _check_queues(settings)


def _check_queues(settings: Settings) -> None:
    given, poison = settings.taste_poison_queue_given, f"{settings.taste_queue}-poison"
    if given and given != poison:
        raise Misconfigured(
            f"Setting TASTE_JOB_DEAD_LETTER_QUEUE_NAME is {given!r}, but the Functions host puts the messages it gives "
            f"up on into {poison!r} (always <queue>-poison), so nobody would read them. Leave it out, or set it to "
            f"{poison!r}.",
            code="setting_invalid",
        )
    readers: dict[str, str] = {}
    for f in fields(settings):
        if f.metadata["queue"]:
            name, queue = f.metadata["name"], getattr(settings, f.name)
            for read in (queue, f"{queue}-poison"):
                if read in readers:
                    raise Misconfigured(
                        f"Settings {readers[read]} and {name} share the queue {read!r}: each would take the other's "
                        "messages for broken ones. Each needs a queue of its own.",
                        code="queue_shared",
                    )
                readers[read] = name
