"""Queues of the real PBX, served through the link of the acting account."""

import asyncio

import pytest

from telephony.ami import AmiAccount, AmiLink
from telephony.events import WANTED
from telephony.exchange import ActionFailed
from telephony.queues import Member, QueueDesk
from telephony.secrets import ami_secrets

pytestmark = pytest.mark.pbx


@pytest.fixture
async def acts(bench):
    async with asyncio.timeout(20):
        link = AmiLink(
            AmiAccount(*bench.addresses.ami, "altavoz-acts", ami_secrets(bench.layout.ami_secrets).acts)
        )
        link.start()
        await link.until_up(5)
        yield link
        await link.close()


@pytest.fixture
async def listens(bench):
    secret = ami_secrets(bench.layout.ami_secrets).listens
    link = AmiLink(AmiAccount(*bench.addresses.ami, "altavoz-listens", secret), WANTED)
    link.start()
    await link.until_up(5)
    yield link
    await link.close()


async def test_a_coordinator_signed_in_twice_serves_the_queue_once(acts):
    desk = QueueDesk(acts)
    await desk.add("101", "cat", "Ana Peña")
    await desk.add("101", "cat", "Ana Peña")
    assert await desk.members() == {
        "cat": [Member("cat", "101", "Ana Peña", paused=False, state="unavailable")],
        "sac": [],
    }
    await desk.remove("101", "cat")
    await desk.remove("101", "cat")
    assert await desk.members() == {"cat": [], "sac": []}


async def test_a_queue_that_does_not_exist_is_an_error(acts):
    with pytest.raises(ActionFailed):
        await QueueDesk(acts).add("101", "ventas", "Ana Peña")


async def test_a_signed_in_coordinator_without_a_registered_phone_counts_as_nobody(bench, acts, sipp):
    desk = QueueDesk(acts)
    await desk.add("102", "cat", "Luis")
    assert await sipp.went_well(sipp.call("call", "queue"))
    assert await bench.kept("queue") == "JOINEMPTY"
    await desk.remove("102", "cat")


async def test_callers_wait_while_everybody_is_paused(bench, acts, sipp):
    desk = QueueDesk(acts)
    assert await sipp.register("101", "clave-de-ana", 15167) == 0
    await desk.add("101", "cat", "Ana Peña")
    await acts.action("QueuePause", {"Queue": "cat", "Interface": "PJSIP/101", "Paused": "true"})
    assert [member.paused for member in (await desk.members())["cat"]] == [True]
    assert await sipp.went_well(sipp.call("call", "queue"))
    assert await bench.kept("queue") == "TIMEOUT"
    await desk.remove("101", "cat")


async def test_the_phone_of_a_signed_in_coordinator_rings_with_the_name(bench, acts, sipp):
    desk = QueueDesk(acts)
    phone = sipp.phone(15167)
    assert await sipp.register("101", "clave-de-ana", 15167) == 0
    await desk.add("101", "cat", "Ana Peña")
    call = sipp.call("talk", "queue")
    assert '"ASISTENCIA ÑANDÚ"' in await sipp.logged("FROM")
    assert await sipp.went_well(call)
    assert await sipp.went_well(phone)
    await desk.remove("101", "cat")


async def test_the_listening_account_may_neither_reload_nor_touch_queues(listens):
    for name, headers in (
        ("Reload", {"Module": "pbx_config"}),
        ("QueueAdd", {"Queue": "cat", "Interface": "PJSIP/101"}),
        ("Command", {"Command": "core show version"}),
        ("GetConfig", {"Filename": "manager.conf"}),
        ("Originate", {"Channel": "Local/a@b", "Application": "System", "Data": "id"}),
        ("Hangup", {"Channel": "/.*/"}),
        ("DBPut", {"Family": "altavoz-hand", "Key": "1", "Val": "1"}),
    ):
        with pytest.raises(ActionFailed, match="Permission denied"):
            await listens.action(name, headers)


async def test_the_acting_account_may_run_no_command_and_no_program(acts):
    for name, headers in (
        ("Command", {"Command": "core show version"}),
        ("Originate", {"Channel": "Local/a@b", "Application": "System", "Data": "id"}),
        ("Hangup", {"Channel": "/.*/"}),
        ("DBPut", {"Family": "altavoz-hand", "Key": "1", "Val": "1"}),
        ("UpdateConfig", {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"}),
    ):
        with pytest.raises(ActionFailed, match=r"Permission denied|Access Forbidden"):
            await acts.action(name, headers)


async def test_only_wanted_events_reach_the_listening_account(bench, sipp):
    secret = ami_secrets(bench.layout.ami_secrets).listens
    account = AmiAccount(*bench.addresses.ami, "altavoz-listens", secret)
    listens = AmiLink(account, (*WANTED, "Newchannel", "Newstate", "CEL", "VarSet"))
    listens.start()
    await listens.until_up(5)
    assert await sipp.went_well(sipp.call("call", "queue"))
    await asyncio.sleep(0.2)
    await listens.close()
    names = [event.name async for event in listens.events()]
    assert "Hangup" in names
    assert set(names) <= set(WANTED)
