"""Channels: where notifications go, one module per sort, listed in `registry`."""
