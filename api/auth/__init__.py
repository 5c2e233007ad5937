"""Who asks: how a caller proves it, by AUTH_MODE; one module per mode."""
