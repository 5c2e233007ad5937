"""Handbook: docs/ as a site. ./scripts/docs builds it."""
