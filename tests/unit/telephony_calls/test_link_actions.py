"""Actions over the link: answers, refusals, deadlines, and what must never be sent."""

import asyncio
import dataclasses
from typing import Any

import pytest

from telephony.ami import AmiAccount, AmiLink, Patience
from telephony.exchange import ActionFailed, DeadlinePassed, LinkDown, Unsendable


async def accepts(client: Any) -> None:
    await client.accept()
    await client.pongs()


async def test_an_action_gets_its_own_answer_whatever_comes_between(linked: Any) -> None:
    async def answers_backwards(client: Any) -> None:
        await client.accept()
        asked = [await client.asked(), await client.asked()]
        for action in reversed(asked):
            client.send(b"Event: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1795296763.654620\r\nN: between")
            client.say(Response="Success", ActionID=action["ActionID"], Echo=action["Value"])
        await client.pongs()

    link = await linked(answers_backwards, patience=Patience(first_wait=0.01))
    await link.until_up(2)
    first, second = await asyncio.gather(link.action("A", Value="1"), link.action("B", {"Value": "2"}))
    assert (first[0].get("Echo"), second[0].get("Echo")) == ("1", "2")


async def test_a_caller_answers_no_action_with_a_number_that_bears_a_guessed_id(linked: Any) -> None:
    """Its line breaks make a header of it, in an event that the PBX wrote."""

    async def tells_of_a_caller(client: Any) -> None:
        await client.accept()
        action = await client.asked()
        for guess in range(20):
            number = f"1\r\nActionID: altavoz-{guess}"
            client.say(
                "Event: Hangup", Privilege="call,all", Timestamp="1795296763.654620", CallerIDNum=number
            )
        client.say(Response="Success", ActionID=action["ActionID"], Echo="the PBX")
        await client.pongs()

    link = await linked(tells_of_a_caller, patience=Patience(first_wait=0.01))
    await link.until_up(2)
    assert [message.get("Echo") for message in await link.action("QueueStatus")] == ["the PBX"]


async def test_the_items_of_a_list_belong_to_its_action_and_are_no_events(linked: Any) -> None:
    async def lists(client: Any) -> None:
        await client.accept()
        action = await client.asked()
        client.say(Response="Success", ActionID=action["ActionID"], EventList="start")
        client.say("Event: DeviceStateChange", ActionID=action["ActionID"], Device="PJSIP/101")
        client.say(
            "Event: DeviceStateChange",
            Privilege="call,all",
            Timestamp="1795296763.654620",
            Device="PJSIP/102",
        )
        client.say("Event: DeviceStateListComplete", ActionID=action["ActionID"], EventList="Complete")
        await client.pongs()

    link = await linked(lists, wanted=("DeviceStateChange",), patience=Patience(first_wait=0.01))
    await link.until_up(2)
    answer = await link.action("DeviceStateList")
    assert [message.get("Device") for message in answer] == ["", "PJSIP/101"]
    async for event in link.events():
        assert event.get("Device") == "PJSIP/102"
        break


async def test_a_refused_action_says_what_the_pbx_said(linked: Any) -> None:
    async def refuses(client: Any) -> None:
        await client.accept()
        action = await client.asked()
        client.say(Response="Error", ActionID=action["ActionID"], Message="Permission denied")
        await client.pongs()

    link = await linked(refuses, patience=Patience())
    await link.until_up(2)
    with pytest.raises(ActionFailed) as failed:
        await link.action("Reload")
    assert (failed.value.action, failed.value.message) == ("Reload", "Permission denied")


async def test_an_action_without_an_answer_ends_at_its_deadline_and_the_link_goes_on(linked: Any) -> None:
    async def answers_late(client: Any) -> None:
        await client.accept()
        late = await client.asked()
        client.say(Response="Success", ActionID=(await client.asked())["ActionID"], Which="second")
        client.say(Response="Success", ActionID=late["ActionID"], Which="late")
        await client.pongs()

    link = await linked(answers_late, patience=Patience())
    await link.until_up(2)
    with pytest.raises(DeadlinePassed):
        await link.action("Slow", deadline=0.05)
    assert link._connection._exchange._open == {}
    assert (await link.action("Next"))[0].get("Which") == "second"
    assert link.state.up


async def test_an_action_without_a_link_is_refused_at_once() -> None:
    link = AmiLink(AmiAccount("127.0.0.1", 1, "x", "y"))
    with pytest.raises(LinkDown):
        await link.action("Ping")


async def test_an_action_before_the_login_is_answered_is_not_sent(linked: Any) -> None:
    login_came = asyncio.Event()

    async def hesitates(client: Any) -> None:
        client.writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        await client.asked()
        login_came.set()
        await client.gone()

    link = await linked(hesitates, patience=Patience())
    await login_came.wait()
    with pytest.raises(LinkDown):
        await link.action("Ping", deadline=0.2)


async def test_an_open_action_ends_with_the_link_and_is_never_asked_again(linked: Any, central: Any) -> None:
    seen: list[str] = []

    async def breaks(client: Any) -> None:
        await client.accept()
        seen.append((await client.asked())["Action"])
        client.writer.transport.abort()

    async def reads(client: Any) -> None:
        await client.accept()
        client.send(b"Event: FullyBooted\r\nStatus: Fully Booted")
        while True:
            action = await client.asked()
            seen.append(action["Action"])
            client.say(Response="Success", ActionID=action["ActionID"])

    link = await linked(
        breaks, reads, patience=dataclasses.replace(Patience(), first_wait=0.02, ping_every=0.1)
    )
    await link.until_up(2)
    with pytest.raises(LinkDown):
        await link.action("Originate", Channel="PJSIP/101")
    await link.until_up(2)
    await asyncio.sleep(0.3)
    assert seen[0] == "Originate"
    assert set(seen[1:]) == {"Ping"}


async def test_a_value_that_would_begin_another_action_is_not_sent(linked: Any) -> None:
    link = await linked(accepts)
    await link.until_up(2)
    with pytest.raises(Unsendable):
        await link.action("QueueAdd", MemberName="x\r\nAction: Originate")
    assert await link.action("Ping")


async def test_an_answer_of_megabytes_is_read(linked: Any) -> None:
    async def is_long(client: Any) -> None:
        await client.accept()
        action = await client.asked()
        head = f"Response: Success\r\nActionID: {action['ActionID']}\r\n".encode()
        client.send(head + b"Output: 12345678\r\n" * 150_000 + b"Output: last")
        await client.pongs()

    link = await linked(is_long, patience=Patience())
    await link.until_up(2)
    answer = await link.action("Command", Command="dialplan show")
    assert answer[0].all("Output")[-1] == "last"
    assert len(answer[0].all("Output")) == 150_001
