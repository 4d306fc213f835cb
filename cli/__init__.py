"""Floor 3: the command line, one file a command. Never imports `desktop` or `ml_backend`."""
