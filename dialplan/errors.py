"""Why a dialplan cannot be built."""


class CannotBuild(ValueError):
    """A plan or site that the checks of plans should have refused; the message says what is missing."""
