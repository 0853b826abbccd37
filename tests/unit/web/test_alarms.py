"""Alarms on every page of those concerned, live; their stream ends with its session and keeps none."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp import WSMsgType
from sqlalchemy import select

from staff.permissions import Permission
from staff.tables import people, sessions
from web import alarm_stream
from web.alarm import Alarm, Level, told, when
from web.desks import GOING_AWAY, SIGNED_OUT

AT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")
QUEUE = Alarm("queue-nobody", AT, "Nadie atiende CAT", "Póngase disponible.", Permission.DESK_USE)
DISK = Alarm("disk-low", AT, "Queda poco disco", "Libere.", Permission.STATUS_READ, Level.WARNING)
ALL = Alarm("pbx-link", AT, "Sin conexión con la central", "Los teléfonos suenan.", None)


async def stream(visitor, query=""):
    address = visitor.root.join(visitor.root.with_path("/alarms/stream")).with_query(query)
    return await visitor.session.ws_connect(address, origin=visitor.origin)


async def message(socket, seconds=3.0):
    received = await socket.receive(timeout=seconds)
    assert received.type is WSMsgType.TEXT, (received, socket.close_code)
    return json.loads(received.data)


async def the_end(socket, seconds=3.0):
    """The code with which it closes, whatever is said before."""
    async with asyncio.timeout(seconds):
        async for _ in socket:
            pass
    return socket.close_code


@pytest.fixture
def quickly(monkeypatch):
    monkeypatch.setattr(alarm_stream, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(alarm_stream, "STATUS_EVERY", 0.05)
    monkeypatch.setattr(alarm_stream, "SESSIONS_EVERY", 0.1)


@pytest.mark.parametrize(
    ("name", "path", "shown"),
    [("ana", "/calls", {QUEUE, ALL}), ("ivan", "/lines", {DISK, ALL}), ("carla", "/lines", {ALL})],
)
async def test_a_page_shows_the_alarms_that_concern_its_person(house, name, path, shown):
    house.alarms = (QUEUE, ALL, DISK)
    async with house.at(name) as visitor:
        page = await (await visitor.get(path)).text()
    assert {alarm for alarm in house.alarms if alarm.text in page} == shown


async def test_a_page_without_alarms_has_no_bar(house):
    async with house.at("ana") as visitor:
        assert 'class="alarms' not in await (await visitor.get("/calls")).text()


async def test_the_desk_shows_the_same_bar_once_by_its_own_stream(house):
    house.alarms = (QUEUE,)
    async with house.at("ana") as visitor:
        page = await (await visitor.get("/desk")).text()
    assert page.count("Nadie atiende CAT") == 1
    assert "data-alarm-stream" not in page


async def test_nobody_in_particular_learns_of_no_alarm(house):
    house.alarms = (ALL,)
    async with house.at() as visitor:
        assert ALL.text not in await (await visitor.get("/sign-in")).text()


async def test_an_alarm_reaches_the_open_pages_of_those_concerned_and_goes_again(house, quickly):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root, "ivan") as ivan:
        at_ana, at_ivan = await stream(ana), await stream(ivan)
        assert await message(at_ana) == await message(at_ivan) == {"alarms": ""}
        house.alarms = (QUEUE,)
        assert "Nadie atiende CAT" in (await message(at_ana))["alarms"]
        house.alarms = ()
        assert await message(at_ana) == {"alarms": ""}
        house.alarms = (DISK,)
        assert "Queda poco disco" in (await message(at_ivan))["alarms"]


async def test_a_page_that_is_opened_later_gets_what_stands(house, quickly):
    house.alarms = (ALL,)
    async with house.at("carla") as visitor:
        assert ALL.text in (await message(await stream(visitor)))["alarms"]


async def test_the_status_goes_to_the_status_page_of_those_who_may_read_it_only(house, quickly):
    async with house.serving() as root, house.visit(root, "ivan") as ivan, house.visit(root, "ana") as ana:
        assert "status" in await message(await stream(ivan, "status"))
        assert "status" not in await message(await stream(ana, "status"))


async def test_the_stream_ends_when_its_session_does(house, quickly):
    async with house.at("ana") as visitor:
        socket = await stream(visitor)
        await message(socket)
        await house.sessions.close_all((await house.person("ana")).id)
        assert await the_end(socket) == SIGNED_OUT


async def test_an_idle_page_does_not_keep_its_session(house, quickly):
    house.clock = lambda: datetime.now(UTC) - timedelta(minutes=31)
    async with house.at("ana") as visitor:
        socket = await stream(visitor)
        await message(socket)
        async with house.engine.connect() as connection:
            before = (await connection.execute(select(sessions.c.seen))).scalars().all()
        await asyncio.sleep(0.5)
        async with house.engine.connect() as connection:
            assert (await connection.execute(select(sessions.c.seen))).scalars().all() == before
        house.clock = lambda: datetime.now(UTC)
        assert await the_end(socket) == SIGNED_OUT


async def test_somebody_who_loses_a_role_loses_its_alarms(house, quickly):
    house.alarms = (QUEUE,)
    async with house.at("ana") as visitor:
        socket = await stream(visitor)
        assert "Nadie atiende" in (await message(socket))["alarms"]
        async with house.engine.begin() as connection:
            await connection.execute(people.update().where(people.c.name == "ana").values(roles=["tmk"]))
        assert await message(socket) == {"alarms": ""}


async def test_a_page_that_does_not_read_holds_up_no_other(house, quickly, monkeypatch):
    monkeypatch.setattr(alarm_stream, "SEND_SECONDS", 0.3)
    async with house.serving() as root, AsyncExitStack() as stack:
        pages = [await stream(await stack.enter_async_context(house.visit(root, "carla"))) for _ in range(20)]
        pages[0]._response.connection.protocol.pause_reading()
        for count in range(20):
            text = f"{count} " + "x" * 200_000
            house.alarms = (Alarm(f"a-{count}", AT, text, "", None),)
            await asyncio.gather(*(_sees(page, f"{count} x") for page in pages[1:]))


async def _sees(socket, text):
    while text not in (await message(socket)).get("alarms", ""):
        pass


async def test_the_service_stops_at_once_with_pages_open(house):
    async with house.serving() as root, house.visit(root, "ana") as visitor:
        socket = await stream(visitor)
        await message(socket)
        reading = asyncio.create_task(the_end(socket))
        started = asyncio.get_running_loop().time()
        await house.servers[-1].close()
        assert asyncio.get_running_loop().time() - started < 1
        assert await reading == GOING_AWAY


def test_the_hour_is_the_sites_and_another_day_has_its_name():
    assert when(AT, AT, BUENOS_AIRES) == "las 15:30"
    assert when(AT.replace(hour=4), AT, BUENOS_AIRES) == "la 01:30"
    assert when(AT - timedelta(days=1), AT, BUENOS_AIRES) == "el 20 nov 2026 a las 15:30"


def test_an_alarm_that_comes_back_is_another_occurrence():
    first, again = told(
        (QUEUE, Alarm("queue-nobody", AT + timedelta(hours=1), "", "", None)), AT, BUENOS_AIRES
    )
    assert first.headline == "Nadie atiende CAT desde las 15:30"
    assert first.key != again.key
