"""Hours, zones, whether providers are enough, and how long altas take: values in, values out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plans.model import Coverage
from plans.problems import PlanProblems
from provisioning.alta.durations import Span
from provisioning.network.enough import Demand, PlanNeeds, check
from provisioning.network.hours import BadHours, hours_of
from provisioning.network.minimums import SHIPPED, Minimum, load_minimums
from provisioning.network.profile import as_typed, profile_of
from provisioning.network.times import month_of, months_before, taken
from provisioning.network.values import NetworkRefused, Provider
from provisioning.network.zones import BadZone, zone_of, zones_of

TODAY = date(2026, 3, 2)
TYPED = {"subsidiary": "AR", "name": "Grúas Sur", "services": "vial", "zones": "Todo el país"}
TOW = Coverage(code="GRUA", name="Grúa", service="vial", kind="emergencia")
TYRE = Coverage(code="LLAN", name="Cambio de llanta", service="vial", kind="programada")
ADVICE = Coverage(code="ORIE", name="Orientación", service="legal", kind="consulta")
CORDOBA = Demand((zone_of("Córdoba"),), {"vial": Minimum(providers=2, simultaneous=5, at_night=1)})


def provider(id=1, **typed):
    return Provider(id, profile_of(TYPED | {"name": f"Prestador {id}"} | typed), 1)


def looked(*found, demand=CORDOBA, coverages=(TOW,), scope=None, starts=None):
    wanted = PlanNeeds("vial", "Vial", "AR", "Banco", coverages, scope, starts)
    return check(wanted, demand, load_minimums(SHIPPED), found, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "24 h",
        "lun-vie 08:00-20:00",
        "lun-vie 08:00-20:00; sáb 09:00-13:00",
        "lun-dom 22:00-06:00",
        "lun,mié 00:00-24:00",
    ],
)
def test_hours_are_written_as_they_are_read(text):
    assert str(hours_of(text)) == text


@pytest.mark.parametrize("text", ["a la tarde", "lun-vie 25:00-26:00", "xyz 08:00-09:00", "lun 08:00"])
def test_what_is_no_hours_is_refused(text):
    with pytest.raises(BadHours, match="escriba «24 h»"):
        hours_of(text)


@pytest.mark.parametrize(
    ("text", "at_night"),
    [
        ("", True),
        ("lun-dom 22:00-06:00", True),
        ("lun-dom 23:00-23:00", True),
        ("lun-dom 00:00-24:00", True),
        ("lun-dom 20:00-24:00; lun-dom 00:00-08:00", True),
        ("lun-sáb 22:00-06:00", False),
        ("lun-dom 22:00-05:59", False),
        ("lun-vie 08:00-20:00", False),
    ],
)
def test_who_serves_every_night_whole_counts_at_night(text, at_night):
    assert hours_of(text).at_night is at_night


def test_who_serves_a_zone_serves_what_is_in_it_and_nothing_else():
    whole, province, city = zone_of(""), zone_of("Córdoba"), zone_of("CORDOBA > río cuarto")
    assert whole.covers(city) and province.covers(city) and city.covers(zone_of("Córdoba/Río Cuarto"))
    assert not city.covers(province) and not province.covers(whole)
    assert not zone_of("Río").covers(zone_of("Río Negro"))
    assert [str(zone) for zone in zones_of("Córdoba; cordoba\nSalta")] == ["cordoba", "Salta"]
    with pytest.raises(BadZone):
        zone_of("a/b/c/d")


def test_a_profile_comes_back_from_how_it_is_typed():
    typed = TYPED | {
        "capacity": "4",
        "hours": "lun 08:00-09:00",
        "phone": "011 4321-8765",
        "state": "En selección",
    }
    profile = profile_of(typed | {"contract_from": "2026-01-01", "services": "vial/grua, Hogar"})
    assert profile_of(as_typed(profile)) == profile
    assert list(map(str, profile.skills)) == ["hogar", "vial/GRUA"]


def test_every_problem_of_a_provider_comes_at_once():
    typed = {
        "capacity": "mil",
        "email": "nadie",
        "contract_from": "2026-02-01",
        "contract_until": "2026-01-01",
    }
    with pytest.raises(NetworkRefused) as refused:
        profile_of(typed)
    fields = {"subsidiary", "name", "services", "zones", "capacity", "email", "contract_until"}
    assert refused.value.problems.keys() == fields


def test_it_says_short_by_how_many_and_of_what():
    (row,) = looked(provider(1, capacity="3", hours="lun-vie 08:00-20:00")).rows
    assert row.short == ("1 prestador", "2 servicios a la vez", "1 que atienda de noche")
    assert row.said == "Grúa en Córdoba: falta 1 prestador, 2 servicios a la vez y 1 que atienda de noche."
    assert looked(provider(1, capacity="3"), provider(2, capacity="2", hours="lun 8:00-9:00")).enough


def test_only_who_is_active_under_contract_and_serves_it_all_counts():
    others = (
        provider(1, state="suspended"),
        provider(2, state="selection"),
        provider(3, contract_until="2026-03-01"),
        provider(4, zones="Córdoba / Río Cuarto"),
        provider(5, services="vial/LLAN"),
        provider(6, services="hogar"),
    )
    assert looked(*others).rows[0].providers == 0


def test_it_is_looked_at_as_of_the_day_on_which_the_plan_starts():
    ending = provider(1, contract_until="2026-03-31", capacity="9")
    beginning = provider(2, contract_from="2026-04-01", capacity="9")
    assert looked(ending, beginning).rows[0].who == ("Prestador 1",)
    assert looked(ending, beginning, starts=date(2026, 4, 15)).rows[0].who == ("Prestador 2",)
    ended = provider(3, contract_until="2026-03-01", capacity="9")
    assert looked(ended, starts=date(2026, 2, 1)).rows[0].who == (), "a plan that runs is looked at today"


def test_nights_are_asked_of_emergencies_only_and_nobody_is_sent_to_a_question():
    seen = looked(
        *(provider(id, capacity="9", hours="lun 08:00-09:00") for id in (1, 2)), coverages=(TOW, TYRE, ADVICE)
    )
    assert [(row.need.code, row.ok) for row in seen.rows] == [("GRUA", False), ("LLAN", True)]


def test_a_plan_of_the_country_asks_for_the_zones_of_its_subsidiary_and_a_local_one_for_its_own():
    assert len(looked(demand=Demand()).rows) == 5
    assert looked(demand=Demand(), scope="local").unsaid and not looked(demand=Demand(), scope="local").enough
    assert len(looked(scope="local").rows) == 1


def test_what_was_asked_for_has_another_hash_when_it_is_another():
    seen = looked()
    assert seen.needs == looked(provider(1)).needs
    more = Demand(CORDOBA.zones, {"vial": Minimum(providers=3)})
    others = (looked(coverages=(TOW, TYRE)), looked(demand=Demand()), looked(demand=more))
    assert len({seen.needs, *(each.needs for each in others)}) == 4


def test_a_file_of_minimums_with_problems_says_where(tmp_path):
    file = tmp_path / "minimos.yaml"
    file.write_text("altavoz: 1\ndefault: {providers: -1}\nzonas: {}\n")
    with pytest.raises(PlanProblems) as problems:
        load_minimums(file)
    assert "minimos.yaml:2" in str(problems.value) and "zonas" in str(problems.value)


def span(days, month=3, on_time=True):
    closed = datetime(2026, month, 10, tzinfo=UTC)
    return Span(
        1, "audios", "Audios", "it", "AR", "Banco", closed - timedelta(days=9), closed, days, on_time, 1
    )


def test_times_have_their_median_what_nine_of_ten_took_and_the_late_share():
    spans = [span(days, on_time=days < 9) for days in range(1, 11)] + [span(40, month=4, on_time=False)]
    march, april = taken(
        spans, lambda each: month_of(each.closed, ZoneInfo("America/Argentina/Buenos_Aires"))
    )
    assert (march.key, march.count, march.middle, march.most, march.longest) == ("2026-03", 10, 5.5, 9, 10)
    assert march.late_share == 20 and april.late_share == 100
    assert months_before(date(2026, 2, 28), 3) == date(2025, 11, 1)
