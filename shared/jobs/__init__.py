"""The queue runtime: whatever runs off a queue is a job, its record is the state, a message is an alarm clock."""
