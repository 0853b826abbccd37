from datetime import UTC, datetime

import pytest

from telephony.events import AmiEvent
from telephony.facts import PhoneChanged
from telephony.phone_states import phone_changed, phones_now

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def changed(device: str, state: str, name: str = "DeviceStateChange") -> PhoneChanged | None:
    return phone_changed(AmiEvent(name, {"Event": name, "Device": device, "State": state}, NOW))


@pytest.mark.parametrize(
    ("asterisk", "ours"),
    [
        ("NOT_INUSE", "idle"),
        ("RINGING", "ringing"),
        ("INUSE", "busy"),
        ("ONHOLD", "busy"),
        ("RINGINUSE", "busy"),
        ("UNAVAILABLE", "unavailable"),
        ("INVALID", "unavailable"),
        ("", "unavailable"),
    ],
)
def test_a_phone_is_told_in_our_words(asterisk: str, ours: str) -> None:
    assert changed("PJSIP/101", asterisk) == PhoneChanged("101", ours)


def test_trunks_queues_and_other_events_are_no_phones() -> None:
    assert changed("PJSIP/telecom-ar", "INUSE") is None
    assert changed("Queue:cat", "RINGING") is None
    assert changed("PJSIP/101", "INUSE", name="Hangup") is None


async def test_all_phones_are_told_at_once(linked) -> None:  # type: ignore[no-untyped-def]
    async def lists(client) -> None:  # type: ignore[no-untyped-def]
        await client.accept()
        action = await client.asked()
        asked = {"ActionID": action["ActionID"]}
        client.say(Response="Success", EventList="start", **asked)
        for device, state in (
            ("PJSIP/101", "NOT_INUSE"),
            ("PJSIP/telecom-ar", "INUSE"),
            ("PJSIP/102", "UNAVAILABLE"),
        ):
            client.say("Event: DeviceStateChange", Device=device, State=state, **asked)
        client.say("Event: DeviceStateListComplete", EventList="Complete", **asked)
        await client.pongs()

    link = await linked(lists)
    await link.until_up(2)
    assert await phones_now(link) == (PhoneChanged("101", "idle"), PhoneChanged("102", "unavailable"))
