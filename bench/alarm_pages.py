"""Many open pages: what each costs, and how soon an alarm stands on all of them.

The limit beside it: the same number of bare writes to the same number of bare sockets on this machine.
"""

import asyncio
import os
import re
import signal
import socket
import time
from pathlib import Path

import aiohttp

from tests.support.instance import Instance

PAGES = (500, 2000)
PASSWORD = "clave-de-medida-1"
BASE = 19570
LOST = "Sin conexión con la central"


def main() -> None:
    altavoz = Instance(base=BASE)
    try:
        altavoz.start()
        altavoz.run("user", "add", "eva", "--role", "supervisor", "--password-stdin", stdin=PASSWORD + "\n")
        for pages in PAGES:
            asyncio.run(measure(altavoz, pages))
            print(f"{'':>6}       {1000 * bare_writes(pages):6.1f} ms for as many bare writes")
    finally:
        altavoz.remove()


async def measure(altavoz: Instance, pages: int) -> None:
    jar, connector = aiohttp.CookieJar(unsafe=True), aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(cookie_jar=jar, connector=connector) as session:
        await sign_in(session, altavoz.http)
        before, opened = memory(altavoz), time.perf_counter()
        sockets, told = [], []
        for _ in range(pages):
            sockets.append(await open_page(session, altavoz.http))
            told.append(asyncio.create_task(until_told(sockets[-1])))
        opening = time.perf_counter() - opened
        await asyncio.sleep(2)
        used, beginning = processor(altavoz), time.perf_counter()
        await asyncio.sleep(10)
        load = (processor(altavoz) - used) / (time.perf_counter() - beginning)
        each = (memory(altavoz) - before) / pages
        killed = time.perf_counter()
        os.kill(altavoz.pbx_pid() or 0, signal.SIGKILL)
        instants = sorted(instant - killed for instant in await asyncio.gather(*told))
        print(f"{pages:>6} pages opened in {opening:.1f} s, {each / 1024:.0f} KiB each")
        print(f"{'':>6}       {100 * load:.1f} % of a core at rest")
        print(f"{'':>6}       PBX killed → first page {instants[0]:.2f} s, last {instants[-1]:.2f} s")
        await asyncio.sleep(6)
        for each_socket in sockets:
            await each_socket.close()


async def sign_in(session: aiohttp.ClientSession, http: str) -> None:
    async with session.get(f"{http}/sign-in") as form:
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', await form.text()))
    fields |= {"name": "eva", "password": PASSWORD}
    async with session.post(f"{http}/sign-in", data=fields, headers={"Origin": http}) as answer:
        assert answer.status == 200 and "/sign-in" not in str(answer.url), await answer.text()


async def open_page(session: aiohttp.ClientSession, http: str) -> aiohttp.ClientWebSocketResponse:
    socket = await session.ws_connect(f"{http}/alarms/stream", origin=http, heartbeat=None)
    await socket.receive()
    return socket


async def until_told(page: aiohttp.ClientWebSocketResponse) -> float:
    async for message in page:
        if LOST in str(message.data):
            return time.perf_counter()
    raise ConnectionError(page.close_code)


def memory(altavoz: Instance) -> int:
    """Bytes resident."""
    assert altavoz.process is not None
    text = Path(f"/proc/{altavoz.process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", text)[0]) * 1024


def processor(altavoz: Instance) -> float:
    """Seconds of processor used so far."""
    assert altavoz.process is not None
    fields = Path(f"/proc/{altavoz.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bare_writes(count: int) -> float:
    """Seconds for `count` writes of a bar's size, each to its own socket."""
    pairs = [socket.socketpair() for _ in range(count)]
    started = time.perf_counter()
    for ours, _ in pairs:
        ours.send(b"x" * 700)
    taken = time.perf_counter() - started
    for ours, theirs in pairs:
        ours.close()
        theirs.close()
    return taken


if __name__ == "__main__":
    main()
