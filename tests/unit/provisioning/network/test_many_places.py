"""A provider who says to be everywhere holds nobody up: so many zones, in a table that looks at each once."""

from datetime import date
from itertools import product

import pytest

from provisioning.network.hours import hours_of
from provisioning.network.matrix import matrix
from provisioning.network.minimums import Minimum, Minimums
from provisioning.network.profile import MOST_SERVICES, MOST_WINDOWS, MOST_ZONES, profile_of
from provisioning.network.values import NetworkRefused, Provider
from tests.support.steps import steps

NAMES = ["".join(letters) for letters in product("abcdefgh", repeat=3)]
DAY = date(2026, 3, 2)
LEAST = Minimums(altavoz=1, default=Minimum(providers=1))


def typed(**other: str) -> dict[str, str]:
    return {"subsidiary": "AR", "name": "Grúas", "services": "vial", "zones": "Todo el país"} | other


def provider(**other: str) -> Provider:
    return Provider(1, profile_of(typed(**other)), 1)


@pytest.mark.parametrize(
    ("field", "one", "most"),
    [
        ("services", "{},", MOST_SERVICES),
        ("zones", "{}\n", MOST_ZONES),
        ("hours", "lun-dom 08:00-09:00; ", MOST_WINDOWS),
    ],
)
def test_more_of_one_thing_than_anybody_has_is_refused(field, one, most):
    most_of_it, more = ("".join(map(one.format, NAMES[:many])) for many in (most, most + 1))
    profile_of(typed(**{field: most_of_it}))
    with pytest.raises(NetworkRefused) as refused:
        profile_of(typed(**{field: more}))
    assert list(refused.value.problems) == [field]


def test_four_times_the_zones_are_told_in_about_four_times_the_steps():
    few, many = (provider(zones="\n".join(NAMES[:zones])) for zones in (50, 200))
    worked = [steps(lambda each=each: matrix([each], LEAST, "AR", DAY)) for each in (few, many)]
    assert worked[1] < 5 * worked[0]


def test_whether_nights_are_served_is_reckoned_once_for_the_same_hours():
    first, again = (hours_of("lun-dom 19:07-19:07; lun-dom 21:00-21:00") for _ in range(2))
    assert steps(lambda: first.at_night) > 5 * steps(lambda: again.at_night)


def test_who_serves_the_country_a_province_or_a_city_counts_where_they_do():
    several = [
        provider(),
        provider(zones="CORDOBA", hours="lun-vie 08:00-20:00"),
        provider(zones="Córdoba / Río Cuarto; Santa Fe / Rosario"),
    ]
    table = matrix(several, LEAST, "AR", DAY)
    ((service, cells),) = table.rows
    assert (service, table.zones) == ("vial", ("CORDOBA", "Santa Fe"))
    assert [(each.whole, each.partly, each.at_night) for each in cells] == [(2, 1, 1), (1, 1, 1)]
