"""Instants at which calendars are open or closed, for test calls to look at. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialplan.opening import is_holiday, is_open
from plans.model import Plan

ALWAYS = "always"
_STEP, _WEEK = timedelta(minutes=15), timedelta(days=8)
_DAYS = 400


@dataclass(frozen=True, slots=True)
class Instants:
    """What to look for from `now` on; `zone` is the plan's subsidiary's."""

    plan: Plan
    zone: ZoneInfo
    now: datetime

    def find(self, opened: tuple[str, ...], closed: str | None = None) -> datetime | None:
        """The first instant at which some calendars are open and one is closed, on no holiday."""
        return self._first(self._quarters(), opened, closed)

    def holiday(self, opened: tuple[str, ...], closed: str) -> datetime | None:
        """The first one at which a calendar is closed only because the day is a public holiday."""
        calendar = self.plan.calendars[closed]
        if calendar.holidays != "closed":
            return None
        usual = calendar.model_copy(update={"holidays": "open"})
        for instant in self._of_holidays():
            if is_open(usual, self.plan.subsidiary, instant) and self._suits(instant, opened, closed):
                return instant
        return None

    def is_open(self, calendar: str, at: datetime) -> bool:
        """Whether a calendar of the plan is open; `always` is."""
        return calendar == ALWAYS or is_open(
            self.plan.calendars[calendar], self.plan.subsidiary, at.astimezone(self.zone)
        )

    def _first(
        self, among: Iterator[datetime], opened: tuple[str, ...], closed: str | None
    ) -> datetime | None:
        return next((each for each in among if self._suits(each, opened, closed)), None)

    def _suits(self, at: datetime, opened: tuple[str, ...], closed: str | None) -> bool:
        return all(self.is_open(each, at) for each in opened) and (
            closed is None or not self.is_open(closed, at)
        )

    def _quarters(self) -> Iterator[datetime]:
        begin = self.now.astimezone(self.zone).replace(minute=0, second=0, microsecond=0)
        for step in range(_WEEK // _STEP):
            instant = (begin.astimezone(None) + step * _STEP).astimezone(self.zone)
            if not is_holiday(self.plan.subsidiary, instant.date()):
                yield instant

    def _of_holidays(self) -> Iterator[datetime]:
        today = self.now.astimezone(self.zone).date()
        for day in (today + timedelta(days=ahead) for ahead in range(1, _DAYS)):
            if is_holiday(self.plan.subsidiary, day):
                yield from (datetime.combine(day, time(hour), self.zone) for hour in range(24))
