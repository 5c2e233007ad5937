"""The operator console in a browser, on the development host and Azurite."""
