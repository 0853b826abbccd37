"""The dialplan of a PBX: over AMI, and of our own PBX over its control socket too."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from telephony.ami import AmiLink, Patience
from telephony.console import NoConsole, console
from telephony.dialplan_port import PbxUnanswered
from telephony.dialplan_text import DialplanLine
from telephony.events import AmiMessage
from telephony.exchange import ActionFailed, AmiError

_ABSENT = "Did not find context"
_BUSY = ("in progress", "queued")
_PATIENCE = 30.0
_RETRIES, _PAUSE = 50, 0.2

PATIENCE = Patience(silence=_PATIENCE)
"""For the link that reloads: Asterisk answers no ping meanwhile, 3 s and more with 10,000 plans."""


class AmiDialplan:
    """`DialplanPort` over the link of an account with `write=system,reporting`."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link

    async def reload(self) -> None:
        """Raises PbxUnanswered also when another reload goes on for more than ten seconds."""
        for _ in range(_RETRIES):
            said = await self._said("Reload", {"Module": "pbx_config"})
            if not any(word in said for word in _BUSY):
                return
            await asyncio.sleep(_PAUSE)
        raise PbxUnanswered("la central está ocupada con otra recarga; inténtelo de nuevo en un minuto")

    async def _said(self, action: str, headers: Mapping[str, str]) -> str:
        try:
            return (await self._ask(action, headers))[0].get("Message")
        except ActionFailed as refused:
            if any(word in refused.message for word in _BUSY):
                return refused.message
            raise PbxUnanswered(str(refused)) from None

    async def show(self, context: str) -> list[DialplanLine]:
        try:
            answer = await self._ask("ShowDialPlan", {"Context": context})
        except ActionFailed as refused:
            if refused.message.startswith(_ABSENT):
                return []
            raise PbxUnanswered(str(refused)) from None
        return [line for line in map(_line, answer) if line is not None]

    async def has_module(self, module: str) -> bool:
        try:
            await self._ask("ModuleCheck", {"Module": module})
        except ActionFailed as refused:
            if "not loaded" in refused.message:
                return False
            raise PbxUnanswered(str(refused)) from None
        return True

    async def _ask(self, action: str, headers: Mapping[str, str]) -> list[AmiMessage]:
        """Raises ActionFailed, and for all that is no answer PbxUnanswered."""
        try:
            return await self._link.action(action, headers, deadline=_PATIENCE)
        except ActionFailed:
            raise
        except AmiError as error:
            raise PbxUnanswered(str(error)) from None


class LocalDialplan(AmiDialplan):
    """`DialplanPort` of the PBX on this machine: what needs `system` goes by its control socket.

    So the account that acts can neither load a module nor read a secret.
    """

    def __init__(self, link: AmiLink, control: Path) -> None:
        super().__init__(link)
        self._control = control

    async def reload(self) -> None:
        await self._console("dialplan reload")

    async def has_module(self, module: str) -> bool:
        said = await self._console(f"module show like {module}.so")
        return any(line.split()[:1] == [f"{module}.so"] for line in said.splitlines())

    async def _console(self, command: str) -> str:
        try:
            return await console(self._control, command, _PATIENCE)
        except NoConsole as error:
            raise PbxUnanswered(str(error)) from None


def _line(message: AmiMessage) -> DialplanLine | None:
    if message.get("Event") != "ListDialplan":
        return None
    context = message.get("Context")
    for kind, header in (("include", "IncludeContext"), ("switch", "Switch")):
        if message.get(header):
            return DialplanLine(context, "", kind, message.get(header), "")
    if not message.get("Priority"):
        return None
    return DialplanLine(
        context,
        message.get("Extension"),
        message.get("Priority"),
        message.get("Application").strip(),
        message.get("AppData").strip(),
    )
