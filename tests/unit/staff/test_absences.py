"""Days out of office: who stands in, and for which areas they act meanwhile."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from staff.absences import Absence, AbsenceRefused, Absences, Away, may_set
from staff.areas import Areas
from staff.audit_trail import AuditFilter, AuditTrail
from staff.profile import Profile
from staff.roles import Role

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def absences(engine, clock):
    return Absences(engine, clock, ZoneInfo("America/Argentina/Buenos_Aires"))


@pytest.fixture
async def staff(people, engine):
    for name in ("commercial", "it"):
        await Areas(engine).add(name, name.title())
    opened = {}
    for name, area in (("ana", "commercial"), ("beto", "it"), ("caro", "commercial")):
        profile = Profile(name.title(), frozenset({Role.COMMERCIAL}), areas=(area,))
        opened[name] = (await people.open(name, profile, "una frase larga")).person
    return opened


async def test_a_deputy_acts_for_the_areas_of_who_is_out(absences, staff):
    assert await absences.acting_areas(staff["beto"]) == {"it"}
    await absences.add(staff["ana"], TODAY, TODAY + 3 * DAY, "beto")
    assert await absences.acting_areas(staff["beto"]) == {"it", "commercial"}
    assert (await absences.away()).stand_in(staff["ana"].id) == staff["beto"].id


async def test_an_absence_begins_and_ends_with_its_days(absences, staff, clock):
    await absences.add(staff["ana"], TODAY + DAY, TODAY + 2 * DAY, "beto")
    out = []
    for _ in range(4):
        out.append((await absences.away()).of(staff["ana"].id) is not None)
        clock.now += DAY
    assert out == [False, True, True, False]


async def test_the_day_is_that_of_the_zone(absences, staff, clock):
    await absences.add(staff["ana"], TODAY, TODAY, None)
    clock.now = clock.now.replace(hour=3, minute=30) + DAY
    assert not (await absences.away()).absences, "half past midnight in Buenos Aires"
    clock.now -= timedelta(hours=1)
    assert (await absences.away()).absences


async def test_a_deputy_who_is_out_too_passes_it_on(absences, staff):
    await absences.add(staff["ana"], TODAY, TODAY, "beto")
    await absences.add(staff["beto"], TODAY, TODAY, "caro")
    assert (await absences.away()).stand_in(staff["ana"].id) == staff["caro"].id


def test_deputies_who_name_each_other_stand_in_for_nobody():
    away = Away({}, {1: 2, 2: 1, 3: None})
    assert [away.stand_in(each) for each in (1, 2, 3, 4)] == [None, None, None, 4]


@pytest.mark.parametrize(
    ("first", "last", "deputy", "field"),
    [
        (TODAY + DAY, TODAY, None, "last"),
        (TODAY - 2 * DAY, TODAY - DAY, None, "last"),
        (TODAY, TODAY + 400 * DAY, None, "last"),
        (TODAY, TODAY, "ana", "deputy"),
        (TODAY, TODAY, "nobody", "deputy"),
        (TODAY + 10 * DAY, TODAY + 20 * DAY, None, "first"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(absences, staff, first, last, deputy, field):
    await absences.add(staff["ana"], TODAY + 15 * DAY, TODAY + 16 * DAY, None)
    with pytest.raises(AbsenceRefused) as refused:
        await absences.add(staff["ana"], first, last, deputy)
    assert list(refused.value.problems) == [field]


async def test_who_is_back_early_is_back_today_and_what_was_to_come_is_gone(absences, staff):
    for first in (TODAY - DAY, TODAY + 5 * DAY):
        await absences.add(staff["ana"], first, first + 3 * DAY, None)
    for absence in await absences.to_come("ana"):
        await absences.end(absence)
    assert not (await absences.away()).absences
    assert await absences.to_come("ana") == ()


async def test_what_is_set_is_in_the_audit_trail(absences, staff, engine):
    id = await absences.add(staff["ana"], TODAY, TODAY, "beto")
    absence = await absences.get(id)
    assert isinstance(absence, Absence)
    await absences.end(absence)
    rows = (await AuditTrail(engine).page(AuditFilter(subject="ana"))).rows
    assert [row.action for row in rows][:2] == ["absence.ended", "absence.added"]
    assert rows[1].after["deputy"] == "beto"


async def test_only_oneself_heads_and_administrators_set_days_off(people, staff, engine):
    areas = Areas(engine)
    await areas.change("commercial", "Comercial", "caro", None)
    listed = await areas.all()
    boss = (await people.add("raul", [Role.ADMINISTRATOR], password="una frase larga")).person
    ana, beto, caro = staff["ana"], staff["beto"], staff["caro"]
    assert [may_set(each, ana, listed) for each in (ana, beto, caro, boss)] == [True, False, True, True]
    assert not may_set(caro, beto, listed)
