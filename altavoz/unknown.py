"""The refusal that all operations share."""


class Unknown(Exception):
    """What was asked for does not exist; the text names it."""
