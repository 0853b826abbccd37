"""What publishing needs of a PBX: reload the dialplan, and say what stands in it."""

from typing import Protocol

from telephony.dialplan_text import DialplanLine


class PbxUnanswered(Exception):
    """The PBX did not answer or refused; the message is Spanish. What was asked may or may not be done."""


class DialplanPort(Protocol):
    """All of it raises `PbxUnanswered`."""

    async def reload(self) -> None:
        """Make the PBX read its dialplan files; that it did so says nothing about what it understood."""

    async def show(self, context: str) -> list[DialplanLine]:
        """What stands in a context; nothing when there is no such context."""

    async def has_module(self, module: str) -> bool:
        """Whether a module (`app_queue`) is loaded."""
