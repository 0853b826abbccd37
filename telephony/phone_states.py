"""Device states of the PBX as the states of coordinators' phones."""

from telephony.ami import AmiLink
from telephony.events import AmiEvent, AmiMessage
from telephony.facts import PhoneChanged
from telephony.names import phone

STATES = {
    "NOT_INUSE": "idle",
    "RINGING": "ringing",
    "INUSE": "busy",
    "BUSY": "busy",
    "ONHOLD": "busy",
    "RINGINUSE": "busy",
}
"""Asterisk's word → ours; every other (UNAVAILABLE, INVALID, UNKNOWN) is `unavailable`."""


def phone_changed(event: AmiEvent | AmiMessage) -> PhoneChanged | None:
    """What a `DeviceStateChange` says; None for another event, or a device that is no phone."""
    extension = phone(event.get("Device"))
    if event.get("Event") != "DeviceStateChange" or extension is None:
        return None
    return PhoneChanged(extension, STATES.get(event.get("State"), "unavailable"))


async def phones_now(link: AmiLink) -> tuple[PhoneChanged, ...]:
    """Every phone's state at this moment. Raises AmiError."""
    answer = await link.action("DeviceStateList")
    changes = (phone_changed(message) for message in answer)
    return tuple(change for change in changes if change is not None)
