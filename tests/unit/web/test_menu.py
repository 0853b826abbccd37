"""The bar: few entries side by side, more in groups; what is wanted all day long is never folded."""

import re

import pytest

from staff.permissions import Permission
from staff.person import Person
from staff.roles import Role
from web.menu import Entry, Group, lit, menu


def somebody(*roles):
    return Person(1, "ana", "Ana Paz", frozenset(roles), None, (), False, True)


ENTRIES = (
    Entry("/desk", "Puesto", Permission.DESK_USE, Group.CALLS),
    Entry("/cases", "Casos", Permission.CASE_READ, Group.CALLS),
    Entry("/altas", "Altas", Permission.ALTA_READ, Group.ALTAS),
    Entry("/numbers", "Números", Permission.NUMBER_READ, Group.ALTAS),
    Entry("/tests", "Pruebas", Permission.TEST_RUN, Group.ALTAS),
    Entry("/releases", "Liberación", Permission.ALTA_READ, Group.ALTAS),
    Entry("/lines", "Líneas", Permission.LINE_READ, Group.PBX),
    Entry("/phones", "Teléfonos", Permission.PHONE_WRITE, Group.PBX),
    Entry("/tokens", "Tokens", Permission.TOKEN_WRITE, Group.CONTROL),
)


def shown(*roles):
    return [
        (section.label, [entry.path for entry in section.entries])
        for section in menu(ENTRIES, somebody(*roles))
    ]


def test_few_entries_stand_side_by_side():
    assert shown(Role.COORDINATOR) == [("", ["/desk", "/cases"]), ("", ["/lines"])]


def test_many_are_folded_but_what_is_wanted_all_day_and_what_stands_alone():
    assert shown(Role.ADMINISTRATOR) == [
        ("", ["/desk", "/cases"]),
        ("Altas", ["/altas", "/numbers", "/releases", "/tests"]),
        ("Central", ["/lines", "/phones"]),
        ("", ["/tokens"]),
    ]


def test_an_entry_holds_its_own_pages_only():
    altas = ENTRIES[2]
    assert altas.holds("/altas") and altas.holds("/altas/7/document") and not altas.holds("/altasx")


@pytest.mark.parametrize(
    ("role", "path", "entry"),
    [
        (Role.COORDINATOR, "/sheets/hogar", "/desk"),
        (Role.COMMERCIAL, "/sheets/hogar/readers", "/altas"),
        (Role.ADMINISTRATOR, "/sheets/hogar/readers", "/desk"),
        (Role.COMMERCIAL, "/dossiers/3", "/releases"),
        (Role.COMMERCIAL, "/absences", "/account"),
        (Role.COMMERCIAL, "/altas/7", "/altas"),
        (Role.COORDINATOR, "/dossiers", ""),
    ],
)
def test_a_page_without_an_entry_lights_the_one_where_people_look_for_it(role, path, entry):
    assert lit(menu(ENTRIES, somebody(role)), path) == entry


async def test_the_group_of_the_page_is_marked(house):
    async with house.at("raul") as visitor:
        page = await (await visitor.get("/areas")).text()
        marked = re.search(r'<summary aria-current="true">(\w+)</summary>\s*<ul>(.*?)</ul>', page, re.DOTALL)
        assert marked[1] == "Equipo" and '<a href="/areas" aria-current="page">' in marked[2]
