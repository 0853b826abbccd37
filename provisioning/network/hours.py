"""When a provider serves: day and night, or hours of the week as people write them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from plans.fields import clock_text
from staff.audit import folded

DAY_AND_NIGHT = "24 h"
NIGHT_FROM, NIGHT_UNTIL = 22 * 60, 6 * 60
"""What a provider must serve whole, every day, to count at night."""
_DAYS = ("lun", "mar", "mie", "jue", "vie", "sab", "dom")
_SHOWN = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")
_ALWAYS = frozenset({"", "24 h", "24h", "24 horas", "24hs", "24 hs", "24/7", "siempre"})
_PART = re.compile(r"(?P<days>[a-z,\- ]+?)\s+(?P<open>\d{1,2}:\d\d)\s*(?:-|a)\s*(?P<close>\d{1,2}:\d\d)")


class BadHours(ValueError):
    """These are no hours; the text says what to write."""


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of some days, 0 is Monday; `close` before `open` runs past midnight."""

    days: tuple[int, ...]
    open: int
    close: int

    def __str__(self) -> str:
        return f"{_days(self.days)} {clock_text(self.open)}-{clock_text(self.close)}"


@dataclass(frozen=True, slots=True)
class Hours:
    """None of the windows: day and night."""

    windows: tuple[Window, ...] = ()

    @property
    def at_night(self) -> bool:
        """Whether every night is served whole."""
        return _at_night(self)

    def __str__(self) -> str:
        return "; ".join(map(str, self.windows)) or DAY_AND_NIGHT

    def night(self, day: int) -> bool:
        """Whether the night that begins on a day, 0 is Monday, is served whole."""
        minutes = {*range(NIGHT_FROM, 24 * 60), *range(24 * 60, 24 * 60 + NIGHT_UNTIL)}
        return minutes <= set(self._minutes(day))

    def _minutes(self, day: int) -> Iterator[int]:
        """Those served from the midnight that begins a day, for two days."""
        for window in self.windows:
            close = window.close + (24 * 60 if window.close <= window.open else 0)
            for later, offset in ((-1, -24 * 60), (0, 0), (1, 24 * 60)):
                if (day + later) % 7 in window.days:
                    yield from range(window.open + offset, close + offset)


@lru_cache(maxsize=1024)
def _at_night(hours: Hours) -> bool:
    """Asked for each coverage in each zone of a plan."""
    return not hours.windows or all(hours.night(day) for day in range(7))


def hours_of(text: str) -> Hours:
    """`24 h`, or `lun-vie 08:00-20:00; sáb 09:00-13:00`. Raises `BadHours`."""
    written = " ".join(folded(text).split()).replace("–", "-")
    if written in _ALWAYS:
        return Hours()
    return Hours(tuple(_window(part.strip(), text) for part in written.split(";") if part.strip()))


def _window(part: str, text: str) -> Window:
    match = _PART.fullmatch(part)
    if match is None:
        raise _bad(text)
    open, close = _minute(match["open"], text), _minute(match["close"], text)
    days = {day for span in match["days"].split(",") for day in _span(span.strip(), text)}
    return Window(tuple(sorted(days)), open, close)


def _span(span: str, text: str) -> list[int]:
    first, _, last = (each.strip()[:3] for each in span.partition("-"))
    if first not in _DAYS or (last or first) not in _DAYS:
        raise _bad(text)
    start, stop = _DAYS.index(first), _DAYS.index(last or first)
    return [(start + later) % 7 for later in range((stop - start) % 7 + 1)]


def _minute(clock: str, text: str) -> int:
    hour, minute = map(int, clock.split(":"))
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise _bad(text)
    return hour * 60 + minute


def _days(days: tuple[int, ...]) -> str:
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):
        return f"{_SHOWN[days[0]]}-{_SHOWN[days[-1]]}"
    return ",".join(_SHOWN[day] for day in days)


def _bad(text: str) -> BadHours:
    return BadHours(
        f"«{text.strip()[:60]}» no es un horario: escriba «24 h» o «lun-vie 08:00-20:00; sáb 09:00-13:00»"
    )
