"""Holds are in no journal: one that was known before a gap is still understood after it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.instance import eventually
from tests.support.links import Ledger, LinkedInstance
from tests.support.softphone import Call, Telephone

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]

TELMEX, LINE = "127.0.0.13", "525541239876"


@pytest.fixture(scope="module")
def instance() -> Iterator[LinkedInstance]:
    instance = LinkedInstance(base=18000)
    try:
        instance.start()
        instance.secret = instance.add_coordinator("eva", "101", "sac", "clave-de-prueba-1")  # type: ignore[attr-defined]
        yield instance
    finally:
        instance.remove()


@pytest.fixture
async def talk(instance: LinkedInstance) -> AsyncIterator[tuple[Call, Call]]:
    """A caller and the phone of eva, in conversation."""
    caller = await Telephone.open(TELMEX, 0, instance.sip)
    phone = await Telephone.open("127.0.0.1", instance.base + 10, instance.sip, "101", instance.secret)  # type: ignore[attr-defined]
    await phone.register()
    await asyncio.to_thread(instance.run, "user", "pause", "eva", check=False)
    await asyncio.to_thread(instance.run, "user", "available", "eva")
    call = await (await caller.call(LINE, "5510000001")).answered()
    answered = await (await phone.rings()).answer()
    await asyncio.sleep(1)
    yield call, answered
    await call.bye()
    await asyncio.to_thread(eventually, lambda: not Ledger(instance).open(), 15)
    for telephone in (caller, phone):
        await telephone.close()


def _holds(instance: LinkedInstance) -> list[str]:
    """The holds of the last call, in order."""
    query = (
        "SELECT kind FROM call_events WHERE kind IN ('CallHeld', 'CallResumed') "
        "AND call = (SELECT id FROM calls ORDER BY started DESC LIMIT 1) ORDER BY at"
    )
    return [kind for (kind,) in Ledger(instance).rows(query)]


async def _gap(instance: LinkedInstance, *, broken: bool) -> None:
    """Break the link or mend it, and wait until that is seen."""
    instance.proxy.mode = "refuse" if broken else "pass"
    await asyncio.to_thread(eventually, lambda: instance.link_is_up() is not broken, 15)
    await asyncio.sleep(1)


async def test_a_hold_that_outlasts_a_gap_is_one_hold(
    instance: LinkedInstance, talk: tuple[Call, Call]
) -> None:
    _, phone = talk
    await phone.hold()
    await asyncio.sleep(1)
    await _gap(instance, broken=True)
    await _gap(instance, broken=False)
    assert _holds(instance) == ["CallHeld"]
    await phone.resume()
    await asyncio.to_thread(eventually, lambda: _holds(instance) == ["CallHeld", "CallResumed"], 5)
