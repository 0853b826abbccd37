import pytest

from cases.presence import NOT_REGISTERED, Presence, PresenceRefused
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
        self.fails = ""

    async def action(self, name, headers, /, *, deadline=5.0):
        if name == self.fails:
            raise ActionFailed(name, "Unable to do it")
        if name == "QueueStatus":
            return [AmiMessage(tuple(each.items())) for each in self._status()]
        members = self.queues[headers["Queue"]]
        if name == "QueueAdd":
            members[headers["Interface"]] = headers["MemberName"]
        else:
            members.pop(headers["Interface"], None)
        return []

    def _status(self):
        for queue, members in self.queues.items():
            yield {"Event": "QueueParams", "Queue": queue}
            for interface, name in members.items():
                yield {
                    "Event": "QueueMember", "Queue": queue, "Location": interface, "Name": name, "Status": "1"
                }  # fmt: skip


@pytest.fixture
def link():
    return Link()


@pytest.fixture
def presence(link, sqlite_house):
    return Presence(QueueDesk(link), sqlite_house.board)


async def test_being_available_is_serving_the_queues_of_ones_groups(link, presence, sqlite_house):
    subscription = sqlite_house.board.subscribe("ana")
    presence.phone_changed(PhoneChanged("101", "idle"), None)
    assert await presence.available(ANA) is None
    assert link.queues == {"cat": {"PJSIP/101": "Ana Pérez"}, "sac": {"PJSIP/101": "Ana Pérez"}}
    assert (presence.state(ANA), presence.groups(ANA)) == ("available", ("cat", "sac"))
    assert await subscription.get() == Change(ChangeKind.PERSON)
    await presence.pause(ANA)
    assert link.queues == {"cat": {}, "sac": {}}
    assert (presence.state(ANA), presence.groups(ANA)) == ("paused", ())


async def test_a_phone_that_is_not_registered_is_said_and_allowed(presence):
    assert await presence.available(ANA) == NOT_REGISTERED
    assert presence.state(ANA) == "available"


async def test_a_new_process_sees_what_the_pbx_has(link, presence, sqlite_house):
    await presence.available(ANA)
    later = Presence(QueueDesk(link), sqlite_house.board)
    assert later.state(ANA) == "paused"
    await later.refresh()
    assert (later.state(ANA), later.phone("101")) == ("available", "idle")


async def test_pausing_leaves_queues_of_former_groups_too(link, presence):
    link.queues["sac"]["PJSIP/101"] = "Ana Pérez"
    await presence.refresh()
    await presence.pause(Person(1, "ana", "Ana", frozenset(), "101", ("cat",), False, True))
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
    assert presence.state(ANA) == "paused"


async def test_a_change_of_the_phone_is_told_once(presence, sqlite_house):
    subscription = sqlite_house.board.subscribe("ana")
    for told in ([Change(ChangeKind.PERSON)], []):
        presence.phone_changed(PhoneChanged("101", "busy"), "ana")
        assert list(subscription._waiting) == told
        subscription._waiting.clear()
    assert presence.phone("101") == "busy"


async def test_someone_without_a_phone_has_no_availability(presence):
    assert presence.state(Person(1, "it", "It", frozenset(), None, (), False, True)) == "no-phone"
