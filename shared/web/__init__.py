"""How the app talks to the web: what it fetches, from which addresses, how often it tries, and how long it waits."""
