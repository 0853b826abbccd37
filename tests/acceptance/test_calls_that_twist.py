"""Calls of a running Altavoz that are passed on: the name on each phone, the call's record, its recording."""

import asyncio
import json
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.instance import ALTAVOZ, ROOT, Instance, eventually
from tests.support.softphone import Call, Telephone

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]

PASSWORD = "clave-de-prueba-1"
BASE = 15400
LINE, CARRIER = "1143218765", "127.0.0.11"
SHOWN = "ASISTENCIA ÑANDÚ".encode().decode("latin-1")


@pytest.fixture(scope="module")
def altavoz() -> Iterator[Instance]:
    instance = Instance(base=BASE)
    try:
        instance.ready_line = instance.start()
        yield instance
    finally:
        instance.remove()


@pytest.fixture(scope="module")
def secrets(altavoz: Instance) -> dict[str, str]:
    """Two coordinators; only the first is on shift."""
    return {
        extension: altavoz.add_coordinator(name, extension, "cat,sac", PASSWORD)
        for name, extension in (("ana", "101"), ("luis", "102"))
    }


@pytest.fixture
async def phones(altavoz: Instance, secrets: dict[str, str]) -> AsyncIterator[dict[str, Telephone]]:
    opened = {
        extension: await Telephone.open("127.0.0.1", BASE + 250 + place, altavoz.sip, extension, secret)
        for place, (extension, secret) in enumerate(secrets.items())
    }
    for telephone in opened.values():
        await telephone.register()
    await asyncio.to_thread(altavoz.run, "user", "available", "ana")
    yield opened
    for telephone in opened.values():
        await telephone.close()


@pytest.fixture
async def caller(altavoz: Instance) -> AsyncIterator[Call]:
    """Somebody who called and chose the emergencies."""
    telephone = await Telephone.open(CARRIER, 0, altavoz.sip)
    call = await (await telephone.call(LINE, "1155554444")).answered()
    await asyncio.sleep(1.5)
    await call.digit("1")
    yield call
    await telephone.close()


async def answers(phone: Telephone, after: float = 0.3) -> Call:
    async with asyncio.timeout(30):
        while True:
            try:
                call = await (await phone.rings()).answer(after)
            except TimeoutError:
                continue
            await asyncio.sleep(0.5)
            return call


def last_call(altavoz: Instance) -> dict[str, object]:
    newest: dict[str, object] = altavoz.json("call", "list", "--limit", "1")[0]
    return newest


async def ended(altavoz: Instance) -> dict[str, object]:
    def row() -> dict[str, object] | None:
        newest = last_call(altavoz)
        return newest if newest["outcome"] else None

    found: dict[str, object] = await asyncio.to_thread(eventually, row)
    return found


async def test_whom_a_call_is_passed_to_without_asking_sees_the_fantasy_name(
    altavoz: Instance, phones: dict[str, Telephone], caller: Call
) -> None:
    first = await answers(phones["101"])
    assert await first.refer("102") == 202
    await first.bye()
    second = await answers(phones["102"])
    assert SHOWN in second.shown
    await asyncio.sleep(0.5)
    await caller.bye()
    assert (await ended(altavoz))["outcome"] == "answered"


async def test_whom_a_call_is_passed_to_after_asking_sees_the_fantasy_name(
    altavoz: Instance, phones: dict[str, Telephone], caller: Call
) -> None:
    first = await answers(phones["101"])
    await first.hold()
    consult = await phones["101"].call("102")
    second = await answers(phones["102"])
    await consult.answered()
    assert SHOWN not in second.shown
    assert await first.refer("102", replacing=consult) == 202
    await asyncio.sleep(1)
    assert SHOWN in second.shown
    await caller.bye()
    await ended(altavoz)


async def test_a_caller_passed_on_to_nobody_comes_back_to_the_queue(
    altavoz: Instance, phones: dict[str, Telephone], caller: Call
) -> None:
    first = await answers(phones["101"])
    await first.refer("999")
    await first.bye()
    again = await answers(phones["101"])
    assert SHOWN in again.shown
    assert not caller.ended.is_set()
    await again.bye()
    await caller.until_ended(10)


async def test_a_recording_of_the_running_service_tells_the_call_again(
    altavoz: Instance, phones: dict[str, Telephone], tmp_path: Path
) -> None:
    file = tmp_path / "eventos.jsonl"
    words = (*ALTAVOZ, "call", "record", str(file))
    recording = await asyncio.create_subprocess_exec(*words, cwd=ROOT, env=altavoz.environ, stdout=PIPE)
    await asyncio.to_thread(eventually, file.exists, 60)
    await asyncio.sleep(3)
    telephone = await Telephone.open(CARRIER, 0, altavoz.sip)
    call = await (await telephone.call(LINE, "1155554444")).answered()
    await asyncio.sleep(0.5)
    await call.bye()
    await asyncio.sleep(1)
    await telephone.close()
    recording.send_signal(signal.SIGINT)
    said, _ = await asyncio.wait_for(recording.communicate(), 60)
    assert recording.returncode == 0
    assert str(file) in said.decode()
    facts = json.loads(altavoz.run("call", "replay", str(file), "--json"))
    assert [fact["fact"] for fact in facts] == ["CallArrived", "CallEnded"]
    assert "entra: +541155554444 llama a +541143218765" in altavoz.run("call", "replay", str(file))


def test_a_recording_ends_by_itself(altavoz: Instance, tmp_path: Path) -> None:
    assert "lecturas" in altavoz.run("call", "record", str(tmp_path / "a.jsonl"), "--seconds", "1")
    again = altavoz.run("call", "record", str(tmp_path / "a.jsonl"), "--seconds", "1", check=False)
    assert "No se puede crear" in again
