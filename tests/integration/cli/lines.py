"""Which command lines is the recorded world asked by? Names in braces are of its users, causes and files."""

from __future__ import annotations

NOT_ASKED = {
    "doctor": "tells of this machine",
    "keys new": "makes another key each time",
    "init": "tells what other tests of the session have made",
    "llm check": "asks a model",
    "sas": "makes another signature each time",
    "sources test": "asks a server",
}
"""Commands that aren't asked, and why."""

NOT_GIVEN = {
    "analyse": {"--analyser", "--title", "--jsonl"},
    "digest preview": {"--open"},
    "digest show": {"--open"},
    "enqueue taste": {"--wait", "--timeout"},
    "metrics backfill": {"--wait", "--timeout"},
    "metrics live": {"--csv"},
    "metrics series": {"--csv"},
    "profile show": {"--top"},
    "run": {"--wait", "--timeout"},
    "status": {"--watch", "--every"},
}
"""Options that aren't given: they need a model, a server, a browser or a host, or change nothing of --json."""

READING = """
schedule
schedule --count 10
schedule digest
schedule RescueJobs --count 1
schedule nonesuch
status
health
wardrobe list {ada}
wardrobe list nobody
profile show {ada}
profile show {ada} --evidence
profile show nobody
explain job-queued
explain job:job-running
explain job-crashed
explain job-wait
explain job-held --user {ben}
explain job-completed
explain job-cancelled
explain dead-slow
explain dead-letter:dead-missing-1
explain dead-again
explain dead-body
explain job:dead-shard
explain digest
explain digest/2026-W49
explain scraper/2026-11-20
explain scraper/2026-11-22
explain run:scraper/2026-11-23
explain moods/2026-11-22/1
explain moods/2026-11-24
explain pickups
explain 'Model costs'
explain asleep
explain rule:silence --client acme
explain Shop
explain Streets
explain source:Broken
explain job-
explain nonesuch
jobs list
jobs list --limit 3
jobs list --state queued
jobs list --state running
jobs list --state waiting
jobs list --state completed
jobs list --state dead
jobs list --state cancelled
jobs list --state discarded
jobs list --kind taste --user {ada}
jobs list --kind run --state completed
jobs list --kind nonesuch
jobs list --user nobody
jobs show job-queued
jobs show job-running
jobs show job-crashed
jobs show job-wait
jobs show job-held --user {ben}
jobs show job-held --user {ada}
jobs show job-completed
jobs show job-cancelled
jobs show job-discarded
jobs show dead-slow
jobs show dead-body
jobs show 'digest|2026-W47|1'
jobs show job-
jobs show nonesuch
jobs follow job-completed
jobs follow nonesuch
jobs follow --user nobody --timeout 1
dead-letters list
dead-letters list --limit 2
dead-letters list --queue recorded-mood-jobs
dead-letters list --queue nonesuch
dead-letters list --class Transiant
dead-letters list --queue recorded-digest-jobs
dead-letters list --class Transient
dead-letters list --cause {missing}
dead-letters list --since 2h
dead-letters list --since 2026-11-23T08:40:00Z
dead-letters list --since lately
dead-letters list --user {ada}
dead-letters list --by-cause
dead-letters list --by-cause --limit 1
dead-letters list --by-cause --user {ben} --class Permanent
dead-letters show dead-missing-2
dead-letters show dead-slow
dead-letters show dead-again
dead-letters show dead-crashed
dead-letters show dead-body
dead-letters show dead-inv --user {ben}
dead-letters show dead-shard
dead-letters show job-queued
dead-letters replay --all --dry-run
dead-letters replay dead-slow --dry-run
dead-letters replay --cause {missing} --force --dry-run
dead-letters replay --queue recorded-mood-jobs --dry-run
dead-letters replay dead-invalid --edit {folder}/corrected.json --dry-run
dead-letters replay --class Transient --user {ada} --since 3h --limit 1 --dry-run
dead-letters replay job-queued --dry-run
dead-letters replay --dry-run
dead-letters discard --all --dry-run
dead-letters discard --cause {missing} --user {ben} --dry-run
dead-letters discard --queue recorded-mood-jobs --since 1h --class Permanent --limit 1 --dry-run
dead-letters purge --all --dry-run
dead-letters purge --cause {missing} --limit 2 --dry-run
dead-letters purge job-discarded --user {ben} --dry-run
dead-letters purge --queue recorded-mood-jobs --since 1h --class Permanent --dry-run
runs list
runs list --limit 2
runs list --name scraper
runs list --state failed
runs list --name digest --state completed
runs missed
runs missed --since 3d
runs missed --name moods --limit 1
runs show digest
runs show digest/2026-W47/1
runs show scraper/2026-11-20
runs show scraper/2026-11-22
runs show scraper/2026-11-23
runs show moods/2026-11-22/1
runs show moods/2026-11-24
runs show nonesuch
sources list
moods list
moods list --primary preppy
moods list --limit 1
moods list --primary nonesuch
moods show mood-linen
moods show 'nautical stripes'
moods show nonesuch
moods trend
moods trend --weeks 12 --primary resort
moods trend --limit 1
digest show {ada}
digest show {ada} --week 2026-W47
digest show {ada} --save {folder}/saved
digest show {ben}
digest preview {ada}
digest preview {ada} --save {folder}/saved
digest preview nobody
metrics list
metrics status
metrics series --org acme --metric pages_processed --from 60d --to 1d --granularity day --source day
metrics series --org acme --project invoices --tag eu --from 3d --granularity hour --timezone Europe/Berlin
metrics series --org acme --metric llm_call
metrics overview --org acme --from 40d
metrics overview --org acme --project invoices --tag eu --from 2d --to 1h --granularity day --source hour
metrics summary --org acme
metrics summary --org acme --metric llm_usage --project invoices --tag eu --from 2d --to 1h --source hour
metrics live --org acme --from 2d --timezone UTC
metrics live --org acme --metric llm_calls --project invoices --tag eu --from 3d --to 1h --granularity day
metrics export --org acme --metric llm_calls --from 3d --source hour --format openmetrics --out {folder}/acme.om
metrics export --org acme --project invoices --tag eu --to 1h --out {folder}/acme.csv
metrics backfill --days 30 --dry-run
metrics backfill --days 3 --tier week --dry-run
pickup-rate show
pickup-rate show --scope merchant:m1
pickup-rate show --scope reseller:r1 --lookback 6h
pickup-rate show --scope reseller:r1 --lookback 6h --exact
pickup-rate show --scope merchant:m2 --lookback 3d --at 2026-11-22T09:00:00Z
pickup-rate show --scope nonesuch
pickup-rate config get
pickup-rate config get --scope merchant:m1
pickup-rate config get --scope merchant:new
alerts states
alerts history
alerts history --scope merchant:m1 --since 7d
alerts history --since 1d --limit 1
alerts list
alerts list --client acme
alerts list --client nobody
alerts show pickups
alerts show 'Model costs'
alerts show silence --client acme
alerts show nonesuch
alerts show Pickups
alerts export
alerts export --client acme
alerts preview pickups
alerts preview silence --client acme --count 2
alerts preview asleep
alerts preview --cron '*/30 9-17 * * 1-5' --timezone Australia/Lord_Howe --count 3
alerts preview --daily 02:30 --timezone Europe/Berlin
alerts preview --cron '99 * * * *'
alerts preview
alerts apply {folder}/rules.json --dry-run
alerts apply {folder}/rules.json --prune --dry-run
alerts apply {folder}/cycle.json --dry-run
alerts backtest pickups --from 3d
alerts backtest 'Few pickups' --from 2026-11-20T10:00:00Z --to 2026-11-22T10:00:00Z --set threshold=60 --set for=2
alerts backtest silence --client acme --from 12d --to 8d
alerts backtest costs --from 3d --sweep threshold=0..1
alerts backtest pickups --from 4d --set windowSeconds=86400 --sweep threshold=70..90:10
alerts backtest {folder}/rule.json --from 12d --to 8d
alerts backtest {folder}/rules.json
alerts backtest pickups --set treshold=50
alerts backtest pickups --set threshold=many
alerts backtest pickups --sweep threshold=60
alerts backtest pickups --sweep threshold=0..1000
alerts backtest pickups --from 1h --to 2h
alerts backtest pickups --from 10m
alerts backtest pickups --from 300d --to 200d
alerts backtest nonesuch
pickup-rate backtest --from 4d --to 1h --set interval_seconds=43200
pickup-rate backtest --scope merchant:m1 --from 4d --set interval_seconds=21600 --sweep threshold=20..80:20
pickup-rate backtest --scope merchant:off
pickup-rate backtest --scope nonesuch
pickup-rate backtest --set treshold=50
pickup-rate backtest --set threshold=many
pickup-rate backtest --set threshold
scheduler status
alerts states --client acme
alerts history --client acme
tasks list
tasks list --client acme
tasks list --client acme --owner {ada} --state all --limit 1
tasks list --client acme --state resolved
users export {ada}
users export {ben}
users export nobody
gates list
rescue --dry-run
analyse {folder}/items.csv
analyse {folder}/bad.csv
""".strip().splitlines()
"""Lines that change nothing (but that an export leaves an audit line)."""

