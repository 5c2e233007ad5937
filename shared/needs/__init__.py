"""Needs: has Azure what the app needs, and may the app use it? Asked once as it starts, and by an operator's doctor."""
