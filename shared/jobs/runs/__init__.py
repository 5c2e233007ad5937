"""Runs: scheduled jobs on a ledger. A workload registers a `RunDefinition` and nothing else."""
