"""The web: what the app fetches, from which addresses, how often it tries, and how long it waits."""
