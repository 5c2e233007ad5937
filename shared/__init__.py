"""Mechanisms that the workloads have in common. Nothing here knows a workload."""
