"""One package per workload: its rules, apart from I/O, and the functions that function_app.py calls."""
