"""Costs stay flat: what a unit of work asks of the store doesn't depend on how many there are."""
