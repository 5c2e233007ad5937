"""Explain: why is a thing where it is, and what happens next?

`asking.explain` finds the thing (finding.py), reads what it depends on (gathering.py), and tells. What is told follows
from what was read by rules without any reading: one module per sort of thing (jobs.py, letters.py, runs.py, rules.py,
sources.py).
"""
