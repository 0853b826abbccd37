"""People: accounts, roles, passwords, sessions, tokens."""
