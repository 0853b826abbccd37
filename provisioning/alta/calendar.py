"""Business days of a subsidiary: its week, its public holidays, its time zone. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from plans.site import Site

Pause = tuple[datetime, datetime]
"""From an instant until another during which days do not run."""

_DAY = timedelta(days=1)
_SATURDAY = 5


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    """The country's public holidays of every year; a country the library lacks has none."""
    try:
        return holidays.country_holidays(country)
    except NotImplementedError:
        return holidays.HolidayBase()


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    country: str
    zone: ZoneInfo

    def local(self, at: datetime) -> date:
        """The date that an instant falls on there."""
        return at.astimezone(self.zone).date()

    def is_business(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in _holidays(self.country)

    def end_of(self, day: date) -> datetime:
        """The last second of a day there."""
        return datetime.combine(day, time(23, 59, 59), self.zone).astimezone(UTC)

    def due(self, since: datetime, days: int, pauses: Sequence[Pause] = ()) -> datetime:
        """The end of the `days`-th business day after the day of `since`.

        A day at whose end an alta was suspended does not count.
        """
        day = self.local(since)
        while days > 0:
            day += _DAY
            days -= self._runs(day, pauses)
        return self.end_of(day)

    def count(self, since: datetime, until: datetime) -> int:
        """Business days after the day of `since`, up to that of `until`; negative when that is earlier."""
        if until < since:
            return -self.count(until, since)
        first, last = self.local(since), self.local(until)
        return sum(self.is_business(day) for day in _days(first + _DAY, last))

    def spent(self, since: datetime, until: datetime, pauses: Sequence[Pause] = ()) -> float:
        """Business days and parts of them between two instants, pauses left out."""
        whole = self._spent(since, until)
        paused = sum(self._spent(max(a, since), min(b, until)) for a, b in pauses if a < until and b > since)
        return whole - paused

    def _spent(self, since: datetime, until: datetime) -> float:
        parts = timedelta()
        for day in _days(self.local(since), self.local(until)):
            if self.is_business(day):
                begins = datetime.combine(day, time(), self.zone)
                parts += max(min(until, begins + _DAY) - max(since, begins), timedelta())
        return parts / _DAY

    def _runs(self, day: date, pauses: Sequence[Pause]) -> bool:
        paused = any(self.local(a) <= day < self.local(b) for a, b in pauses)
        return self.is_business(day) and not paused


def calendar_of(site: Site, subsidiary: str) -> BusinessCalendar:
    """The calendar of a subsidiary of the site; one that the site lost goes by the first one's clock."""
    subsidiaries = site.subsidiaries
    known = subsidiaries.get(subsidiary) or next(iter(subsidiaries.values()))
    return BusinessCalendar(subsidiary, ZoneInfo(known.timezone))


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += _DAY
