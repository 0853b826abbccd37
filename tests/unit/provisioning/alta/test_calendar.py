"""Business days of a subsidiary, by its own clock: weekends, public holidays and pauses left out."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from provisioning.alta.calendar import BusinessCalendar

BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")
ARGENTINA = BusinessCalendar("AR", BUENOS_AIRES)


def at(day: int, hour: int = 12) -> datetime:
    """An hour of March 2026 in Buenos Aires; 23 and 24 are holidays, 21 and 22 a weekend."""
    return datetime(2026, 3, day, hour, tzinfo=BUENOS_AIRES)


def test_neither_weekends_nor_the_countrys_holidays_are_business_days() -> None:
    days = [day for day in range(19, 27) if ARGENTINA.is_business(date(2026, 3, day))]
    assert days == [19, 20, 25, 26]
    assert BusinessCalendar("CO", ZoneInfo("America/Bogota")).is_business(date(2026, 3, 24))


def test_days_are_those_of_the_place_and_end_with_its_last_second() -> None:
    friday_night = datetime(2026, 3, 21, 1, 0, tzinfo=UTC)
    assert ARGENTINA.local(friday_night) == date(2026, 3, 20)
    assert ARGENTINA.due(friday_night, 1) == datetime(2026, 3, 26, 2, 59, 59, tzinfo=UTC)


def test_days_are_counted_after_the_first_and_backwards_below_zero() -> None:
    assert [ARGENTINA.count(at(20), at(day)) for day in (20, 24, 25, 26)] == [0, 0, 1, 2]
    assert ARGENTINA.count(at(26), at(20)) == -2


def test_a_day_at_whose_end_it_was_suspended_does_not_count() -> None:
    pauses = [(at(3), at(4))]
    assert ARGENTINA.local(ARGENTINA.due(at(2), 2)) == date(2026, 3, 4)
    assert ARGENTINA.local(ARGENTINA.due(at(2), 2, pauses)) == date(2026, 3, 5)


def test_time_spent_leaves_out_pauses_and_what_is_no_business_day() -> None:
    assert ARGENTINA.spent(at(2), at(4)) == 2.0
    assert ARGENTINA.spent(at(2), at(4), [(at(3), at(4))]) == 1.0
    assert ARGENTINA.spent(at(2), at(4), [(at(1), at(3))]) == 1.0, "only what of a pause was within"
    assert ARGENTINA.spent(at(20), at(25)) == 1.0
