"""What is due and late is told again, by business days; digests; and that nobody is told anything twice."""

import asyncio
import dataclasses
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from mail.tables import outbox
from provisioning.alta.calendar import BusinessCalendar
from provisioning.alta.procedure import Reminders
from provisioning.notices.preferences import BadPreference, How
from provisioning.notices.reminders import Turn, reminders
from provisioning.notices.tables import notices
from provisioning.office import Office
from staff.profile import Profile
from staff.roles import Role
from staff.tables import people
from tests.support.mail_server import MailServer
from tests.unit.provisioning.notices.conftest import Bench, come, everywhere, post

PROSPECT = "Prospecto y datos de la cuenta"
BUENOS_AIRES = "America/Argentina/Buenos_Aires"


async def test_reminders_come_on_business_days_over_a_weekend_and_a_holiday(bench: Bench) -> None:
    """Begun on Friday 20 March 2026 with five business days; 23 and 24 March are holidays in Argentina."""
    bench.clock.at(20)
    await bench.begun("ada")
    await bench.mails()
    told: dict[date, list[str]] = {}
    for day in range(20, 34):
        bench.clock.at(*((day, 10) if day < 32 else (day - 31, 10, 4)))
        told[bench.office.absences.today()] = sorted(
            f"{name}: {subject.partition(':')[0]}" for name, subject in await bench.look()
        )
    assert {day: said for day, said in told.items() if said} == {
        date(2026, 3, 30): ["carlos: Está por vencer", "clara: Está por vencer"],
        date(2026, 4, 1): ["carlos: Venció", "clara: Venció"],
    }


def test_what_is_late_is_said_on_no_day_when_nobody_works() -> None:
    """Due on Thursday 12 March 2026; the 14th is a Saturday, the 23rd and 24th are holidays."""
    calendar = BusinessCalendar("AR", ZoneInfo(BUENOS_AIRES))
    turn = Turn("prospecto", PROSPECT, ("commercial",), None, calendar.end_of(date(2026, 3, 12)), 1)
    told = [
        day
        for day in range(13, 26)
        if reminders(turn, datetime(2026, 3, day, 13, tzinfo=UTC), calendar, Reminders())
    ]
    assert told == [13, 16, 17, 18, 19, 20, 25]


async def test_what_stays_late_goes_to_the_head_and_then_is_told_again(bench: Bench) -> None:
    await bench.office.areas.change("commercial", "Comercial", "olga", None)
    await bench.begun("ada")
    await bench.mails()
    said = []
    for day in range(10, 32):
        bench.clock.at(day, 10)
        said += [(day, name, subject.partition(":")[0]) for name, subject in await bench.look()]
    assert [each for each in said if each[1] == "olga" and each[2].startswith("Demorado")] == [
        (12, "olga", "Demorado en su área"),
        (19, "olga", "Demorado en su área"),
        (30, "olga", "Demorado en su área"),  # 23 and 24 March are holidays
    ]
    assert [each[0] for each in said if each[1:] == ("clara", "Venció")] == [10, 17, 26]


async def test_nobody_is_reminded_by_night_nor_twice(bench: Bench) -> None:
    await bench.begun("ada")
    await bench.mails()
    bench.clock.at(9, 7)
    assert await bench.look() == []
    bench.clock.at(9, 8)
    assert len(await bench.look()) == 2
    assert await bench.look() == []
    await _another(bench.office).notices.minder.look()
    assert await bench.mails() == [], "this one started again"


async def test_another_day_until_which_it_may_last_begins_the_reminders_anew(bench: Bench) -> None:
    alta = await bench.begun("ada")
    bench.clock.at(9, 9)
    await bench.look()
    await bench.office.altas.set_due(
        alta.id, "prospecto", date(2026, 3, 12), bench.people["ada"], "El cliente viaja."
    )
    bench.clock.at(11, 9)
    assert len(await bench.look()) == 2


async def test_a_suspended_alta_reminds_nobody(bench: Bench) -> None:
    alta = await bench.begun("ada")
    await bench.office.altas.suspend(alta.id, bench.people["ada"], "Espera.")
    await bench.mails()
    bench.clock.at(16, 10)
    assert await bench.look() == []


