"""Message queues: a narrow port, the Azure Storage adapter, and one in memory that runs the same pipeline."""