CHANGING = """
run digest
run digest --slot 2026-W45
run digest --slot 2026-W47 --force
run digest --user {ada}
run digest --user nobody
run moods --user {ada}
run moods --slot 2026-11-20
run scraper --slot 2027-01-01
run nonesuch
rescue
wardrobe import {folder}/wardrobe.csv
wardrobe wear {ada} rain-coat --at 2h
wardrobe wear {ada} breton-tee
wardrobe wear {ada} nonesuch
enqueue taste --user {ada} --item red-heels
enqueue taste {ada} rain-coat
enqueue taste --user {ada} --item x --image https://pictures.example/x.png --title X --tags 'a;b' --job-id job-completed
enqueue taste --user {ben} --item plum-cap --signal down --created-at 2026-11-23T09:00:00Z --gallery-index 2
enqueue taste --file {folder}/likes.jsonl
enqueue taste --raw {folder}/broken.json
jobs cancel job-waiting --why 'asked for by mistake' --yes
jobs cancel job-running --user {ada} --yes
jobs cancel job-running
jobs cancel job-completed --yes
jobs cancel nonesuch --yes
dead-letters replay dead-slow
dead-letters replay --all
dead-letters replay --all --force --rate 1000 --limit 3
dead-letters replay dead-invalid --edit {folder}/corrected.json
dead-letters replay dead-body --edit {folder}/corrected.json
dead-letters discard --cause {missing} --why 'the shop is gone' --yes
dead-letters discard dead-slow dead-crashed --yes
dead-letters discard --all
dead-letters purge --all --yes
dead-letters purge --queue nonesuch --yes
dead-letters purge dead-slow --yes
runs cancel scraper/2026-11-23 --why 'wrong template' --yes
runs cancel moods/2026-11-24 --yes
runs cancel digest/2026-W48 --yes
runs cancel scraper --yes
sources add https://new.example/feed.xml --name New
sources add https://shop.example/feed.xml
sources add https://new.example/dresses --type page
sources add http://127.0.0.1:8080/feed.xml
sources add http://10.0.0.1/feed.xml
sources pause Shop --reason 'the shop asked us to'
sources resume Streets
sources resume nonesuch
digest feedback {ada} down breton-tee
digest feedback {ada} up nonesuch
calls import {folder}/calls.jsonl
calls import {folder}/calls.csv
metrics record {folder}/events.jsonl
metrics record {folder}/events.csv
metrics backfill --days 2 --org acme --tier hour,day
metrics backfill --days 2 --org acme --tier hour,day --force
pickup-rate check
pickup-rate config set enabled=true threshold=45
pickup-rate config set --scope merchant:m1 reseller=null evaluation=wilson
pickup-rate config set threshold=many
pickup-rate config set treshold=55
alerts silence pickup-rate merchant:m1 --for 2h --reason 'their line is being moved'
alerts silence pickup-rate merchant:m2 --end
alerts silence pickup-rate merchant:m2
alerts create --name Cost --measure llm_usage --scope org:acme --when '> 100' --id cost
alerts create --name 'Bad share' --id share --client acme --measure failed_pages/pages_processed --scope org:acme \
--when '>= 0.05' --window 24h --minimum-sample 20 --for 2 --margin 0.01 --cron '0 9 * * 1-5' --timezone Europe/Berlin \
--severity critical --channel outbox --owner {ada} --after silence --active
alerts create --file {folder}/rule.json
alerts create --file {folder}/rule.json --daily 08:00 --inactive
alerts create --name Cost --measure llm_usge --scope org:acme --when '> 100'
alerts create --name Cost --measure llm_usage --scope org:acme --when '> 100' --cron '0 25 * * *'
alerts create --name Cost --measure llm_usage --scope merchant:m1 --when '> 100'
alerts create --name Cost --measure llm_usage --scope org:acme --when 'many'
alerts create --name Cost --measure llm_usage --scope org:acme --when '> 100' --id costs
alerts update costs --when '> 200' --window 2h --severity error --name 'Costs of models'
alerts update costs --file {folder}/change.json
alerts update silence --client acme --inactive
alerts update asleep --active
alerts update pickups --after costs
alerts update costs --measure llm_usage/llm_calls --scope org:acme --minimum-sample 5 --for 3 --margin 1
alerts update costs --cron '*/30 * * * *' --timezone UTC --channel outbox --owner {ada}
alerts update costs --daily 10:00
alerts update costs --timezone Europe/Berlin
alerts update costs
alerts delete pickups --yes
alerts delete silence --client acme --yes
alerts delete nonesuch --yes
alerts run pickups
alerts run silence --client acme
alerts run asleep
alerts apply {folder}/rules.json --yes
alerts apply {folder}/rules.json --client acme --prune --yes
alerts apply {folder}/broken.json --yes
alerts apply {folder}/bad-rules.json --yes
scheduler stop --reason 'the store is being moved'
scheduler start
scheduler reload
alerts silence pickup-rate global --for 2h --client acme
tasks ack 8b34cee5 --client acme
tasks ack a12c3b79 --client acme
tasks ack ca11954b --client acme
tasks ack nonesuch
notify test outbox
notify test slack
users opt-out {ada}
users opt-in {ben}
users describe {ada} --name Ada --email ada@example.com --consent --locale en-GB
users describe {ben} --email nowhere
users export {ada} --out {folder}/ada.json
users forget {ben} --yes
users forget {ada} --yes
users forget {ada}
gates close queue:recorded-taste-analysis-jobs --reason deploy --for 30m
gates close queue:recorded-mood-jobs --reason again
gates close queue:nonesuch --reason deploy
gates open model:gpt-4o-mini
gates open queue:nonesuch
store init
""".strip().splitlines()
"""Lines that change the world, or are refused to: what they leave behind is compared too."""
