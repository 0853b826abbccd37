"""In whose hands a step is, and who leads an alta: areas, heads, stand-ins, owners, administrators."""

from dataclasses import replace

import pytest

from provisioning.alta.refusals import NotYours
from provisioning.alta.who import Hands, refuse
from staff.profile import Profile
from staff.roles import Role
from tests.unit.provisioning.alta.conftest import REQUEST, Bench


@pytest.fixture
async def hands(bench: Bench) -> Hands:
    return Hands(bench.office.people, bench.office.areas)


async def test_a_step_is_in_the_hands_of_its_area_its_owner_and_administrators(
    bench: Bench, hands: Hands
) -> None:
    alta = await bench.office.altas.start(REQUEST, bench.people["clara"])
    step = alta.step("prospecto")
    assert step is not None
    may = {name for name, person in bench.people.items() if not await hands.may_close(person, step)}
    assert may == {"clara", "carlos", "ada"} and await hands.may_close(None, step) == ""
    assert await hands.may_close(bench.people["ivan"], replace(step, owner="ivan")) == ""
    said = await hands.may_close(bench.people["ivan"], step)
    assert said.endswith(": Carlos, Clara.") and said.startswith("Le corresponde a ")


async def test_who_does_not_take_part_in_altas_closes_nothing_though_they_are_in_the_area(
    bench: Bench, hands: Hands
) -> None:
    profile = Profile("Cora", frozenset({Role.COORDINATOR}), areas=("commercial",))
    cora = (await bench.office.people.open("cora", profile, None)).person
    alta = await bench.office.altas.start(REQUEST, bench.people["clara"])
    step = alta.step("prospecto")
    assert step is not None
    assert "no participa en las altas" in await hands.may_close(cora, step)
    assert await hands.may_begin(cora, ["commercial"]) and await hands.may_sign(cora, "commercial")
    assert "Cora" not in await hands.whose(["commercial"]), "nobody is sent to who may not"


async def test_who_asked_for_an_alta_leads_it_and_so_does_the_area_that_begins(
    bench: Bench, hands: Hands
) -> None:
    alta = await bench.office.altas.start(REQUEST, bench.people["ada"])
    asked = replace(alta, asked_by="ivan")
    may = {name for name, person in bench.people.items() if not await hands.may_lead(person, asked)}
    assert may == {"ada", "ivan", "clara", "carlos"} and await hands.may_lead(None, asked) == ""


async def test_nobody_signs_for_an_area_that_is_not_theirs_not_even_an_administrator(
    bench: Bench, hands: Hands
) -> None:
    may = {name for name, person in bench.people.items() if not await hands.may_sign(person, "operations")}
    assert may == {"olga"}


async def test_heads_deputies_and_who_stands_in_act_for_an_area(bench: Bench) -> None:
    await bench.office.areas.change("operations", "Operaciones", "clara", "carlos")

    async def acting(person: object) -> frozenset[str]:
        return frozenset({"it"}) if person == bench.people["lea"] else frozenset()

    hands = Hands(bench.office.people, bench.office.areas, acting)
    areas = {name: await hands.areas_of(bench.people[name]) for name in ("clara", "carlos", "lea", "ada")}
    assert areas == {
        "clara": {"commercial", "operations"},
        "carlos": {"commercial", "operations"},
        "lea": {"finance", "it"},
        "ada": frozenset(),
    }
    assert [each.name for each in await hands.people_of(["operations"])] == ["carlos", "clara", "olga"]


def test_a_sentence_refuses_and_none_lets_through() -> None:
    refuse("")
    with pytest.raises(NotYours, match="Le corresponde a Sistemas"):
        refuse("Le corresponde a Sistemas.")
