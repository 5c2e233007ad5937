"""Alerts: the state machine, its states in the store, and how what they tell reaches people."""
