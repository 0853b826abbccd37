"""Where the bars of a chart stand: geometry in, numbers for SVG out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.network.times import Taken

WIDTH, HEIGHT, LEFT, FOOT, HEAD = 640, 256, 44, 42, 12
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_LINES = 5
_WIDEST = 56


@dataclass(frozen=True, slots=True)
class Bar:
    """`y` and `height` are of the median, `mark` the height at which nine of ten end."""

    x: float
    width: float
    y: float
    height: float
    mark: float
    of: Taken

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Month:
    """A column's place, `2026-03`; the first one and each January say the `year` too."""

    x: float
    month: str
    year: str


@dataclass(frozen=True, slots=True)
class Line:
    y: float
    days: int


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    months: tuple[Month, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    foot: int = HEIGHT - FOOT


def chart(several: Sequence[Taken]) -> Chart | None:
    """A column for each month from the first to the last, empty where nothing ended; None for nothing."""
    if not several:
        return None
    step = _step(max(each.most for each in several))
    top = step * max(1, -(-max(each.most for each in several) // step))
    months = _months(min(each.key for each in several), max(each.key for each in several))
    room = (WIDTH - LEFT) / len(months)
    width = min(_WIDEST, room * 0.6)
    places = {month: LEFT + room * at for at, month in enumerate(months)}
    bars = tuple(_bar(each, places[each.key] + (room - width) / 2, width, top) for each in several)
    count = int(top / step)
    lines = tuple(Line(_height(step * at, top), step * at) for at in range(count + 1))
    return Chart(bars, tuple(_named(x + room / 2, month, months[0]) for month, x in places.items()), lines)


def _months(first: str, last: str) -> tuple[str, ...]:
    """From `2025-12` to `2026-02`, each."""
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return tuple(f"{at // 12:04}-{at % 12 + 1:02}" for at in range(begin, end + 1))


def _named(x: float, month: str, first: str) -> Month:
    return Month(round(x, 1), month, month[:4] if month == first or month.endswith("-01") else "")


def _bar(of: Taken, x: float, width: float, top: float) -> Bar:
    y = _height(of.middle, top)
    foot = HEIGHT - FOOT
    return Bar(round(x, 1), round(width, 1), y, round(foot - y, 1), _height(of.most, top), of)


def _height(days: float, top: float) -> float:
    foot = HEIGHT - FOOT
    return round(foot - (foot - HEAD) * days / top, 1)


def _step(most: float) -> int:
    """Days between two lines, so that there are few of them."""
    return next((step for step in _STEPS if most / step <= _LINES), 1000)
