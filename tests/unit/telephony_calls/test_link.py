"""The link against a server that plays AMI on loopback."""

import asyncio
import dataclasses
import socket
from collections.abc import Callable
from typing import Any

from telephony.ami import AmiAccount, AmiLink, LinkState, Patience
from telephony.events import AmiEvent

HANGUP = (
    b"Event: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1795296763.654620\r\nUniqueid: 1.0\r\nCallerIDName: "
)


async def accepts(client: Any) -> None:
    await client.accept()
    await client.pongs()


def gave_up(link: AmiLink) -> Callable[[], bool]:
    """Whether the link is down for a reason."""
    return lambda: not link.state.up and not link.state.reason.startswith("todavía")


async def first_events(link: AmiLink, count: int) -> list[AmiEvent]:
    events: list[AmiEvent] = []
    async with asyncio.timeout(2):
        async for event in link.events():
            events.append(event)
            if len(events) == count:
                break
    return events


async def test_a_link_that_logged_in_is_up_and_every_change_is_told(linked: Any) -> None:
    told: list[LinkState] = []
    link = await linked(accepts)
    link.on_state(told.append)
    await link.until_up(2)
    assert (link.state.up, link.state.reason) == (True, "")
    await link.close()
    assert [state.up for state in told] == [True, False]
    assert link.state == told[-1]


async def test_a_refused_login_says_which_user_and_tries_again(linked: Any, central: Any, until: Any) -> None:
    async def refuses(client: Any) -> None:
        await client.accept("Authentication failed", response="Error")

    link = await linked(refuses, accepts)
    await until(gave_up(link))
    state = link.state
    assert state.reason == "la central rechazó el usuario «altavoz-listens»: Authentication failed"
    await link.until_up(2)
    assert central.connections == 2


async def test_a_closed_port_is_told_with_its_address(until: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        link = AmiLink(AmiAccount("127.0.0.1", port, "x", "y"), patience=Patience(first_wait=0.01))
        link.start()
        await until(gave_up(link))
        state = link.state
        await link.close()
    assert state.reason.startswith(f"la central no acepta conexiones en 127.0.0.1:{port}")


async def test_a_link_that_stays_down_is_told_once_a_reason_and_since_when(
    linked: Any, central: Any, until: Any
) -> None:
    async def refuses(client: Any) -> None:
        await client.accept("Authentication failed", response="Error")

    async def leaves(client: Any) -> None:
        await client.accept()

    told: list[LinkState] = []
    link = await linked(leaves, refuses)
    link.on_state(told.append)
    await until(lambda: central.connections >= 5)
    reasons = [state.reason for state in told if not state.up]
    assert len(reasons) == len(set(reasons)) == 2
    assert len({state.since for state in told if not state.up}) == 1


async def test_only_the_link_itself_dials_again(central: Any, until: Any) -> None:
    port = await central.start(accepts)
    await central.stop()
    link = AmiLink(AmiAccount("127.0.0.1", port, "x", "y"), patience=Patience(first_wait=60, longest_wait=60))
    link.start()
    await until(gave_up(link))
    await central.start(accepts, port=port)
    await asyncio.sleep(2.2)  # panoramisk would dial again after two seconds
    await link.close()
    assert central.connections == 0


async def test_silence_after_connecting_is_told(linked: Any, until: Any) -> None:
    async def says_nothing(client: Any) -> None:
        await client.gone()

    link = await linked(says_nothing)
    await until(gave_up(link))
    assert "nadie saluda como la interfaz AMI" in link.state.reason


async def test_another_service_at_that_port_is_told(linked: Any, until: Any) -> None:
    async def greets_as_mail(client: Any) -> None:
        client.send(b"220 mail.example ESMTP ready")
        await client.gone()

    link = await linked(greets_as_mail)
    await until(gave_up(link))
    assert link.state.reason == "lo que responde no es la interfaz AMI de Asterisk"


async def test_a_login_without_an_answer_is_told(linked: Any, until: Any) -> None:
    async def greets_only(client: Any) -> None:
        client.writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        await client.gone()

    link = await linked(greets_only)
    await until(gave_up(link))
    assert "no respondió a «Login»" in link.state.reason


async def test_events_come_in_the_order_of_the_wire_and_only_those_wanted(linked: Any) -> None:
    async def sends(client: Any) -> None:
        await client.accept()
        for number in range(500):
            client.send(b"Event: VarSet\r\nN: no")
            client.send(
                b"Event: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1795296763.654620\r\nN: %d" % number
            )
        await client.pongs()

    link = await linked(sends, wanted=("Hangup",))
    events = await first_events(link, 500)
    assert [event.get("N") for event in events] == [str(number) for number in range(500)]


async def test_a_name_cut_inside_a_letter_arrives_whole(linked: Any) -> None:
    async def cuts(client: Any) -> None:
        await client.accept()
        name = "Peña".encode()
        client.writer.write(HANGUP + name[:3])
        await asyncio.sleep(0.05)
        client.writer.write(name[3:] + b"\r\n\r\n")
        await client.pongs()

    link = await linked(cuts, wanted=("Hangup",))
    assert (await first_events(link, 1))[0].get("CallerIDName") == "Peña"


async def test_bytes_that_come_with_the_connection_are_not_lost(linked: Any) -> None:
    async def hurries(client: Any) -> None:
        client.writer.write(
            b"Asterisk Call Manager/11.0.0\r\nEvent: Hangup\r\nPrivilege: call,all\r\n"
            b"Timestamp: 1795296763.654620\r\nN: early\r\n\r\n"
        )
        login = await client.asked()
        client.say(Response="Success", ActionID=login["ActionID"])
        await client.pongs()

    link = await linked(hurries, wanted=("Hangup",))
    assert (await first_events(link, 1))[0].get("N") == "early"


async def test_a_half_open_connection_is_noticed(linked: Any, until: Any) -> None:
    async def falls_asleep(client: Any) -> None:
        await client.accept()
        await client.gone()

    link = await linked(falls_asleep)
    await link.until_up(2)
    await until(gave_up(link))
    assert link.state.reason == "la central dejó de responder"


async def test_a_busy_pbx_that_sends_events_but_no_pong_is_late_not_lost(linked: Any, central: Any) -> None:
    async def babbles(client: Any) -> None:
        await client.accept()
        while True:
            client.send(b"Event: VarSet\r\nN: 1")
            await client.writer.drain()
            await asyncio.sleep(0.05)

    link = await linked(babbles)
    await link.until_up(2)
    assert link.late_since is None
    await asyncio.sleep(0.8)
    assert (link.state.up, central.connections) == (True, 1)
    assert link.late_since is not None


async def test_shutdown_and_reset_are_told_and_it_comes_back(linked: Any, central: Any, until: Any) -> None:
    async def shuts_down(client: Any) -> None:
        await client.accept()
        client.send(
            b"Event: Shutdown\r\nPrivilege: call,all\r\nTimestamp: 1795296763.654620\r\nShutdown: Cleanly"
        )
        await client.gone()

    async def resets(client: Any) -> None:
        await client.accept()
        client.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
        )
        client.writer.transport.abort()

    told: list[str] = []
    link = await linked(shuts_down, resets, accepts)
    link.on_state(lambda state: told.append(state.reason))
    await until(lambda: central.connections >= 3 and link.state.up)
    assert "la central se está apagando" in told
    assert any(reason.startswith(("se cortó", "la central cerró")) for reason in told)


