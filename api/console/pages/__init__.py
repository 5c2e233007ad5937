"""Pages of the console: one module each, which calls operations/ and fills its template."""