@everywhere
async def test_a_digest_gathers_the_day_and_strikes_out_what_was_done(
    bench: Bench, server: MailServer
) -> None:
    await bench.office.preferences.choose(bench.people["clara"], How.DIGEST, 17, BUENOS_AIRES)
    alta = await bench.begun("ada")
    await bench.closed(alta.id, "prospecto", by="carlos")
    assert [name for name, _ in await bench.mails()] == ["carlos"]
    bench.clock.at(2, 16)
    assert await bench.look() == []
    bench.clock.at(2, 17)
    assert await bench.look() == [("clara", "Resumen del 02/03/2026: 1 aviso")]
    assert await bench.look() == []
    async with post(bench, server):
        await come(server, 2)
    digest = next(message for message in server.messages if "Resumen" in message["Subject"])
    text = digest.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "ALTA-1 · Hogar Ñandú" in text
    assert f"- Es su turno: {PROSPECT} (ya está hecho)" in text
    assert "- Es su turno: Coberturas consolidadas\n" in text


async def test_nobody_who_left_meanwhile_is_written_a_digest(bench: Bench) -> None:
    await bench.office.preferences.choose(bench.people["clara"], How.DIGEST, 17, BUENOS_AIRES)
    await bench.begun("ada")
    await bench.mails()
    async with bench.engine.begin() as connection:
        await connection.execute(people.update().where(people.c.name == "clara").values(active=False))
    bench.clock.at(2, 17)
    assert await bench.look() == []


async def test_escalations_reach_at_once_whoever_wants_nothing_else(bench: Bench) -> None:
    await bench.office.areas.change("commercial", "Comercial", "clara", None)
    await bench.office.preferences.choose(bench.people["clara"], How.ESCALATIONS, 8, BUENOS_AIRES)
    await bench.begun("ada")
    bench.clock.at(12, 10)
    await bench.look()
    wanted = select(outbox.c.subject).where(outbox.c.recipient == "clara@empresa.example")
    async with bench.engine.connect() as connection:
        subjects = (await connection.execute(wanted)).scalars().all()
        declined = select(notices.c.kind).where(notices.c.why == "declined").order_by(notices.c.id)
        kept = (await connection.execute(declined)).scalars().all()
    assert subjects == [f"[ALTA-1 · Hogar Ñandú] Demorado en su área: {PROSPECT}"]
    assert kept == ["turn", "late"]


@everywhere
async def test_two_processes_write_each_letter_once(bench: Bench) -> None:
    await bench.office.preferences.choose(bench.people["clara"], How.DIGEST, 9, BUENOS_AIRES)
    await bench.begun("ada")
    await bench.mails()
    other = _another(bench.office)
    bench.clock.at(9, 10)
    await asyncio.gather(
        *(office.notices.minder.look() for office in (bench.office, other) for _ in range(3))
    )
    bench.clock.at(10, 10)
    await asyncio.gather(
        *(office.notices.minder.look() for office in (bench.office, other) for _ in range(3))
    )
    subjects = sorted(await bench.mails())
    assert subjects == [
        ("carlos", f"Está por vencer: {PROSPECT}"),
        ("carlos", f"Venció: {PROSPECT}"),
        ("clara", "Resumen del 09/03/2026: 1 aviso"),
        ("clara", "Resumen del 10/03/2026: 1 aviso"),
    ]


async def test_a_letter_left_by_a_process_that_died_before_it_was_sent_goes_out_once(
    bench: Bench, server: MailServer
) -> None:
    await bench.begun("ada")  # the transaction is over; nobody was there to send what it wrote
    for _ in range(2):
        async with post(bench, server):
            await come(server, 2)
            await asyncio.sleep(0.05)
    assert sorted(message["To"] for message in server.messages) == [
        "carlos@empresa.example",
        "clara@empresa.example",
    ]


async def test_who_has_no_address_is_noted_and_the_others_are_told(bench: Bench) -> None:
    nora = await bench.office.people.open("nora", _profile(), None)
    await bench.begun("ada")
    assert sorted(name for name, _ in await bench.mails()) == ["carlos", "clara"]
    async with bench.engine.connect() as connection:
        kept = select(notices.c.why).where(notices.c.person == nora.person.id)
        assert (await connection.execute(kept)).scalars().all() == ["no-address"]


def _profile() -> Profile:
    return Profile("Nora", frozenset({Role.COMMERCIAL}), areas=("commercial",))


def _another(office: Office) -> Office:
    """The same house, as another process has it."""
    return dataclasses.replace(office)


@pytest.mark.parametrize(("hour", "zone"), [(24, BUENOS_AIRES), (8, "Europe/Madrid")])
async def test_a_digest_has_an_hour_and_a_zone_of_the_site(bench: Bench, hour: int, zone: str) -> None:
    with pytest.raises(BadPreference):
        await bench.office.preferences.choose(bench.people["clara"], How.DIGEST, hour, zone)
