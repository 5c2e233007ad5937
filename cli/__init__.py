"""`nightshift`: what developers and on-call operators type."""
