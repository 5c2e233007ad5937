"""The site of docs/: its pages, their dialect, and the check of what was built."""
