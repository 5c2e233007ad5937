"""Lets ``python -m cli`` be ``nightshift``."""

from cli.main import main

main()
