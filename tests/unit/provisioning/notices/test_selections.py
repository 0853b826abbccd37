"""Whoever looks for providers hears that it is theirs, due, late; then the area's head does."""

from datetime import date

from provisioning.network.enough import Need, PlanNeeds, Row
from provisioning.network.minimums import Minimum
from provisioning.network.zones import zone_of
from provisioning.notices.preferences import How
from staff.actor import Actor, acting
from tests.unit.provisioning.notices.conftest import Bench

WHAT = "Buscar prestadores: hogar, Córdoba"


def gap() -> Row:
    need = Need("hogar", "PLOM", "Plomería", True, zone_of("Córdoba"), Minimum())
    return Row(need, 0, 0, 0, ())


async def searching(bench: Bench, *, alta: int | None = None, by: str = "ada") -> int:
    """Paula looks for a plumber in Córdoba until Friday, 13 March 2026."""
    wanted = PlanNeeds("hogar-nandu", "Hogar Ñandú", "AR", "Seguros Ñandú", (), alta=alta)
    with acting(Actor(by, "console")):
        until, today = date(2026, 3, 13), date(2026, 3, 2)
        return (await bench.office.selection.open(wanted, gap(), "paula", until, today)).id


async def test_it_is_told_to_who_looks_when_it_is_due_and_late_and_then_to_the_head(bench: Bench) -> None:
    await bench.office.areas.change("providers", "Prestadores", "olga", None)
    await searching(bench)
    said = []
    for day in range(2, 21):
        bench.clock.at(day, 10)
        said += [(day, *mail) for mail in await bench.look()]
    assert said == [
        (2, "paula", f"Queda a su cargo: {WHAT}"),
        (12, "paula", f"Está por vencer: {WHAT}"),
        (16, "paula", f"Venció: {WHAT}"),
        (18, "olga", f"Demorado en su área: {WHAT}"),
    ]


async def test_who_takes_it_on_themselves_is_reminded_only(bench: Bench) -> None:
    await searching(bench, by="paula")
    assert await bench.look() == []
    bench.clock.at(13, 10)
    assert await bench.look() == [("paula", f"Está por vencer: {WHAT}")]
    assert await bench.look() == []


async def test_another_day_begins_it_anew_and_what_ended_reminds_nobody(bench: Bench) -> None:
    id = await searching(bench, by="paula")
    bench.clock.at(16, 10)
    assert await bench.look() == [("paula", f"Venció: {WHAT}")]
    with acting(Actor("paula", "console")):
        await bench.office.selection.assign(id, "paula", date(2026, 3, 20), "Hay uno interesado.")
    bench.clock.at(19, 10)
    assert await bench.look() == [("paula", f"Está por vencer: {WHAT}")]
    await bench.office.selection.waive(id, "El cliente acepta el reintegro.")
    bench.clock.at(30, 10)
    assert await bench.look() == []


async def test_that_of_a_suspended_alta_waits(bench: Bench) -> None:
    alta = await bench.begun("ada")
    await searching(bench, alta=alta.id, by="paula")
    await bench.mails()
    await bench.office.altas.suspend(alta.id, bench.people["ada"], "Espera.")
    bench.clock.at(16, 10)
    assert [mail for mail in await bench.look() if mail[0] == "paula"] == []


async def test_a_digest_strikes_out_what_was_found_meanwhile(bench: Bench) -> None:
    zone = "America/Argentina/Buenos_Aires"
    await bench.office.preferences.choose(bench.people["paula"], How.DIGEST, 17, zone)
    id = await searching(bench)
    assert await bench.look() == []
    with acting(Actor("ada", "console")):
        await bench.office.selection.waive(id, "Se cubre desde otra provincia.")
    bench.clock.at(2, 17)
    assert await bench.look() == [("paula", "Resumen del 02/03/2026: nada pendiente")]
