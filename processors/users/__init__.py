"""All that is kept of a user."""
