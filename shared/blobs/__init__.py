"""Blobs: those of the app's own storage account, and those elsewhere that its identity may read."""
