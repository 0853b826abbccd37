"""The calls that twist. A folder beside this one is named like each of them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from stage import OVERFLOW, PROVIDER, Stage, pause

from tests.support.softphone import Call, Refused

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Twist:
    """`cat` and `sac` are who is signed in to those queues."""

    play: Play
    cat: tuple[str, ...] = ("101",)
    sac: tuple[str, ...] = ()


TWISTS: dict[str, Twist] = {}


def twist(name: str, cat: tuple[str, ...] = ("101",), sac: tuple[str, ...] = ()) -> Callable[[Play], Play]:
    def keep(play: Play) -> Play:
        TWISTS[name] = Twist(play, cat, sac)
        return play

    return keep


@twist("held-and-resumed")
async def held_and_resumed(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.hold()
    await pause()
    await phone.resume()
    await pause()
    await caller.bye()


@twist("hung-up-while-held")
async def hung_up_while_held(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.hold()
    await pause()
    await caller.bye()


@twist("blind-to-coordinator")
async def blind_to_coordinator(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.refer("102")
    await phone.bye()
    await stage.answers("102")
    await pause()
    await caller.bye()


@twist("blind-coordinator-hangs-up")
async def blind_coordinator_hangs_up(stage: Stage) -> None:
    _, phone = await stage.talk()
    await phone.refer("102")
    await phone.bye()
    second = await stage.answers("102")
    await pause()
    await second.bye()
    await pause()


@twist("blind-not-answered")
async def blind_not_answered(stage: Stage) -> None:
    """After twenty seconds the caller is back in the queue, where 101 takes the call again."""
    caller, phone = await stage.talk()
    await phone.refer("102")
    await phone.bye()
    await stage.phones["102"].rings()
    await (await _rings_within(stage, "101", 40)).answer()
    await pause()
    await caller.bye()


@twist("blind-busy")
async def blind_busy(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.refer("102")
    await phone.bye()
    (await stage.phones["102"].rings()).refuse()
    await stage.answers("101")
    await pause()
    await caller.bye()


@twist("blind-unregistered")
async def blind_unregistered(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.refer("104")
    await phone.bye()
    await stage.answers("101")
    await pause()
    await caller.bye()


@twist("blind-nobody-there")
async def blind_nobody_there(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.refer("999")
    await phone.bye()
    await stage.answers("101")
    await pause()
    await caller.bye()


@twist("blind-hung-up-ringing")
async def blind_hung_up_ringing(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.refer("102")
    await phone.bye()
    await stage.phones["102"].rings()
    await pause()
    await caller.bye()


@twist("blind-to-queue", sac=("102",))
async def blind_to_queue(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.refer("701")
    await phone.bye()
    await stage.answers("102")
    await pause()
    await caller.bye()


@twist("blind-to-outside")
async def blind_to_outside(stage: Stage) -> None:
    outside = await stage.outside()
    caller, phone = await stage.talk()
    await phone.refer(PROVIDER)
    await phone.bye()
    await (await outside.rings()).answer(0.4)
    await pause()
    await caller.bye()


@twist("blind-outside-busy")
async def blind_outside_busy(stage: Stage) -> None:
    outside = await stage.outside()
    caller, phone = await stage.talk()
    await phone.refer(PROVIDER)
    await phone.bye()
    (await outside.rings()).refuse()
    await stage.answers("101")
    await pause()
    await caller.bye()


@twist("attended")
async def attended(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.hold()
    consult = await stage.phones["101"].call("102")
    await stage.answers("102")
    await consult.answered()
    await pause()
    await phone.refer("102", replacing=consult)
    await pause(0.3)
    await phone.bye()
    await pause()
    await caller.bye()


@twist("attended-abandoned")
async def attended_abandoned(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.hold()
    consult = await stage.phones["101"].call("102")
    await stage.answers("102")
    await consult.answered()
    await pause()
    await consult.bye()
    await phone.resume()
    await pause()
    await caller.bye()


@twist("attended-ringing-answered")
async def attended_ringing_answered(stage: Stage) -> None:
    """The phone passes the caller on while the other one still rings; that one answers."""
    caller, phone = await stage.talk()
    await phone.hold()
    consult = await stage.phones["101"].call("102")
    ringing = await stage.phones["102"].rings()
    await phone.refer("102", replacing=consult)
    await phone.bye()
    await pause()
    await ringing.answer()
    await pause()
    await caller.bye()


@twist("attended-ringing-refused")
async def attended_ringing_refused(stage: Stage) -> None:
    """It refuses instead: the caller is back in the queue."""
    caller, phone = await stage.talk()
    await phone.hold()
    consult = await stage.phones["101"].call("102")
    ringing = await stage.phones["102"].rings()
    await phone.refer("102", replacing=consult)
    await phone.bye()
    await pause()
    ringing.refuse()
    await stage.answers("101")
    await pause()
    await caller.bye()


@twist("attended-not-answered")
async def attended_not_answered(stage: Stage) -> None:
    """The other phone does not answer; the coordinator gives up and takes the caller back."""
    caller, phone = await stage.talk()
    await phone.hold()
    consult = await stage.phones["101"].call("102")
    await stage.phones["102"].rings()
    await pause()
    await consult.cancel()
    await phone.resume()
    await pause()
    await caller.bye()


@twist("attended-to-outside")
async def attended_to_outside(stage: Stage) -> None:
    outside = await stage.outside()
    caller, phone = await stage.talk()
    await phone.hold()
    consult = await stage.phones["101"].call(PROVIDER)
    await (await outside.rings()).answer()
    await consult.answered()
    await pause()
    await phone.refer(PROVIDER, replacing=consult)
    await pause(0.3)
    await phone.bye()
    await pause()
    await caller.bye()


@twist("attended-to-queue", sac=("102",))
async def attended_to_queue(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.hold()
    consult = await stage.phones["101"].call("701")
    await stage.answers("102")
    await consult.answered()
    await pause()
    await phone.refer("701", replacing=consult)
    await pause(0.3)
    await phone.bye()
    await pause()
    await caller.bye()


@twist("conference-of-the-phone")
async def conference_of_the_phone(stage: Stage) -> None:
    """The phone mixes the caller and a provider; the provider leaves first."""
    outside = await stage.outside()
    caller, phone = await stage.talk()
    await phone.hold()
    provider = await stage.phones["101"].call(PROVIDER)
    far = await (await outside.rings()).answer()
    await provider.answered()
    await pause()
    await phone.resume()
    await pause()
    await far.bye()
    await pause()
    await caller.bye()


@twist("conference-in-one-bridge")
async def conference_in_one_bridge(stage: Stage) -> None:
    """The provider whom the phone called is put into the bridge of the two, and leaves it again."""
    outside = await stage.outside()
    caller, phone = await stage.talk()
    trunk = await stage.newest_channel("PJSIP/telecom-ar")
    await phone.hold()
    provider = await stage.phones["101"].call(PROVIDER)
    far = await (await outside.rings()).answer()
    await provider.answered()
    await pause()
    for module in ("app_bridgeaddchan", "res_clioriginate"):
        await stage.console(f"module load {module}.so")
    await stage.console(f"dialplan add extension join,1,BridgeAdd,{trunk} into recording")
    moved = await stage.newest_channel("PJSIP/telecom-ar")
    await stage.console(f"channel redirect {moved} recording,join,1")
    await pause(0.2)
    await provider.until_ended()
    await phone.resume()
    await pause()
    await far.bye()
    await pause()
    await caller.bye()


@twist("two-callers-bridged", sac=("102",))
async def two_callers_bridged(stage: Stage) -> None:
    """A coordinator with two callers, the second passed on by 102, connects them and leaves."""
    first, phone = await stage.talk()
    await phone.hold()
    second = await stage.caller(OVERFLOW, digits="", number="1155550002")
    other = await (await _rings_within(stage, "102", 20)).answer(0.4)
    await pause()
    await other.refer("101")
    await other.bye()
    again = await stage.answers("101")
    await pause()
    await phone.refer("caller", replacing=again)
    await pause(0.3)
    await phone.bye()
    await pause()
    await first.bye()
    await pause(0.3)
    await second.bye()


@twist("overflow", cat=("101",), sac=("102",))
async def overflow(stage: Stage) -> None:
    caller = await stage.caller(OVERFLOW, digits="")
    await (await _rings_within(stage, "102", 20)).answer(0.4)
    await pause()
    await caller.bye()


@twist("picked-up", cat=("101",))
async def picked_up(stage: Stage) -> None:
    caller = await stage.caller()
    await stage.phones["101"].rings()
    await (await stage.phones["102"].call("*8101")).answered()
    await pause()
    await caller.bye()


@twist("picked-up-by-group", cat=("101",))
async def picked_up_by_group(stage: Stage) -> None:
    caller = await stage.caller()
    await stage.phones["101"].rings()
    await (await stage.phones["102"].call("*8")).answered()
    await pause()
    await caller.bye()


@twist("pick-up-refused", cat=("101",))
async def pick_up_refused(stage: Stage) -> None:
    """105 serves no queue with 101."""
    caller = await stage.caller()
    await stage.phones["101"].rings()
    await _refused(await stage.phones["105"].call("*8101"))
    await stage.answers("101")
    await pause()
    await caller.bye()


@twist("two-devices", cat=("103",))
async def two_devices(stage: Stage) -> None:
    caller = await stage.caller()
    await stage.phones["103"].rings()
    await (await stage.second.rings()).answer(0.4)
    await pause()
    await caller.bye()


@twist("two-devices-blind", cat=("101",))
async def two_devices_blind(stage: Stage) -> None:
    caller, phone = await stage.talk()
    await phone.refer("103")
    await phone.bye()
    await stage.phones["103"].rings()
    await (await stage.second.rings()).answer(0.4)
    await pause()
    await caller.bye()


@twist("outgoing-answered")
async def outgoing_answered(stage: Stage) -> None:
    outside = await stage.outside()
    call = await stage.phones["101"].call(PROVIDER)
    await (await outside.rings()).answer(0.4)
    await call.answered()
    await pause()
    await call.hold()
    await pause()
    await call.resume()
    await pause()
    await call.bye()


@twist("outgoing-busy")
async def outgoing_busy(stage: Stage) -> None:
    outside = await stage.outside()
    call = await stage.phones["101"].call(PROVIDER)
    (await outside.rings()).refuse()
    await _refused(call)


@twist("outgoing-given-up")
async def outgoing_given_up(stage: Stage) -> None:
    outside = await stage.outside()
    call = await stage.phones["101"].call(PROVIDER)
    await outside.rings()
    await pause()
    await call.cancel()


@twist("outgoing-called-hangs-up")
async def outgoing_called_hangs_up(stage: Stage) -> None:
    outside = await stage.outside()
    call = await stage.phones["101"].call(PROVIDER)
    far = await (await outside.rings()).answer(0.4)
    await call.answered()
    await pause()
    await far.bye()
    await call.until_ended()


@twist("outgoing-to-emergency")
async def outgoing_to_emergency(stage: Stage) -> None:
    outside = await stage.outside()
    call = await stage.phones["101"].call("911")
    await (await outside.rings()).answer(0.4)
    await call.answered()
    await pause()
    await call.bye()


async def _refused(call: Call) -> None:
    with suppress(Refused):
        await call.answered()


async def _rings_within(stage: Stage, extension: str, seconds: float) -> Call:
    """A phone that may ring in vain before: what counts is that it rings now."""
    async with asyncio.timeout(seconds):
        while True:
            with suppress(TimeoutError):
                return await stage.phones[extension].rings()
