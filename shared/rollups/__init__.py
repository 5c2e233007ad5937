"""Roll-ups: what many small documents add up to, recomputed bucket by bucket wherever something was marked."""
