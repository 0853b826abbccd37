"""A chart of months has a column for each month, also for those in which nothing ended."""

from provisioning.network.times import Taken
from web.network.chart import chart


def ended(month: str, middle: float, most: float) -> Taken:
    return Taken(month, month, 3, 3 * middle, middle, most, most, 0)


def test_a_month_without_any_keeps_its_place() -> None:
    drawn = chart([ended("2025-11", 10, 12), ended("2026-02", 5, 20)])
    assert drawn is not None
    assert [each.month for each in drawn.months] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert [each.year for each in drawn.months] == ["2025", "", "2026", ""]
    first, last = drawn.bars
    assert (first.middle, last.middle) == (drawn.months[0].x, drawn.months[3].x)


def test_heights_are_days_from_the_foot() -> None:
    drawn = chart([ended("2026-03", 10, 20)])
    assert drawn is not None
    (bar,) = drawn.bars
    assert drawn.lines[0].y == drawn.foot and drawn.lines[0].days == 0
    assert bar.y + bar.height == drawn.foot
    assert drawn.foot - bar.mark == 2 * bar.height


def test_nothing_is_no_chart() -> None:
    assert chart([]) is None
