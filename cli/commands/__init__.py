"""One module per noun. Each imports what it needs inside its commands, so that every one starts quickly."""
