"""The operator console: pages about runs, jobs and dead letters at /console, rendered on the server.

Its pages call operations/ and nothing else, as the API's routes do. It is loaded at its first request.
"""

PREFIX = "/console"
"""Where its pages are."""


def is_part_of(path: str) -> bool:
    """Return whether a path is the console's, which knows by itself who asks."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")
