"""Benchmarks: what the app costs beside the least that anybody would have to pay.

Every number is a median over runs, and every ratio is taken between things measured in the same run, so that a busy
machine slows both.
"""
