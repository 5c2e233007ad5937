"""The operator console, asked as a browser asks it."""
