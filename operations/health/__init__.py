"""Health: whether what jobs need is there: storage, document store, model; one module per service."""
