"""Who serves which queue, as the PBX itself keeps it; signing in or out twice is the same as once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from dialplan.names import TEST_QUEUES
from dialplan.pickup import MEMBER
from telephony.exchange import ActionFailed
from telephony.names import extension

_PHONE = "PJSIP/"
_BOTH = f"Local/{{}}@{MEMBER}"
"""The member of a phone with two devices: a Local channel that rings them all, in the phone's own state."""
_STATES = {"1": "idle", "2": "busy", "3": "busy", "6": "ringing", "7": "busy", "8": "busy"}
_ALREADY_IN = "Already there"
_NOT_IN = "Not there"
_SERVES_NONE = "Interface not found"


class Message(Protocol):
    def get(self, header: str, default: str = "") -> str: ...


class Actions(Protocol):
    """What the desk needs of the AMI link; `telephony.ami.AmiLink` of the acting account has it."""

    async def action(
        self, name: str, headers: Mapping[str, str], /, *, deadline: float = 5.0
    ) -> Sequence[Message]: ...


@dataclass(frozen=True, slots=True)
class Member:
    """A coordinator in a queue. `state` is the phone's: `unavailable`, `idle`, `ringing` or `busy`.

    `reason` and `paused_at` are those of a pause: empty and None without one.
    """

    queue: str
    extension: str
    name: str
    paused: bool
    state: str
    reason: str = ""
    paused_at: datetime | None = None


class QueueDesk:
    """Adds phones to queues and removes them. What the link raises passes through."""

    def __init__(self, link: Actions) -> None:
        self._link = link

    async def add(self, extension: str, queue: str, name: str, devices: int = 1) -> None:
        """`extension` serves `queue` from now on, shown as `name`; the PBX keeps it over its own restart.

        `devices` are those of `telephony.phones.Phone`.
        """
        one, both = _PHONE + extension, _BOTH.format(extension)
        headers = {"Queue": queue, "MemberName": name, "StateInterface": one}
        await self._remove(queue, one if devices > 1 else both)
        await self._do("QueueAdd", headers | {"Interface": both if devices > 1 else one}, fine=_ALREADY_IN)

    async def remove(self, extension: str, queue: str) -> None:
        for interface in (_PHONE + extension, _BOTH.format(extension)):
            await self._remove(queue, interface)

    async def _remove(self, queue: str, interface: str) -> None:
        await self._do("QueueRemove", {"Queue": queue, "Interface": interface}, fine=_NOT_IN)

    async def pause(self, extension: str, paused: bool, reason: str) -> None:
        """`extension` gets no calls of any queue it serves, or does again; the queues still count it in.

        `reason` is kept by the PBX and written to its `queue_log`.
        """
        headers = {"Paused": str(paused).lower(), "Reason": reason}
        for interface in (_PHONE + extension, _BOTH.format(extension)):
            await self._do("QueuePause", headers | {"Interface": interface}, fine=_SERVES_NONE)

    async def members(self) -> dict[str, list[Member]]:
        """Queue → its members in order of extension; a queue without members is there, empty."""
        return read_members(await self._link.action("QueueStatus", {}))

    async def _do(self, action: str, headers: Mapping[str, str], fine: str) -> None:
        try:
            await self._link.action(action, headers)
        except ActionFailed as refused:
            if fine not in refused.message:
                raise


def read_members(messages: Sequence[Message]) -> dict[str, list[Member]]:
    """The same, of an answer to `QueueStatus`."""
    queues: dict[str, list[Member]] = {message.get("Queue"): [] for message in of_queues(messages)}
    for message in messages:
        if message.get("Event") == "QueueMember" and message.get("Queue") in queues:
            queues[message.get("Queue")].append(_member(message))
    return {queue: sorted(members, key=lambda m: m.extension) for queue, members in queues.items()}


def of_queues(messages: Iterable[Message]) -> Iterator[Message]:
    """What is said of each queue that callers enter; those of test calls have no coordinators."""
    for message in messages:
        if message.get("Event") == "QueueParams" and not message.get("Queue").startswith(TEST_QUEUES):
            yield message


def _member(message: Message) -> Member:
    return Member(
        queue=message.get("Queue"),
        extension=extension(message.get("Location")),
        name=message.get("Name"),
        paused=message.get("Paused") == "1",
        state=_STATES.get(message.get("Status"), "unavailable"),
        reason=message.get("PausedReason"),
        paused_at=_instant(message.get("LastPause")) if message.get("Paused") == "1" else None,
    )


def _instant(seconds: str) -> datetime | None:
    """What Asterisk writes as seconds since 1970; 0 is never."""
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() and int(seconds) else None
