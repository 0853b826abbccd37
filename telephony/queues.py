"""Who serves which queue, as the PBX itself keeps it; signing in or out twice is the same as once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from telephony.exchange import ActionFailed

_PHONE = "PJSIP/"
_STATES = {"1": "idle", "2": "busy", "3": "busy", "6": "ringing", "7": "busy", "8": "busy"}
_ALREADY_IN = "Already there"
_NOT_IN = "Not there"


class Message(Protocol):
    def get(self, header: str, default: str = "") -> str: ...


class Actions(Protocol):
    """What the desk needs of the AMI link; `telephony.ami.AmiLink` of the acting account has it."""

    async def action(
        self, name: str, headers: Mapping[str, str], /, *, deadline: float = 5.0
    ) -> Sequence[Message]: ...


@dataclass(frozen=True, slots=True)
class Member:
    """A coordinator in a queue. `state` is the phone's: `unavailable`, `idle`, `ringing` or `busy`."""

    queue: str
    extension: str
    name: str
    paused: bool
    state: str


class QueueDesk:
    """Adds phones to queues and removes them. What the link raises passes through."""

    def __init__(self, link: Actions) -> None:
        self._link = link

    async def add(self, extension: str, queue: str, name: str) -> None:
        """`extension` serves `queue` from now on, shown as `name`; the PBX keeps it over its own restart."""
        headers = {"Queue": queue, "Interface": _PHONE + extension, "MemberName": name}
        await self._do("QueueAdd", headers, fine=_ALREADY_IN)

    async def remove(self, extension: str, queue: str) -> None:
        await self._do("QueueRemove", {"Queue": queue, "Interface": _PHONE + extension}, fine=_NOT_IN)

    async def members(self) -> dict[str, list[Member]]:
        """Queue → its members in order of extension; a queue without members is there, empty."""
        messages = await self._link.action("QueueStatus", {})
        queues: dict[str, list[Member]] = {
            message.get("Queue"): [] for message in messages if message.get("Event") == "QueueParams"
        }
        for message in messages:
            if message.get("Event") == "QueueMember":
                queues.setdefault(message.get("Queue"), []).append(_member(message))
        return {queue: sorted(members, key=lambda m: m.extension) for queue, members in queues.items()}

    async def _do(self, action: str, headers: Mapping[str, str], fine: str) -> None:
        try:
            await self._link.action(action, headers)
        except ActionFailed as refused:
            if fine not in refused.message:
                raise


def _member(message: Message) -> Member:
    return Member(
        queue=message.get("Queue"),
        extension=message.get("Location").removeprefix(_PHONE),
        name=message.get("Name"),
        paused=message.get("Paused") == "1",
        state=_STATES.get(message.get("Status"), "unavailable"),
    )
