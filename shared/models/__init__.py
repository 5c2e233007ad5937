"""The language model: its client, what is asked of it, how it fails, what it costs, and vectors of texts."""
