"""What the PBX says of itself when asked: version, calls, queues, trunks. Five actions a look."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from telephony.queues import Actions, Member, Message, of_queues, read_members
from telephony.watched_carriers import answers


@dataclass(frozen=True, slots=True)
class PbxStatus:
    """`clock` is the PBX's, in seconds since 1970; `waiting` are callers by queue.

    `trunks`: carrier → whether it answered the PBX when it last asked.
    """

    version: str
    up_since: datetime
    calls: int
    clock: float
    members: Mapping[str, list[Member]]
    waiting: Mapping[str, int]
    trunks: Mapping[str, bool]


async def pbx_status(link: Actions) -> PbxStatus:
    """Ask the PBX. What the link raises passes through."""
    clock = (await link.action("Ping", {}))[0].get("Timestamp", "0")
    settings = (await link.action("CoreSettings", {}))[0]
    core = (await link.action("CoreStatus", {}))[0]
    queues = await link.action("QueueStatus", {})
    devices = await link.action("DeviceStateList", {})
    return PbxStatus(
        version=settings.get("AsteriskVersion"),
        up_since=_up_since(core),
        calls=int(core.get("CoreCurrentCalls", "0")),
        clock=float(clock),
        members=read_members(queues),
        waiting=_waiting(queues),
        trunks=answers((device.get("Device"), device.get("State")) for device in devices),
    )


def _up_since(core: Message) -> datetime:
    """The PBX writes its start in local time without a zone; AMI is on this machine, so the zone is ours."""
    written = f"{core.get('CoreStartupDate')}T{core.get('CoreStartupTime')}"
    return datetime.fromisoformat(written).astimezone()


def _waiting(queues: Iterable[Message]) -> dict[str, int]:
    return {message.get("Queue"): int(message.get("Calls", "0")) for message in of_queues(queues)}
