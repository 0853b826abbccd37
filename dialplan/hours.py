"""Opening hours as routines on one instant, ALTAVOZ_AT, in the subsidiary's time zone.

Not `GotoIfTime`, which knows only the clock: a test call may look at another instant. A shift belongs to the
day it begins on: past midnight it stays open when that day was no holiday, whatever the new day is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import holidays

from dialplan import escape
from dialplan.nodes import Context, Extension, Step, Target, assign, goto_if
from plans.model import Calendar, WeekRow

MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """Open from minute `start` up to `stop` of the days in `days` (ISO), or of the night after them."""

    days: frozenset[int]
    start: int
    stop: int
    after_midnight: bool = False


def shifts(row: WeekRow) -> Iterator[Shift]:
    """A row of the week within single days."""
    days = frozenset(row.weekdays())
    if row.close > row.open:
        yield Shift(days, row.open, row.close)
        return
    yield Shift(days, row.open, MIDNIGHT)
    if row.close:
        yield Shift(days, 0, row.close, after_midnight=True)


def holidays_context(country: str) -> str:
    return f"altavoz-holidays-{country}"


def holiday_context(country: str, years: Sequence[int]) -> Context:
    """The public holidays of a country as extensions: `20261225`. A country the library lacks has none."""
    known = country in holidays.list_supported_countries()
    dates = holidays.country_holidays(country, years=years) if known else {}
    names = sorted(date.strftime("%Y%m%d") for date in dates)
    return Context(holidays_context(country), tuple(Extension(name, (Step("Return"),)) for name in names))


def open_routine(calendar: Calendar, country: str, timezone: str) -> Extension:
    """`Gosub(…,s,1)` returns `open` or `closed`."""
    zone = escape.argument(timezone)
    rows = [shift for row in calendar.week for shift in shifts(row)]
    today = [shift for shift in rows if not shift.after_midnight]
    night = [shift for shift in rows if shift.after_midnight]
    steps = [
        assign("LOCAL(day)", f"${{STRFTIME(${{ALTAVOZ_AT}},{zone},%u)}}"),
        assign("LOCAL(clock)", f"${{STRFTIME(${{ALTAVOZ_AT}},{zone},%H%M)}}"),
    ]
    if night:
        steps += [_yesterday(), *_checks(night, "yesterday", "${before}", calendar, country, zone)]
    steps += _checks(today, "today", "${ALTAVOZ_AT}", calendar, country, zone)
    steps += [Step("Return", "closed", label="end"), Step("Return", "open", label="open")]
    return Extension("s", tuple(steps))


def _yesterday() -> Step:
    """Six in the evening of the day before: no change of the clocks moves that to another date."""
    return assign("LOCAL(before)", "$[${ALTAVOZ_AT} - ${clock:0:2} * 3600 - ${clock:2} * 60 - 21600]")


def _checks(
    rows: Iterable[Shift], name: str, instant: str, calendar: Calendar, country: str, zone: str
) -> Iterator[Step]:
    done = Target(label=f"after-{name}")
    if calendar.holidays == "closed":
        date = f"${{STRFTIME({instant},{zone},%Y%m%d)}}"
        holiday = f"${{DIALPLAN_EXISTS({holidays_context(country)},{date},1)}}"
        yield goto_if(f"$[{holiday}]", done)
    for shift in rows:
        yield goto_if(f"$[{_condition(shift)}]", Target(label="open"))
    yield Step("NoOp", label=done.label)


def _condition(shift: Shift) -> str:
    days = sorted(day % 7 + 1 for day in shift.days) if shift.after_midnight else sorted(shift.days)
    which = " | ".join(f"${{day}} = {day}" for day in days)
    return f"({which}) & ${{clock}} >= {_clock(shift.start)} & ${{clock}} < {_clock(shift.stop)}"


def _clock(minutes: int) -> int:
    return minutes // 60 * 100 + minutes % 60
