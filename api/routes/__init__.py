"""Routes: one module per resource, each with its router `routes`."""
