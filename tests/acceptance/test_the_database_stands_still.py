"""The database locked, full, killed beneath us: calls go on, and every one has its record when it clears."""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import open_engine
from tests.support.crowd import Crowd
from tests.support.databases import PostgresServer
from tests.support.instance import Instance, eventually
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]

PASSWORD = "clave-de-prueba-1"
TELMEX = "127.0.0.13"
LINE = "525541239876"
SMALL = 24 * 2**20
SEEN_WITHIN = 5.0
LOCKS = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
database.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
"""


@dataclass
class House:
    """An instance with one telephone that answers, on a database at `url`."""

    instance: Instance
    url: str
    next_number: int = 5510000000
    phones: Crowd | None = None

    def serve(self) -> None:
        """Starts it all."""
        instance = self.instance
        instance.start()
        folder = instance.home / "sip"
        folder.mkdir()
        register = SipLab(folder, instance.sip, media=instance.base + 160)
        secret = instance.add_coordinator("persona101", "101", "cat,sac", PASSWORD)
        register.register("101", secret, instance.base + 10)
        self.phones = Crowd(instance.home, instance.sip, instance.base + 150)
        self.phones.phone(instance.base + 10)
        instance.run("user", "available", "persona101")

    def close(self) -> None:
        if self.phones is not None:
            self.phones.stop()
        self.instance.remove()

    @property
    def spool(self) -> Path:
        return self.instance.home / "facts.spool"

    @property
    def spooled(self) -> int:
        return self.spool.stat().st_size if self.spool.exists() else 0

    def database_is_well(self) -> bool:
        """As a program sees it that asks whether the service is ready."""
        try:
            with urllib.request.urlopen(f"{self.instance.http}/readyz", timeout=8) as response:
                said = json.load(response)
        except urllib.error.HTTPError as unready:
            said = json.load(unready)
        except OSError:
            return False
        return bool(said["checks"]["database"])

    def rows(self, query: str) -> list[tuple[object, ...]]:
        async def read() -> list[tuple[object, ...]]:
            engine = open_engine(self.url)
            async with engine.connect() as connection:
                found = [tuple(row) for row in await connection.execute(text(query))]
            await engine.dispose()
            return found

        return asyncio.run(read())

    def calls(self, count: int, during: Callable[[], None]) -> "Count":
        """One call every 1.5 s from now on, each 2 to 4 s long, while something happens `during` it."""
        numbers = [str(self.next_number + place) for place in range(count)]
        self.next_number += 1000
        folder = self.instance.home / f"crowd-{self.next_number}"
        folder.mkdir()
        crowd = Crowd(folder, self.instance.sip, self.instance.base + 170)
        try:
            calling = crowd.callers(TELMEX, LINE, numbers, every=1.5, talk=(2, 4))
            time.sleep(3)
            during()
            calling.wait(90)
        finally:
            crowd.stop()
        return Count(self, {f"+52{number}" for number in crowd.made()})


@dataclass
class Count:
    house: House
    made: set[str]

    def settle(self, name: str) -> None:
        """Every call made has one ended record, and one case if it was answered; nothing waits any more."""
        eventually(lambda: self.house.spooled == 0 and self.house.database_is_well(), 60)
        eventually(lambda: self.made <= self.recorded().keys() and not self.open(), 60)
        recorded = self.recorded()
        lost = self.made - recorded.keys()
        doubled = [number for number in self.made if recorded[number] > 1]
        cases = 'SELECT caller, COUNT(DISTINCT "case") FROM calls WHERE answered IS NOT NULL GROUP BY caller'
        wrong = [row for row in self.house.rows(cases) if row[1] != 1]
        facts = self.house.rows(
            "SELECT COUNT(*), COUNT(DISTINCT call) FROM call_events WHERE kind = 'CallEnded'"
        )
        print(f"\n{name:<34} made {len(self.made)}  recorded {len(recorded.keys() & self.made)}"
              f"  lost {len(lost)}  doubled {len(doubled)}")  # fmt: skip
        assert (lost, doubled, wrong) == (set(), [], [])
        assert facts[0][0] == facts[0][1]

    def recorded(self) -> Counter[str]:
        found = Counter(str(row[0]) for row in self.house.rows("SELECT caller FROM calls"))
        return Counter({number: count for number, count in found.items() if number in self.made})

    def open(self) -> list[tuple[object, ...]]:
        return self.house.rows("SELECT id FROM calls WHERE ended IS NULL")


def an_instance(url: str = "") -> Instance:
    base = 18400
    extra = {"ALTAVOZ_RTP": f"{base + 20}-{base + 139}"} | ({"ALTAVOZ_DATABASE": url} if url else {})
    return Instance(base=base, extra=extra)


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of its own for the database, which a few megabytes fill."""
    if os.getuid() != 0:
        pytest.skip("only root may mount a disk")
    folder = tmp_path_factory.mktemp("disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=0755", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture(scope="module")
def house(small_disk: Path) -> Iterator[House]:
    url = f"sqlite:///{small_disk / 'altavoz.db'}"
    house = House(an_instance(url), url)
    try:
        house.serve()
        yield house
    finally:
        house.close()


def lock(house: House, seconds: float) -> subprocess.Popen[str]:
    """Another program holds the database for so long."""
    file = house.url.removeprefix("sqlite:///")
    words = [sys.executable, "-c", LOCKS, file, str(seconds)]
    other = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "locked\n"
    return other


def seen(house: House) -> float:
    """Seconds until the service says that its database takes nothing."""
    began = time.monotonic()
    eventually(lambda: not house.database_is_well(), 20)
    return round(time.monotonic() - began, 1)


def test_locked_for_twenty_seconds_while_calls_go_on(house: House) -> None:
    def during() -> None:
        other = lock(house, 20)
        said = seen(house)
        eventually(lambda: house.spooled > 0, 10)
        other.wait(30)
        print(f"\nlocked: seen after {said} s")
        assert said <= SEEN_WITHIN

    count = house.calls(14, during)
    count.settle("locked 20 s")
    assert len(count.made) >= 10


def test_killed_while_it_is_locked_and_started_again(house: House) -> None:
    def during() -> None:
        other = lock(house, 12)
        eventually(lambda: house.spooled > 0, 10)
        house.instance.kill()
        other.wait(30)
        assert house.spooled > 0
        house.instance.start(examples=False)

    count = house.calls(14, during)
    count.settle("locked, killed -9, started again")
    assert len(count.made) >= 10


def test_a_full_disk_that_has_room_again(house: House, small_disk: Path) -> None:
    def during() -> None:
        filler = small_disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        said = seen(house)
        time.sleep(10)
        spooled = house.spooled
        filler.unlink()
        print(f"\nfull: seen after {said} s, {spooled} bytes on the spool")
        assert spooled > 0

    count = house.calls(14, during)
    count.settle("disk full for 10 s")
    assert len(count.made) >= 10


def test_postgresql_stopped_for_fifteen_seconds(house: House) -> None:
    house.close()
    server = PostgresServer()
    other = House(an_instance(server.url), server.url)
    try:
        server.start()
        other.serve()

        def during() -> None:
            server.stop()
            said = seen(other)
            time.sleep(15)
            assert other.spooled > 0
            server.start()
            print(f"\nPostgreSQL away: seen after {said} s")

        count = other.calls(14, during)
        count.settle("PostgreSQL stopped 15 s")
        assert len(count.made) >= 10
    finally:
        other.close()
        server.remove()
