"""Runs the simulation of the queue runtime under faults, or the crash test with real processes.

./scripts/chaos                       300 seeds (./scripts/test: 100)
./scripts/chaos --seeds 5000          more of them
./scripts/chaos --seeds 100 --start 300
./scripts/chaos --seed 17 --trace     one seed again, step by step
./scripts/chaos --crash               workers killed by SIGKILL: 10 seeds of 20 kills and 200 jobs (some minutes)
./scripts/chaos --crash --seeds 1     one of them
./scripts/chaos --runs                runs of 200 shards whose hosts are killed: 10 seeds, and one by two timers
./scripts/chaos --digests             digests of 150 users whose hosts are killed: 10 seeds
./scripts/chaos --metrics             20,000 usage events, rolled up by hosts that are killed (some minutes)
./scripts/chaos --metrics --seeds 3   three times that, with other events
./scripts/chaos --bodies              10,000 bodies, of which each becomes a job or a dead letter
./scripts/chaos --frequencies         times of alert rules against a brute force, 20 zones, 2020 to 2040 (some minutes)
./scripts/chaos --model               every scenario of the protocol's models, with all their faults (many minutes)
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.azurite import PROJECT
from tests.chaos import simulation

SEEDS = 300
CRASH_SEEDS = 10
METRICS_SEEDS = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; return 1 when a promise was broken."""
    options = _parser().parse_args(arguments)
    if options.crash:
        from tests.chaos import crash

        return crash.main(range(options.start, options.start + (options.seeds or CRASH_SEEDS)))
    if options.runs:
        from tests.chaos import run_crash

        return run_crash.main(range(options.start, options.start + (options.seeds or CRASH_SEEDS)))
    if options.digests:
        from tests.chaos import digest_crash

        return digest_crash.main(range(options.start, options.start + (options.seeds or CRASH_SEEDS)))
    if options.metrics:
        from tests.chaos import metrics_crash

        return metrics_crash.main(range(options.start, options.start + (options.seeds or METRICS_SEEDS)))
    if options.bodies:
        return _bodies()
    if options.frequencies:
        return _frequencies(options.start)
    if options.model:
        return _models()
    if options.seed is not None:
        report = simulation.run(options.seed, print if options.trace else None)
        print(report)
        return int(report.violation is not None)
    return _many(range(options.start, options.start + (options.seeds or SEEDS)))


def _bodies() -> int:
    test = "tests/integration/jobs/test_any_body.py"
    environment = {**os.environ, "NIGHTSHIFT_BODY_RUNS": "500"}
    return subprocess.run([sys.executable, "-m", "pytest", test], cwd=PROJECT, env=environment, check=False).returncode


def _frequencies(seed: int) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-n2", "tests/unit/frequency/test_against_oracle.py"]
    environment = {**os.environ, "NIGHTSHIFT_ALL_FREQUENCIES": "1", "NIGHTSHIFT_FREQUENCY_SEED": str(seed)}
    return subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode


def _models() -> int:
    folder = PROJECT / "tests" / "model"
    ends = [
        subprocess.run([sys.executable, folder / model, "suite"], check=False).returncode
        for model in ("jobs_model.py", "signals_model.py")
    ]
    return int(any(ends))


def _many(seeds: range) -> int:
    began, jobs, hours, failed = time.monotonic(), 0, 0.0, []
    for seed in seeds:
        report = simulation.run(seed)
        jobs += report.jobs
        hours += report.virtual_seconds / 3600
        if report.violation is not None:
            failed.append(seed)
            print(report, flush=True)
        elif sys.stderr.isatty():
            print(f"\rseed {seed}", end="", file=sys.stderr, flush=True)
    took = time.monotonic() - began
    result = f"failed: {failed}" if failed else "every promise kept"
    print(f"{len(seeds)} seeds, {jobs} jobs, {hours:.0f} virtual hours in {took:.0f} s: {result}")
    return int(bool(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./scripts/chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seeds",
        type=int,
        help=f"how many (default {SEEDS}; with --metrics {METRICS_SEEDS}, with the others {CRASH_SEEDS})",
    )
    parser.add_argument("--start", type=int, default=0, help="the first of them (default 0)")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--trace", action="store_true", help="print each step of --seed")
    parser.add_argument("--crash", action="store_true", help="the crash test with real processes instead")
    parser.add_argument("--runs", action="store_true", help="the crash test of runs instead")
    parser.add_argument("--digests", action="store_true", help="digests whose hosts are killed")
    parser.add_argument("--metrics", action="store_true", help="roll-ups of metrics whose hosts are killed")
    parser.add_argument("--bodies", action="store_true", help="message bodies of every kind instead")
    parser.add_argument("--frequencies", action="store_true", help="times of alert rules, all windows instead of some")
    parser.add_argument("--model", action="store_true", help="the models of the protocol, whole")
    return parser


if __name__ == "__main__":
    sys.exit(main())