async def test_a_message_without_end_closes_the_link(linked: Any, until: Any) -> None:
    closed = asyncio.Event()

    async def never_ends(client: Any) -> None:
        await client.accept()
        client.writer.write(b"Response: Success\r\n" + b"Output: x\r\n" * 500_000)
        await client.gone()
        closed.set()

    link = await linked(never_ends, patience=dataclasses.replace(Patience(), first_wait=0.02))
    await link.until_up(2)
    await until(gave_up(link))
    assert link.state.reason == "la central envió un mensaje desmedido"
    await asyncio.wait_for(closed.wait(), 1)


async def test_more_events_than_may_wait_are_counted_and_the_link_reconnects(
    linked: Any, central: Any, until: Any
) -> None:
    async def floods(client: Any) -> None:
        await client.accept()
        for number in range(20):
            client.send(
                b"Event: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1795296763.654620\r\nN: %d" % number
            )
        await client.gone()

    told: list[str] = []
    link = await linked(
        floods, accepts, wanted=("Hangup",), patience=dataclasses.replace(Patience(), waiting_events=5)
    )
    link.on_state(lambda state: told.append(state.reason))
    await until(lambda: central.connections >= 2)
    assert link.overruns >= 1
    assert "llegan más eventos de los que se atienden" in told
    assert [event.get("N") for event in await first_events(link, 5)] == ["0", "1", "2", "3", "4"]


async def test_closing_while_it_dials_again_dials_no_more(linked: Any, central: Any, until: Any) -> None:
    async def hangs_up(client: Any) -> None:
        await client.accept()

    link = await linked(hangs_up)
    await until(gave_up(link))
    await link.close()
    seen = central.connections
    await asyncio.sleep(0.3)
    assert central.connections == seen


async def test_the_reader_of_events_ends_when_the_link_is_closed(linked: Any) -> None:
    link = await linked(accepts, wanted=("Hangup",))
    await link.until_up(2)

    async def read_all() -> int:
        return len([event async for event in link.events()])

    reading = asyncio.create_task(read_all())
    await asyncio.sleep(0.05)
    await link.close()
    assert await asyncio.wait_for(reading, 1) == 0


def test_links_lost_together_do_not_return_together_and_wait_longer_each_time() -> None:
    patience = Patience(first_wait=0.2, longest_wait=5.0)
    waits = [[patience.before_dialling(failures) for _ in range(50)] for failures in range(12)]
    assert all(len(set(same)) > 40 for same in waits)
    assert max(waits[0]) <= 0.2
    assert min(waits[11]) >= 2.5
    assert max(waits[11]) <= 5.0


def test_a_secret_is_not_written_anywhere() -> None:
    assert "hunter2" not in repr(AmiAccount("127.0.0.1", 5038, "altavoz-acts", "hunter2"))
