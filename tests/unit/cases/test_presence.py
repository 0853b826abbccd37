from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cases.presence import NOT_REGISTERED, Pause, PauseReason, Presence, PresenceRefused
from cases.stream import Change, ChangeKind
from staff.people import Person
from telephony.events import AmiMessage
from telephony.exchange import ActionFailed
from telephony.facts import PhoneChanged
from telephony.queues import QueueDesk

ANA = Person(1, "ana", "Ana Pérez", frozenset(), "101", ("cat", "sac"), False, True)


class Link:
    """The PBX's end of the acting link: queues with their members, as Asterisk answers."""

    def __init__(self) -> None:
        self.queues: dict[str, dict[str, str]] = {"cat": {}, "sac": {}}
        self.paused: dict[str, str] = {}
        self.status = "1"
        self.fails = ""

    async def action(self, name, headers, /, *, deadline=5.0):
        if name == self.fails:
            raise ActionFailed(name, "Unable to do it")
        interface = headers.get("Interface", "")
        match name:
            case "QueueStatus":
                return [AmiMessage(tuple(each.items())) for each in self._status()]
            case "QueueAdd":
                self.queues[headers["Queue"]].setdefault(interface, headers["MemberName"])
            case "QueueRemove":
                self.queues[headers["Queue"]].pop(interface, None)
            case "QueuePause":
                self._pause(interface, headers["Paused"] == "true", headers["Reason"])
        return []

    def _pause(self, interface, paused, reason):
        if all(interface not in members for members in self.queues.values()):
            raise ActionFailed("QueuePause", "Interface not found")
        self.paused.pop(interface, None)
        if paused:
            self.paused[interface] = reason

    def _status(self):
        for queue, members in self.queues.items():
            yield {"Event": "QueueParams", "Queue": queue}
            for interface, name in members.items():
                paused = interface in self.paused
                yield {
                    "Event": "QueueMember", "Queue": queue, "Location": interface, "Name": name,
                    "Status": self.status, "Paused": str(int(paused)),
                    "PausedReason": self.paused.get(interface, ""),
                    "LastPause": "1795305600" if paused else "0",
                }  # fmt: skip


@pytest.fixture
def link():
    return Link()


@pytest.fixture
def presence(link, sqlite_house):
    return Presence(QueueDesk(link), sqlite_house.board, {"101": "ana"}.get)


async def test_being_available_is_serving_the_queues_of_ones_groups(link, presence, sqlite_house):
    subscription = sqlite_house.board.subscribe("ana")
    presence.phone_changed(PhoneChanged("101", "idle"), None)
    assert await presence.available(ANA) is None
    assert link.queues == {"cat": {"PJSIP/101": "Ana Pérez"}, "sac": {"PJSIP/101": "Ana Pérez"}}
    assert (presence.state(ANA), presence.groups(ANA)) == ("available", ("cat", "sac"))
    assert await subscription.get() == Change(ChangeKind.PERSON)
    await presence.leave(ANA)
    assert link.queues == {"cat": {}, "sac": {}}
    assert (presence.state(ANA), presence.groups(ANA)) == ("off", ())


async def test_who_has_two_devices_serves_by_both_and_leaves_with_both(link, presence):
    both = replace(ANA, devices=2)
    await presence.available(both)
    assert link.queues["cat"] == {"Local/101@phones-member": "Ana Pérez"}
    assert presence.state(both) == "available"
    await presence.leave(both)
    assert link.queues["cat"] == {}


async def test_a_pause_has_a_reason_and_a_beginning_and_leaves_the_phone_in_its_queues(link, presence):
    await presence.available(ANA)
    await presence.pause(ANA, PauseReason.LUNCH)
    assert (presence.state(ANA), presence.groups(ANA)) == ("paused", ("cat", "sac"))
    assert presence.paused(ANA) == Pause(PauseReason.LUNCH, datetime(2026, 11, 22, tzinfo=UTC))
    assert link.paused == {"PJSIP/101": "lunch"}
    await presence.available(ANA)
    assert (presence.state(ANA), presence.paused(ANA), link.paused) == ("available", None, {})


async def test_signing_in_at_a_second_desk_ends_no_pause(presence):
    await presence.arrive(ANA)
    await presence.pause(ANA)
    await presence.arrive(ANA)
    assert presence.state(ANA) == "paused"


async def test_a_pause_belongs_to_a_shift(presence):
    with pytest.raises(PresenceRefused, match="fuera de turno"):
        await presence.pause(ANA)


async def test_a_pause_that_the_pbx_gave_another_reason_is_shown_as_another(link, presence):
    await presence.available(ANA)
    link.paused["PJSIP/101"] = "Auto-Pause"
    await presence.refresh()
    assert presence.paused(ANA).reason is PauseReason.OTHER


async def test_what_changed_at_the_pbx_itself_is_told_once(link, presence, sqlite_house):
    subscription = sqlite_house.board.subscribe("ana")
    link.queues["cat"]["PJSIP/101"] = "Ana Pérez"
    for told in ([Change(ChangeKind.PERSON)], []):
        await presence.refresh()
        assert list(subscription._waiting) == told
        subscription._waiting.clear()


async def test_a_phone_that_is_not_registered_is_said_and_allowed(link, presence):
    link.status = "5"
    assert await presence.available(ANA) == NOT_REGISTERED
    assert presence.state(ANA) == "available"


async def test_a_new_process_sees_what_the_pbx_has(link, presence, sqlite_house):
    await presence.available(ANA)
    later = Presence(QueueDesk(link), sqlite_house.board, {}.get)
    assert later.state(ANA) == "off"
    await later.refresh()
    assert (later.state(ANA), later.phone("101")) == ("available", "idle")


async def test_leaving_leaves_queues_of_former_groups_too(link, presence):
    link.queues["sac"]["PJSIP/101"] = "Ana Pérez"
    await presence.refresh()
    await presence.leave(Person(1, "ana", "Ana", frozenset(), "101", ("cat",), False, True))
    assert link.queues["sac"] == {}


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person(1, "ana", "Ana", frozenset(), None, ("cat",), False, True), "no tiene teléfono"),
        (Person(1, "ana", "Ana", frozenset(), "101", (), False, True), "no tiene grupos"),
    ],
)
async def test_who_has_no_phone_or_no_group_is_told_what_to_ask_for(presence, person, words):
    with pytest.raises(PresenceRefused, match=words):
        await presence.available(person)


async def test_what_the_pbx_refuses_is_said(link, presence):
    link.fails = "QueueAdd"
    with pytest.raises(PresenceRefused, match="vuelva a intentarlo"):
        await presence.available(ANA)
    assert presence.state(ANA) == "off"


async def test_a_change_of_the_phone_is_told_once(presence, sqlite_house):
    subscription = sqlite_house.board.subscribe("ana")
    for told in ([Change(ChangeKind.PERSON)], []):
        presence.phone_changed(PhoneChanged("101", "busy"), "ana")
        assert list(subscription._waiting) == told
        subscription._waiting.clear()
    assert presence.phone("101") == "busy"


async def test_someone_without_a_phone_has_no_availability(presence):
    assert presence.state(Person(1, "it", "It", frozenset(), None, (), False, True)) == "no-phone"
