"""The console's drawings and forms, without a browser."""
