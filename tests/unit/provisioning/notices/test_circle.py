"""Whose turn it is, who heads an area, who stands in: decided on a house of a few people."""

from dataclasses import replace

from provisioning.notices.circle import Circle, Concern, Heads
from staff.absences import Away
from staff.person import Person
from staff.roles import Role
from staff.scope import Scope

BANK = Concern("AR", "Banco Atlas")
ABROAD = Scope(frozenset({"CO"}))


def person(id: int, name: str, role: Role, *areas: str, groups: tuple[str, ...] = ()) -> Person:
    return Person(id, name, name.capitalize(), frozenset({role}), None, groups, False, True, areas=areas)


CLARA = person(1, "clara", Role.COMMERCIAL, "commercial")
CARLOS = person(2, "carlos", Role.COMMERCIAL, "commercial")
OLGA = person(3, "olga", Role.OPERATIONS, "operations")
IVAN = person(4, "ivan", Role.IT)
ADA = person(5, "ada", Role.ADMINISTRATOR)
CORA = person(6, "cora", Role.COORDINATOR, groups=("cat",))


def house(*people: Person, heads: Heads | None = None, away: Away | None = None) -> Circle:
    areas = {"commercial": heads} if heads else {}
    return Circle({each.id: each for each in people}, areas, away or Away())


def test_a_turn_is_its_owners_or_that_of_the_whole_area_and_its_head() -> None:
    circle = house(CLARA, CARLOS, OLGA, IVAN, ADA, heads=Heads("Comercial", OLGA.id, IVAN.id))
    assert circle.turn_of("carlos", ["commercial"], BANK) == (CARLOS,)
    assert circle.turn_of(None, ["commercial"], BANK) == (CLARA, CARLOS, OLGA)
    assert circle.turn_of("nobody", ["commercial", "commercial"], BANK) == (CLARA, CARLOS, OLGA)


def test_who_does_not_see_the_account_is_not_told_of_it() -> None:
    abroad = replace(CARLOS, scope=ABROAD)
    circle = house(
        CLARA, abroad, replace(OLGA, scope=ABROAD), IVAN, heads=Heads("Comercial", OLGA.id, IVAN.id)
    )
    assert circle.turn_of("carlos", ["commercial"], BANK) == (CLARA, IVAN), "nor its owner, nor its head"
    assert circle.head_of("commercial", BANK) == (IVAN,)


def test_who_does_not_read_altas_is_not_told_of_them() -> None:
    circle = house(CLARA, replace(CORA, areas=("commercial",)))
    assert circle.of_area("commercial", BANK) == (CLARA,)


def test_the_head_alone_is_escalated_to_or_the_deputy_or_who_heads_the_house() -> None:
    heads = Heads("Comercial", OLGA.id, IVAN.id)
    assert house(CLARA, OLGA, IVAN, ADA, heads=heads).head_of("commercial", BANK) == (OLGA,)
    out = Away(deputies={OLGA.id: None})
    assert house(CLARA, OLGA, IVAN, ADA, heads=heads, away=out).head_of("commercial", BANK) == (IVAN,)
    assert house(CLARA, ADA).head_of("commercial", BANK) == (ADA,)
    assert house(OLGA, ADA).of_area("commercial", BANK) == (ADA,), "an area without people"


def test_who_is_out_is_stood_in_for_once() -> None:
    out = Away(deputies={CLARA.id: CARLOS.id, ADA.id: IVAN.id})
    circle = house(CLARA, CARLOS, IVAN, ADA, away=out)
    assert circle.turn_of("clara", ["commercial"], BANK) == (CARLOS,)
    assert circle.of_area("commercial", BANK) == (CARLOS,)
    assert circle.administrators() == (IVAN,)


def test_coordinators_are_those_of_the_groups_who_see_the_account() -> None:
    other = person(7, "cesar", Role.COORDINATOR, groups=("sac",))
    blind = replace(person(8, "celia", Role.COORDINATOR, groups=("cat",)), scope=ABROAD)
    circle = house(CORA, other, blind, replace(CLARA, groups=("cat",)))
    assert circle.coordinators(["cat"], BANK) == (CORA,)
