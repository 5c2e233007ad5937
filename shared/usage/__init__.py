"""Usage events: what happened, kept one document each, and the marks that tell the roll-ups what to recompute."""
