"""Confirmations, selections, trainings and clients' databases: what does not count, and what is refused."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from db.all_tables import metadata
from plans.model import Coverage
from provisioning.alta.files import Files
from provisioning.network.enough import Need, PlanNeeds, Row
from provisioning.network.minimums import Minimum
from provisioning.network.selection import Selection
from provisioning.network.training import Handing, Session, Trainings, attendees_of
from provisioning.network.values import NetworkRefused, StaleRow
from provisioning.network.zones import zone_of
from staff.scope import Scope
from tests.support.databases import fresh_engine

TODAY = date(2026, 3, 2)
TOW = Coverage(code="GRUA", name="Grúa", service="vial", kind="emergencia")
PLAN = PlanNeeds("vial-atlas", "Vial Atlas", "AR", "Banco Atlas", (TOW,))
HANDED = Handing("Tina Rey", TODAY, date(2031, 1, 31))
ELSEWHERE = Scope(frozenset({"CO"}))


def row(zone="Córdoba", providers=0):
    need = Need("vial", "GRUA", "Grúa", True, zone_of(zone), Minimum())
    return Row(need, providers, providers, providers, ())


def held(**other):
    return replace(Session(TODAY, "Tina Rey", attendees_of("Ana; 85")), **other)


@pytest.fixture
async def engine(tmp_path):
    async with fresh_engine("sqlite", tmp_path, metadata) as opened:
        yield opened


def clock():
    return datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.fixture
def tasks(engine):
    return Selection(engine, clock)


@pytest.fixture
def trainings(engine, tmp_path):
    return Trainings(engine, clock, Files(tmp_path / "files"))


async def test_somebody_looks_only_for_what_lacks_until_a_day_that_is_to_come_and_once(tasks):
    for gap, owner, due in (
        (row(providers=1), "pedro", TODAY),
        (row(), "pedro", date(2026, 3, 1)),
        (row(), "pedro", None),
        (row(), "", TODAY),
    ):
        with pytest.raises(NetworkRefused):
            await tasks.open(PLAN, gap, owner, due, TODAY)
    assert await tasks.of_plan("vial-atlas") == ()
    await tasks.open(PLAN, row(), "pedro", TODAY, TODAY)
    with pytest.raises(StaleRow):
        await tasks.open(PLAN, row(), "aurora", TODAY, TODAY)


async def test_what_is_still_short_stays_open_and_what_was_waived_stays_waived(tasks):
    opened = [
        await tasks.open(PLAN, row(zone), "pedro", TODAY, TODAY) for zone in ("Córdoba", "Salta", "Jujuy")
    ]
    with pytest.raises(NetworkRefused):
        await tasks.waive(opened[2].id, "\u200b \u00a0")
    await tasks.waive(opened[2].id, "El cliente acepta el reintegro")
    await tasks.fill("vial-atlas", {opened[1].key})
    assert [task.state for task in await tasks.of_plan("vial-atlas")] == ["waived", "open", "filled"]
    assert await tasks.waived("vial-atlas") == {opened[2].key}
    with pytest.raises(StaleRow):
        await tasks.waive(opened[0].id, "ya no hace falta")
    again = await tasks.open(PLAN, row(), "pedro", TODAY, TODAY)
    assert again.state == "open", "what was filled may lack again"


async def test_selections_of_another_country_are_out_of_sight_and_pages_lose_none(tasks):
    opened = [await tasks.open(PLAN, row(zone), "pedro", TODAY, TODAY) for zone in ("Córdoba", "Salta")]
    assert await tasks.find(opened[0].id, ELSEWHERE) is None
    assert await tasks.page("open", scope=ELSEWHERE) == ((), None)
    first, mark = await tasks.page("open", limit=1)
    second, end = await tasks.page("open", mark, limit=1)
    assert [task.id for task in (*first, *second)] == [task.id for task in opened] and end is None


async def test_a_training_is_written_down_once_it_took_place(trainings):
    for wrong in ({"held": date(2026, 3, 3)}, {"trainer": ""}, {"attended": ()}):
        with pytest.raises(NetworkRefused) as refused:
            await trainings.hold(PLAN, held(**wrong), TODAY)
        assert refused.value.problems.keys() == wrong.keys()
    made = await trainings.hold(PLAN, held(), TODAY)
    assert await trainings.find(made.id, ELSEWHERE) is None
    with pytest.raises(NetworkRefused):
        await trainings.withdraw(made.id, "\u200b \u00a0")
    await trainings.withdraw(made.id, "Era de otro plan")
    with pytest.raises(StaleRow):
        await trainings.withdraw(made.id, "otra vez")
    with pytest.raises(NetworkRefused, match="0 a 100"):
        attendees_of("Ana; 101")
    for written in ("Ana; 00009999", "Ana; " + "0" * 5000):
        with pytest.raises(NetworkRefused, match="0 a 100"):
            attendees_of(written)


async def test_a_clients_database_says_until_when_and_where_it_is_kept(trainings):
    for handing, field in (
        (replace(HANDED, received_by=""), "received_by"),
        (replace(HANDED, until=None), "until"),
        (replace(HANDED, until=date(2026, 3, 1)), "until"),
        (replace(HANDED, stored=False), "place"),
    ):
        with pytest.raises(NetworkRefused) as refused:
            await trainings.hand(PLAN, handing, "base.csv", b"a\nb\n")
        assert refused.value.problems.keys() == {field}
    outside = await trainings.hand(PLAN, replace(HANDED, stored=False, place="Caja 3"), "b.csv", b"a\nb\n")
    assert outside.rows == 1 and not trainings.path(outside).exists(), "what is kept elsewhere is not here"


class SlowFiles(Files):
    """A disk that has written and waits to be told to go on."""

    def __init__(self, folder):
        super().__init__(folder)
        self.written, self.go_on = threading.Event(), threading.Event()

    def keep(self, name, body):
        kept = super().keep(name, body)
        self.written.set()
        assert self.go_on.wait(10)
        return kept


async def test_a_file_that_is_handed_in_while_it_is_thrown_away_stays(engine, tmp_path):
    files = SlowFiles(tmp_path / "files")
    at_once = Trainings(engine, clock, files)
    files.go_on.set()
    former = await at_once.hand(PLAN, HANDED, "base.csv", b"a\nb\n")
    files.written.clear()
    files.go_on.clear()
    handing = asyncio.create_task(at_once.hand(PLAN, HANDED, "base.csv", b"a\nb\n"))
    await asyncio.to_thread(files.written.wait, 10)
    ending = asyncio.create_task(at_once.end(former.id, "Se devolvió en mano"))
    await asyncio.wait({ending}, timeout=0.3)
    files.go_on.set()
    handed = await handing
    await ending
    assert at_once.path(handed).read_bytes() == b"a\nb\n"
    assert not (await at_once.base(former.id)).stored


async def test_a_file_goes_with_the_last_database_that_is_it(trainings):
    first, second = [await trainings.hand(PLAN, HANDED, "base.csv", b"a\nb\n") for _ in range(2)]
    other = await trainings.hand(PLAN, HANDED, "otra.csv", b"a\nc\n")
    assert await trainings.base(first.id, ELSEWHERE) is None
    with pytest.raises(NetworkRefused):
        await trainings.end(first.id, "\u200b \u00a0")
    await trainings.end(first.id, "Se devolvió en mano")
    assert trainings.path(second).exists(), "the second one is still here"
    with pytest.raises(StaleRow):
        await trainings.end(first.id, "otra vez")
    await trainings.end(second.id, "Se destruyó")
    assert not trainings.path(second).exists() and trainings.path(other).exists()
    assert not (await trainings.base(second.id)).stored
