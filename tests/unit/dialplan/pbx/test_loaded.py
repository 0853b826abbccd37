"""The generated dialplan in a real Asterisk: loaded whole, and its routines asked one by one."""

import random
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from dialplan.countries import home, tables, world, write
from dialplan.patterns import read

pytestmark = pytest.mark.pbx

WRITINGS = {
    "AR": """
        1143218765 01143218765 0111543218765 111543218765 91143218765 0341154567890 02202154567890 8005551234
        08005551234 541143218765 5491143218765 54111543218765 +541143218765 +54111543218765 00541143218765
        +13055551234 0013055551234 13055551234 101 43218765 1543218765 +5401143218765 + +5 ++5
    """,
    "CO": """
        6015551234 06015551234 15551234 015551234 0515551234 5715551234 576015551234 3001234567 03001234567
        033001234567 573001234567 018000912345 18000912345 5718000912345 +576015551234 +5715551234 5551234
    """,
    "MX": """
        5541239876 015541239876 0445541239876 0455541239876 15541239876 525541239876 5215541239876 8001234567
        +5215541239876 018001234567 13055551234 +13055551234 00525541239876 5201554123987
    """,
}
NUMBERS = (
    *("541143218765", "5491143218765", "5493414567890", "5492202456789", "5492204567890"),
    *("576015551234", "525541239876", "13055551234"),
)


def test_it_loads_whole_and_without_a_warning(pbx, running):
    shown = pbx.ask("dialplan show")
    found = set(re.findall(r"^\[ Context '([^']+)'", shown, re.MULTILINE))
    assert {context.name for context in running.dialplan.contexts} <= found
    faults = [line for line in pbx.log().splitlines() if "pbx_config" in line or " pbx.c" in line]
    assert not faults, "\n".join(faults)


def test_every_step_stands_where_it_was_written(pbx, running):
    for context in running.dialplan.contexts:
        shown = re.sub(r"\[[\w.-]+\]", "", pbx.ask(f"dialplan show {context.name}"))
        for line in context.lines():
            assert f"{line.priority}. {line.step.app}({line.step.data})" in shown, line


def test_the_pbx_reads_numbers_as_the_rules_say(pbx):
    asked = {
        (table, written): country
        for country, many in WRITINGS.items()
        for written in many.split()
        for table in (home(country), world(country))
    }
    found = pbx.probe("number", list(asked))
    for (table, written), country in asked.items():
        assert found[table, written] == read(tables(country), table, written), (table, written)


def test_the_pbx_writes_numbers_as_the_rules_say(pbx):
    asked = [(write(country), number) for country in WRITINGS for number in NUMBERS]
    found = pbx.probe("number", asked)
    for table, number in asked:
        assert found[table, number] == read(tables(table[-2:]), table, number)


def _open(calendar, zone: str, days_off, at: datetime) -> bool:
    """Opening hours as a person reads them: the shift that began on a day runs on into the next."""
    local = at.astimezone(ZoneInfo(zone))
    for began in (local.date(), local.date() - timedelta(days=1)):
        minutes = local.hour * 60 + local.minute + (local.date() - began).days * 24 * 60
        for row in calendar.week:
            close = row.close if row.close > row.open else row.close + 24 * 60
            off = calendar.holidays == "closed" and began in days_off
            if began.isoweekday() in row.weekdays() and row.open <= minutes < close and not off:
                return True
    return False


CLOCK = (
    (0, 0),
    (2, 0),
    (5, 59),
    (6, 0),
    (8, 0),
    (9, 0),
    (13, 29),
    (13, 30),
    (17, 59),
    (18, 0),
    (20, 0),
    (23, 59),
)
DAYS = (*((5, day) for day in range(1, 8)), (5, 25), (5, 26), (7, 8), (7, 9), (7, 10))
"""A week, and the nights into and out of a Monday and a Thursday that are public holidays in Argentina."""


def _instants(zone: str) -> list[datetime]:
    """Around every hour at which something opens or closes, and at random."""
    chosen = random.Random(7)
    start = datetime(2026, 4, 27, tzinfo=ZoneInfo(zone))
    near = [start + timedelta(minutes=chosen.randrange(14 * 24 * 60)) for _ in range(100)]
    return near + [datetime(2026, *day, *clock, tzinfo=ZoneInfo(zone)) for day in DAYS for clock in CLOCK]


def test_opening_hours_hold_to_the_minute_past_midnight_and_on_holidays(pbx, running, wide_version, versions):
    condor = next(version for version in versions if version.plan.plan == "vial-condor")
    cases = [
        (wide_version.plan.calendars["noches"], "America/Argentina/Buenos_Aires", "AR", "pruebas", 1),
        (condor.plan.calendars["oficina"], "America/Bogota", "CO", "vial-condor", 1),
    ]
    for calendar, zone, country, plan, number in cases:
        days_off: set[date] = set(holidays.country_holidays(country, years=2026))
        table = next(
            context.name
            for context in running.dialplan.contexts
            if context.name.startswith(f"plan-{plan}-") and context.name.endswith(f"-h{number}")
        )
        asked = {(table, str(int(at.timestamp()))): at for at in _instants(zone)}
        found = pbx.probe("hours", list(asked))
        for question, at in asked.items():
            expected = "open" if _open(calendar, zone, days_off, at) else "closed"
            assert found[question] == expected, (plan, at)
