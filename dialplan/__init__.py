"""Plan → contexts → checks → text. Knows Asterisk's language and does no I/O."""
