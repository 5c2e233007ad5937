"""Command line of the development host, `python -m devhost`: which app, and with which times?"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from devhost import host, listening_socket
from devhost.errors import DevhostError
from devhost.host_clock import HostClock
from devhost.log_lines import LineFormatter, shorten_bad_requests
from devhost.plan import Times

_EPILOG = """\
examples:
  python -m devhost                          run the app in this folder
  python -m devhost --root ../my-app         run the app in another one
  python -m devhost --functions ProcessA     run one function only
  AzureFunctionsJobHost__extensions__queues__batchSize=1 python -m devhost
                                             any host.json value can be set so, as in Azure
  DEVHOST_RECEIVE_VISIBILITY_SECONDS=5 python -m devhost
                                             messages of a killed host come back after 5 s instead of 10 minutes
  curl -d '{}' -H 'Content-Type: application/json' 'http://127.0.0.1:7071/admin/functions/ProcessA?wait=true'
                                             run a function now, and see what came of it

It prints "devhost ready" when it polls. SIGTERM or Ctrl-C: finish what runs, then exit 0; again: exit at once.
This is a development host. Production is Azure Functions.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the development host; return the exit code when it can't start (2)."""
    options = _parser().parse_args(arguments)
    lines = logging.StreamHandler()
    lines.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.INFO, handlers=[lines])
    # The SDK logs each of its requests at INFO.
    for noisy in ("azure", "asyncio", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(shorten_bad_requests)
    how = host.Run(
        root=Path(options.root).resolve(),
        only=frozenset(options.functions) if options.functions else None,
        stop_limit_seconds=options.stop_limit,
        port=options.port,
        times=Times(
            receive_visibility=options.receive_visibility,
            lock_lease=options.lock_lease,
            lock_retry=options.lock_retry,
            clock=HostClock(timedelta(seconds=options.clock_offset), timedelta(seconds=options.fire_early)),
        ),
    )
    try:
        host.run(how)
    except DevhostError as error:
        logging.debug("Refused", exc_info=error)
        print(f"devhost: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devhost",
        description="Run function_app.py on Azurite the way the Azure Functions host would, without Core Tools.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--root", default=".", help="folder of function_app.py and host.json (default: this one)")
    parser.add_argument("--functions", nargs="+", metavar="NAME", help="run these functions only")
    parser.add_argument("--verbose", action="store_true", help="log what the host does silently, and every traceback")
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("DEVHOST_PORT"),
        help=f"port of the admin API and of HTTP functions on {listening_socket.HOST}; 0 is any free one (default: "
        f"{listening_socket.DEFAULT_PORT}, or any free one when that is taken; DEVHOST_PORT)",
    )
    parser.add_argument(
        "--stop-limit",
        type=float,
        metavar="SECONDS",
        default=os.environ.get("DEVHOST_STOP_LIMIT_SECONDS", str(host.STOP_LIMIT_SECONDS)),
        help="how long a stop waits for what runs (default %(default)s; DEVHOST_STOP_LIMIT_SECONDS)",
    )
    _add_test_options(parser.add_argument_group("for tests only, since the real host has them fixed"))
    return parser


def _add_test_options(group: argparse._ArgumentGroup) -> None:
    usual = Times()

    def add(name: str, default: float, meaning: str, number: type[float] | type[int] = float) -> None:
        variable = f"DEVHOST_{name.upper().replace('-', '_')}_SECONDS"
        group.add_argument(
            f"--{name}",
            type=number,
            metavar="SECONDS",
            default=os.environ.get(variable, str(default)),
            help=f"{meaning} (default %(default)s; {variable})",
        )

    add("receive-visibility", usual.receive_visibility, "visibility of a received message, renewed at half time")
    add("lock-lease", usual.lock_lease, "how long a timer's lock outlives its host: 15 to 60", int)
    add("lock-retry", usual.lock_retry, "how often another host asks for a timer's lock")
    add("clock-offset", 0, "how much later than the machine's clock the timers' clock is")
    add("fire-early", 0, "how long before its instant a timer fires")


if __name__ == "__main__":
    sys.exit(main())
