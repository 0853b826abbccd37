"""Where the bars of a chart stand: geometry in, numbers for SVG out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.network.times import Taken

WIDTH, HEIGHT, LEFT, FOOT, HEAD = 640, 240, 44, 26, 12
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
        """Where its label stands."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Line:
    y: float
    days: int


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    foot: int = HEIGHT - FOOT


def chart(several: Sequence[Taken]) -> Chart | None:
    """Columns in the order given; None for nothing."""
    if not several:
        return None
    step = _step(max(each.most for each in several))
    top = step * max(1, -(-max(each.most for each in several) // step))
    room = (WIDTH - LEFT) / len(several)
    width = min(_WIDEST, room * 0.6)
    bars = tuple(
        _bar(each, LEFT + room * at + (room - width) / 2, width, top) for at, each in enumerate(several)
    )
    count = int(top / step)
    return Chart(bars, tuple(Line(_height(step * at, top), step * at) for at in range(count + 1)))


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
