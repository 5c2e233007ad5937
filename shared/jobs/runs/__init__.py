"""Runs: scheduled jobs on a ledger. A workload gives a `RunDefinition`, and processors/catalogue.py lists it."""
