"""The document store: a narrow port, its adapters, and the table of containers."""
