"""Job health: a watch over runs, timers, queues and jobs. processors/composition.py says what its timer does."""
