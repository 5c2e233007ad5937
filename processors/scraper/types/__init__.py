"""The types of source. Each is a module with `CONTENT_TYPES`, `MAX_BYTES` and `read(page) -> Listing`."""
