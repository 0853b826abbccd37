"""When a calendar is open, as the generated hours see it. Pure."""

from collections.abc import Set
from datetime import date, datetime, timedelta
from functools import cache

import holidays

from dialplan.hours import Shift, shifts
from plans.model import Calendar


def is_open(calendar: Calendar, country: str, at: datetime) -> bool:
    """Whether a calendar is open `at` a local instant; a shift belongs to the day it begins on."""
    rows = [shift for row in calendar.week for shift in shifts(row)]
    return any(_covers(shift, calendar, country, at) for shift in rows)


def is_holiday(country: str, day: date) -> bool:
    """Whether the generated hours know the day as a public holiday of the country."""
    return day in _holidays(country, day.year)


@cache
def _holidays(country: str, year: int) -> Set[date]:
    known = country in holidays.list_supported_countries()
    return frozenset(holidays.country_holidays(country, years=year)) if known else frozenset()


def _covers(shift: Shift, calendar: Calendar, country: str, at: datetime) -> bool:
    began = at.date() - timedelta(days=1) if shift.after_midnight else at.date()
    if calendar.holidays == "closed" and is_holiday(country, began):
        return False
    return began.isoweekday() in shift.days and shift.start <= at.hour * 60 + at.minute < shift.stop
