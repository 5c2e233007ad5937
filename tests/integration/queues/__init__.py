"""Tests of the queues on a storage account."""
