"""Settings, logging, the process and the command line: where everything is wired together."""
